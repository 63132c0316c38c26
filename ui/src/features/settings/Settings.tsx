import { useAction, useMethod } from "../../api/client";
import { Fault } from "../../components/Fault";
import { useWords } from "../../l10n/words";
import { About } from "./About";
import { General } from "./General";
import { Instances } from "./Instances";
import { Keys } from "./Keys";
import { Logs } from "./Logs";
import { Network } from "./Network";
import { Privacy } from "./Privacy";
import { WayOut } from "./WayOut";

/** What a person chooses; each change is kept at once. */
export function Settings() {
  const say = useWords();
  const settings = useMethod("settings.get", null);
  const change = useAction("settings.change");
  const now = settings.data;
  if (now === undefined) return settings.error === null ? null : <Fault error={settings.error} />;
  const parts = [
    { id: "general", words: say("settings-general"), content: <General now={now} set={change.mutate} /> },
    { id: "network", words: say("settings-network"), content: <Network now={now} set={change.mutate} /> },
    { id: "instances", words: say("instances-title"), content: <Instances /> },
    { id: "way-out", words: say("settings-proxy"), content: <WayOut now={now} set={change.mutate} /> },
    { id: "keys", words: say("settings-keys"), content: <Keys /> },
    { id: "privacy", words: say("settings-privacy"), content: <Privacy now={now} set={change.mutate} /> },
    { id: "log", words: say("settings-logs"), content: <Logs /> },
    { id: "about", words: say("settings-about"), content: <About now={now} set={change.mutate} /> },
  ];
  return (
    <>
      <div className="page__head">
        <div>
          <h1>{say("window-settings")}</h1>
          <p>
            {say("settings-file")} <code title={now.path}>{now.path}</code>
          </p>
        </div>
      </div>
      {change.error !== null && (
        <div role="alert">
          <Fault error={change.error} />
        </div>
      )}
      <div className="prefs">
        <nav className="prefs__nav" aria-label={say("settings-parts")}>
          {parts.map(({ id, words }) => (
            <button key={id} type="button" onClick={() => document.getElementById(id)?.scrollIntoView()}>
              {words}
            </button>
          ))}
        </nav>
        <div className="min-w-0">
          {parts.map(({ id, words, content }) => (
            <section key={id} id={id} aria-labelledby={`${id}-name`}>
              <h2 id={`${id}-name`}>{words}</h2>
              {content}
            </section>
          ))}
        </div>
      </div>
    </>
  );
}
