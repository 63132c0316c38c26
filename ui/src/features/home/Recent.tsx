import type { Outcome, Recent as Request } from "../../api/contract";
import { type Shape, State } from "../../components/State";
import { type Say, useWords } from "../../l10n/words";

const SHAPES: Record<Outcome, Shape> = { completed: "ok", failed: "err", cancelled: "off", truncated: "err" };
const SHOWN = 8;

/** Why a request failed; a code that has no words stays as it is. */
function reasonOf(code: string, say: Say): string {
  const words = say(`fault-why.${code.replaceAll("_", "-")}`);
  return words.startsWith("fault-why") ? code : words;
}

/** The last requests, the newest first. */
export function Recent({ recent }: { recent: Request[] }) {
  const say = useWords();
  const words: Record<Outcome, string> = {
    completed: say("home-completed"),
    failed: say("home-failed"),
    cancelled: say("home-cancelled"),
    truncated: say("home-truncated"),
  };
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "medium" });
  return (
    <section>
      <h2>{say("home-recent")}</h2>
      {recent.length === 0 ? (
        <p className="empty">{say("home-recent-none")}</p>
      ) : (
        <table className="table">
          <colgroup>
            <col className="table__time" />
            <col />
            <col className="table__took" />
            <col className="table__outcome" />
          </colgroup>
          <thead className="unseen">
            <tr>
              <th>{say("home-time")}</th>
              <th>{say("home-model")}</th>
              <th>{say("home-took")}</th>
              <th>{say("home-outcome")}</th>
            </tr>
          </thead>
          <tbody>
            {recent.slice(0, SHOWN).map((each) => (
              <tr key={each.id}>
                <td className="subtle">{clock.format(each.began * 1000)}</td>
                <td className="clip">
                  {each.model ?? say("home-no-model")}
                  {each.upstream !== null && <span className="subtle"> → {each.upstream}</span>}
                </td>
                <td className="number">{say("home-seconds", { seconds: each.took / 1000 })}</td>
                <td>
                  <State shape={SHAPES[each.outcome]}>{words[each.outcome]}</State>
                  {each.outcome === "failed" && each.fault !== null && (
                    <div className="small subtle">{reasonOf(each.fault, say)}</div>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
