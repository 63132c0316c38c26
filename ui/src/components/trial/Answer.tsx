import type { Trial } from "../../api/contract";
import { NONE } from "../../l10n/formats";
import { useWords } from "../../l10n/words";
import { Notice } from "../Notice";
import { reasonOf, remedyOf } from "../outcome";
import { State } from "../State";

/** The answer as it comes; only its end is announced. */
export function Answer({ trial }: { trial: Trial }) {
  const say = useWords();
  const remedy = trial.fault && remedyOf(trial.fault.code, say);
  return (
    <div className="grid grid-cols-1 gap-3">
      {(trial.text !== "" || !trial.done) && (
        <p className="answer" aria-busy={!trial.done}>
          {trial.text}
          {!trial.done && <span className="caret" aria-hidden="true" />}
        </p>
      )}
      {trial.fault !== null && (
        <Notice kind="err">
          <State shape="err">{reasonOf(trial.fault.code, say)}</State>
          {remedy !== null && <p>{remedy}</p>}
        </Notice>
      )}
      {trial.done && trial.fault === null && (
        <p className="text-small text-subtle" role="status">
          {say("home-trial-done", { upstream: trial.upstream ?? NONE, first: trial.first_ms ?? 0 })}
        </p>
      )}
    </div>
  );
}
