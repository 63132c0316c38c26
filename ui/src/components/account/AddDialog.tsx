import type { Provider } from "../../api/contract";
import { useWords } from "../../l10n/words";
import { Dialog } from "../Dialog";
import { Terms } from "../Terms";
import { Ended } from "./Ended";
import { KeyForm } from "./KeyForm";
import { SignIn } from "./SignIn";
import { Use } from "./Use";
import { useSignIn } from "./useSignIn";
import { Waiting } from "./Waiting";
import { flowsOf } from "./way";

interface Shown {
  provider: Provider;
  close: () => void;
  /** What follows when there is an account. */
  done?: () => void;
  /** The account that is signed in anew. */
  again?: string;
}

/** All the ways in which an account of a provider is made, and what is known of its rules. */
export function AddDialog({ provider, close, done, again }: Shown) {
  const say = useWords();
  const signing = useSignIn();
  const flows = flowsOf(provider);
  const { turn } = signing;
  const state = turn?.state.state;
  const busy = state === "waiting" || state === "exchanging";
  const leave = () => {
    signing.leave();
    close();
  };
  const made = () => {
    leave();
    done?.();
  };
  const key = again === undefined && provider.sign_in === "key";
  return (
    <Dialog
      open
      close={leave}
      title={again === undefined ? provider.name : say("signing-anew", { name: again })}
      lead={<code>{provider.address}</code>}
      foot={
        <button type="button" className="btn btn--bare ms-auto" onClick={leave}>
          {say(busy ? "signing-cancel" : "window-close")}
        </button>
      }
    >
      {turn !== undefined && busy && <Waiting turn={turn} signing={signing} />}
      {turn !== undefined && !busy && <Ended state={turn.state} name={provider.name} next={made} again={signing.leave} />}
      {turn === undefined && flows.length > 0 && (
        <SignIn provider={provider} flows={flows} signing={signing} {...(again === undefined ? {} : { name: again })} />
      )}
      {turn === undefined && key && (
        <div className={flows.length > 0 ? "grid gap-2 border-t border-border pt-4" : undefined}>
          {flows.length > 0 && <h3>{say("signing-or-key")}</h3>}
          <KeyForm provider={provider} done={made} />
        </div>
      )}
      {provider.sign_in === "none" && flows.length === 0 && <Use provider={provider} done={made} />}
      {provider.terms !== null && !busy && <Terms terms={provider.terms} />}
    </Dialog>
  );
}
