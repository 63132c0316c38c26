import { addressOf } from "../../api/address";
import { useMethod } from "../../api/client";
import { Copy } from "../../components/Copy";
import { Fault } from "../../components/Fault";
import { reasonOf, remedyOf } from "../../components/outcome";
import { State } from "../../components/State";
import { NONE, useFormats } from "../../l10n/formats";
import { useWords } from "../../l10n/words";
import { Attempts } from "./Attempts";
import { curlOf } from "./curl";

/** What one request went through. */
export function Detail({ id }: { id: string }) {
  const say = useWords();
  const { number } = useFormats();
  const request = useMethod("activity.get", { id });
  const status = useMethod("status.get", null);
  if (request.error !== null) return <Fault error={request.error} />;
  const now = request.data;
  if (now === undefined) return null;
  const address = status.data ? addressOf(status.data) : null;
  const command = address === null ? null : curlOf(now, address);
  const remedy = now.fault && remedyOf(now.fault.code, say);
  return (
    <div className="detail__in">
      {now.fault !== null && (
        <div className="col-span-full">
          <State shape="err">{reasonOf(now.fault.code, say)}</State>{" "}
          <code className="text-subtle">{now.fault.code}</code>
          {remedy !== null && <p className="text-soft">{remedy}</p>}
        </div>
      )}
      <section>
        <h2>{say("activity-attempts")}</h2>
        <Attempts attempts={now.attempts} />
      </section>
      <section>
        <h2>{say("activity-figures")}</h2>
        <dl className="kv">
          <dt>{say("home-took")}</dt>
          <dd>{say("activity-seconds", { seconds: now.took_ms / 1000 })}</dd>
          <dt>{say("home-tokens-in")}</dt>
          <dd>{number(now.usage?.input)}</dd>
          <dt>{say("home-tokens-out")}</dt>
          <dd>{number(now.usage?.output)}</dd>
          <dt>{say("home-cached")}</dt>
          <dd>{number(now.usage?.cached)}</dd>
          <dt>{say("activity-key")}</dt>
          <dd>{now.key ?? NONE}</dd>
          <dt>{say("activity-client")}</dt>
          <dd>{now.client ?? NONE}</dd>
        </dl>
      </section>
      <section>
        <h2>{say("activity-losses")}</h2>
        {now.losses.length === 0 ? (
          <p className="text-subtle">{say("activity-losses-none")}</p>
        ) : (
          <ul className="grid gap-1">
            {now.losses.map((loss) => (
              <li key={loss}>
                <code>{loss}</code>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section>
        <h2>{say("activity-content")}</h2>
        <p className="text-subtle">{say("activity-content-none")}</p>
      </section>
      <p className="col-span-full flex flex-wrap items-center gap-3">
        {command !== null && <Copy label={say("activity-curl")} text={() => command} />}
        {command !== null && <span className="text-small text-subtle">{say("activity-curl-more")}</span>}
        <span className="ms-auto text-small text-subtle">
          {now.dialect} · {now.operation} · <code>{now.id}</code>
        </span>
      </p>
    </div>
  );
}
