import { useId, useState } from "react";
import { Dialog } from "../../components/Dialog";
import { Fault } from "../../components/Fault";
import { Icon } from "../../components/Icon";
import type { Gate } from "../../host/gate";
import { useWords } from "../../l10n/words";
import { Password } from "./Password";
import { useTry } from "./useTry";

/** At the foot of the rail: out of this browser, out of all of them, or another password. */
export function Session({ gate }: { gate: Gate }) {
  const say = useWords();
  const [open, setOpen] = useState(false);
  const out = useTry(() => gate.signOut(false));
  const everywhere = useTry(() => gate.signOut(true));
  const close = () => setOpen(false);
  return (
    <>
      <button type="button" className="rail__item" onClick={() => setOpen(true)}>
        <Icon name="key" />
        <span>{say("gate-session")}</span>
      </button>
      <Dialog
        open={open}
        close={close}
        title={say("gate-session-title")}
        lead={say("gate-session-more")}
        foot={
          <>
            <button type="button" className="btn btn--main" disabled={out.busy} onClick={() => void out.go()}>
              {say("gate-sign-out")}
            </button>
            <button type="button" className="btn" disabled={everywhere.busy} onClick={() => void everywhere.go()}>
              {say("gate-sign-out-everywhere")}
            </button>
            <button type="button" className="btn btn--bare" onClick={close}>
              {say("gate-cancel")}
            </button>
          </>
        }
      >
        {gate.standing()?.password === "set" && <Change gate={gate} done={close} />}
        <div role="alert" className="empty:hidden">
          {out.error !== null && <Fault error={out.error} />}
          {everywhere.error !== null && <Fault error={everywhere.error} />}
        </div>
      </Dialog>
    </>
  );
}

/** Another password; everybody else is signed out by it. */
function Change({ gate, done }: { gate: Gate; done: () => void }) {
  const say = useWords();
  const form = useId();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const { go, busy, error, wait } = useTry(async () => {
    await gate.change(current, password);
    done();
  });
  return (
    <details>
      <summary>{say("gate-change")}</summary>
      <form
        id={form}
        className="mt-3 grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        <Password label={say("gate-current")} value={current} change={setCurrent} />
        <Password label={say("gate-new-password")} value={password} change={setPassword} fresh more={say("gate-new-password-more")} />
        <div role="alert" className="empty:hidden">{error !== null && <Fault error={error} />}</div>
        <button type="submit" className="btn justify-self-start" disabled={busy || wait > 0}>
          {wait > 0 ? say("gate-wait", { seconds: wait }) : say("gate-change-do")}
        </button>
      </form>
    </details>
  );
}
