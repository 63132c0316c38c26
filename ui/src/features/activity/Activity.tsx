import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useMethod } from "../../api/client";
import { Empty } from "../../components/Empty";
import { Fault } from "../../components/Fault";
import { Search } from "../../components/Search";
import { useWords } from "../../l10n/words";
import { Detail } from "./Detail";
import { List } from "./List";

/** How many more are listed at each step. */
const STEP = 50;
/** While the page is looked at, so often it is asked anew, in milliseconds. */
const OFTEN = 3000;

/** Every request, what became of it, and why. */
export function Activity() {
  const say = useWords();
  const navigate = useNavigate();
  const { request, failed = false } = useSearch({ strict: false });
  const [search, setSearch] = useState("");
  const [limit, setLimit] = useState(STEP);
  const settings = useMethod("settings.get", null);
  const choice = { limit, failed_only: failed || null, search: search.trim() || null };
  const page = useMethod("activity.list", choice, OFTEN);
  const rows = page.data?.rows ?? [];
  const chosen = failed || search.trim() !== "";
  const go = (change: { request?: string | undefined; failed?: boolean | undefined }) => {
    const next = { request, failed: failed || undefined, ...change };
    const kept = { ...(next.request ? { request: next.request } : {}), ...(next.failed ? { failed: true } : {}) };
    void navigate({ to: "/activity", search: kept, replace: true });
  };
  const listed = rows.some((row) => row.id === request);
  return (
    <>
      <div className="page__head">
        <div>
          <h1>{say("window-activity")}</h1>
          <p>{say("activity-lead", { days: settings.data?.retention_days ?? 0 })}</p>
        </div>
      </div>
      <div className="mb-4 flex flex-wrap items-center gap-4">
        <Search className="w-[320px] max-w-full" label={say("activity-search")} value={search} change={setSearch} />
        <label className="check">
          <input type="checkbox" checked={failed} onChange={(event) => go({ failed: event.target.checked })} />
          {say("activity-failed-only")}
        </label>
      </div>
      {page.error !== null && <Fault error={page.error} />}
      {request !== undefined && page.data !== undefined && !listed && (
        <div className="mb-4 rounded-panel border border-strong bg-raised p-4">
          <Detail id={request} />
        </div>
      )}
      {page.data !== undefined && rows.length === 0 && (
        <Empty
          title={say(chosen ? "activity-none-fits" : "activity-none")}
          action={
            chosen ? (
              <button
                type="button"
                className="btn"
                onClick={() => {
                  setSearch("");
                  go({ failed: undefined });
                }}
              >
                {say("activity-clear")}
              </button>
            ) : (
              <Link to="/home" className="btn btn--main">
                {say("activity-try")}
              </Link>
            )
          }
        >
          {say(chosen ? "activity-none-fits-more" : "activity-none-more")}
        </Empty>
      )}
      {rows.length > 0 && <List rows={rows} open={request ?? null} turn={(id) => go({ request: id ?? undefined })} />}
      {page.data?.more && (
        <p className="mt-4">
          <button type="button" className="btn" onClick={() => setLimit(limit + STEP)}>
            {say("activity-more")}
          </button>
        </p>
      )}
    </>
  );
}
