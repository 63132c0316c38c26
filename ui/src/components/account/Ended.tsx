import type { SignInState } from "../../api/contract";
import { useWords } from "../../l10n/words";
import { Fault } from "../Fault";
import { Notice } from "../Notice";
import { State } from "../State";

/** How a sign-in came out. */
export function Ended({ state, name, next, again }: { state: SignInState; name: string; next: () => void; again: () => void }) {
  const say = useWords();
  if (state.state === "done") {
    return (
      <Notice
        kind="ok"
        actions={
          <button type="button" className="btn btn--main" autoFocus onClick={next}>
            {say("signing-next")}
          </button>
        }
      >
        <State shape="ok">{say("signing-done", { name })}</State>
      </Notice>
    );
  }
  if (state.state !== "failed") return null;
  return (
    <Notice
      kind="err"
      actions={
        <button type="button" className="btn" onClick={again}>
          {say("signing-again")}
        </button>
      }
    >
      <Fault error={state.error} />
      <p>{say("signing-nothing-stored")}</p>
    </Notice>
  );
}
