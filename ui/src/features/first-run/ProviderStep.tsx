import { useState } from "react";
import { useMethod } from "../../api/client";
import type { Provider } from "../../api/contract";
import { AddDialog } from "../../components/account/AddDialog";
import { Found } from "../../components/account/Found";
import { wayIn } from "../../components/account/way";
import { Fault } from "../../components/Fault";
import { Notice } from "../../components/Notice";
import { Search } from "../../components/Search";
import { State } from "../../components/State";
import { Tile } from "../../components/Tile";
import { useWords } from "../../l10n/words";
import type { Ways } from "./FirstRun";
import { Page } from "./Page";

/** So many are listed before somebody searches. */
const SHOWN = 6;

/** Whether one can sign in there without anything to register before. */
function easy(provider: Provider): boolean {
  return provider.flows.some((flow) => flow.client !== "missing" && !flow.issuer_needed);
}

/** Who should answer: a server that was found, a sign-in, or a key. */
export function ProviderStep({ next, leave }: Ways & { leave: () => void }) {
  const say = useWords();
  const providers = useMethod("providers.list", null);
  const accounts = useMethod("accounts.list", null);
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState<Provider | null>(null);
  const wanted = search.trim().toLowerCase();
  const known = (providers.data ?? []).filter((each) => each.sign_in === "key" || each.flows.length > 0);
  // Who needs nothing typed goes first.
  const all = [...known].sort((one, other) => Number(easy(other)) - Number(easy(one)));
  const fitting = all.filter((each) => `${each.name} ${each.id}`.toLowerCase().includes(wanted));
  const shown = wanted === "" ? fitting.slice(0, SHOWN) : fitting;
  const have = (accounts.data ?? []).filter(({ standing }) => standing.state === "ready" || standing.state === "cooling");
  const foot = (
    <>
      <button type="button" className="btn btn--bare" onClick={leave}>
        {say("first-leave")}
      </button>
      <span className="ms-auto flex gap-3">
        <button type="button" className={have.length > 0 ? "btn btn--main btn--large" : "btn btn--large"} onClick={next}>
          {say(have.length > 0 ? "first-continue" : "first-skip-demo")}
        </button>
      </span>
    </>
  );
  return (
    <Page title={say("first-provider")} lead={say("first-provider-more")} foot={foot}>
      {have.length > 0 && (
        <Notice kind="ok">
          <State shape="ok">{say("first-have", { names: have.map((account) => account.name).join(", ") })}</State>
        </Notice>
      )}
      <Found done={next} />
      <section>
        <div className="head">
          <h2 className="flex-1">{say("first-account")}</h2>
          <Search className="w-[200px]" label={say("providers-search")} value={search} change={setSearch} />
        </div>
        {providers.error !== null && <Fault error={providers.error} />}
        {wanted !== "" && shown.length === 0 && <p className="py-2 text-subtle">{say("first-none-fits")}</p>}
        <ul className="list">
          {shown.map((provider) => (
            <li key={provider.id} className="line">
              <Tile name={provider.name} />
              <div className="min-w-0 flex-1">
                <div className="font-strong">{provider.name}</div>
                <div className="text-small text-subtle clip">{provider.address}</div>
              </div>
              <button type="button" className="btn" aria-label={say("first-add", { name: provider.name, way: wayIn(provider, say) })} onClick={() => setChosen(provider)}>
                {wayIn(provider, say)}
              </button>
            </li>
          ))}
        </ul>
        {shown.length < all.length && wanted === "" && <p className="mt-2 text-small text-subtle">{say("first-more", { count: all.length })}</p>}
      </section>
      {chosen !== null && <AddDialog provider={chosen} close={() => setChosen(null)} done={next} />}
    </Page>
  );
}
