import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AdminSession } from "../../api/contract";
import { WebGate } from "../../host/gate";
import { Entrance } from "./Entrance";

const out: AdminSession = { password: "set", signed_in: false, csrf: null, fresh: 0, token: null };
const signedIn: AdminSession = { ...out, signed_in: true, csrf: "c1", fresh: 300 };
type Answer = [status: number, body: unknown];
const asked: { method: string; body: unknown; csrf: string | null }[] = [];
let answers: Record<string, Answer[]> = {};

/** The server: each method's answers in their turn, the last one for ever. */
function serve(given: Record<string, Answer[]>) {
  answers = given;
  vi.stubGlobal("fetch", (path: string, init?: RequestInit) => {
    const method = path.replace("/admin/api/", "");
    const body: unknown = init?.body === undefined ? null : JSON.parse(String(init.body));
    asked.push({ method, body, csrf: new Headers(init?.headers).get("x-portolan-csrf") });
    const queue = answers[method] ?? [];
    const [status, answer] = (queue.length > 1 ? queue.shift() : queue[0]) ?? [404, {}];
    return Promise.resolve(new Response(JSON.stringify(answer), { status }));
  });
}

const fault = (code: string, args: Record<string, string> = {}): Answer => [403, { code, arguments: args }];

beforeEach(() => {
  asked.length = 0;
  window.location.hash = "";
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function show() {
  const gate = new WebGate();
  await gate.load();
  render(
    <Entrance gate={gate}>
      <p>inside</p>
    </Entrance>,
  );
  return gate;
}

test("a wrong password is told, the right one lets in", async () => {
  serve({ session: [[200, out]], "session.sign_in": [fault("admin-password-wrong"), [200, signedIn]] });
  await show();
  const field = await screen.findByLabelText("Password");
  await userEvent.type(field, "wrong{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("not the right one");
  expect(screen.queryByText("inside")).toBeNull();
  await userEvent.type(screen.getByLabelText("Password"), "right{Enter}");
  expect(await screen.findByText("inside")).toBeDefined();
  expect(asked.at(-1)?.body).toEqual({ password: "right" });
});

test("after too many tries it waits as long as it is told", async () => {
  const limited: Answer = [429, { code: "admin-too-many-tries", arguments: { seconds: "60" } }];
  serve({ session: [[200, out]], "session.sign_in": [limited] });
  await show();
  await userEvent.type(await screen.findByLabelText("Password"), "x{Enter}");
  const button = await screen.findByRole("button", { name: /^Wait \d+ seconds$/ });
  expect((button as HTMLButtonElement).disabled).toBe(true);
});

test("without a password it says what to run, and with a link it sets one", async () => {
  serve({ session: [[200, { ...out, password: "none" }]], "session.claim": [[200, signedIn]] });
  await show();
  expect(await screen.findByText("portolan admin bootstrap")).toBeDefined();
  window.location.hash = "#bootstrap=token-1";
  window.dispatchEvent(new HashChangeEvent("hashchange"));
  await userEvent.type(await screen.findByLabelText("New password"), "a new one{Enter}");
  expect(await screen.findByText("inside")).toBeDefined();
  expect(asked.at(-1)?.body).toEqual({ token: "token-1", password: "a new one" });
  expect(window.location.hash).toBe("");
});

test("what needs the password waits for it, and goes on with the new secret", async () => {
  serve({
    session: [[200, signedIn]],
    "keys.reveal": [fault("admin-confirm"), [200, { name: "default", value: "pk-1" }]],
    "session.confirm": [[200, { ...signedIn, csrf: "c2" }]],
  });
  const gate = await show();
  const revealed = gate.call("keys.reveal", null);
  await userEvent.type(await screen.findByLabelText("Password"), "right{Enter}");
  expect(await revealed).toEqual({ name: "default", value: "pk-1" });
  expect(asked.map(({ method, csrf }) => [method, csrf])).toEqual([
    ["session", null],
    ["keys.reveal", "c1"],
    ["session.confirm", "c1"],
    ["keys.reveal", "c2"],
  ]);
});

test("the password is asked for where another page changed the secret before", async () => {
  serve({
    session: [[200, signedIn], [200, { ...signedIn, csrf: "c2" }]],
    "keys.reveal": [fault("admin-foreign-request"), fault("admin-confirm"), [200, { name: "default", value: "pk-1" }]],
    "session.confirm": [[200, { ...signedIn, csrf: "c3" }]],
  });
  const gate = await show();
  const revealed = gate.call("keys.reveal", null).catch((error: unknown) => error);
  await userEvent.type(await screen.findByLabelText("Password"), "right{Enter}");
  expect(await revealed).toEqual({ name: "default", value: "pk-1" });
  expect(asked.at(-1)?.csrf).toBe("c3");
});

test("who gives up the password is told why it was not done", async () => {
  serve({ session: [[200, signedIn]], "keys.reveal": [fault("admin-confirm")] });
  const gate = await show();
  const refused = gate.call("keys.reveal", null).catch((error: unknown) => error);
  await userEvent.click(await screen.findByRole("button", { name: "Cancel" }));
  expect(await refused).toEqual({ code: "admin-confirm", arguments: {} });
  expect(screen.getByText("inside")).toBeDefined();
});

test("another page's new secret is fetched, and the end of a session shows the door", async () => {
  serve({
    session: [[200, signedIn], [200, { ...signedIn, csrf: "c2" }], [200, out]],
    "status.get": [fault("admin-foreign-request"), [200, { serving: true }], [401, { code: "admin-signed-out", arguments: {} }]],
  });
  const gate = await show();
  expect(await gate.call("status.get", null)).toEqual({ serving: true });
  expect(asked.at(-1)?.csrf).toBe("c2");
  await expect(gate.call("status.get", null)).rejects.toMatchObject({ code: "admin-signed-out" });
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeDefined();
  expect(screen.queryByText("inside")).toBeNull();
});
