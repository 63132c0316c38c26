import { useState } from "react";
import { useAction } from "../../api/client";
import type { ProxyMode, Settings } from "../../api/contract";
import { Fault } from "../../components/Fault";
import { useWords } from "../../l10n/words";
import { WayOut } from "./WayOut";
import { Whole } from "./Whole";

const MODES: ProxyMode[] = ["system", "environment", "manual", "direct"];
const EXAMPLE = "http://127.0.0.1:7890";

/** Where it listens, which web pages may ask, and the way out. A wrong value keeps the old one in force. */
export function Network({ now }: { now: Settings }) {
  const say = useWords();
  const change = useAction("settings.change");
  const [mode, setMode] = useState(now.proxy.mode);
  const [url, setUrl] = useState(now.proxy.url ?? "");
  const [pages, setPages] = useState(now.allowed_origins.join("\n"));
  const proxy = (mode: ProxyMode, url: string) => change.mutate({ proxy: { mode, url: mode === "manual" ? url : null } });
  return (
    <section>
      <h2>{say("settings-network")}</h2>
      {change.error !== null && <Fault error={change.error} />}
      <div className="fields">
        <label htmlFor="port">{say("settings-port")}</label>
        <Whole id="port" now={now.port} least={1} most={65535} keep={(port) => change.mutate({ port })} />
        <span>{say("settings-keys")}</span>
        <label className="check">
          <input type="checkbox" checked={now.require_key} onChange={(event) => change.mutate({ require_key: event.target.checked })} />
          {say("settings-require-key")}
        </label>
        <label htmlFor="pages">{say("settings-pages")}</label>
        <div>
          <textarea
            id="pages"
            rows={3}
            value={pages}
            onChange={(event) => setPages(event.target.value)}
            onBlur={() => {
              const allowed_origins = pages.split(/\s+/).filter((page) => page !== "");
              if (allowed_origins.join() !== now.allowed_origins.join()) change.mutate({ allowed_origins });
            }}
          />
          <p className="small subtle">{say("settings-pages-more")}</p>
        </div>
        <label htmlFor="proxy">{say("settings-proxy")}</label>
        <div>
          <select
            id="proxy"
            value={mode}
            onChange={(event) => {
              const chosen = event.target.value as ProxyMode;
              setMode(chosen);
              if (chosen !== "manual") proxy(chosen, "");
            }}
          >
            {MODES.map((each) => (
              <option key={each} value={each}>
                {say(`settings-proxy-${each}`)}
              </option>
            ))}
          </select>
          {mode === "manual" && (
            <input aria-label={say("settings-proxy-address")} placeholder={EXAMPLE} value={url} onChange={(event) => setUrl(event.target.value)} onBlur={() => url !== "" && proxy("manual", url)} />
          )}
          <WayOut />
        </div>
        <label htmlFor="days">{say("settings-days")}</label>
        <Whole id="days" now={now.retention_days} least={0} most={3650} keep={(days) => change.mutate({ retention_days: days })} />
      </div>
    </section>
  );
}
