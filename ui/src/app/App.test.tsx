import { createMemoryHistory } from "@tanstack/react-router";
import { cleanup, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ApiProvider } from "../api/client";
import type { Settings, Status } from "../api/contract";
import { FakeHost, settings, status } from "../testing/fake";
import { App } from "./App";

beforeEach(() => window.localStorage.clear());
afterEach(cleanup);

function show(host: FakeHost, at = "/home") {
  render(
    <ApiProvider host={host}>
      <App history={createMemoryHistory({ initialEntries: [at] })} />
    </ApiProvider>,
  );
}

function host(change: Partial<Status> = {}, chosen: Partial<Settings> = {}) {
  let now: Status = { ...status, ...change };
  let kept: Settings = { ...settings, ...chosen };
  const fake: FakeHost = new FakeHost({
    "status.get": () => now,
    "settings.get": () => kept,
    "settings.change": (what) => {
      kept = { ...kept, ...(what as Partial<Settings>) };
      setTimeout(() => fake.change("settings"));
      return kept;
    },
    "accounts.list": [],
    "providers.list": [],
    "local.find": [],
    "activity.list": { rows: [], more: false },
    "keys.list": [],
    "logs.list": [],
    "models.list": [{ id: "demo", provider: "demo", account: null }],
    "serving.start": () => now,
    "serving.stop": () => {
      now = { ...now, serving: false };
      setTimeout(() => fake.change("serving"));
      return now;
    },
    "refused.allow": null,
    "refused.dismiss": null,
    "trial.send": { id: "t1" },
    "trial.get": { text: "Hello.", done: true, fault: null, upstream: "demo/demo", first_ms: 12 },
  });
  return fake;
}

test("says so where nobody answers any more", async () => {
  const fake = host();
  show(fake);
  await screen.findByText("Running");
  const call = fake.call.bind(fake);
  fake.call = (method, params) => (method === "status.get" ? Promise.reject(new TypeError("gone")) : call(method, params));
  fake.change("status");
  expect(await screen.findByText("No answer")).toBeDefined();
  expect(screen.queryByText("Running")).toBeNull();
});

test("says whether it runs, where, and stops when told to", async () => {
  show(host());
  expect(await screen.findByText("Running")).toBeDefined();
  expect(screen.getByText("http://localhost:28000")).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: "Stop" }));
  expect(await screen.findByText("Stopped. Your programs get no answers.")).toBeDefined();
  expect(screen.getByRole("button", { name: "Start" })).toBeDefined();
});

test("a taken port is told with its holder, and another one is a click away", async () => {
  const fault = { code: "port-taken" as const, arguments: { address: "localhost:28000", holder: "nginx (pid 7)" } };
  const listener = { ...status.listeners[0]!, addresses: [], fault };
  const fake = host({ serving: false, listeners: [listener] });
  show(fake);
  expect(await screen.findByText("Cannot start")).toBeDefined();
  expect(screen.getByRole("alert").textContent).toContain("nginx (pid 7)");
  await userEvent.click(screen.getByRole("button", { name: "Use port 28001" }));
  expect(fake.asked).toContainEqual(["settings.change", { port: 28001 }]);
  expect(fake.asked).toContainEqual(["serving.start", null]);
});

test("a further address that is shut leaves the first one running", async () => {
  const first = status.listeners[0]!;
  const fault = { code: "port-taken" as const, arguments: { address: "localhost:28001", holder: "" } };
  show(host({ listeners: [first, { ...first, instance: "work", port: 28001, addresses: [], fault }] }));
  expect(await screen.findByText("Running in part")).toBeDefined();
  expect(screen.queryByText("Cannot start")).toBeNull();
  expect(within(screen.getByRole("alert")).getByRole("link", { name: "Settings" })).toBeDefined();
});

test("a refused web page is a question", async () => {
  const refused = [{ origin: "https://chat.example", agent: null, count: 2, last: 0 }];
  const fake = host({ refused });
  show(fake);
  await userEvent.click(await screen.findByRole("button", { name: "Allow" }));
  expect(fake.asked).toContainEqual(["refused.allow", { origin: "https://chat.example" }]);
});

test("a refused program is told how to get in", async () => {
  show(host({ refused: [{ origin: null, agent: "lobe-chat", count: 3, last: 0 }] }));
  expect(await screen.findByText("lobe-chat was refused")).toBeDefined();
  expect(screen.getByRole("button", { name: "Copy the key" })).toBeDefined();
});

test("a trial shows the answer and who gave it", async () => {
  const fake = host();
  show(fake);
  await userEvent.click(await screen.findByRole("button", { name: "Send" }));
  expect(await screen.findByText("Hello.")).toBeDefined();
  expect(screen.getByText(/Answered by demo\/demo/)).toBeDefined();
  expect(fake.asked).toContainEqual(["trial.send", { model: "demo", prompt: "Say hello in one sentence." }]);
});

test("language and theme change at once", async () => {
  show(host());
  await userEvent.click(await screen.findByRole("link", { name: "Settings" }));
  await userEvent.selectOptions(await screen.findByLabelText("Language"), "zh-CN");
  expect(await screen.findByRole("heading", { name: "设置" })).toBeDefined();
  expect(document.documentElement.lang).toBe("zh-CN");
  await userEvent.selectOptions(screen.getByLabelText("主题"), "light");
  await screen.findByText("运行中");
  expect(document.documentElement.dataset["theme"]).toBe("light");
});

test("what happened last is listed with its reason", async () => {
  const recent: Status["recent"] = [
    { id: "1", began: 1_790_000_000, took: 1500, instance: "default", key: "default", model: "gpt-5", upstream: null, attempts: 1, outcome: "failed", fault: "no_healthy_account" },
  ];
  show(host({ recent }));
  const row = (await screen.findByText("gpt-5")).closest("tr");
  expect(within(row!).getByText("Failed")).toBeDefined();
  expect(within(row!).getByText("no account could answer")).toBeDefined();
  expect(within(row!).getByText("1.5 s")).toBeDefined();
});

test("keys lead to the places, to the search, and to their list", async () => {
  show(host());
  await screen.findByText("Running");
  await userEvent.keyboard("gp");
  expect(await screen.findByRole("heading", { name: "Providers" })).toBeDefined();
  await userEvent.keyboard("/");
  expect(document.activeElement).toBe(screen.getByLabelText("Search providers"));
  await userEvent.keyboard("g");
  expect(screen.getByLabelText<HTMLInputElement>("Search providers").value).toBe("g");
  await userEvent.keyboard("{Control>}4{/Control}");
  expect(await screen.findByRole("heading", { name: "Settings" })).toBeDefined();
  await userEvent.keyboard("?");
  expect(await screen.findByRole("dialog", { name: "Keyboard" })).toBeDefined();
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("an unknown place is Home", async () => {
  show(host(), "/nowhere");
  expect(await screen.findByText("Running, without an account yet.")).toBeDefined();
});

test("the window opens with the first run where nobody can answer yet, and with Home once it was left", async () => {
  show(host(), "/");
  await userEvent.click(await screen.findByRole("button", { name: "Leave the set-up" }));
  expect(await screen.findByText("Running, without an account yet.")).toBeDefined();
  cleanup();
  show(host(), "/");
  await userEvent.click(await screen.findByRole("link", { name: "Set up in three steps" }));
  expect(await screen.findByRole("heading", { name: "Who should answer?" })).toBeDefined();
});
