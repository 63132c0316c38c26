import { useState } from "react";
import { useAction } from "../../api/client";
import type { Instance } from "../../api/contract";
import { Copy } from "../../components/Copy";
import { Dialog } from "../../components/Dialog";
import { Fault, faultWords } from "../../components/Fault";
import { State } from "../../components/State";
import { Switch } from "../../components/Switch";
import { useWords } from "../../l10n/words";

const SHAPES = { listening: "ok", failed: "err", waiting: "off", stopped: "off" } as const;
const WORDS = {
  listening: "instances-listening",
  failed: "instances-failed",
  waiting: "instances-waiting",
  stopped: "instances-off",
} as const;

/** Where it is to be reached; a port that was left open is known once it listens. */
function placeOf(one: Instance): string {
  const bound = one.addresses[0]?.split(":").at(-1);
  const host = one.host.includes(":") ? `[${one.host}]` : one.host;
  return `http://${host}:${bound ?? one.port}`;
}

/** One instance: how it stands, where it is, and a switch that opens and closes it alone. */
export function InstanceRow({ of, edit }: { of: Instance; edit: () => void }) {
  const say = useWords();
  const start = useAction("instances.start");
  const stop = useAction("instances.stop");
  const remove = useAction("instances.remove");
  const [asked, setAsked] = useState(false);
  const error = start.error ?? stop.error;
  const busy = start.isPending || stop.isPending;
  const keys = of.keys.length === 0 ? say("instances-keys-every") : say("instances-keys-some", { keys: of.keys.join(", ") });
  const { name } = of;
  return (
    <li className="line flex-wrap">
      <div className="min-w-0 flex-[1_1_200px]">
        <div className="font-medium clip">{of.first ? say("instances-first") : name}</div>
        <div className="text-small text-subtle">
          <code>{placeOf(of)}</code> · {keys}
          {of.default_model !== "" && <> · {of.default_model}</>}
        </div>
      </div>
      <div className="flex items-center gap-3 ms-auto">
        <State shape={SHAPES[of.state]}>{say(WORDS[of.state])}</State>
        <Copy bare className="btn--bare" label={say("instances-copy", { name })} text={() => placeOf(of)} />
        {!of.first && (
          <>
            {of.state === "failed" && (
              <button type="button" className="btn btn--bare" disabled={busy} onClick={() => start.mutate({ name })}>
                {say("instances-again")}
              </button>
            )}
            <button type="button" className="btn btn--bare" aria-label={say("instances-edit-name", { name })} onClick={edit}>
              {say("instances-edit")}
            </button>
            <button type="button" className="btn btn--bare" aria-label={say("instances-remove-name", { name })} onClick={() => setAsked(true)}>
              {say("instances-remove")}
            </button>
            <Switch
              label={say("instances-switch", { name })}
              on={of.state !== "stopped"}
              off={busy}
              change={(on) => (on ? start : stop).mutate({ name })}
            />
          </>
        )}
      </div>
      {of.fault !== null && <p className="fault w-full text-small">{faultWords(of.fault, say)}</p>}
      {error !== null && (
        <div role="alert" className="w-full">
          <Fault error={error} />
        </div>
      )}
      <Dialog
        open={asked}
        close={() => setAsked(false)}
        title={say("instances-remove-ask", { name })}
        foot={
          <>
            <button type="button" className="btn btn--bare ms-auto" onClick={() => setAsked(false)}>
              {say("instances-cancel")}
            </button>
            <button
              type="button"
              className="btn btn--main"
              disabled={remove.isPending}
              onClick={() => remove.mutate({ name }, { onSuccess: () => setAsked(false) })}
            >
              {say("instances-remove-yes")}
            </button>
          </>
        }
      >
        <p>{say("instances-remove-more", { address: placeOf(of) })}</p>
        {remove.error !== null && <Fault error={remove.error} />}
      </Dialog>
    </li>
  );
}
