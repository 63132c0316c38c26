import { useAction, useMethod } from "../../api/client";
import { Fault } from "../../components/Fault";
import { useWords } from "../../l10n/words";

/** Model servers that run on this machine and have no account yet. */
export function Found() {
  const say = useWords();
  const found = useMethod("local.find", null);
  const accounts = useMethod("accounts.list", null);
  const add = useAction("accounts.add");
  const has = (provider: string) => accounts.data?.some((account) => account.provider === provider);
  const offered = (found.data ?? []).filter((server) => !has(server.provider));
  if (offered.length === 0) return null;
  return (
    <section>
      <h2>{say("providers-found")}</h2>
      {add.error !== null && <Fault error={add.error} />}
      <ul className="rows">
        {offered.map((server) => (
          <li key={server.provider}>
            <span className="tile" aria-hidden="true">
              {server.name.slice(0, 2)}
            </span>
            <div className="grow">
              <div className="strong">{server.name}</div>
              <div className="small subtle">
                {server.models !== null && <>{say("providers-models", { models: server.models })} · </>}
                <code>{server.address}</code>
              </div>
            </div>
            <button
              type="button"
              className="button button--main"
              disabled={add.isPending}
              onClick={() => add.mutate({ provider: server.provider })}
            >
              {say("providers-use", { name: server.name })}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
