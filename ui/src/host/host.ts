import type { ApiError, Methods, Topic } from "../api/contract";

/** What surrounds the page: the desktop's window, a browser, or a test. */
export interface Host {
  /** Calls a method of the contract; rejects with an `ApiError`. */
  call<M extends keyof Methods>(method: M, params: Methods[M][0]): Promise<Methods[M][1]>;
  /** Hears of changes until the returned function is called. */
  listen(changed: (topic: Topic) => void): () => void;
  /** Whether the program starts with the session, and how to change that; only a desktop has it. */
  autostart?: { get(): Promise<boolean | null>; set(on: boolean): Promise<boolean | null> };
}

/** Chooses the surroundings at run time, so that one build serves the window and the browser. */
export async function findHost(): Promise<Host> {
  if ("__TAURI_INTERNALS__" in window) return (await import("./tauri")).tauriHost;
  return (await import("./web")).webHost;
}

/** Whether a rejection is one that the contract knows. */
export function isApiError(value: unknown): value is ApiError {
  return typeof value === "object" && value !== null && "code" in value && "arguments" in value;
}
