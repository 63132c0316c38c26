import type { ApiError, LogsChoice, Methods, Topic } from "../api/contract";
import type { Gate } from "./gate";

/** What is known of a newer version of the program. */
export type Updates = ({ state: "unasked" } | { state: "current" } | { state: "found"; version: string; notes: string | null }) & {
  /** The version before the last update, where one can go back to it. */
  previous?: string;
};

/**
 * What surrounds the page: the desktop's window, a browser, or a test. What not all of them can is
 * optional, and what uses it is shown where it is there.
 */
export interface Host {
  /** Calls a method of the contract; rejects with an `ApiError`. */
  call<M extends keyof Methods>(method: M, params: Methods[M][0]): Promise<Methods[M][1]>;
  /** Hears of changes until the returned function is called. */
  listen(changed: (topic: Topic) => void): () => void;
  /** Who guards the page; only a browser's page has to be signed in to. */
  gate?: Gate;
  /** Opens a web page in the system's browser; otherwise the page opens it as a browser does. */
  openExternal?(address: string): void;
  /** Saves lines of the log to a file and tells which; otherwise the page hands them over as a browser does. */
  saveLog?(choice: LogsChoice): Promise<string>;
  /** Whether the program starts with the session, and how to change that; only a desktop has it. */
  autostart?: { get(): Promise<boolean | null>; set(on: boolean): Promise<boolean | null> };
  /** The program's own updates, none where this build has no address for them; only a desktop has it. */
  updates?: { get(): Promise<Updates | null>; check(): Promise<Updates | null>; install(): Promise<null>; back(): Promise<null> };
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
