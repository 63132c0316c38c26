import type { ImportTake, ImportWhat } from "../../api/contract";
import { State } from "../../components/State";
import { nameOf, type Say, useWords } from "../../l10n/words";

/** A value as it is called here. */
function called({ what, shown }: ImportTake, say: Say): string {
  if (what === "language") return nameOf(shown);
  return what === "theme" ? say(`settings-${shown}`) : shown;
}

/** What can be taken over; `turn` chooses it, or no longer. */
export function ImportTakes({ takes, off, turn }: { takes: ImportTake[]; off: ImportWhat[]; turn: (what: ImportWhat) => void }) {
  const say = useWords();
  const aligned = takes.some((each) => each.standing !== "same") ? "ps-6" : "";
  return (
    <ul className="list">
      {takes.map((each) => (
        <li key={each.what} className="import">
          {each.standing === "same" ? (
            <span className={`import__what ${aligned}`}>{say(`import-what-${each.what}`)}</span>
          ) : (
            <label className="check">
              <input type="checkbox" checked={!off.includes(each.what)} onChange={() => turn(each.what)} />
              <span className="import__what">{say(`import-what-${each.what}`)}</span>
            </label>
          )}
          <code className="wrap-anywhere">{called(each, say)}</code>
          {each.standing === "same" ? (
            <State shape="ok">{say("import-same")}</State>
          ) : (
            <span className="text-subtle">{say(`import-${each.standing}`)}</span>
          )}
        </li>
      ))}
    </ul>
  );
}
