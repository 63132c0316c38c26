import type { Reason } from "../api/contract";
import { useWords, type Say } from "../l10n/words";

interface Told {
  code: string;
  arguments: Record<string, string>;
  reason?: Reason | null;
}

export function isTold(value: unknown): value is Told {
  return typeof value === "object" && value !== null && "code" in value && "arguments" in value;
}

/** An empty argument stands for none, which the messages know as 0. */
function given(told: Told, say: Say): Record<string, string | number> {
  const values = Object.entries(told.arguments).map(([name, value]) => [name, value === "" ? 0 : value]);
  const reason = told.reason ? because(told.reason, say) : 0;
  return { reason, ...Object.fromEntries(values) };
}

/** Why it is so, in words. */
export function because(reason: Reason, say: Say): string {
  const values = Object.entries(reason.arguments).map(([name, value]) => [name, value === "" ? 0 : value]);
  const words = say(`reason-why.${reason.code}`, Object.fromEntries(values));
  return words.startsWith("reason-why") ? reason.message : words;
}

/** An error of the contract in the person's language. */
export function faultWords(error: unknown, say: Say): string {
  if (!isTold(error)) return say("window-unreachable");
  const what = say(`error-${error.code}`, given(error, say));
  return error.code === "internal" ? what : say("window-could-not", { what });
}

export function Fault({ error }: { error: unknown }) {
  const say = useWords();
  return <p className="fault">{faultWords(error, say)}</p>;
}
