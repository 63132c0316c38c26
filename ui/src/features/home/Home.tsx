import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { addressOf } from "../../api/address";
import { useMethod } from "../../api/client";
import type { Status } from "../../api/contract";
import { Fault } from "../../components/Fault";
import { Notice } from "../../components/Notice";
import { State } from "../../components/State";
import { type Say, useWords } from "../../l10n/words";
import { askers, within } from "./asks";
import { Busy } from "./Busy";
import { Chart } from "./Chart";
import { Question } from "./Question";
import { Recent } from "./Recent";
import { Today } from "./Today";
import { Trial } from "./Trial";

/** Stands at the end of the page, and so need not be there at first. */
const Snippets = lazy(() => import("../../components/Snippets").then((module) => ({ default: module.Snippets })));

/** While it is looked at, so often the state and the counts are asked anew, in milliseconds. */
const OFTEN = 2000;
const SELDOM = 5000;

function lead(status: Status, say: Say): [string, string] {
  if (status.listeners[0]?.fault) return [say("home-cannot-start"), say("home-cannot-start-more")];
  if (!status.serving) return [say("home-stopped"), say("home-stopped-more")];
  if (status.accounts === 0) return [say("home-no-account"), say("home-no-account-more")];
  if (status.unready.length >= status.accounts) return [say("home-none-ready"), say("home-none-ready-more")];
  return [say("home-ready"), say("home-ready-more", { accounts: status.accounts - status.unready.length })];
}

/** Is it on, can I keep working, what happened last. */
export function Home() {
  const say = useWords();
  const status = useMethod("status.get", null, OFTEN);
  const accounts = useMethod("accounts.list", null, OFTEN);
  const activity = useMethod("activity.list", { limit: 500 }, SELDOM);
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
  // Those that time alone may mend need nobody.
  const needing = now.unready.filter(({ standing }) => standing.state !== "cooling" && standing.state !== "renewal-fails").length;
  const shut = now.listeners.filter((listener) => listener.fault !== null);
  // The list is as old as its last answer; a clock of its own would only make the render impure.
  const at = activity.dataUpdatedAt || status.dataUpdatedAt;
  return (
    <>
      <div className="lead">
        <div>
          <h1>{heading}</h1>
          <p>{more}</p>
        </div>
        {needing > 0 && (
          <Link to="/providers" className="btn ms-auto">
            <State shape="err">{say("home-needs-you", { count: needing })}</State>
          </Link>
        )}
        {now.accounts === 0 && (
          <Link to="/welcome" className="btn btn--main ms-auto">
            {say("home-set-up")}
          </Link>
        )}
      </div>
      {shut.map((listener) => listener.fault && <Busy key={listener.instance} listener={listener} fault={listener.fault} />)}
      {now.settings.fault !== null && (
        <Notice kind="warn">
          <Fault error={now.settings.fault} />
        </Notice>
      )}
      <Question refused={now.refused} />
      <Chart
        askers={askers(within(activity.data?.rows ?? [], at))}
        accounts={accounts.data ?? []}
        port={now.listeners[0]?.port ?? null}
        on={now.serving}
        now={at}
      />
      <div className="two">
        <Recent recent={now.recent} />
        <Today page={activity.data} now={at} />
      </div>
      {now.serving && <Trial />}
      {now.serving && address !== null && (
        <section>
          <div className="head">
            <h2>{say("home-connect")}</h2>
          </div>
          <Suspense>
            <Snippets address={address} />
          </Suspense>
        </section>
      )}
    </>
  );
}
