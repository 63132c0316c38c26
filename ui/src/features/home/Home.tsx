import { addressOf } from "../../api/address";
import { useMethod } from "../../api/client";
import type { Status } from "../../api/contract";
import { Fault } from "../../components/Fault";
import { Notice } from "../../components/Notice";
import { type Say, useWords } from "../../l10n/words";
import { Accounts } from "./Accounts";
import { Connect } from "./Connect";
import { Question } from "./Question";
import { Recent } from "./Recent";
import { Trial } from "./Trial";

function lead(status: Status, say: Say): [string, string] {
  if (!status.serving) return [say("home-stopped"), say("home-stopped-more")];
  if (status.accounts === 0) return [say("home-no-account"), say("home-no-account-more")];
  if (status.unready.length >= status.accounts) return [say("home-none-ready"), say("home-none-ready-more")];
  return [say("home-ready"), say("home-ready-more", { accounts: status.accounts - status.unready.length })];
}

/** Is it on, who answers, what happened last. */
export function Home() {
  const say = useWords();
  // Requests are counted without a word; the page asks while it is looked at.
  const status = useMethod("status.get", null, 2000);
  if (status.error !== null) {
    return (
      <Notice kind="err">
        <Fault error={status.error} />
      </Notice>
    );
  }
  if (status.data === undefined) return null;
  const now = status.data;
  const [heading, more] = lead(now, say);
  const address = addressOf(now);
  const fault = now.listeners.find((listener) => listener.fault !== null)?.fault;
  return (
    <>
      <div className="lead">
        <h1>{heading}</h1>
        <p>{more}</p>
      </div>
      {fault && (
        <Notice kind="err">
          <Fault error={fault} />
        </Notice>
      )}
      {now.settings.fault !== null && (
        <Notice kind="warn">
          <Fault error={now.settings.fault} />
        </Notice>
      )}
      <Question refused={now.refused} />
      <div className="two">
        <Recent recent={now.recent} />
        <Accounts />
      </div>
      {now.serving && <Trial />}
      {now.serving && address !== null && <Connect address={address} />}
    </>
  );
}
