import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";
import { ApiProvider } from "../../api/client";
import type { ActivityDetail, ActivityRow } from "../../api/contract";
import { Words } from "../../l10n/words";
import { FakeHost, settings } from "../../testing/fake";
import { Activity } from "./Activity";

afterEach(cleanup);

const fault = { code: "rate_limit_exceeded", message: "Too many requests" };
const row: ActivityRow = {
  id: "req_1",
  began: "2026-11-21T12:00:00Z",
  took_ms: 1900,
  first_byte_ms: 410,
  instance: "default",
  key: "default",
  client: "claude-cli/2.1",
  dialect: "anthropic-messages",
  operation: "chat",
  model: "claude-sonnet-4-5",
  answered_by: { provider: "deepseek", account: "deepseek", model: "deepseek-chat" },
  streamed: true,
  outcome: "failed",
  fault,
  usage: { input: 1200, output: 40, cached: null, reasoning: null },
};
const detail: ActivityDetail = {
  ...row,
  attempts: [
    { provider: "openai", account: null, model: "gpt-5", dialect: "openai-chat", status: 429, first_byte_ms: null, fault },
  ],
  losses: ["thinking.signature"],
};

function show(rows: ActivityRow[]) {
  const host = new FakeHost({
    "settings.get": settings,
    "activity.list": { rows, more: false },
    "activity.get": detail,
  });
  render(
    <ApiProvider host={host}>
      <Words language="en">
        <Activity />
      </Words>
    </ApiProvider>,
  );
  return host;
}

test("a row says who asked, what was used, and why it failed", async () => {
  show([row]);
  expect(await screen.findByText("claude-cli/2.1")).toBeDefined();
  expect(screen.getByText("→ deepseek-chat", { exact: false })).toBeDefined();
  expect(screen.getByText("1,200 / 40")).toBeDefined();
  expect(screen.getByText("0.41 s")).toBeDefined();
  expect(screen.getByText("Too many requests")).toBeDefined();
});

test("a row opens in place and closes again", async () => {
  show([row]);
  const opens = await screen.findByRole("button", { name: /claude-sonnet/ });
  await userEvent.click(opens);
  expect(await screen.findByText("openai/gpt-5")).toBeDefined();
  expect(screen.getByText("thinking.signature")).toBeDefined();
  expect(opens.getAttribute("aria-expanded")).toBe("true");
  await userEvent.click(opens);
  expect(screen.queryByText("openai/gpt-5")).toBeNull();
});

test("only failures can be asked for, and an empty answer says what to do", async () => {
  const host = show([]);
  expect(await screen.findByText(/No request yet/)).toBeDefined();
  await userEvent.click(screen.getByLabelText("Failed only"));
  expect(await screen.findByText(/Nothing fits/)).toBeDefined();
  expect(host.asked).toContainEqual(["activity.list", { limit: 50, failed_only: true, search: null }]);
});
