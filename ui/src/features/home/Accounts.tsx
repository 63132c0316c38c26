import { useMethod } from "../../api/client";
import { Standing } from "../../components/Standing";
import { useWords } from "../../l10n/words";

/** Who answers, and whether they can. */
export function Accounts() {
  const say = useWords();
  const accounts = useMethod("accounts.list", null);
  const all = accounts.data ?? [];
  return (
    <section>
      <h2>{say("home-accounts")}</h2>
      {all.length === 0 ? (
        <p className="empty">
          {say("home-accounts-none")} <a href="#/providers">{say("providers-add")}</a>
        </p>
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
