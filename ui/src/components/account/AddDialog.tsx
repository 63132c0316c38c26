import type { Provider } from "../../api/contract";
import { useWords } from "../../l10n/words";
import { Dialog } from "../Dialog";
import { Terms } from "../Terms";
import { Ended } from "./Ended";
import { KeyForm } from "./KeyForm";
import { isPointed, Point } from "./Point";
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

/** What stands under another way. */
const AFTER = "grid gap-2 border-t border-border pt-4";

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
  // One's own address may want a key, a sign-in at an issuer, or nothing: only its owner knows.
  const own = provider.own && provider.flows.length === 0;
  const usable = again === undefined && provider.sign_in === "none" && (own || flows.length === 0);
  const key = again === undefined && (provider.sign_in === "key" || own);
  const signIn = flows.length > 0 && <SignIn provider={provider} flows={flows} signing={signing} {...(again === undefined ? {} : { name: again })} />;
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
      {turn === undefined && again === undefined && provider.closed !== null && <Point provider={provider} />}
      {turn === undefined && usable && <Use provider={provider} done={made} />}
      {turn === undefined && !(own && again === undefined) && signIn}
      {turn === undefined && key && (
        <div className={usable || (flows.length > 0 && !own) ? AFTER : undefined}>
          {(usable || (flows.length > 0 && !own)) && <h3>{say("signing-or-key")}</h3>}
          <KeyForm provider={provider} done={made} />
        </div>
      )}
      {turn === undefined && own && again === undefined && (
        <details className="border-t border-border pt-4">
          <summary>{say("signing-or-issuer")}</summary>
          <div className="pt-3">{signIn}</div>
        </details>
      )}
      {turn === undefined && again === undefined && provider.closed === null && isPointed(provider) && <Point provider={provider} />}
      {provider.terms !== null && !busy && <Terms terms={provider.terms} />}
    </Dialog>
  );
}
