import { useState } from "react";
import { useAction } from "../../api/client";
import type { Provider } from "../../api/contract";
import { Fault } from "../../components/Fault";
import { useWords } from "../../l10n/words";

/** The terms in the language that is shown. */
function termsOf(provider: Provider): string | null {
  const summary = provider.terms?.summary;
  return summary ? summary[document.documentElement.lang === "zh-CN" ? "zh-CN" : "en"] : null;
}

/** A provider that can be added: with a key, or as it is where it asks for none. */
export function ProviderRow({ provider }: { provider: Provider }) {
  const say = useWords();
  const add = useAction("accounts.add");
  const remove = useAction("providers.remove");
  const [open, setOpen] = useState(false);
  const [key, setKey] = useState("");
  const terms = termsOf(provider);
  const fault = add.error ?? remove.error;
  const done = () => {
    setKey("");
    setOpen(false);
  };
  const send = () => add.mutate({ provider: provider.id, key: key.trim() || null }, { onSuccess: done });
  return (
    <li className="rows__tall">
      <span className="tile" aria-hidden="true">
        {provider.name.slice(0, 2)}
      </span>
      <div className="grow">
        <div className="strong">{provider.name}</div>
        {terms !== null && <p className="small subtle">{terms}</p>}
        <code className="subtle">{provider.terms?.url ?? provider.address}</code>
        {open && (
          <form
            className="row row--form"
            onSubmit={(event) => {
              event.preventDefault();
              send();
            }}
          >
            <input
              type="password"
              autoComplete="off"
              aria-label={say("providers-key-of", { name: provider.name })}
              placeholder={say("providers-key-of", { name: provider.name })}
              value={key}
              onChange={(event) => setKey(event.target.value)}
            />
            <button type="submit" className="button button--main" disabled={key.trim() === "" || add.isPending}>
              {say("providers-save-key")}
            </button>
          </form>
        )}
        {open && <p className="small subtle">{say("providers-key-where")}</p>}
        {fault !== null && <Fault error={fault} />}
      </div>
      {provider.own && (
        <button type="button" className="button button--bare" onClick={() => remove.mutate({ id: provider.id })}>
          {say("providers-remove")}
        </button>
      )}
      {provider.sign_in === "key" ? (
        <button type="button" className="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          {say(open ? "providers-cancel" : "providers-paste-key")}
        </button>
      ) : (
        <button type="button" className="button" disabled={add.isPending} onClick={send}>
          {say("providers-use", { name: provider.name })}
        </button>
      )}
    </li>
  );
}
