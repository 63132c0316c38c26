import { addressOf } from "../api/address";
import { useAction, useHost, useMethod } from "../api/client";
import { Copy } from "../components/Copy";
import { Icon } from "../components/Icon";
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
  const fault = now?.listeners[0]?.fault ?? start.error;
  // What else is shut does not keep the address that stands here from answering.
  const partly = now?.listeners.some((listener) => listener.fault !== null);
  const serving = now?.serving === true;
  return (
    <header className="bar">
      <span role="status">
        {status.isError ? (
          <State shape="err">{say("window-silent")}</State>
        ) : fault ? (
          <State shape="err">{say("window-cannot-start")}</State>
        ) : now?.stopping ? (
          <State shape="warn">{say("window-stopping")}</State>
        ) : serving && partly ? (
          <State shape="warn">{say("window-partly")}</State>
        ) : (
          <State shape={serving ? "ok" : "off"}>{say(serving ? "window-running" : "window-stopped")}</State>
        )}
      </span>
      {address !== null && (
        <span className="address">
          <code>{address}</code>
          <Copy bare label={say("window-copy-address")} text={() => address} />
          <Copy
            icon="key"
            label={say("window-copy-key")}
            failed={say("window-no-key")}
            text={async () => (await host.call("keys.reveal", null)).value}
          />
        </span>
      )}
      <span className="ms-auto flex gap-2">
        {serving ? (
          <button type="button" className="btn" disabled={stop.isPending} onClick={() => stop.mutate(null)}>
            <Icon name="stop" />
            {say("window-stop")}
          </button>
        ) : (
          <button type="button" className="btn btn--main" disabled={start.isPending} onClick={() => start.mutate(null)}>
            <Icon name="play" />
            {say("window-start")}
          </button>
        )}
      </span>
    </header>
  );
}
