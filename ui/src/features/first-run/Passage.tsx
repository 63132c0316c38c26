import type { Trial } from "../../api/contract";
import { NONE } from "../../l10n/formats";
import { useWords } from "../../l10n/words";

/** How far a request has come: asked, first word, finished. */
export function Passage({ trial }: { trial: Trial | undefined }) {
  const say = useWords();
  const first = trial?.first_ms ?? null;
  const done = trial?.done === true && trial.fault === null;
  const stations = [
    { words: say("first-asked"), reached: true, more: NONE },
    { words: say("first-word"), reached: first !== null, more: first === null ? NONE : say("first-milliseconds", { count: first }) },
    { words: say("first-finished"), reached: done, more: NONE },
  ];
  const at = stations.findLastIndex((station) => station.reached);
  return (
    <ol className="passage">
      {stations.map(({ words, reached, more }, place) => (
        <li key={words} className={reached ? (place === at && !done ? "now" : undefined) : "todo"}>
          <b>{words}</b>
          {more !== NONE && more}
        </li>
      ))}
    </ol>
  );
}
