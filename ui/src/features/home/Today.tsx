import type { ActivityPage } from "../../api/contract";
import { useFormats } from "../../l10n/formats";
import { useWords } from "../../l10n/words";
import { hours, within } from "./asks";
import { Hours } from "./Hours";

/** What went through lately. Where the list does not reach back a day, it says how far it does. */
export function Today({ page, now }: { page: ActivityPage | undefined; now: number }) {
  const say = useWords();
  const { compact, percent, hour, number } = useFormats();
  const all = page?.rows ?? [];
  const rows = within(all, now);
  const sum = (part: "input" | "output" | "cached") => rows.reduce((total, row) => total + (row.usage?.[part] ?? 0), 0);
  const [read, written, cached] = [sum("input"), sum("output"), sum("cached")];
  const unknown = rows.filter((row) => row.usage === null && row.outcome === "completed").length;
  const cut = page?.more === true && rows.length === all.length;
  const oldest = rows.at(-1);
  return (
    <section>
      <div className="head">
        <h2>{cut && oldest ? say("home-last-some", { count: rows.length, since: hour(Date.parse(oldest.began)) }) : say("home-last-day")}</h2>
      </div>
      <dl className="kv kv--figures">
        <dt>{say("home-requests")}</dt>
        <dd>{number(rows.length)}</dd>
        <dt>{say("home-tokens-in")}</dt>
        <dd>{compact(read)}</dd>
        <dt>{say("home-tokens-out")}</dt>
        <dd>{compact(written)}</dd>
        {cached > 0 && read > 0 && (
          <>
            <dt>{say("home-cached")}</dt>
            <dd>{percent(cached / read)}</dd>
          </>
        )}
      </dl>
      {unknown > 0 && <p className="text-small text-subtle">{say("home-tokens-unknown", { count: unknown })}</p>}
      {rows.length > 0 && <Hours hours={hours(rows, now)} />}
    </section>
  );
}
