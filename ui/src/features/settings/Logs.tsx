import { useState } from "react";
import { useMethod } from "../../api/client";
import type { LogLevel } from "../../api/contract";
import { Copy } from "../../components/Copy";
import { Fault } from "../../components/Fault";
import { Search } from "../../components/Search";
import { useFormats } from "../../l10n/formats";
import { useWords } from "../../l10n/words";
import { SaveLog, written } from "./SaveLog";

const LEVELS: LogLevel[] = ["error", "warn", "info", "debug"];
/** While it is looked at, so often the log is asked anew, in milliseconds. */
const OFTEN = 2000;

/** What the program says of itself, live, the newest first. */
export function Logs() {
  const say = useWords();
  const { clock } = useFormats();
  const [level, setLevel] = useState<LogLevel>("info");
  const [search, setSearch] = useState("");
  const choice = { level, search: search.trim() || null };
  const logs = useMethod("logs.list", choice, OFTEN);
  const lines = logs.data ?? [];
  return (
    <>
      <div className="my-3 flex flex-wrap items-center gap-3">
        <select className="select" aria-label={say("settings-logs-level")} value={level} onChange={(event) => setLevel(event.target.value as LogLevel)}>
          {LEVELS.map((each) => (
            <option key={each} value={each}>
              {say(`settings-logs-${each}`)}
            </option>
          ))}
        </select>
        <Search className="w-[240px]" label={say("settings-logs-search")} value={search} change={setSearch} />
        <span className="ms-auto flex flex-wrap items-center gap-3">
          <SaveLog choice={choice} lines={lines} />
          <Copy label={say("settings-logs-copy")} text={() => lines.map(written).join("\n")} />
        </span>
      </div>
      {logs.error !== null && <Fault error={logs.error} />}
      {logs.data?.length === 0 && <p className="text-subtle">{say("settings-logs-none")}</p>}
      {lines.length > 0 && (
        <div className="code log" tabIndex={0} role="region" aria-label={say("settings-logs-lines")}>
          {lines.map((line, place) => (
            <div key={`${line.time} ${place}`} className={`log__line log__line--${line.level}`}>
              <span className="text-subtle">{clock(line.time)}</span>
              <span>{line.level}</span>
              <span className="clip text-subtle" title={line.target}>
                {line.target}
              </span>
              <span>{line.message}</span>
            </div>
          ))}
        </div>
      )}
    </>
  );
}
