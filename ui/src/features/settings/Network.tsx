import { useState } from "react";
import { Pref } from "../../components/Pref";
import { Switch } from "../../components/Switch";
import { useWords } from "../../l10n/words";
import type { Kept } from "./set";
import { WebAdmin } from "./WebAdmin";
import { Whole } from "./Whole";

const LAST_PORT = 65_535;

/** Where it listens, whether a key is asked for, and which web pages may ask. */
export function Network({ now, set }: Kept) {
  const say = useWords();
  const [pages, setPages] = useState(now.allowed_origins.join("\n"));
  return (
    <>
      <Pref id="port" name={say("settings-port")} more={say("settings-port-more")}>
        <Whole id="port" now={now.port} least={1} most={LAST_PORT} keep={(port) => set({ port })} />
      </Pref>
      <Pref name={say("settings-require-key")} more={say("settings-require-key-more")}>
        <Switch label={say("settings-require-key")} on={now.require_key} change={(on) => set({ require_key: on })} />
      </Pref>
      <Pref id="pages" name={say("settings-pages")} more={say("settings-pages-more")}>
        <textarea
          id="pages"
          className="field w-[280px] max-w-full"
          rows={3}
          value={pages}
          onChange={(event) => setPages(event.target.value)}
          onBlur={() => {
            const allowed_origins = pages.split(/\s+/).filter((page) => page !== "");
            if (allowed_origins.join() !== now.allowed_origins.join()) set({ allowed_origins });
          }}
        />
      </Pref>
      <WebAdmin />
    </>
  );
}
