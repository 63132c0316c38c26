import type { Account } from "../api/contract";
import { useFormats } from "../l10n/formats";
import type { Say } from "../l10n/words";
import { because } from "./Fault";
import { State } from "./State";

/** How an account stands, in a shape and words; why, unless it is to be brief. */
export function Standing({ account, say, brief = false }: { account: Account; say: Say; brief?: boolean }) {
  const { lasting, moment } = useFormats();
  const standing = account.standing;
  switch (standing.state) {
    case "ready":
      return <State shape="ok">{say("home-account-ready")}</State>;
    case "cooling":
      return <State shape="warn">{say("home-account-resting", { time: lasting(standing.seconds) })}</State>;
    case "renewal-fails":
      return (
        <>
          <State shape="warn">{say("home-account-renewal")}</State>
          {!brief && (
            <div className="text-small text-subtle">
              {say("home-account-renewal-why", { since: moment(standing.since * 1000), reason: because(standing.reason, say) })}
            </div>
          )}
        </>
      );
    case "rejected":
      return <State shape="err">{say("home-account-rejected")}</State>;
    case "no-key":
      return (
        <>
          <State shape="err">{say("home-account-no-key")}</State>
          {!brief && <div className="text-small text-subtle">{because(standing.reason, say)}</div>}
        </>
      );
    case "signed-out":
      return (
        <>
          <State shape="err">{say("home-account-signed-out")}</State>
          {!brief && <div className="text-small text-subtle">{because(standing.reason, say)}</div>}
        </>
      );
    case "unknown-provider":
      return <State shape="err">{say("home-account-unknown")}</State>;
  }
}
