import { cleanup, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { Flow, Provider, SignInState, SignInTurn } from "../../api/contract";
import type { Answers, FakeHost } from "../../testing/fake";
import { show } from "../../testing/show";
import { AddDialog } from "./AddDialog";

afterEach(cleanup);

const browser: Flow = { kind: "browser", client: "none", client_secret: "none", issuer_needed: false };
const device: Flow = { kind: "device", client: "none", client_secret: "none", issuer_needed: false };

function provider(flows: Flow[], own = false): Provider {
  return {
    id: "openrouter",
    name: "OpenRouter",
    own,
    dialects: ["openai-chat"],
    address: "https://openrouter.ai/api/v1",
    sign_in: "key",
    flows,
    key_name: null,
    models: null,
    closed: null,
    terms: null,
    accounts: 0,
  };
}

function turn(state: SignInState, change: Partial<SignInTurn> = {}): SignInTurn {
  return { id: "s1", provider: "openrouter", flow: "browser", address: "https://openrouter.ai/auth?x=1", code: null, paste: true, seconds: 272, state, ...change };
}

function page(of: Provider, answers: Answers, language = "en") {
  const done = vi.fn();
  const close = vi.fn();
  const shown = show(() => <AddDialog provider={of} close={close} done={done} />, answers, language);
  return { ...shown, done, close };
}

const asked = (host: FakeHost, method: string) => host.asked.filter(([each]) => each === method).map(([, params]) => params);

test("the browser is sent to the address, and the window notices when it is done", async () => {
  let now = turn({ state: "waiting" });
  const { host, user, done } = page(provider([browser]), { "sign_in.start": () => now, "sign_in.get": () => now, "sign_in.cancel": null });
  await user.click(await screen.findByRole("button", { name: "Sign in with the browser" }));
  expect(asked(host, "sign_in.start")).toEqual([{ provider: "openrouter", flow: "browser", name: null, client: null, issuer: null }]);
  expect(await screen.findByText("Waiting for you in the browser")).toBeDefined();
  expect(host.opened).toEqual(["https://openrouter.ai/auth?x=1"]);
  expect(screen.getByText("4:32 left")).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Open the page again" }));
  expect(host.opened.length).toBe(2);
  now = turn({ state: "done", account: "openrouter" });
  host.change("sign_in");
  expect(await screen.findByText("Signed in to OpenRouter")).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Done" }));
  expect(done).toHaveBeenCalled();
  expect(asked(host, "sign_in.cancel")).toEqual([]);
});

test("a code is shown large and can be copied", async () => {
  const waiting = turn({ state: "waiting" }, { flow: "device", code: "KXRT-4M2P", paste: false });
  const { user } = page(provider([device]), { "sign_in.start": waiting, "sign_in.get": waiting, "sign_in.cancel": null });
  await user.click(await screen.findByRole("button", { name: "Sign in with a code" }));
  expect(await screen.findByText("KXRT-4M2P")).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Copy the code" }));
  expect(await navigator.clipboard.readText()).toBe("KXRT-4M2P");
  expect(screen.queryByLabelText("Address or code")).toBeNull();
});

test("the answer can be pasted, and a wrong one is told", async () => {
  const waiting = turn({ state: "waiting" });
  const refuse = () => {
    throw { code: "sign-in-takes-no-answer", arguments: {} };
  };
  const { host, user } = page(provider([browser]), { "sign_in.start": waiting, "sign_in.get": waiting, "sign_in.answer": refuse, "sign_in.cancel": null });
  await user.click(await screen.findByRole("button", { name: "Sign in with the browser" }));
  await user.click(await screen.findByText(/on another computer/));
  await user.type(screen.getByLabelText("Address or code"), " http://127.0.0.1:1/?code=abc ");
  await user.click(screen.getByRole("button", { name: "Go on" }));
  expect(asked(host, "sign_in.answer")).toEqual([{ id: "s1", answer: "http://127.0.0.1:1/?code=abc" }]);
  expect((await screen.findByRole("alert")).textContent).toContain("Could not take the answer");
});

test("cancelling gives it up", async () => {
  const waiting = turn({ state: "waiting" });
  const { host, user, close } = page(provider([browser]), { "sign_in.start": waiting, "sign_in.get": waiting, "sign_in.cancel": null });
  await user.click(await screen.findByRole("button", { name: "Sign in with the browser" }));
  await user.click(await screen.findByRole("button", { name: "Cancel the sign-in" }));
  expect(asked(host, "sign_in.cancel")).toEqual([{ id: "s1" }]);
  expect(close).toHaveBeenCalled();
});

test("a failure is told in words, and it can be tried again", async () => {
  const failed = turn({ state: "failed", error: { code: "sign-in-denied", arguments: { provider: "OpenRouter", answer: "access_denied" } } });
  const { host, user } = page(provider([browser]), { "sign_in.start": failed, "sign_in.get": failed });
  await user.click(await screen.findByRole("button", { name: "Sign in with the browser" }));
  expect((await screen.findByRole("alert")).textContent).toContain("the request was declined");
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await user.click(await screen.findByRole("button", { name: "Sign in with the browser" }));
  await waitFor(() => expect(asked(host, "sign_in.start").length).toBe(2));
});

test("a client id is asked for where one is missing", async () => {
  const waiting = turn({ state: "waiting" });
  const { host, user } = page(provider([{ ...browser, client: "missing" }]), { "sign_in.start": waiting, "sign_in.get": waiting });
  const begin = await screen.findByRole<HTMLButtonElement>("button", { name: "Sign in with the browser" });
  expect(begin.disabled).toBe(true);
  await user.type(screen.getByLabelText(/Client id/), "my-client");
  await user.click(begin);
  expect(asked(host, "sign_in.start")).toMatchObject([{ client: "my-client", issuer: null }]);
});

test("a provider of one's own is signed in to by its issuer's address", async () => {
  const waiting = turn({ state: "waiting" });
  const { host, user } = page(provider([], true), { "sign_in.start": waiting, "sign_in.get": waiting }, "zh-CN");
  await user.type(await screen.findByLabelText(/签发者地址/), "https://id.example");
  await user.type(screen.getByLabelText(/客户端 ID/), "my-client");
  await user.click(screen.getByRole("button", { name: "用浏览器登录" }));
  expect(asked(host, "sign_in.start")).toMatchObject([{ issuer: "https://id.example", client: "my-client" }]);
});

test("an address of one's own is used as it is, with a key, or by an issuer", async () => {
  const own: Provider = { ...provider([], true), sign_in: "none" };
  const { host, user, done } = page(own, { "accounts.add": { id: "own" } as never });
  await user.type(await screen.findByLabelText("Key from OpenRouter"), "sk-1");
  await user.click(screen.getByRole("button", { name: "Save the key" }));
  expect(asked(host, "accounts.add")).toEqual([{ provider: "openrouter", key: "sk-1" }]);
  await waitFor(() => expect(done).toHaveBeenCalled());
  await user.click(screen.getByRole("button", { name: "Use OpenRouter" }));
  expect(asked(host, "accounts.add")).toContainEqual({ provider: "openrouter" });
  expect(screen.getByText("Or sign in at an OpenID Connect issuer")).toBeDefined();
});
