import { Fragment, useState } from "react";
import { useAction } from "../../api/client";
import type { Key } from "../../api/contract";
import { Fault } from "../../components/Fault";
import { useFormats } from "../../l10n/formats";
import { useWords } from "../../l10n/words";

const LIMITS = ["requests_per_minute", "tokens_per_minute", "concurrency", "requests_per_day", "tokens_per_day"] as const;
type Limit = (typeof LIMITS)[number];
const WORDS = {
  requests_per_minute: "settings-limit-requests-minute",
  tokens_per_minute: "settings-limit-tokens-minute",
  concurrency: "settings-limit-concurrency",
  requests_per_day: "settings-limit-requests-day",
  tokens_per_day: "settings-limit-tokens-day",
} as const;
const MOST = 4_294_967_295;

/** A limit as it was typed; nothing is no limit, and what is no whole number is told. */
function read(text: string): number | null {
  const bare = text.trim();
  if (bare === "") return 0;
  const value = /^\d+$/.test(bare) ? Number(bare) : MOST + 1;
  return value <= MOST ? value : null;
}

/** The limits that a key has, in a line. */
export function KeyLimitsTold({ of }: { of: Key }) {
  const say = useWords();
  const { number } = useFormats();
  const set = LIMITS.filter((limit) => of[limit] > 0);
  const told = set.map((limit) => `${say(WORDS[limit])}: ${number(of[limit])}`);
  if (of.provider_key) told.push(say("settings-limit-provider-key"));
  if (told.length === 0) return null;
  return (
    <div className="text-small text-subtle">
      {told.map((words, place) => (
        <Fragment key={words}>
          {place > 0 && " · "}
          <span className="whitespace-nowrap">{words}</span>
        </Fragment>
      ))}
    </div>
  );
}

/** How much a key may use, changed together. */
export function KeyLimits({ of, done }: { of: Key; done: () => void }) {
  const say = useWords();
  const limit = useAction("keys.limit");
  const shown = (key: Key) => Object.fromEntries(LIMITS.map((name) => [name, key[name] === 0 ? "" : String(key[name])])) as Record<Limit, string>;
  const [typed, setTyped] = useState(() => shown(of));
  const [brings, setBrings] = useState(of.provider_key);
  const wrong = LIMITS.some((name) => read(typed[name]) === null);
  return (
    <form
      className="mt-2 grid w-full grid-cols-[1fr_140px] items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        const given = Object.fromEntries(LIMITS.map((name) => [name, read(typed[name]) ?? 0]));
        limit.mutate({ name: of.name, ...given, provider_key: brings }, { onSuccess: done });
      }}
    >
      {LIMITS.map((name) => (
        <label key={name} className="contents text-small">
          <span>{say(WORDS[name])}</span>
          <input
            className="field"
            inputMode="numeric"
            placeholder={say("settings-limit-none")}
            aria-invalid={read(typed[name]) === null}
            value={typed[name]}
            onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
          />
        </label>
      ))}
      <label className="col-span-2 flex items-center gap-2 text-small">
        <input type="checkbox" checked={brings} onChange={(event) => setBrings(event.target.checked)} />
        {say("settings-limit-provider-key")}
      </label>
      <p className="text-small text-subtle">{say("settings-limit-more")}</p>
      <button type="submit" className="btn" disabled={wrong || limit.isPending}>
        {say("settings-limit-keep")}
      </button>
      {wrong && (
        <p role="alert" className="fault col-span-2 text-small">
          {say("settings-limit-wrong")}
        </p>
      )}
      {limit.error !== null && <Fault error={limit.error} />}
    </form>
  );
}
