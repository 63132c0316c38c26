import { useId, useRef, useState } from "react";
import { Dialog } from "../../components/Dialog";
import { Fault } from "../../components/Fault";
import type { Gate } from "../../host/gate";
import { useWords } from "../../l10n/words";
import { Password } from "./Password";
import { useTry } from "./useTry";

/** Something dangerous waits for the password. */
export function Ask({ gate }: { gate: Gate }) {
  const say = useWords();
  const form = useId();
  const field = useRef<HTMLInputElement>(null);
  const [password, setPassword] = useState("");
  const { go, busy, error, wait } = useTry(async () => {
    setPassword("");
    await gate.confirm(password);
  });
  const close = () => void gate.confirm(null);
  return (
    <Dialog
      open
      start={field}
      close={close}
      title={say("gate-ask")}
      lead={say("gate-ask-more")}
      foot={
        <>
          <button type="submit" form={form} className="btn btn--main" disabled={busy || wait > 0}>
            {wait > 0 ? say("gate-wait", { seconds: wait }) : say("gate-ask-do")}
          </button>
          <button type="button" className="btn btn--bare" onClick={close}>
            {say("gate-cancel")}
          </button>
        </>
      }
    >
      <form
        id={form}
        className="grid gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        <Password label={say("gate-password")} field={field} value={password} change={setPassword} wrong={error !== null} />
        <div role="alert" className="empty:hidden">{error !== null && <Fault error={error} />}</div>
      </form>
    </Dialog>
  );
}
