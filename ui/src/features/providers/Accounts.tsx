import { useEffect, useRef } from "react";
import { useMethod } from "../../api/client";
import { Found } from "../../components/account/Found";
import { Fault } from "../../components/Fault";
import { useRemovals } from "../../components/Toasts";
import { useWords } from "../../l10n/words";
import { AccountRow } from "./AccountRow";
import { Address } from "./Address";
import { Catalogue } from "./Catalogue";

/** Your accounts in their order, and how to get more of them. */
export function Accounts() {
  const say = useWords();
  const removals = useRemovals();
  const accounts = useMethod("accounts.list", null);
  const providers = useMethod("providers.list", null);
  const models = useMethod("models.list", {});
  const all = (accounts.data ?? []).filter((account) => !removals.leaving(`account ${account.id}`));
  const counted = (id: string) => (models.data ?? []).filter((model) => model.account === id).length;
  const list = useRef<HTMLElement>(null);
  const before = useRef<number | null>(null);
  const count = accounts.data?.length ?? null;
  useEffect(() => {
    // Whoever added one from the list below sees how it stands.
    if (count !== null && before.current !== null && count > before.current) list.current?.scrollIntoView?.({ block: "center" });
    before.current = count;
  }, [count]);
  return (
    <>
      <section ref={list} aria-label={say("providers-accounts")}>
        {accounts.error !== null && <Fault error={accounts.error} />}
        {accounts.data !== undefined && all.length === 0 && <p className="py-4 text-subtle">{say("providers-accounts-none")}</p>}
        <ul className="list border-t-0">
          {all.map((account) => (
            <AccountRow
              key={account.id}
              account={account}
              models={counted(account.id)}
              provider={providers.data?.find((each) => each.id === account.provider)}
            />
          ))}
        </ul>
      </section>
      <Found />
      {providers.error !== null && <Fault error={providers.error} />}
      <Catalogue providers={providers.data ?? []} />
      <Address />
    </>
  );
}
