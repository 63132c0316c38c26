import { useState } from "react";
import type { SignInTurn } from "../../api/contract";
import { useFormats } from "../../l10n/formats";
import { useWords } from "../../l10n/words";
import { Copy } from "../Copy";
import { Fault } from "../Fault";
import { Icon } from "../Icon";
import { State } from "../State";
import type { SigningIn } from "./useSignIn";

/** A sign-in that is under way: what to do in the browser, how long there is, and other ways to the end. */
export function Waiting({ turn, signing }: { turn: SignInTurn; signing: SigningIn }) {
  const say = useWords();
  const { span } = useFormats();
  const { code } = turn;
  return (
    <div className="grid gap-4">
      <div className="flex items-center gap-3" role="status">
        <State shape="busy">{say(turn.state.state === "exchanging" ? "signing-exchanging" : "signing-waiting")}</State>
        <span className="ms-auto text-small text-subtle" aria-live="off">
          {say("signing-left", { time: span(turn.seconds) })}
        </span>
      </div>
      {code !== null && (
        <div>
          <p>{say("signing-type-code")}</p>
          <p className="mt-1 flex items-center gap-2">
            <span className="device">{code}</span>
            <Copy bare className="btn--bare" label={say("signing-copy-code")} text={() => code} />
          </p>
        </div>
      )}
      <div className="flex flex-wrap items-center gap-3">
        <button type="button" className="btn" onClick={signing.again}>
          <Icon name="open" />
          {say("signing-open-again")}
        </button>
        <Copy label={say("signing-copy-address")} text={() => turn.address} />
      </div>
      {turn.paste && <Paste signing={signing} />}
    </div>
  );
}

/** Where the browser cannot bring the answer back, it is pasted. */
function Paste({ signing }: { signing: SigningIn }) {
  const say = useWords();
  const [text, setText] = useState("");
  const { isPending, error } = signing.answering;
  return (
    <details className="paste">
      <summary>{say("signing-paste")}</summary>
      <form
        className="mt-2 grid gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          signing.answer(text.trim());
        }}
      >
        <p className="text-small text-subtle">{say("signing-paste-more")}</p>
        <div className="flex gap-2">
          <input
            className="field min-w-0 flex-1"
            autoComplete="off"
            aria-label={say("signing-paste-what")}
            placeholder={say("signing-paste-what")}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <button type="submit" className="btn" disabled={text.trim() === "" || isPending}>
            {say("signing-paste-send")}
          </button>
        </div>
        {error !== null && (
          <div role="alert">
            <Fault error={error} />
          </div>
        )}
      </form>
    </details>
  );
}
