import { useState } from "react";
import { useAction, useMethod } from "../../api/client";
import { Copy } from "../../components/Copy";
import { Fault } from "../../components/Fault";
import { useWords } from "../../l10n/words";

/** The keys that programs present. */
export function Keys() {
  const say = useWords();
  const keys = useMethod("keys.list", null);
  const create = useAction("keys.create");
  const revoke = useAction("keys.revoke");
  const [name, setName] = useState("");
  const fault = create.error ?? revoke.error ?? keys.error;
  const made = create.data;
  return (
    <section>
      <h2>{say("settings-keys")}</h2>
      {fault !== null && <Fault error={fault} />}
      <ul className="rows">
        {(keys.data ?? []).map((key) => (
          <li key={key.name}>
            <div className="grow">
              <div className="strong">{key.name}</div>
              <div className="small subtle">{say(`settings-key-${key.origin}`)}</div>
            </div>
            {key.origin !== "environment" && (
              <button
                type="button"
                className="button button--bare"
                aria-label={say("settings-key-revoke-name", { name: key.name })}
                onClick={() => revoke.mutate({ name: key.name })}
              >
                {say("settings-key-revoke")}
              </button>
            )}
          </li>
        ))}
      </ul>
      <form
        className="row row--form"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({ name: name.trim() }, { onSuccess: () => setName("") });
        }}
      >
        <input aria-label={say("settings-key-name")} placeholder={say("settings-key-name")} value={name} onChange={(event) => setName(event.target.value)} />
        <button type="submit" className="button" disabled={name.trim() === "" || create.isPending}>
          {say("settings-key-create")}
        </button>
      </form>
      {made !== undefined && (
        <p className="row row--form" role="status">
          {say("settings-key-made", { name: made.name })}
          <Copy
            label={say("window-copy-key")}
            done={say("window-copied")}
            failed={say("window-not-copied")}
            text={() => Promise.resolve(made.value)}
          />
        </p>
      )}
    </section>
  );
}
