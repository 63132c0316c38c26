import { useState } from "react";
import { useMethod } from "../../api/client";
import { Fault } from "../../components/Fault";
import { useWords } from "../../l10n/words";
import { Row } from "./Row";

/** How many more are listed at each step. */
const STEP = 50;
/** While the page is looked at, so often it is asked anew, in milliseconds. */
const OFTEN = 3000;

/** Every request, what became of it, and why. */
export function Activity() {
  const say = useWords();
  const [search, setSearch] = useState("");
  const [failed, setFailed] = useState(false);
  const [limit, setLimit] = useState(STEP);
  const [open, setOpen] = useState<string | null>(null);
  const settings = useMethod("settings.get", null);
  const choice = { limit, failed_only: failed || null, search: search.trim() || null };
  const page = useMethod("activity.list", choice, OFTEN);
  const rows = page.data?.rows ?? [];
  const chosen = failed || search.trim() !== "";
  return (
    <>
      <div className="lead">
        <h1>{say("window-activity")}</h1>
        <p>{say("activity-lead", { days: settings.data?.retention_days ?? 0 })}</p>
      </div>
      <div className="row row--form">
        <input
          type="search"
          aria-label={say("activity-search")}
          placeholder={say("activity-search")}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <label className="check">
          <input type="checkbox" checked={failed} onChange={(event) => setFailed(event.target.checked)} />
          {say("activity-failed-only")}
        </label>
      </div>
      {page.error !== null && <Fault error={page.error} />}
      {page.data !== undefined && rows.length === 0 && (
        <p className="empty">{say(chosen ? "activity-none-fits" : "activity-none")}</p>
      )}
      {rows.length > 0 && (
        <table className="table table--activity">
          <thead>
            <tr>
              <th>{say("home-time")}</th>
              <th>{say("activity-client")}</th>
              <th>{say("activity-model")}</th>
              <th className="number">{say("activity-tokens")}</th>
              <th className="number">{say("activity-first")}</th>
              <th>{say("home-outcome")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row
                key={row.id}
                row={row}
                open={open === row.id}
                turn={() => setOpen(open === row.id ? null : row.id)}
              />
            ))}
          </tbody>
        </table>
      )}
      {page.data?.more && (
        <p className="more">
          <button type="button" className="button" onClick={() => setLimit(limit + STEP)}>
            {say("activity-more")}
          </button>
        </p>
      )}
    </>
  );
}
