import { useMethod } from "../../api/client";
import type { Account } from "../../api/contract";
import { because } from "../../components/Fault";
import { State } from "../../components/State";
import { type Say, useWords } from "../../l10n/words";

function Standing({ account, say }: { account: Account; say: Say }) {
  const standing = account.standing;
  switch (standing.state) {
    case "ready":
      return <State shape="ok">{say("home-account-ready")}</State>;
    case "cooling":
      return <State shape="warn">{say("home-account-resting", { seconds: standing.seconds })}</State>;
    case "rejected":
      return <State shape="err">{say("home-account-rejected")}</State>;
    case "no-key":
      return (
        <>
          <State shape="err">{say("home-account-no-key")}</State>
          <div className="small subtle">{because(standing.reason, say)}</div>
        </>
      );
    case "unknown-provider":
      return <State shape="err">{say("home-account-unknown")}</State>;
  }
}

/** Who answers, and whether they can. */
export function Accounts() {
  const say = useWords();
  const accounts = useMethod("accounts.list", null);
  const all = accounts.data ?? [];
  return (
    <section>
      <h2>{say("home-accounts")}</h2>
      {all.length === 0 ? (
        <p className="empty">{say("home-accounts-none")}</p>
      ) : (
        <ul className="rows">
          {all.map((account) => (
            <li key={account.id}>
              <span className="tile" aria-hidden="true">
                {account.provider_name.slice(0, 2)}
              </span>
              <div className="clip">
                <div className="strong clip">{account.name}</div>
                <Standing account={account} say={say} />
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
