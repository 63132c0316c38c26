import { expect, test } from "vitest";
import type { ActivityRow } from "../../api/contract";
import { askers, HOURS, hours, within } from "./asks";

const NOW = Date.parse("2026-11-21T12:30:00Z");

function row(began: string, change: Partial<ActivityRow> = {}): ActivityRow {
  return {
    id: began,
    began,
    took_ms: 1000,
    first_byte_ms: 400,
    instance: "default",
    key: "default",
    client: "claude-cli/2.1",
    dialect: "anthropic-messages",
    operation: "chat",
    model: "m",
    answered_by: null,
    streamed: true,
    outcome: "completed",
    fault: null,
    usage: { input: 100, output: 10, cached: null, reasoning: null },
    ...change,
  };
}

test("who asked is counted over its versions, the last one first, and a nameless one by its key", () => {
  const rows = [
    row("2026-11-21T12:00:00Z"),
    row("2026-11-21T12:20:00Z", { client: null, key: "laptop" }),
    row("2026-11-21T11:00:00Z", { client: "claude-cli/2.0" }),
    row("2026-11-21T12:25:00Z", { client: null, key: null }),
  ];
  expect(askers(rows)).toEqual([
    { name: "laptop", count: 1, last: Date.parse("2026-11-21T12:20:00Z") },
    { name: "Claude Code", count: 2, last: Date.parse("2026-11-21T12:00:00Z") },
  ]);
});

test("each request falls into its hour, and what is older into none", () => {
  const rows = [
    row("2026-11-21T12:29:59Z"),
    row("2026-11-21T12:00:00Z", { outcome: "failed", usage: null }),
    row("2026-11-21T11:59:59Z", { outcome: "truncated" }),
    row("2026-11-20T13:00:00Z"),
    row("2026-11-20T12:59:59Z"),
  ];
  const all = hours(rows, NOW);
  expect(all.length).toBe(HOURS);
  expect(all.at(-1)).toEqual({ at: Date.parse("2026-11-21T12:00:00Z"), good: 1, bad: 1, read: 100, written: 10 });
  expect(all.at(-2)).toMatchObject({ good: 0, bad: 1 });
  expect(all[0]).toMatchObject({ at: Date.parse("2026-11-20T13:00:00Z"), good: 1 });
  expect(all.reduce((sum, hour) => sum + hour.good + hour.bad, 0)).toBe(4);
  expect(within(rows, NOW).length).toBe(4);
});
