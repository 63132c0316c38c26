import { useState } from "react";
import { useAction } from "../../api/client";
import type { Provider } from "../../api/contract";
import { useWords } from "../../l10n/words";
import { Fault } from "../Fault";

/** A key that is pasted becomes an account. */
export function KeyForm({ provider, done }: { provider: Provider; done: () => void }) {
  const say = useWords();
  const add = useAction("accounts.add");
  const [key, setKey] = useState("");
  return (
    <form
      className="grid gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate({ provider: provider.id, key: key.trim() }, { onSuccess: done });
      }}
    >
      <div className="flex gap-2">
        <input
          className="field min-w-0 flex-1"
          type="password"
          autoComplete="off"
          aria-label={say("providers-key-of", { name: provider.name })}
          placeholder={say("providers-key-of", { name: provider.name })}
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
        <button type="submit" className="btn btn--main" disabled={key.trim() === "" || add.isPending}>
          {say("providers-save-key")}
        </button>
      </div>
      <p className="text-small text-subtle">{say("providers-key-where")}</p>
      {add.error !== null && <Fault error={add.error} />}
    </form>
  );
}
