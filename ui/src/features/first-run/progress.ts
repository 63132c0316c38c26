/** The steps of the first run. */
export type Step = "provider" | "answer" | "program";

export const STEPS: Step[] = ["provider", "answer", "program"];

const PLACE = "portolan.first-run";
const OVER = "over";

/** A browser can be told to keep nothing; then each first run begins at its beginning. */
function storage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** The step at which the first run was left; over when it was finished, none when it never began. */
export function readProgress(): Step | typeof OVER | null {
  const kept = storage()?.getItem(PLACE);
  return kept === OVER ? OVER : (STEPS.find((step) => step === kept) ?? null);
}

/** Remembers the step, so that closing the window in the middle resumes there. */
export function keepProgress(step: Step | typeof OVER): void {
  storage()?.setItem(PLACE, step);
}

/** Whether the window opens with the first run: where it was left in the middle, or nobody can answer yet. */
export function isFirst(accounts: number): boolean {
  const kept = readProgress();
  return kept === null ? accounts === 0 : kept !== OVER;
}
