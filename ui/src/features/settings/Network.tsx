import { useState } from "react";
import { useAction } from "../../api/client";
import type { ProxyMode, Settings } from "../../api/contract";
import { Fault } from "../../components/Fault";
import { useWords } from "../../l10n/words";

const MODES: ProxyMode[] = ["system", "environment", "manual", "direct"];
const EXAMPLE = "http://127.0.0.1:7890";

/** Where it listens, which web pages may ask, and the way out. A wrong value keeps the old one in force. */
export function Network({ now }: { now: Settings }) {
  const say = useWords();
  const change = useAction("settings.change");
  const [port, setPort] = useState(String(now.port));
  const [mode, setMode] = useState(now.proxy.mode);
  const [url, setUrl] = useState(now.proxy.url ?? "");
  const [days, setDays] = useState(String(now.retention_days));
  const [pages, setPages] = useState(now.allowed_origins.join("\n"));
  const proxy = (mode: ProxyMode, url: string) => change.mutate({ proxy: { mode, url: mode === "manual" ? url : null } });
  return (
    <section>
      <h2>{say("settings-network")}</h2>
      {change.error !== null && <Fault error={change.error} />}
      <div className="fields">
        <label htmlFor="port">{say("settings-port")}</label>
        <input id="port" inputMode="numeric" value={port} onChange={(event) => setPort(event.target.value)} onBlur={() => Number(port) !== now.port && change.mutate({ port: Number(port) })} />
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
            onBlur={() => change.mutate({ allowed_origins: pages.split(/\s+/).filter((page) => page !== "") })}
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
          <p className="small subtle">{say("settings-proxy-now", { source: say(`settings-proxy-${now.proxy_source}`) })}</p>
        </div>
        <label htmlFor="days">{say("settings-days")}</label>
        <input id="days" inputMode="numeric" value={days} onChange={(event) => setDays(event.target.value)} onBlur={() => Number(days) !== now.retention_days && change.mutate({ retention_days: Number(days) })} />
      </div>
    </section>
  );
}
