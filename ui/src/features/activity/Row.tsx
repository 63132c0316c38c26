import type { ActivityRow, Outcome } from "../../api/contract";
import { type Shape, State } from "../../components/State";
import { useWords } from "../../l10n/words";
import { Detail } from "./Detail";

const SHAPES: Record<Outcome, Shape> = { completed: "ok", failed: "err", cancelled: "off", truncated: "err" };
/** Stands where a number is not known. */
const NONE = "–";
/** A narrow window shows fewer columns; the style sheet hides the others. */
const columns = () => (window.matchMedia("(max-width: 860px)").matches ? 4 : 6);

/** One request; it opens in place. */
export function Row({ row, open, turn }: { row: ActivityRow; open: boolean; turn: () => void }) {
  const say = useWords();
  const language = document.documentElement.lang;
  const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
  const number = new Intl.NumberFormat(language);
  const words: Record<Outcome, string> = {
    completed: say("home-completed"),
    failed: say("home-failed"),
    cancelled: say("home-cancelled"),
    truncated: say("home-truncated"),
  };
  const used = row.answered_by?.model;
  const count = (value: number | null | undefined) => (value == null ? NONE : number.format(value));
  return (
    <>
      <tr className={open ? "is-open" : undefined} onClick={turn}>
        <td className="subtle">{clock.format(new Date(row.began))}</td>
        <td className="clip">{row.client ?? row.key ?? NONE}</td>
        <td className="clip">
          <button type="button" className="opens clip" aria-expanded={open} title={row.model ?? undefined}>
            {row.model ?? say("home-no-model")}
            {used && used !== row.model && <span className="subtle"> → {used}</span>}
          </button>
        </td>
        <td className="number">
          {row.usage ? say("activity-in-out", { in: count(row.usage.input), out: count(row.usage.output) }) : NONE}
        </td>
        <td className="number">
          {row.first_byte_ms === null ? NONE : say("activity-seconds", { seconds: row.first_byte_ms / 1000 })}
        </td>
        <td>
          <State shape={SHAPES[row.outcome]}>{words[row.outcome]}</State>
          {row.fault !== null && (
            <div className="small subtle clip" title={row.fault.message}>
              {row.fault.message}
            </div>
          )}
        </td>
      </tr>
      {open && (
        <tr className="is-open detail">
          <td colSpan={columns()}>
            <Detail id={row.id} />
          </td>
        </tr>
      )}
    </>
  );
}
