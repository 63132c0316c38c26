import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useAction, useHost, useMethod } from "../../api/client";
import type { SettingsChange, Theme } from "../../api/contract";
import { Fault } from "../../components/Fault";
import { languages, useWords } from "../../l10n/words";
import { Keys } from "./Keys";
import { Logs } from "./Logs";
import { Network } from "./Network";

const THEMES: Theme[] = ["system", "dark", "light"];

/** A language's own name for itself. */
function nameOf(language: string): string {
  return new Intl.DisplayNames(language, { type: "language" }).of(language) ?? language;
}

/** What a person chooses; each change is kept at once. */
export function Settings() {
  const say = useWords();
  const settings = useMethod("settings.get", null);
  const change = useAction("settings.change");
  const now = settings.data;
  if (now === undefined) return settings.error === null ? null : <Fault error={settings.error} />;
  const set = (what: SettingsChange) => change.mutate(what);
  const themes: Record<Theme, string> = {
    system: say("settings-system"),
    dark: say("settings-dark"),
    light: say("settings-light"),
  };
  return (
    <>
      <div className="lead">
        <h1>{say("window-settings")}</h1>
        <p>
          {say("settings-file")} <code>{now.path}</code>
        </p>
      </div>
      {change.error !== null && <Fault error={change.error} />}
      <div className="fields">
        <label htmlFor="language">{say("settings-language")}</label>
        <select
          id="language"
          value={now.language ?? ""}
          onChange={(event) => set({ language: event.target.value || null })}
        >
          <option value="">{say("settings-system")}</option>
          {languages.map((language) => (
            <option key={language} value={language} lang={language}>
              {nameOf(language)}
            </option>
          ))}
        </select>
        <label htmlFor="theme">{say("settings-theme")}</label>
        <select id="theme" value={now.theme} onChange={(event) => set({ theme: event.target.value as Theme })}>
          {THEMES.map((theme) => (
            <option key={theme} value={theme}>
              {themes[theme]}
            </option>
          ))}
        </select>
        <span>{say("settings-notify")}</span>
        <div>
          <label className="check">
            <input
              type="checkbox"
              checked={now.notify_sign_in}
              onChange={(event) => set({ notify_sign_in: event.target.checked })}
            />
            {say("settings-notify-sign-in")}
          </label>
          <label className="check">
            <input
              type="checkbox"
              checked={now.notify_failover}
              onChange={(event) => set({ notify_failover: event.target.checked })}
            />
            {say("settings-notify-failover")}
          </label>
        </div>
        <Autostart />
      </div>
      <Network now={now} />
      <Keys />
      <Logs />
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
    <>
      <span>{say("settings-start-up")}</span>
      <label className="check">
        <input type="checkbox" checked={now.data} onChange={(event) => void set(event.target.checked)} />
        {say("settings-autostart")}
      </label>
    </>
  );
}
