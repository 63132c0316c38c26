import { addressOf } from "../api/address";
import { useAction, useHost, useMethod } from "../api/client";
import { Copy } from "../components/Copy";
import { State } from "../components/State";
import { useWords } from "../l10n/words";

/** On every page: the state, the address, the key, Start or Stop. */
export function Bar() {
  const say = useWords();
  const host = useHost();
  const status = useMethod("status.get", null);
  const start = useAction("serving.start");
  const stop = useAction("serving.stop");
  const now = status.data;
  const address = now ? addressOf(now) : null;
  const fault = now?.listeners.find((listener) => listener.fault !== null)?.fault ?? start.error;
  const serving = now?.serving === true;
  return (
    <header className="bar">
      {fault ? (
        <State shape="err">{say("window-cannot-start")}</State>
      ) : now?.stopping ? (
        <State shape="warn">{say("window-stopping")}</State>
      ) : (
        <State shape={serving ? "ok" : "off"}>{say(serving ? "window-running" : "window-stopped")}</State>
      )}
      {address !== null && (
        <span className="address">
          <code>{address}</code>
          <Copy
            label={say("window-copy-address")}
            done={say("window-copied")}
            failed={say("window-not-copied")}
            text={() => Promise.resolve(address)}
          />
          <Copy
            label={say("window-copy-key")}
            done={say("window-copied")}
            failed={say("window-no-key")}
            text={async () => (await host.call("keys.reveal", null)).value}
          />
        </span>
      )}
      <span className="push">
        {serving ? (
          <button type="button" className="button" disabled={stop.isPending} onClick={() => stop.mutate(null)}>
            {say("window-stop")}
          </button>
        ) : (
          <button
            type="button"
            className="button button--main"
            disabled={start.isPending}
            onClick={() => start.mutate(null)}
          >
            {say("window-start")}
          </button>
        )}
      </span>
    </header>
  );
}
