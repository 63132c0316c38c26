import type { ActivityRow } from "../../api/contract";
import { clientName } from "../../components/client";

/** A program that asked, how often, and when last, in milliseconds since 1970. */
export interface Asker {
  name: string;
  count: number;
  last: number;
}

/** Who asked, the one that asked last first. */
export function askers(rows: ActivityRow[]): Asker[] {
  const found = new Map<string, Asker>();
  for (const row of rows) {
    const told = row.client ?? row.key;
    if (told === null) continue;
    const name = row.client === null ? told : clientName(told);
    const began = Date.parse(row.began);
    const asker = found.get(name) ?? { name, count: 0, last: began };
    found.set(name, { name, count: asker.count + 1, last: Math.max(asker.last, began) });
  }
  return [...found.values()].sort((one, other) => other.last - one.last);
}

/** What went through in one hour. */
export interface Hour {
  /** When it begins, in milliseconds since 1970. */
  at: number;
  good: number;
  bad: number;
  read: number;
  written: number;
}

const HOUR = 3_600_000;
/** So many hours are looked at. */
export const HOURS = 24;

/** The last hours up to now, each full hour by the clock. */
export function hours(rows: ActivityRow[], now: number): Hour[] {
  const last = Math.floor(now / HOUR) * HOUR;
  const all: Hour[] = Array.from({ length: HOURS }, (_, place) => ({
    at: last - (HOURS - 1 - place) * HOUR,
    good: 0,
    bad: 0,
    read: 0,
    written: 0,
  }));
  for (const row of rows) {
    const hour = all[HOURS - 1 - Math.floor((last + HOUR - 1 - Date.parse(row.began)) / HOUR)];
    if (hour === undefined) continue;
    if (row.outcome === "completed" || row.outcome === "cancelled") hour.good += 1;
    else hour.bad += 1;
    hour.read += row.usage?.input ?? 0;
    hour.written += row.usage?.output ?? 0;
  }
  return all;
}

/** The rows of the hours that are looked at. */
export function within(rows: ActivityRow[], now: number): ActivityRow[] {
  const from = Math.floor(now / HOUR) * HOUR - (HOURS - 1) * HOUR;
  return rows.filter((row) => Date.parse(row.began) >= from);
}
