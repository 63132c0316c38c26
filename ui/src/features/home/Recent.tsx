import { Link } from "@tanstack/react-router";
import type { Recent as Request } from "../../api/contract";
import { outcomeOf, reasonOf, SHAPES } from "../../components/outcome";
import { State } from "../../components/State";
import { useFormats } from "../../l10n/formats";
import { useWords } from "../../l10n/words";

const SHOWN = 8;

/** The model that answered, where it is another one than was asked for. */
function modelOf({ upstream, model }: Request): string | null {
  const used = upstream?.slice(upstream.indexOf("/") + 1) ?? null;
  return used === model ? null : used;
}

/** The last requests, the newest first. */
export function Recent({ recent }: { recent: Request[] }) {
  const say = useWords();
  const { clock } = useFormats();
  return (
    <section>
      <div className="head">
        <h2>{say("home-recent")}</h2>
        {recent.length > 0 && (
          <Link to="/activity" className="link ms-auto">
            {say("home-recent-all")}
          </Link>
        )}
      </div>
      {recent.length === 0 ? (
        <p className="border-t border-border py-4 text-subtle">{say("home-recent-none")}</p>
      ) : (
        <table className="table table--recent">
          <colgroup>
            <col className="w-[80px]" />
            <col />
            <col className="w-[64px]" />
            <col className="w-[160px]" />
          </colgroup>
          <thead className="sr-only">
            <tr>
              <th>{say("home-time")}</th>
              <th>{say("home-model")}</th>
              <th>{say("home-took")}</th>
              <th>{say("home-outcome")}</th>
            </tr>
          </thead>
          <tbody>
            {recent.slice(0, SHOWN).map((each, place) => (
              <tr key={each.id} className={place < SHOWN / 2 ? undefined : "tall"}>
                <td className="text-subtle">{clock(each.began * 1000)}</td>
                <td>
                  <Link to="/activity" search={{ request: each.id }} className="asked" title={each.upstream ?? undefined}>
                    <span className="clip">{each.model ?? say("home-no-model")}</span>
                    {modelOf(each) !== null && <span className="clip">→ {modelOf(each)}</span>}
                  </Link>
                </td>
                <td className="num">{say("home-seconds", { seconds: each.took / 1000 })}</td>
                <td>
                  <State shape={SHAPES[each.outcome]}>{outcomeOf(each.outcome, say)}</State>
                  {each.outcome === "failed" && each.fault !== null && (
                    <div className="text-small text-subtle">{reasonOf(each.fault, say)}</div>
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
