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
    mutationFn: async () => {
      const made = { provider: provider.id, key: key.trim() };
      if (renews === undefined) return host.call("accounts.add", made);
      // One that was taken away before the vault refused is not taken away again.
      const all = await host.call("accounts.list", null);
      if (all.some(({ id }) => id === renews)) await host.call("accounts.remove", { id: renews });
      const account = await host.call("accounts.add", { ...made, name: renews });
      // Its models could not be asked for with the key before.
      void host.call("models.refresh", null).catch(() => {});
      return account;
    },
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
