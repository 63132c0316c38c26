import { useState } from "react";
import type { Gate } from "../../host/gate";
import { useWords } from "../../l10n/words";
import { Password } from "./Password";
import { Submit } from "./Submit";
import { useTry } from "./useTry";

/** The password, please. */
export function SignIn({ gate }: { gate: Gate }) {
  const say = useWords();
  const [password, setPassword] = useState("");
  const { go, busy, error, wait } = useTry(async () => {
    setPassword("");
    await gate.signIn(password);
  });
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void go();
      }}
    >
      <h1>{say("gate-sign-in")}</h1>
      <Password label={say("gate-password")} value={password} change={setPassword} first wrong={error !== null} />
      <Submit words={say("gate-sign-in-do")} busy={busy} error={error} wait={wait} />
      <details>
        <summary className="text-small text-subtle">{say("gate-forgotten")}</summary>
        <p className="text-small text-soft">
          {say("gate-forgotten-more")} <code>portolan admin bootstrap</code>
        </p>
      </details>
    </form>
  );
}
