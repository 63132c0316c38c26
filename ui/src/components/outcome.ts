import type { Outcome } from "../api/contract";
import type { Say } from "../l10n/words";
import type { Shape } from "./State";

/** The shape of how a request ended. */
export const SHAPES: Record<Outcome, Shape> = { completed: "ok", failed: "err", cancelled: "off", truncated: "err" };

/** How a request ended, in a word. */
export function outcomeOf(outcome: Outcome, say: Say): string {
  const words: Record<Outcome, string> = {
    completed: say("home-completed"),
    failed: say("home-failed"),
    cancelled: say("home-cancelled"),
    truncated: say("home-truncated"),
  };
  return words[outcome];
}

/** Why a request failed, in a few words; a code that has no words stays as it is. */
export function reasonOf(code: string, say: Say): string {
  const words = say(`fault-why.${code.replaceAll("_", "-")}`);
  return words.startsWith("fault-why") ? code : words;
}

/** What to do about it; null where nothing helps but to ask again. */
export function remedyOf(code: string, say: Say): string | null {
  const words = say(`fault-do.${code.replaceAll("_", "-")}`);
  return words.startsWith("fault-do") ? null : words;
}
