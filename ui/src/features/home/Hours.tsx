import { useState } from "react";
import { Segments } from "../../components/Segments";
import { useFormats } from "../../l10n/formats";
import { useWords } from "../../l10n/words";
import type { Hour } from "./asks";

const HEIGHT = 64;
const WIDTH = 12;

/** Requests or tokens by the hour, as bars, and as a table for who cannot see them. */
export function Hours({ hours }: { hours: Hour[] }) {
  const say = useWords();
  const { number, hour: clock } = useFormats();
  const [shown, setShown] = useState<"requests" | "tokens">("requests");
  const requests = shown === "requests";
  const parts = (hour: Hour): [number, number] => (requests ? [hour.good, hour.bad] : [hour.read, hour.written]);
  const words: [string, string] = requests
    ? [say("home-hours-good"), say("home-hours-bad")]
    : [say("home-tokens-in"), say("home-tokens-out")];
  const most = Math.max(1, ...hours.map((hour) => parts(hour)[0] + parts(hour)[1]));
  const tall = (count: number) => (count === 0 ? 0 : Math.max(2, (count / most) * HEIGHT));
  return (
    <figure className="hours">
      <div className="grid justify-items-start gap-y-2">
        <Segments
          label={say("home-hours")}
          value={shown}
          choose={(value) => setShown(value)}
          choices={[
            { value: "requests", words: say("home-requests") },
            { value: "tokens", words: say("home-tokens") },
          ]}
        />
        <div className="flex flex-wrap gap-x-4 gap-y-1">
          {words.map((name, place) => (
            <span key={name} className={`key key--${requests && place === 1 ? "bad" : place}`}>
              {name}
            </span>
          ))}
        </div>
      </div>
      <svg viewBox={`0 0 ${hours.length * WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {hours.map((hour, place) => {
          const [lower, upper] = parts(hour).map(tall) as [number, number];
          return (
            <g key={hour.at}>
              <title>{`${clock(hour.at)} · ${words[0]} ${number(parts(hour)[0])} · ${words[1]} ${number(parts(hour)[1])}`}</title>
              <rect className="hours__none" x={place * WIDTH + 1} y={HEIGHT - 1} width={WIDTH - 2} height={1} />
              <rect className="hours__0" x={place * WIDTH + 1} y={HEIGHT - lower} width={WIDTH - 2} height={lower} />
              <rect className={requests ? "hours__bad" : "hours__1"} x={place * WIDTH + 1} y={HEIGHT - lower - upper} width={WIDTH - 2} height={upper} />
            </g>
          );
        })}
      </svg>
      <div className="flex justify-between text-small text-subtle" aria-hidden="true">
        <span>{clock(hours[0]?.at ?? 0)}</span>
        <span>{say("home-now")}</span>
      </div>
      <table className="sr-only">
        <caption>{say("home-hours")}</caption>
        <thead>
          <tr>
            <th>{say("home-time")}</th>
            <th>{words[0]}</th>
            <th>{words[1]}</th>
          </tr>
        </thead>
        <tbody>
          {hours
            .filter((hour) => parts(hour)[0] + parts(hour)[1] > 0)
            .map((hour) => (
              <tr key={hour.at}>
                <td>{clock(hour.at)}</td>
                <td>{number(parts(hour)[0])}</td>
                <td>{number(parts(hour)[1])}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </figure>
  );
}
