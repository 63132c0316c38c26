import type { ActivityRow } from "../../api/contract";
import { clientName } from "../../components/client";
import { useNarrow } from "../../components/narrow";
import { outcomeOf, reasonOf, SHAPES } from "../../components/outcome";
import { State } from "../../components/State";
import { NONE, useFormats } from "../../l10n/formats";
import { useWords } from "../../l10n/words";
import { Detail } from "./Detail";

const COLUMNS = 6;
/** In a narrow window the tokens are left out. */
const FEWER = 5;

/** One request; it opens in place. */
export function Row({ row, open, turn }: { row: ActivityRow; open: boolean; turn: () => void }) {
  const say = useWords();
  const { clock, number } = useFormats();
  const narrow = useNarrow();
  const used = row.answered_by?.model;
  const why = row.fault && reasonOf(row.fault.code, say);
  return (
    <>
      <tr className={open ? "is-open" : undefined} onClick={turn}>
        <td className="text-subtle">{clock(row.began)}</td>
        <td className="clip" title={row.client ?? row.key ?? undefined}>
          {row.client === null ? (row.key ?? NONE) : clientName(row.client)}
        </td>
        <td>
          <button type="button" className="opens asked" data-row aria-expanded={open} title={row.model ?? undefined}>
            <span className="clip">{row.model ?? say("home-no-model")}</span>
            {used && used !== row.model && <span className="clip">→ {used}</span>}
          </button>
        </td>
        <td className="num hide-s">
          {row.usage ? say("activity-in-out", { in: number(row.usage.input), out: number(row.usage.output) }) : NONE}
        </td>
        <td className="num">{row.first_byte_ms === null ? NONE : say("activity-seconds", { seconds: row.first_byte_ms / 1000 })}</td>
        <td>
          <State shape={SHAPES[row.outcome]}>{outcomeOf(row.outcome, say)}</State>
          {why !== null && <div className="text-small text-subtle">{why}</div>}
        </td>
      </tr>
      {open && (
        <tr className="is-open detail">
          <td colSpan={narrow ? FEWER : COLUMNS}>
            <Detail id={row.id} />
          </td>
        </tr>
      )}
    </>
  );
}
