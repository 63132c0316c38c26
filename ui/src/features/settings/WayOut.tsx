import { useState } from "react";
import type { ProxyMode } from "../../api/contract";
import { Pref } from "../../components/Pref";
import { useWords } from "../../l10n/words";
import { InForce } from "./InForce";
import type { Kept } from "./set";

const MODES: ProxyMode[] = ["system", "environment", "manual", "direct"];
const EXAMPLE = "http://127.0.0.1:7890";

/** How providers are reached, and what of it is in force now. */
export function WayOut({ now, set }: Kept) {
  const say = useWords();
  const [mode, setMode] = useState(now.proxy.mode);
  const [url, setUrl] = useState(now.proxy.url ?? "");
  const keep = (mode: ProxyMode, url: string) => set({ proxy: { mode, url: mode === "manual" ? url.trim() : null } });
  return (
    <>
      <Pref
        id="proxy"
        name={say("settings-proxy-mode")}
        more={
          <>
            <InForce /> {say("settings-proxy-local")}
          </>
        }
      >
        <select
          id="proxy"
          className="select"
          value={mode}
          onChange={(event) => {
            const chosen = event.target.value as ProxyMode;
            setMode(chosen);
            if (chosen !== "manual") keep(chosen, "");
          }}
        >
          {MODES.map((each) => (
            <option key={each} value={each}>
              {say(`settings-proxy-${each}`)}
            </option>
          ))}
        </select>
      </Pref>
      {mode === "manual" && (
        <Pref id="proxy-address" name={say("settings-proxy-address")} more={say("settings-proxy-address-more")}>
          <input
            id="proxy-address"
            className="field w-[240px] max-w-full"
            inputMode="url"
            placeholder={EXAMPLE}
            value={url}
            onChange={(event) => setUrl(event.target.value)}
            onBlur={() => url.trim() !== "" && url.trim() !== now.proxy.url && keep("manual", url)}
          />
        </Pref>
      )}
    </>
  );
}
