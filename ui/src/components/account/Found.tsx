import { useAction, useMethod } from "../../api/client";
import { useWords } from "../../l10n/words";
import { Fault } from "../Fault";
import { Tile } from "../Tile";

/** Model servers that run on this machine and have no account yet. */
export function Found({ done }: { done?: () => void }) {
  const say = useWords();
  const found = useMethod("local.find", null);
  const accounts = useMethod("accounts.list", null);
  const add = useAction("accounts.add");
  const has = (provider: string) => accounts.data?.some((account) => account.provider === provider);
  const offered = (found.data ?? []).filter((server) => !has(server.provider));
  if (offered.length === 0) return null;
  return (
    <section>
      <div className="head">
        <h2>{say("providers-found")}</h2>
      </div>
      {add.error !== null && <Fault error={add.error} />}
      <ul className="list">
        {offered.map((server) => (
          <li key={server.provider} className="line">
            <Tile name={server.name} />
            <div className="min-w-0 flex-1">
              <div className="font-strong">{server.name}</div>
              <div className="text-small text-subtle">
                {server.models !== null && <>{say("providers-models", { models: server.models })} · </>}
                {say("providers-found-more")} · <code>{server.address}</code>
              </div>
            </div>
            <button
              type="button"
              className="btn btn--main"
              disabled={add.isPending}
              onClick={() => add.mutate({ provider: server.provider }, { onSuccess: () => done?.() })}
            >
              {say("providers-use", { name: server.name })}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
