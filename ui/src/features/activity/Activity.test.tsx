import { cleanup, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { ActivityDetail, ActivityRow } from "../../api/contract";
import { settings, status } from "../../testing/fake";
import { show } from "../../testing/show";
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

function page(rows: ActivityRow[], language = "en", at = "/") {
  const answers = {
    "settings.get": settings,
    "status.get": status,
    "activity.list": { rows, more: false },
    "activity.get": detail,
  };
  return show(Activity, answers, language, at);
}

test("a row says who asked, what was used, and why it failed", async () => {
  page([row]);
  expect(await screen.findByText("Claude Code")).toBeDefined();
  expect(screen.getByText("→ deepseek-chat")).toBeDefined();
  expect(screen.getByText("1,200 / 40")).toBeDefined();
  expect(screen.getByText("0.41 s")).toBeDefined();
  expect(screen.getByText("too many requests")).toBeDefined();
});

test("why it failed is told in the language that is shown, with what to do", async () => {
  const { user } = page([row], "zh-CN");
  await user.click(await screen.findByRole("button", { name: /claude-sonnet/ }));
  expect(await screen.findByText("稍等片刻。如有第二个账号，会自动接手。")).toBeDefined();
  expect(screen.getAllByText("请求过多").length).toBe(2);
  expect(document.body.textContent).not.toContain(fault.message);
});

test("a row opens in place and closes again", async () => {
  const { user } = page([row]);
  const opens = await screen.findByRole("button", { name: /claude-sonnet/ });
  await user.click(opens);
  expect(await screen.findByText("openai/gpt-5")).toBeDefined();
  expect(screen.getByText("thinking.signature")).toBeDefined();
  expect(opens.getAttribute("aria-expanded")).toBe("true");
  await user.click(opens);
  await waitFor(() => expect(screen.queryByText("openai/gpt-5")).toBeNull());
});

test("arrows lead along the rows, Enter opens one and Esc closes it", async () => {
  const { user } = page([row, { ...row, id: "req_2", model: "gpt-5" }]);
  const [first, second] = await screen.findAllByRole("button", { name: /claude-sonnet|gpt-5/ });
  first?.focus();
  await user.keyboard("{ArrowDown}");
  expect(document.activeElement).toBe(second);
  await user.keyboard("{Enter}");
  expect(await screen.findByText("thinking.signature")).toBeDefined();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByText("thinking.signature")).toBeNull());
  expect(document.activeElement).toBe(second);
});

test("a link leads to one request that is open, also where the list has passed on", async () => {
  page([{ ...row, id: "req_9", model: "other" }], "en", "/?request=req_1");
  expect(await screen.findByText("thinking.signature")).toBeDefined();
});

test("a request is copied as a command without the key", async () => {
  const { user } = page([row]);
  await user.click(await screen.findByRole("button", { name: /claude-sonnet/ }));
  await user.click(await screen.findByRole("button", { name: "Copy as cURL" }));
  const command = await navigator.clipboard.readText();
  expect(command).toContain("'http://localhost:28000/v1/messages'");
  expect(command).toContain("Bearer $PORTOLAN_KEY");
  expect(command).toContain('"model":"claude-sonnet-4-5"');
  expect(command).not.toContain("pk-");
});

test("only failures can be asked for, and an empty answer says what to do", async () => {
  const { host, user } = page([]);
  expect(await screen.findByText("Nothing has come through yet")).toBeDefined();
  await user.click(screen.getByLabelText("Failed only"));
  expect(await screen.findByText("Nothing fits")).toBeDefined();
  expect(host.asked).toContainEqual(["activity.list", { limit: 50, failed_only: true, search: null }]);
  await user.click(screen.getByRole("button", { name: "Show every request" }));
  expect(await screen.findByText("Nothing has come through yet")).toBeDefined();
});
