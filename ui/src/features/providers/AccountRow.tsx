import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useAction, useHost } from "../../api/client";
import type { Account, Provider, Revocation } from "../../api/contract";
import { AddDialog } from "../../components/account/AddDialog";
import { KeyForm } from "../../components/account/KeyForm";
import { Dialog } from "../../components/Dialog";
import { because, Fault } from "../../components/Fault";
import { Standing } from "../../components/Standing";
import { Terms } from "../../components/Terms";
import { Tile } from "../../components/Tile";
import { useRemovals } from "../../components/Toasts";
import { useFormats } from "../../l10n/formats";
import { type Say, useWords } from "../../l10n/words";

function source(account: Account, say: Say): string {
  switch (account.source.kind) {
    case "environment":
      return say("providers-source-environment", { variable: account.source.variable });
    case "file":
      return say("providers-source-file", { path: account.source.path });
    case "vault":
      return say("providers-source-vault");
    case "sign-in":
      return say("providers-source-sign-in");
    case "none":
      return say("providers-source-none");
  }
}

/** What of a sign-in is left at its provider, in words. */
function kept(left: Revocation, names: { account: string; name: string }, say: Say): string | null {
  if (left.state === "failed") return say("signing-out-failed", { ...names, reason: because(left.reason, say) });
  return left.state === "unsupported" ? say("signing-out-unsupported", names) : null;
}

/** An account: where its secret is, how it stands, and a test with a real answer. */
export function AccountRow({ account, models, provider }: { account: Account; models: number; provider: Provider | undefined }) {
  const say = useWords();
  const host = useHost();
  const removals = useRemovals();
  const test = useAction("accounts.test");
  const [terms, setTerms] = useState(false);
  const [again, setAgain] = useState(false);
  const [renewing, setRenewing] = useState(false);
  const [pointing, setPointing] = useState(false);
  const { day } = useFormats();
  const name = provider?.name ?? account.provider_name;
  const rules = provider?.terms ?? null;
  const signedIn = account.source.kind === "sign-in";
  const { state } = account.standing;
  const signedOut = (state === "signed-out" || state === "renewal-fails") && provider !== undefined;
  const refused = (state === "rejected" || state === "no-key") && account.source.kind === "vault" && provider !== undefined;
  const remove = () =>
    removals.remove(
      `account ${account.id}`,
      say(signedIn ? "signing-out-done" : "providers-removed", { account: account.name }),
      async () => {
        const gone = await host.call(signedIn ? "accounts.sign_out" : "accounts.remove", { id: account.id });
        return kept(gone.sign_in, { account: account.name, name }, say);
      },
    );
  return (
    <li>
      <div className="account">
        <Tile name={account.provider_name} />
        <div className="min-w-0">
          <div className="clip">
            <span className="font-strong">{account.name}</span> {name !== account.name && <span className="text-subtle">{name}</span>}
          </div>
          <div className="text-small text-subtle clip">{source(account, say)}</div>
        </div>
        <div className="min-w-0">
          <Standing account={account} say={say} />
        </div>
        <div className="hide-s grid justify-items-start text-small">
          <Link to="/providers" search={{ part: "models" }} className="link">
            {say("providers-models", { models })}
          </Link>
          {rules !== null && (
            <button type="button" className="link" aria-label={say("terms-of", { name })} onClick={() => setTerms(true)}>
              {say("terms-name")}
            </button>
          )}
        </div>
        {signedOut || refused ? (
          <button type="button" className="btn btn--main" onClick={() => (signedOut ? setAgain(true) : setRenewing(true))}>
            {say(signedOut ? "signing-anew-button" : "providers-new-key")}
          </button>
        ) : (
          <button type="button" className="btn" disabled={test.isPending} onClick={() => test.mutate({ id: account.id })}>
            {say(test.isPending ? "providers-testing" : "providers-test")}
          </button>
        )}
        <button
          type="button"
          className="btn btn--bare"
          aria-label={say(signedIn ? "signing-out-of" : "providers-remove-account", { account: account.name })}
          onClick={remove}
        >
          {say(signedIn ? "signing-out" : "providers-remove")}
        </button>
      </div>
      <div className="ps-10" role="status">
        {test.data !== undefined && <p className="text-small text-subtle">{say("providers-tested", { models: test.data.models })}</p>}
        {test.error !== null && <Fault error={test.error} />}
      </div>
      {provider !== undefined && provider.closed !== null && (
        <p className="flex flex-wrap gap-x-2 ps-10 text-small text-warning">
          {say("providers-closed-on", { day: day(provider.closed) })}
          <button type="button" className="link" onClick={() => setPointing(true)}>
            {say("providers-point-open")}
          </button>
        </p>
      )}
      {pointing && provider !== undefined && <AddDialog provider={provider} close={() => setPointing(false)} />}
      {again && provider !== undefined && <AddDialog provider={provider} again={account.id} close={() => setAgain(false)} />}
      {provider !== undefined && (
        <Dialog
          open={renewing}
          close={() => setRenewing(false)}
          title={say("providers-new-key-of", { account: account.name })}
          lead={<code>{provider.address}</code>}
        >
          <KeyForm provider={provider} renews={account.id} done={() => setRenewing(false)} />
        </Dialog>
      )}
      {rules !== null && (
        <Dialog open={terms} close={() => setTerms(false)} title={say("terms-of", { name })}>
          <Terms terms={rules} />
        </Dialog>
      )}
    </li>
  );
}
