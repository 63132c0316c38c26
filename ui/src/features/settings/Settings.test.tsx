import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { Host, Updates } from "../../host/host";
import { type Answers, settings, status } from "../../testing/fake";
import { show } from "../../testing/show";
import { Settings } from "./Settings";

afterEach(cleanup);

function page(host: Partial<Host> = {}, language = "en") {
  const answers = {
    "settings.get": settings,
    "settings.change": settings,
    "status.get": status,
    "instances.list": [],
    "keys.list": [{ name: "old", origin: "created", created: 1_790_000_000, models: [], requests_per_minute: 0, tokens_per_minute: 0, concurrency: 0, requests_per_day: 500, tokens_per_day: 0, provider_key: false, shown_again: false }],
    "keys.limit": null as never,
    "keys.create": { name: "laptop", value: "pk-secret" },
    "keys.revoke": null,
    "admin.get": { password: "none" },
    "admin.bootstrap": { address: "http://localhost:28000/admin/#bootstrap=t", seconds: 900, listening: true },
    "logs.list": [{ number: 1, time: "2026-11-21T12:00:00Z", level: "info", target: "listen", message: "listening" }],
  } satisfies Answers;
  return show(Settings, answers, language, "/", host);
}

test("a key is made, and its secret can be copied without being shown", async () => {
  const { host, user } = page();
  await user.type(await screen.findByLabelText("Name of a new key"), "laptop");
  await user.click(screen.getByRole("button", { name: "Make a key" }));
  expect(host.asked).toContainEqual(["keys.create", { name: "laptop" }]);
  expect(await screen.findByText(/The key laptop is made/)).toBeDefined();
  expect(screen.queryByText("pk-secret")).toBeNull();
});

test("a key's limits are told, and changed together", async () => {
  const { host, user } = page();
  expect(await screen.findByText("Requests a day: 500")).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Limits of old" }));
  const tokens = screen.getByLabelText("Tokens a day");
  await user.type(tokens, "1.5");
  expect(screen.getByRole("alert").textContent).toContain("whole number");
  expect((screen.getByRole("button", { name: "Keep the limits" }) as HTMLButtonElement).disabled).toBe(true);
  await user.clear(tokens);
  await user.type(tokens, "90000");
  await user.clear(screen.getByLabelText("Requests a day"));
  await user.click(screen.getByLabelText("May bring a provider’s own key (x-openai-key)"));
  await user.click(screen.getByRole("button", { name: "Keep the limits" }));
  expect(host.asked).toContainEqual([
    "keys.limit",
    { name: "old", requests_per_minute: 0, tokens_per_minute: 0, concurrency: 0, requests_per_day: 0, tokens_per_day: 90000, provider_key: true },
  ]);
});

test("web pages are kept one a line, and the log is filtered by level", async () => {
  const { host, user } = page();
  await user.type(await screen.findByLabelText("Web pages that may ask"), "https://a.example{enter}https://b.example");
  await user.tab();
  expect(host.asked).toContainEqual(["settings.change", { allowed_origins: ["https://a.example", "https://b.example"] }]);
  await user.selectOptions(screen.getByLabelText("Level"), "error");
  expect(host.asked).toContainEqual(["logs.list", { level: "error", search: null }]);
  expect(screen.getByText("Sealed")).toBeDefined();
});

test("the lines of the log that are shown are saved, by the desktop or as a download", async () => {
  const desktop = page({ saveLog: async (choice) => `/home/me/${choice.level}.log` });
  await desktop.user.click(await screen.findByRole("button", { name: "Save the lines" }));
  expect(await screen.findByText("Saved: /home/me/info.log")).toBeDefined();
  cleanup();
  const refuse = { code: "log-not-saved", arguments: { file: "/home/me", reason: "" }, reason: null };
  const full = page({ saveLog: () => Promise.reject(refuse) });
  await full.user.click(await screen.findByRole("button", { name: "Save the lines" }));
  expect(await screen.findByText(/log to \/home\/me/)).toBeDefined();
  cleanup();
  const blobs: Blob[] = [];
  const made = vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => `blob:${blobs.push(blob as Blob)}`);
  const gone = vi.spyOn(URL, "revokeObjectURL").mockImplementation(() => {});
  const clicked = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => {});
  const browser = page();
  await browser.user.click(await screen.findByRole("button", { name: "Save the lines" }));
  expect(await blobs[0]?.text()).toBe("2026-11-21T12:00:00Z info listen: listening\n");
  expect(clicked).toHaveBeenCalledOnce();
  for (const each of [made, gone, clicked]) each.mockRestore();
});

test("a link that sets the web admin's password is made when it is copied", async () => {
  const { host, user } = page();
  await user.click(await screen.findByRole("button", { name: "Copy a link that sets the password" }));
  expect(host.asked).toContainEqual(["admin.bootstrap", null]);
  expect(await navigator.clipboard.readText()).toBe("http://localhost:28000/admin/#bootstrap=t");
});

test("a port that is none is told beneath and never sent", async () => {
  const { host, user } = page();
  const port = await screen.findByLabelText("Port");
  for (const wrong of ["x", "70000", "1.5"]) {
    await user.clear(port);
    await user.type(port, wrong);
    await user.tab();
    expect(screen.getByRole("alert").textContent).toContain("from 1 to 65535");
  }
  await user.clear(port);
  await user.tab();
  expect(host.asked.some(([method]) => method === "settings.change")).toBe(false);
  await user.type(port, "28001");
  await user.tab();
  expect(host.asked).toContainEqual(["settings.change", { port: 28001 }]);
});

test("a key is revoked when the time to take it back is over", async () => {
  const { host, user } = page();
  await user.click(await screen.findByRole("button", { name: "Revoke old" }));
  expect(await screen.findByText("The key old is revoked.")).toBeDefined();
  expect(screen.queryByText("old")).toBeNull();
  window.dispatchEvent(new Event("pagehide"));
  expect(host.asked).toContainEqual(["keys.revoke", { name: "old" }]);
});

test("the way out tells what is in force, and a proxy of one's own is kept", async () => {
  const { host, user } = page();
  expect(await screen.findByText(/In effect now: Direct/)).toBeDefined();
  await user.selectOptions(screen.getByLabelText("How providers are reached"), "manual");
  await user.type(screen.getByLabelText("Address of the proxy"), "http://127.0.0.1:7890");
  await user.tab();
  expect(host.asked).toContainEqual(["settings.change", { proxy: { mode: "manual", url: "http://127.0.0.1:7890" } }]);
});

test("what only a desktop can is absent elsewhere", async () => {
  page();
  expect(await screen.findByText("Portolan 0.1.0")).toBeDefined();
  expect(screen.queryByRole("switch", { name: "Start with this computer" })).toBeNull();
  expect(screen.queryByText("Updates")).toBeNull();
});

test("a newer version is looked for, told and installed", async () => {
  let installed = 0;
  const updates = {
    get: async (): Promise<Updates> => ({ state: "unasked" }),
    check: async (): Promise<Updates> => ({ state: "found", version: "0.2.0", notes: "Better." }),
    install: async () => {
      installed += 1;
      return null;
    },
    back: async () => null,
  };
  const { host, user } = page({ updates });
  expect(await screen.findByText("Not looked for yet.")).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Check for updates" }));
  expect(await screen.findByText("Version 0.2.0 is there.")).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Install and restart" }));
  expect(installed).toBe(1);
  await user.click(screen.getByRole("switch", { name: "Look for updates once a day" }));
  expect(host.asked).toContainEqual(["settings.change", { check_updates: true }]);
});

test.each([
  ["en", "Version 0.0.9 is kept", "Go back and restart", "Could not update: “no room”"],
  ["zh-CN", "保留着版本 0.0.9", "退回并重启", "“no room”"],
])("one goes back to the version before the update, or is told why not, in %s", async (language, kept, back, told) => {
  let asked = 0;
  const updates = {
    get: async (): Promise<Updates> => ({ state: "current", previous: "0.0.9" }),
    check: async (): Promise<Updates> => ({ state: "current", previous: "0.0.9" }),
    install: async () => null,
    back: async () => {
      asked += 1;
      throw { code: "update-failed", arguments: {}, reason: { code: "said", arguments: { words: "no room" }, message: "no room" } };
    },
  };
  const { user } = page({ updates }, language);
  expect(await screen.findByText(kept)).toBeDefined();
  await user.click(screen.getByRole("button", { name: back }));
  expect(await screen.findByText(new RegExp(told))).toBeDefined();
  expect(asked).toBe(1);
});

test("starting with the session is switched on", async () => {
  let on = false;
  const autostart = { get: async () => on, set: async (now: boolean) => (on = now) };
  const { user } = page({ autostart });
  await user.click(await screen.findByRole("switch", { name: "Start with this computer" }));
  expect(on).toBe(true);
});
