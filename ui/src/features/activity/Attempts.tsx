import type { ActivityAttempt } from "../../api/contract";
import { reasonOf } from "../../components/outcome";
import { State } from "../../components/State";
import { useWords } from "../../l10n/words";

/** Every try at an upstream, in order. */
export function Attempts({ attempts }: { attempts: ActivityAttempt[] }) {
  const say = useWords();
  if (attempts.length === 0) return <p className="text-subtle">{say("activity-attempts-none")}</p>;
  return (
    <ol className="grid gap-2">
      {attempts.map((attempt, place) => (
        <li key={place}>
          <State shape={attempt.fault === null ? "ok" : "err"}>
            {attempt.account ?? attempt.provider}/{attempt.model}
          </State>
          <p className="ps-4 text-small text-subtle">
            {attempt.fault !== null && <>{reasonOf(attempt.fault.code, say)} · </>}
            {attempt.dialect}
            {attempt.status !== null && <> · HTTP {attempt.status}</>}
            {attempt.first_byte_ms !== null && <> · {say("activity-began", { seconds: attempt.first_byte_ms / 1000 })}</>}
          </p>
        </li>
      ))}
    </ol>
  );
}
