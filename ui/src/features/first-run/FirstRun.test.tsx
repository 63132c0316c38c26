import { cleanup, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Account } from "../../api/contract";
import { type Answers, settings, status } from "../../testing/fake";
import { show } from "../../testing/show";
import { FirstRun } from "./FirstRun";
import { isFirst, keepProgress } from "./progress";

beforeEach(() => window.localStorage.clear());
afterEach(cleanup);

const account: Account = {
  id: "ollama",
  name: "ollama",
  provider: "ollama",
  provider_name: "Ollama",
  source: { kind: "none" },
  standing: { state: "ready" },
  in_use: 0,
};

function page(change: Answers = {}) {
  return show(FirstRun, {
    "settings.get": settings,
    "settings.change": settings,
    "status.get": status,
    "accounts.list": [],
    "providers.list": [],
    "models.list": [{ id: "demo", provider: "demo", account: null }],
    "local.find": [{ provider: "ollama", name: "Ollama", address: "http://127.0.0.1:11434", models: 3 }],
    "accounts.add": account,
    "trial.send": { id: "t1" },
    "trial.get": { text: "Hello.", done: true, fault: null, upstream: "ollama/qwen3:8b", first_ms: 12 },
    "keys.reveal": { name: "default", value: "pk-real" },
    ...change,
  });
}

test("from a server that was found to a real answer and a text to copy", async () => {
  const { host, user } = page();
  await user.click(await screen.findByRole("button", { name: "Use Ollama" }));
  expect(host.asked).toContainEqual(["accounts.add", { provider: "ollama" }]);
  await user.click(await screen.findByRole("button", { name: "Send" }));
  expect(await screen.findByText("Hello.")).toBeDefined();
  expect(await screen.findByRole("heading", { name: "It works." })).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Continue" }));
  expect(await screen.findByRole("button", { name: "Copy for Claude Code" })).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Finish" }));
  expect(isFirst(0)).toBe(false);
});

test("each step can be left out and come back to", async () => {
  const { user } = page();
  await user.click(await screen.findByRole("button", { name: "Skip and use the demo model" }));
  await user.click(await screen.findByRole("button", { name: "Skip" }));
  await user.click(await screen.findByRole("button", { name: "Back" }));
  expect(await screen.findByRole("heading", { name: "Ask something." })).toBeDefined();
  await user.click(screen.getByRole("button", { name: /A provider/ }));
  expect(await screen.findByRole("heading", { name: "Who should answer?" })).toBeDefined();
});

test("who closed the window in the middle goes on there", async () => {
  const { user } = page();
  await user.click(await screen.findByRole("button", { name: "Skip and use the demo model" }));
  cleanup();
  expect(isFirst(1)).toBe(true);
  page();
  expect(await screen.findByRole("heading", { name: "Ask something." })).toBeDefined();
});

test("no answer is told with its reason, and the way on stays", async () => {
  const fault = { code: "bad_gateway", message: "connection refused" };
  const { user } = page({ "trial.get": { text: "", done: true, fault, upstream: null, first_ms: null } });
  await user.click(await screen.findByRole("button", { name: "Skip and use the demo model" }));
  await user.click(await screen.findByRole("button", { name: "Send" }));
  expect(await screen.findByRole("heading", { name: "No answer this time." })).toBeDefined();
  expect(screen.getByRole("alert").textContent).toContain("the provider cannot be reached");
  expect(screen.getByRole("button", { name: "Skip" })).toBeDefined();
});

test("a name that no provider has is answered with what can be done", async () => {
  const { user } = page();
  await user.type(await screen.findByLabelText("Search providers"), "zzzz");
  expect(screen.getByText(/^No provider is called that/)).toBeDefined();
});

test("it is due where nobody can answer, until it is over", () => {
  expect(isFirst(0)).toBe(true);
  expect(isFirst(2)).toBe(false);
  keepProgress("over");
  expect(isFirst(0)).toBe(false);
});
