import { useState } from "react";
import { useAction, useMethod } from "../../api/client";
import type { Provider } from "../../api/contract";
import { Fault } from "../../components/Fault";
import { useWords } from "../../l10n/words";
import { AccountRow } from "./AccountRow";
import { Address } from "./Address";
import { Found } from "./Found";
import { ProviderRow } from "./ProviderRow";

/** Who may answer: accounts, servers on this machine, the providers that are known. */
export function Providers() {
  const say = useWords();
  const accounts = useMethod("accounts.list", null);
  const providers = useMethod("providers.list", null);
  const models = useMethod("models.list", {});
  const refresh = useAction("models.refresh");
  const [search, setSearch] = useState("");
  const all = accounts.data ?? [];
  const wanted = search.trim().toLowerCase();
  const fits = (each: Provider) => `${each.name} ${each.id}`.toLowerCase().includes(wanted);
  const counted = (id: string) => (models.data ?? []).filter((model) => model.account === id).length;
  return (
    <>
      <div className="lead lead--row">
        <div>
          <h1>{say("window-providers")}</h1>
          <p>{say("providers-lead")}</p>
        </div>
        <span className="push">
          <button type="button" className="button" disabled={refresh.isPending} onClick={() => refresh.mutate(null)}>
            {say(refresh.isPending ? "providers-refreshing" : "providers-refresh")}
          </button>
        </span>
      </div>
      {accounts.error !== null && <Fault error={accounts.error} />}
      {refresh.data
        ?.filter((each) => each.fault !== null)
        .map((each) => <Fault key={each.account} error={each.fault} />)}
      <section>
        <h2>{say("providers-accounts")}</h2>
        {all.length === 0 ? (
          <p className="empty">{say("providers-accounts-none")}</p>
        ) : (
          <ul className="rows">
            {all.map((account) => (
              <AccountRow
                key={account.id}
                account={account}
                models={counted(account.id)}
                provider={providers.data?.find((each) => each.id === account.provider)}
              />
            ))}
          </ul>
        )}
      </section>
      <Found />
      <section>
        <div className="row row--head">
          <h2>{say("providers-add")}</h2>
          <input
            type="search"
            aria-label={say("providers-search")}
            placeholder={say("providers-search")}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
        {providers.error !== null && <Fault error={providers.error} />}
        <ul className="rows">
          {(providers.data ?? []).filter(fits).map((provider) => (
            <ProviderRow key={provider.id} provider={provider} />
          ))}
        </ul>
      </section>
      <Address />
    </>
  );
}
