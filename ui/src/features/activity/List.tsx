import type { KeyboardEvent } from "react";
import type { ActivityRow } from "../../api/contract";
import { useWords } from "../../l10n/words";
import { Row } from "./Row";

/** Moves the focus along the rows, and leaves an open one with Esc. */
function along(event: KeyboardEvent<HTMLElement>, close: () => void) {
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>("button[data-row]")];
  const place = all.indexOf(event.target as HTMLElement);
  const steps: Record<string, number> = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: all.length - 1 };
  const next = steps[event.key];
  if (event.key === "Escape") {
    const open = event.currentTarget.querySelector<HTMLElement>("button[aria-expanded=true]");
    if (open === null) return;
    event.preventDefault();
    close();
    open.focus();
  } else if (next !== undefined && place >= 0) {
    event.preventDefault();
    all[next]?.focus();
  }
}

/** The requests, of which one can be open. */
export function List({ rows, open, turn }: { rows: ActivityRow[]; open: string | null; turn: (id: string | null) => void }) {
  const say = useWords();
  return (
    <table className="table table--activity" onKeyDown={(event) => along(event, () => turn(null))}>
      <thead>
        <tr>
          <th>{say("home-time")}</th>
          <th>{say("activity-client")}</th>
          <th>{say("activity-model")}</th>
          <th className="num hide-s">{say("activity-tokens")}</th>
          <th className="num">{say("activity-first")}</th>
          <th>{say("home-outcome")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} open={open === row.id} turn={() => turn(open === row.id ? null : row.id)} />
        ))}
      </tbody>
    </table>
  );
}
