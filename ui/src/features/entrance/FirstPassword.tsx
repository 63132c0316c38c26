import { useState } from "react";
import type { Gate } from "../../host/gate";
import { isApiError } from "../../host/host";
import { useWords } from "../../l10n/words";
import { Password } from "./Password";
import { Submit } from "./Submit";
import { useTry } from "./useTry";

/** Behind the one-time link: the password that is used from then on. */
export function FirstPassword({ gate, token, left }: { gate: Gate; token: string; left: () => void }) {
  const say = useWords();
  const [password, setPassword] = useState("");
  const { go, busy, error, wait } = useTry(async () => {
    await gate.claim(token, password);
    left();
  });
  const lost = isApiError(error) && error.code === "admin-link-invalid";
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void go();
      }}
    >
      <div className="grid gap-1">
        <h1>{say("gate-first")}</h1>
        <p className="text-soft">{say("gate-first-more")}</p>
      </div>
      <Password
        label={say("gate-new-password")}
        value={password}
        change={setPassword}
        fresh
        first
        more={say("gate-new-password-more")}
        wrong={error !== null && !lost}
      />
      <Submit words={say("gate-first-do")} busy={busy || lost} error={error} wait={wait} />
      {lost && (
        <button type="button" className="btn" onClick={left}>
          {say("gate-back")}
        </button>
      )}
    </form>
  );
}
