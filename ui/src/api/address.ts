import type { Status } from "./contract";

/** The address that clients are given: that of the first listener. */
export function addressOf(status: Status): string | null {
  const first = status.listeners[0];
  if (first === undefined) return null;
  const host = first.host.includes(":") ? `[${first.host}]` : first.host;
  return `http://${host}:${first.port}`;
}
