import { useSyncExternalStore } from "react";

const NARROW = "(max-width: 860px)";

function hear(changed: () => void): () => void {
  const query = window.matchMedia(NARROW);
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}

/** Whether the window is so narrow that tables show fewer columns. */
export function useNarrow(): boolean {
  return useSyncExternalStore(hear, () => window.matchMedia(NARROW).matches);
}
