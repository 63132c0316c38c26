import { useMethod } from "../../api/client";
import type { ActivityAttempt } from "../../api/contract";
import { Fault } from "../../components/Fault";
import { State } from "../../components/State";
import { type Say, useWords } from "../../l10n/words";

function Attempt({ attempt, say }: { attempt: ActivityAttempt; say: Say }) {
  const failed = attempt.fault !== null;
  return (
    <li>
      <div className="grow">
        <State shape={failed ? "err" : "ok"}>
          {attempt.account ?? attempt.provider}/{attempt.model}
        </State>
        {attempt.fault !== null && <p className="small">{attempt.fault.message}</p>}
      </div>
      <span className="small subtle">
        {attempt.dialect}
        {attempt.status !== null && <> · {attempt.status}</>}
        {attempt.first_byte_ms !== null && <> · {say("activity-seconds", { seconds: attempt.first_byte_ms / 1000 })}</>}
      </span>
    </li>
  );
}

/** What one request went through. */
export function Detail({ id }: { id: string }) {
  const say = useWords();
  const request = useMethod("activity.get", { id });
  if (request.error !== null) return <Fault error={request.error} />;
  const now = request.data;
  if (now === undefined) return null;
  return (
    <div className="detail__in">
      {now.fault !== null && (
        <p className="fault" role="status">
          {now.fault.message} <code>{now.fault.code}</code>
        </p>
      )}
      <section>
        <h2>{say("activity-attempts")}</h2>
        {now.attempts.length === 0 ? (
          <p className="subtle">{say("activity-attempts-none")}</p>
        ) : (
          <ol className="rows rows--tight">
            {now.attempts.map((attempt, place) => (
              <Attempt key={place} attempt={attempt} say={say} />
            ))}
          </ol>
        )}
      </section>
      <section>
        <h2>{say("activity-losses")}</h2>
        {now.losses.length === 0 ? (
          <p className="subtle">{say("activity-losses-none")}</p>
        ) : (
          <ul className="list">
            {now.losses.map((loss) => (
              <li key={loss}>
                <code>{loss}</code>
              </li>
            ))}
          </ul>
        )}
      </section>
      <p className="small subtle">
        {say("activity-took", { seconds: now.took_ms / 1000 })} · {now.dialect} · {now.operation} · <code>{now.id}</code>
      </p>
    </div>
  );
}
