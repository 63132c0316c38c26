import { useState } from "react";
import { useMethod } from "../../api/client";
import { Copy } from "../../components/Copy";
import { Fault } from "../../components/Fault";
import { Search } from "../../components/Search";
import { useWords } from "../../l10n/words";

/** Longer lists are cut, for a search finds the rest. */
const SHOWN = 300;

/** The models that programs can ask for, by provider. */
export function Models() {
  const say = useWords();
  const models = useMethod("models.list", {});
  const providers = useMethod("providers.list", null);
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const all = models.data ?? [];
  const fitting = all.filter((model) => `${model.id} ${model.provider} ${model.account ?? ""}`.toLowerCase().includes(wanted));
  const shown = fitting.slice(0, SHOWN);
  const groups = [...new Set(shown.map((model) => model.provider))];
  const nameOf = (id: string) => providers.data?.find((provider) => provider.id === id)?.name ?? id;
  return (
    <section aria-label={say("providers-models-tab")}>
      <div className="head mt-2 mb-4">
        <Search className="w-[280px]" label={say("models-search")} value={search} change={setSearch} />
        <span className="text-small text-subtle" role="status">
          {say("models-count", { shown: fitting.length, all: all.length })}
        </span>
      </div>
      {models.error !== null && <Fault error={models.error} />}
      {groups.map((group) => (
        <div key={group} className="mb-5">
          <h2 className="mb-1 text-base">{nameOf(group)}</h2>
          <ul className="models">
            {shown
              .filter((model) => model.provider === group)
              .map((model) => (
                <li key={`${model.id} ${model.account}`} className="flex items-center gap-2">
                  <code className="clip flex-1" title={model.id}>
                    {model.id}
                  </code>
                  {model.account !== null && model.account !== group && <span className="text-small text-subtle">{model.account}</span>}
                  <Copy bare className="btn--bare" label={say("connect-copy", { what: model.id })} text={() => model.id} />
                </li>
              ))}
          </ul>
        </div>
      ))}
      {fitting.length > shown.length && <p className="text-subtle">{say("models-cut", { shown: shown.length })}</p>}
    </section>
  );
}
