import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useHost } from "../../api/client";
import type { Provider } from "../../api/contract";
import { useWords } from "../../l10n/words";
import { Fault } from "../Fault";

/** A key that is pasted becomes an account, or takes the place of the key of one. */
export function KeyForm({ provider, renews, done }: { provider: Provider; renews?: string | undefined; done: () => void }) {
  const say = useWords();
  const host = useHost();
  const [key, setKey] = useState("");
  const add = useMutation({
    mutationFn: () =>
      renews === undefined
        ? host.call("accounts.add", { provider: provider.id, key: key.trim() })
        : host.call("accounts.set_key", { id: renews, key: key.trim() }),
  });
  return (
    <form
      className="grid gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate(undefined, { onSuccess: done });
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
