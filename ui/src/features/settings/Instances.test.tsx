import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { Instance } from "../../api/contract";
import type { Answers } from "../../testing/fake";
import { show } from "../../testing/show";
import { Instances } from "./Instances";

afterEach(cleanup);

const first: Instance = {
  name: "default",
  first: true,
  host: "localhost",
  port: 28000,
  keys: [],
  default_model: "",
  state: "listening",
  addresses: ["127.0.0.1:28000", "[::1]:28000"],
  fault: null,
};
const work: Instance = { ...first, name: "work", first: false, port: 28001, keys: ["laptop"], default_model: "mock/m", addresses: ["127.0.0.1:28001"] };
const key = {
  name: "laptop",
  origin: "created" as const,
  created: 1_790_000_000,
  models: [],
  requests_per_minute: 0,
  tokens_per_minute: 0,
  concurrency: 0,
  requests_per_day: 0,
  tokens_per_day: 0,
  provider_key: false,
  shown_again: false,
};

function page(all: Instance[], language = "en", more: Answers = {}) {
  const answers = {
    "instances.list": all,
    "instances.add": work,
    "instances.change": work,
    "instances.remove": null,
    "instances.start": work,
    "instances.stop": { ...work, state: "stopped" },
    "keys.list": [key],
    "models.list": [{ id: "m", provider: "mock", account: "mock" }],
    ...more,
  } satisfies Answers;
  return show(Instances, answers, language);
}

test("one address so far says what an instance is for, and offers one on the next port", async () => {
  const { host, user } = page([first]);
  expect(await screen.findByText("One address so far")).toBeDefined();
  expect(screen.queryByRole("switch")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Add an instance" }));
  const form = within(await screen.findByRole("dialog"));
  expect((form.getByLabelText("Port") as HTMLInputElement).value).toBe("28001");
  await user.type(form.getByLabelText("Name"), "guest");
  await user.click(await form.findByLabelText("laptop"));
  await user.type(form.getByLabelText("Default model"), "mock/m");
  await user.click(form.getByRole("button", { name: "Add an instance" }));
  expect(host.asked).toContainEqual(["instances.add", { name: "guest", port: 28001, keys: ["laptop"], default_model: "mock/m" }]);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("what cannot be a name or a port is told beneath and never sent", async () => {
  const { host, user } = page([first]);
  await user.click(await screen.findByRole("button", { name: "Add an instance" }));
  const form = within(await screen.findByRole("dialog"));
  const send = form.getByRole("button", { name: "Add an instance" }) as HTMLButtonElement;
  expect(send.disabled).toBe(true);
  await user.type(form.getByLabelText("Name"), "My Work");
  expect(form.getByRole("alert").textContent).toContain("Lower-case letters");
  await user.clear(form.getByLabelText("Name"));
  await user.type(form.getByLabelText("Name"), "my-work");
  for (const wrong of ["70000", "x", "1.5"]) {
    await user.clear(form.getByLabelText("Port"));
    await user.type(form.getByLabelText("Port"), wrong);
    expect(form.getByRole("alert").textContent).toContain("From 1 to 65535");
    expect(send.disabled).toBe(true);
  }
  expect(host.asked.some(([method]) => method === "instances.add")).toBe(false);
});

test("each is started and stopped alone; the first one goes with the whole", async () => {
  const guest: Instance = { ...work, name: "guest", state: "stopped", addresses: [], keys: [], default_model: "" };
  const { host, user } = page([first, work, guest]);
  const switches = await screen.findAllByRole("switch");
  expect(switches.map((one) => one.getAttribute("aria-checked"))).toEqual(["true", "false"]);
  await user.click(screen.getByRole("switch", { name: "work is started" }));
  await user.click(screen.getByRole("switch", { name: "guest is started" }));
  expect(host.asked).toContainEqual(["instances.stop", { name: "work" }]);
  expect(host.asked).toContainEqual(["instances.start", { name: "guest" }]);
  expect(screen.getByText("The first address")).toBeDefined();
  expect(screen.queryByRole("button", { name: "Remove default" })).toBeNull();
});

test("a busy port is told of the one that it belongs to, and it is tried again", async () => {
  const fault = { code: "port-taken" as const, arguments: { address: "localhost:28001", holder: "" } };
  const { host, user } = page([first, { ...work, state: "failed", addresses: [], fault }]);
  expect(await screen.findByText(/28001.*the port is taken/)).toBeDefined();
  expect(screen.getByText("Cannot listen")).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(host.asked).toContainEqual(["instances.start", { name: "work" }]);
});

test("one is renamed and moved together with what it takes", async () => {
  const { host, user } = page([first, work]);
  await user.click(await screen.findByRole("button", { name: "Edit work" }));
  const form = within(await screen.findByRole("dialog"));
  await user.clear(form.getByLabelText("Name"));
  await user.type(form.getByLabelText("Name"), "office");
  await user.click(form.getByLabelText("laptop"));
  await user.clear(form.getByLabelText("Default model"));
  await user.click(form.getByRole("button", { name: "Keep" }));
  expect(host.asked).toContainEqual(["instances.change", { name: "work", new_name: "office", port: 28001, keys: [], default_model: "" }]);
});

test("one is removed when that is confirmed, in either language", async () => {
  for (const [language, ask, cancel, yes] of [
    ["en", "Remove work", "Cancel", "Remove it"],
    ["zh-CN", "移除 work", "取消", "移除"],
  ] as const) {
    const { host, user } = page([first, work], language);
    await user.click(await screen.findByRole("button", { name: ask }));
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: cancel }));
    expect(host.asked.some(([method]) => method === "instances.remove")).toBe(false);
    await user.click(await screen.findByRole("button", { name: ask }));
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: yes }));
    expect(host.asked).toContainEqual(["instances.remove", { name: "work" }]);
    cleanup();
  }
});
