import { useState } from "react";
import { useAction } from "../../api/client";
import type { Provider } from "../../api/contract";
import { useFormats } from "../../l10n/formats";
import { useWords } from "../../l10n/words";
import { AddressFault } from "./AddressFault";
import { Notice } from "../Notice";

const USUAL = "openai-chat";

/** Whether a provider is one that people point at an address of their own: one interface, closed or moved. */
export function isPointed(provider: Provider): boolean {
  return provider.dialects.length === 1 && (provider.closed !== null || provider.own);
}

/** Where a provider is: told of one whose service closed, and set to an address of one's own. */
export function Point({ provider }: { provider: Provider }) {
  const say = useWords();
  const { day } = useFormats();
  const set = useAction("providers.set");
  const [url, setUrl] = useState("");
  const [near, setNear] = useState(false);
  const { name, closed } = provider;
  const form = (
    <form
      className="grid gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        const endpoints = { [provider.dialects[0] ?? USUAL]: url.trim() };
        set.mutate({ id: provider.id, endpoints, ...(near ? { allow_private: true } : {}) });
      }}
    >
      <div className="flex gap-2">
        <input
          className="field min-w-0 flex-1"
          inputMode="url"
          aria-label={say("providers-point", { name })}
          placeholder="https://llm.example.com/v1"
          value={url}
          onChange={(event) => setUrl(event.target.value)}
        />
        <button type="submit" className="btn" disabled={url.trim() === "" || set.isPending}>
          {say(set.isPending ? "providers-point-setting" : "providers-point-set")}
        </button>
      </div>
      <label className="check">
        <input type="checkbox" checked={near} onChange={(event) => setNear(event.target.checked)} />
        {say("providers-point-private")}
      </label>
      <p className="text-small text-subtle">{say("providers-point-what", { name })}</p>
      {set.error !== null && (
        <div role="alert">
          <AddressFault error={set.error} />
        </div>
      )}
    </form>
  );
  if (closed !== null)
    return (
      <div>
        <Notice kind="warn">{say("providers-closed-what", { name, day: day(closed) })}</Notice>
        {form}
      </div>
    );
  return (
    <details className="border-t border-border pt-4">
      <summary>{say("providers-point-open")}</summary>
      <div className="pt-3">{form}</div>
    </details>
  );
}
