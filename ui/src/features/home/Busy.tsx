import { Link } from "@tanstack/react-router";
import { useAction } from "../../api/client";
import type { ApiError, Listener } from "../../api/contract";
import { Fault } from "../../components/Fault";
import { Notice } from "../../components/Notice";
import { useWords } from "../../l10n/words";

const LAST_PORT = 65_535;

/** A listener that does not listen: why, and another port in one click where that helps. */
export function Busy({ listener, fault }: { listener: Listener; fault: ApiError }) {
  const say = useWords();
  const change = useAction("settings.change");
  const start = useAction("serving.start");
  const port = listener.port >= LAST_PORT ? LAST_PORT - 1 : listener.port + 1;
  const helps = listener.instance === "default" && (fault.code === "port-taken" || fault.code === "port-forbidden");
  const failed = change.error ?? start.error;
  return (
    <Notice
      kind="err"
      actions={
        listener.instance !== "default" ? (
          <Link to="/settings" className="btn">
            {say("window-settings")}
          </Link>
        ) : (
          helps && (
            <>
              <button type="button" className="btn btn--bare" disabled={start.isPending} onClick={() => start.mutate(null)}>
                {say("home-busy-again")}
              </button>
              <button
                type="button"
                className="btn"
                disabled={change.isPending || start.isPending}
                onClick={() => change.mutate({ port }, { onSuccess: () => start.mutate(null) })}
              >
                {say("home-busy-use", { port: String(port) })}
              </button>
            </>
          )
        )
      }
    >
      <Fault error={fault} />
      {helps && <p>{say(fault.code === "port-taken" ? "home-busy-taken" : "home-busy-forbidden")}</p>}
      {failed !== null && <Fault error={failed} />}
    </Notice>
  );
}
