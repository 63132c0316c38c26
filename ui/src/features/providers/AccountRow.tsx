import { useAction } from "../../api/client";
import type { Account, Provider } from "../../api/contract";
import { Fault } from "../../components/Fault";
import { Standing } from "../../components/Standing";
import { type Say, useWords } from "../../l10n/words";

function source(account: Account, say: Say): string {
  switch (account.source.kind) {
    case "environment":
      return say("providers-source-environment", { variable: account.source.variable });
    case "file":
      return say("providers-source-file", { path: account.source.path });
    case "vault":
      return say("providers-source-vault");
    case "sign-in":
      return say("providers-source-sign-in");
    case "none":
      return say("providers-source-none");
  }
}

/** An account: where its secret is, how it stands, and a test with a real answer. */
export function AccountRow({
  account,
  models,
  provider,
}: {
  account: Account;
  models: number;
  provider: Provider | undefined;
}) {
  const say = useWords();
  const test = useAction("accounts.test");
  const remove = useAction("accounts.remove");
  const fault = test.error ?? remove.error;
  return (
    <li className="rows__tall">
      <span className="tile" aria-hidden="true">
        {account.provider_name.slice(0, 2)}
      </span>
      <div className="grow">
        <div className="strong clip">
          {account.name} <span className="subtle">{provider?.name ?? account.provider_name}</span>
        </div>
        <div className="small subtle">
          {source(account, say)} · {say("providers-models", { models })}
        </div>
        {fault !== null && <Fault error={fault} />}
        {test.data !== undefined && (
          <p className="small" role="status">
            {say("providers-tested", { models: test.data.models })}
          </p>
        )}
      </div>
      <div className="column">
        <Standing account={account} say={say} />
      </div>
      <button type="button" className="button" disabled={test.isPending} onClick={() => test.mutate({ id: account.id })}>
        {say(test.isPending ? "providers-testing" : "providers-test")}
      </button>
      <button
        type="button"
        className="button button--bare"
        disabled={remove.isPending}
        aria-label={say("providers-remove-account", { account: account.name })}
        onClick={() => remove.mutate({ id: account.id })}
      >
        {say("providers-remove")}
      </button>
    </li>
  );
}
