import { useState } from "react";
import { useMethod } from "../../api/client";
import type { LogLevel } from "../../api/contract";
import { because, Fault } from "../../components/Fault";
import { type Shape, State } from "../../components/State";
import { useWords } from "../../l10n/words";

const LEVELS: LogLevel[] = ["error", "warn", "info", "debug"];
/** While it is looked at, so often the log is asked anew, in milliseconds. */
const OFTEN = 2000;

/** The vault's state, and what the program says of itself, live. */
export function Logs() {
  const say = useWords();
  const [level, setLevel] = useState<LogLevel>("info");
  const [search, setSearch] = useState("");
  const status = useMethod("status.get", null);
  const logs = useMethod("logs.list", { level, search: search.trim() || null }, OFTEN);
  const vault = status.data?.vault;
  const shape: Shape = vault?.state === "ready" ? "ok" : "warn";
  return (
    <>
      {vault !== undefined && (
        <section>
          <h2>{say("settings-vault")}</h2>
          <State shape={shape}>{say(`settings-vault-${vault.state}`)}</State>
          {vault.reason !== null && <p className="small subtle">{because(vault.reason, say)}</p>}
        </section>
      )}
      <section>
        <h2>{say("settings-logs")}</h2>
        <div className="row">
          <select aria-label={say("settings-logs-level")} value={level} onChange={(event) => setLevel(event.target.value as LogLevel)}>
            {LEVELS.map((each) => (
              <option key={each} value={each}>
                {say(`settings-logs-${each}`)}
              </option>
            ))}
          </select>
          <input type="search" aria-label={say("settings-logs-search")} placeholder={say("settings-logs-search")} value={search} onChange={(event) => setSearch(event.target.value)} />
        </div>
        {logs.error !== null && <Fault error={logs.error} />}
        {logs.data?.length === 0 ? (
          <p className="empty">{say("settings-logs-none")}</p>
        ) : (
          <pre className="log" tabIndex={0} aria-label={say("settings-logs")} role="region">
            {logs.data?.map((line) => `${line.time} ${line.level} ${line.target}: ${line.message}`).join("\n")}
          </pre>
        )}
      </section>
    </>
  );
}
