import { Link } from "@tanstack/react-router";
import type { Account } from "../../api/contract";
import { Mark } from "../../components/Mark";
import { Standing } from "../../components/Standing";
import { State } from "../../components/State";
import { Tile } from "../../components/Tile";
import { useFormats } from "../../l10n/formats";
import { type Say, useWords } from "../../l10n/words";
import type { Asker } from "./asks";
import { Rose } from "./Rose";

const ASKERS = 5;
const ACCOUNTS = 6;

function legOf(account: Account): string {
  if (account.in_use > 0) return "leg--live";
  const { state } = account.standing;
  if (state === "ready") return "";
  return state === "cooling" ? "leg--rest" : "leg--off";
}

/** The height of the row in a column of `count` that is centred in `most`, of 100. */
const heightOf = (place: number, count: number, most: number) => (((most - count) / 2 + place + 0.5) / most) * 100;

function Asks({ asker, now, say }: { asker: Asker; now: number; say: Say }) {
  const { ago } = useFormats();
  return (
    <li>
      <Tile name={asker.name} />
      <div className="clip">
        <div className="font-strong clip">{asker.name}</div>
        <div className="text-small text-subtle clip" title={say("home-asked-title", { count: asker.count })}>
          {say("home-asked", { count: asker.count })} · {ago(asker.last, now)}
        </div>
      </div>
    </li>
  );
}

/** Who asks, the one port, who answers. A line is a way that a request can go; its style is its state. */
export function Chart({ askers, accounts, port, on, now }: { askers: Asker[]; accounts: Account[]; port: number | null; on: boolean; now: number }) {
  const say = useWords();
  const left = askers.slice(0, ASKERS);
  const right = accounts.slice(0, ACCOUNTS);
  const hidden = accounts.length - right.length;
  const [asking, answering] = [Math.max(1, left.length), Math.max(1, right.length) + (hidden > 0 ? 1 : 0)];
  const most = Math.max(3, asking, answering);
  const legs = right.length > 0 ? right.map(legOf) : [""];
  const live = on && right.some((account) => account.in_use > 0);
  return (
    <section className="chart" data-rows={most} aria-label={say("home-chart")}>
      <h2 className="chart__cap">{say("home-asks")}</h2>
      <h2 className="chart__cap chart__cap--end">{say("home-accounts")}</h2>
      <ul className="chart__col">
        {left.map((asker) => (
          <Asks key={asker.name} asker={asker} now={now} say={say} />
        ))}
        {left.length === 0 && <li className="text-subtle">{say("home-asks-none")}</li>}
      </ul>
      <div className="chart__sea">
        <Rose />
        <svg viewBox="0 0 200 100" preserveAspectRatio="none" aria-hidden="true">
          {left.map((asker, place) => (
            <path key={asker.name} className={`leg ${on ? "" : "leg--off"}`} d={`M0 ${heightOf(place, asking, most)}L100 50`} />
          ))}
          {legs.map((leg, place) => (
            <path key={right[place]?.id ?? place} className={`leg ${on ? leg : "leg--off"}`} d={`M200 ${heightOf(place, answering, most)}L100 50`} />
          ))}
        </svg>
        <div className={`port ${on ? "" : "port--off"} ${live ? "port--live" : ""}`}>
          <Mark />
        </div>
        {port !== null && (
          <p className="port__no">
            <span>{port}</span>
          </p>
        )}
      </div>
      <ul className="chart__col chart__col--end">
        {right.map((account) => (
          <li key={account.id}>
            <Tile name={account.provider_name} />
            <div className="clip">
              <div className="font-strong clip">{account.name}</div>
              <div className="text-small clip">
                {account.in_use > 0 ? <State shape="busy">{say("home-answering")}</State> : <Standing account={account} say={say} brief />}
              </div>
            </div>
          </li>
        ))}
        {right.length === 0 && (
          <li>
            <Tile name="de" />
            <div>
              <div>{say("home-accounts-none")}</div>
              <Link to="/providers">{say("providers-add")}</Link>
            </div>
          </li>
        )}
        {hidden > 0 && (
          <li>
            <Link to="/providers">{say("home-accounts-more", { count: hidden })}</Link>
          </li>
        )}
      </ul>
    </section>
  );
}
