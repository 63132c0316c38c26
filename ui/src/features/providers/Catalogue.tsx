import { useState } from "react";
import { useHost } from "../../api/client";
import type { Provider } from "../../api/contract";
import { AddDialog } from "../../components/account/AddDialog";
import { wayIn } from "../../components/account/way";
import { Search } from "../../components/Search";
import { Tile } from "../../components/Tile";
import { useRemovals } from "../../components/Toasts";
import { useFormats } from "../../l10n/formats";
import { useWords } from "../../l10n/words";

/** The providers that are known; one click leads to the ways in which an account is made. */
export function Catalogue({ providers }: { providers: Provider[] }) {
  const say = useWords();
  const host = useHost();
  const removals = useRemovals();
  const [search, setSearch] = useState("");
  const { day } = useFormats();
  const [open, setOpen] = useState<string | null>(null);
  const chosen = providers.find((provider) => provider.id === open);
  const wanted = search.trim().toLowerCase();
  const fits = (each: Provider) =>
    `${each.name} ${each.id}`.toLowerCase().includes(wanted) && !removals.leaving(`provider ${each.id}`);
  const shown = providers.filter(fits);
  return (
    <section>
      <div className="head">
        <h2 className="flex-1">{say("providers-add")}</h2>
        <Search className="w-[240px]" label={say("providers-search")} value={search} change={setSearch} />
      </div>
      {shown.length === 0 && providers.length > 0 && <p className="text-subtle">{say("providers-none-fits")}</p>}
      <ul className="catalogue">
        {shown.map((provider) => (
          <li key={provider.id} className="flex items-center">
            <button type="button" className="catalogue__item" onClick={() => setOpen(provider.id)}>
              <Tile name={provider.name} />
              <span className="min-w-0">
                <span className="block font-strong clip">{provider.name}</span>
                <span className="block text-small text-subtle clip">
                  {provider.closed === null ? wayIn(provider, say) : say("providers-closed-on", { day: day(provider.closed) })}
                </span>
              </span>
            </button>
            {provider.own && provider.accounts === 0 && (
              <button
                type="button"
                className="btn btn--bare"
                aria-label={say("providers-remove-account", { account: provider.name })}
                onClick={() =>
                  removals.remove(`provider ${provider.id}`, say("providers-removed", { account: provider.name }), () =>
                    host.call("providers.remove", { id: provider.id }),
                  )
                }
              >
                {say("providers-remove")}
              </button>
            )}
          </li>
        ))}
      </ul>
      {chosen !== undefined && <AddDialog provider={chosen} close={() => setOpen(null)} />}
    </section>
  );
}
