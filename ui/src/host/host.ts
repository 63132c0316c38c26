import type { ApiError, Methods, Topic } from "../api/contract";

/** How the program's own updates stand. */
export interface Updates {
  /** Whether there is a newer version, and which. */
  state: "off" | "current" | "available" | "ready" | "failed";
  /** The newer version. */
  version?: string | null;
}

/**
 * What surrounds the page: the desktop's window, a browser, or a test. What not all of them can is
 * optional, and what uses it is shown where it is there.
 */
export interface Host {
  /** Calls a method of the contract; rejects with an `ApiError`. */
  call<M extends keyof Methods>(method: M, params: Methods[M][0]): Promise<Methods[M][1]>;
  /** Hears of changes until the returned function is called. */
  listen(changed: (topic: Topic) => void): () => void;
  /** Opens a web page in the system's browser; otherwise the page opens it as a browser does. */
  openExternal?(address: string): void;
  /** Whether the program starts with the session, and how to change that; only a desktop has it. */
  autostart?: { get(): Promise<boolean | null>; set(on: boolean): Promise<boolean | null> };
  /** The program's own updates; only a desktop that was packed with them has it. */
  updates?: { get(): Promise<Updates | null>; check(): Promise<Updates>; install(): Promise<Updates> };
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
