import { useState } from "react";
import { useAction, useHost, useMethod } from "../../api/client";
import { Copy } from "../../components/Copy";
import { Fault } from "../../components/Fault";
import { Notice } from "../../components/Notice";
import { useRemovals } from "../../components/Toasts";
import { useFormats } from "../../l10n/formats";
import { useWords } from "../../l10n/words";
import { KeyLimits, KeyLimitsTold } from "./KeyLimits";

/** What programs present; a new one can be copied once. */
export function Keys() {
  const say = useWords();
  const host = useHost();
  const { day } = useFormats();
  const removals = useRemovals();
  const keys = useMethod("keys.list", null);
  const create = useAction("keys.create");
  const [name, setName] = useState("");
  const [open, setOpen] = useState<string | null>(null);
  const made = create.data;
  const shown = (keys.data ?? []).filter((key) => !removals.leaving(`key ${key.name}`));
  return (
    <>
      <p className="py-2 text-small text-subtle">{say("settings-keys-more")}</p>
      {keys.error !== null && <Fault error={keys.error} />}
      {create.error !== null && <Fault error={create.error} />}
      <ul className="list">
        {shown.map((key) => (
          <li key={key.name} className="line flex-wrap">
            <div className="min-w-0 flex-1">
              <div className="font-medium clip">{key.name}</div>
              <div className="text-small text-subtle">
                {say(`settings-key-${key.origin}`)}
                {key.created !== null && <> · {day(new Date(key.created * 1000).toISOString().slice(0, 10))}</>}
              </div>
              {open !== key.name && <KeyLimitsTold of={key} />}
            </div>
            <button
              type="button"
              className="btn btn--bare"
              aria-label={say("settings-key-limits-name", { name: key.name })}
              aria-expanded={open === key.name}
              onClick={() => setOpen(open === key.name ? null : key.name)}
            >
              {say("settings-key-limits")}
            </button>
            {key.shown_again && (
              <Copy
                bare
                className="btn--bare"
                label={say("settings-key-copy", { name: key.name })}
                failed={say("window-no-key")}
                text={async () => (await host.call("keys.reveal", null)).value}
              />
            )}
            {key.origin !== "environment" && (
              <button
                type="button"
                className="btn btn--bare"
                aria-label={say("settings-key-revoke-name", { name: key.name })}
                onClick={() =>
                  removals.remove(`key ${key.name}`, say("settings-key-revoked", { name: key.name }), () => host.call("keys.revoke", { name: key.name }))
                }
              >
                {say("settings-key-revoke")}
              </button>
            )}
            {open === key.name && <KeyLimits of={key} done={() => setOpen(null)} />}
          </li>
        ))}
      </ul>
      <form
        className="mt-3 flex gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({ name: name.trim() }, { onSuccess: () => setName("") });
        }}
      >
        <input
          className="field w-[240px]"
          aria-label={say("settings-key-name")}
          placeholder={say("settings-key-name")}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <button type="submit" className="btn" disabled={name.trim() === "" || create.isPending}>
          {say("settings-key-create")}
        </button>
      </form>
      {made !== undefined && (
        <div className="mt-3">
          <Notice kind="ok" actions={<Copy icon="key" label={say("window-copy-key")} text={() => made.value} />}>
            {say("settings-key-made", { name: made.name })}
          </Notice>
        </div>
      )}
    </>
  );
}
