import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useHost } from "../../api/client";
import type { Theme } from "../../api/contract";
import { Pref } from "../../components/Pref";
import { Switch } from "../../components/Switch";
import { languages, nameOf, useWords } from "../../l10n/words";
import type { Kept } from "./set";

const THEMES: Theme[] = ["system", "dark", "light"];

/** Language, colours, notices, start-up. */
export function General({ now, set }: Kept) {
  const say = useWords();
  return (
    <>
      <Pref id="language" name={say("settings-language")} more={say("settings-language-more")}>
        <select id="language" className="select" value={now.language ?? ""} onChange={(event) => set({ language: event.target.value || null })}>
          <option value="">{say("settings-system")}</option>
          {languages.map((language) => (
            <option key={language} value={language} lang={language}>
              {nameOf(language)}
            </option>
          ))}
        </select>
      </Pref>
      <Pref id="theme" name={say("settings-theme")}>
        <select id="theme" className="select" value={now.theme} onChange={(event) => set({ theme: event.target.value as Theme })}>
          {THEMES.map((theme) => (
            <option key={theme} value={theme}>
              {say(`settings-${theme}`)}
            </option>
          ))}
        </select>
      </Pref>
      <Pref name={say("settings-notify-sign-in")} more={say("settings-notify-sign-in-more")}>
        <Switch label={say("settings-notify-sign-in")} on={now.notify_sign_in} change={(on) => set({ notify_sign_in: on })} />
      </Pref>
      <Pref name={say("settings-notify-failover")} more={say("settings-notify-failover-more")}>
        <Switch label={say("settings-notify-failover")} on={now.notify_failover} change={(on) => set({ notify_failover: on })} />
      </Pref>
      <Autostart />
      <Pref name={say("settings-first-run")} more={say("settings-first-run-more")}>
        <Link to="/welcome" className="btn">
          {say("settings-first-run-open")}
        </Link>
      </Pref>
    </>
  );
}

/** Whether to start with the session; absent where there is no desktop. */
function Autostart() {
  const say = useWords();
  const { autostart } = useHost();
  const queries = useQueryClient();
  const key = ["settings", "autostart"];
  const now = useQuery({ queryKey: key, queryFn: () => autostart?.get() ?? null });
  if (autostart === undefined || typeof now.data !== "boolean") return null;
  const set = async (on: boolean) => queries.setQueryData(key, await autostart.set(on));
  return (
    <Pref name={say("settings-autostart")} more={say("settings-autostart-more")}>
      <Switch label={say("settings-autostart")} on={now.data} change={(on) => void set(on)} />
    </Pref>
  );
}
