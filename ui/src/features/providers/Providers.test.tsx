import { cleanup, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { Account, Provider } from "../../api/contract";
import type { Answers } from "../../testing/fake";
import { show } from "../../testing/show";
import { Providers } from "./Providers";

afterEach(cleanup);

const account: Account = {
  id: "deepseek",
  name: "deepseek",
  provider: "deepseek",
  provider_name: "DeepSeek",
  source: { kind: "vault" },
  standing: { state: "ready" },
  in_use: 0,
};
const provider: Provider = {
  id: "openai",
  name: "OpenAI",
  own: false,
  dialects: ["openai-chat"],
  address: "https://api.openai.com/v1",
  sign_in: "key",
  flows: [],
  key_name: "OPENAI_API_KEY",
  models: null,
  closed: null,
  terms: { summary: { en: "Your own key.", "zh-CN": "自己的密钥。" }, url: "https://openai.com/policies", checked: "2026-11-01" },
  accounts: 0,
};

function page(change: Answers = {}, language = "en", at = "/") {
  const answers: Answers = {
    "accounts.list": [account],
    "providers.list": [provider],
    "models.list": [],
    "local.find": [],
    "accounts.add": account,
    "accounts.test": { id: "deepseek", models: 2 },
    "accounts.remove": { id: "deepseek", sign_in: { state: "none" } },
    ...change,
  };
  return show(Providers, answers, language, at);
}

test("a pasted key makes an account", async () => {
  const { host, user } = page();
  await user.click(await screen.findByRole("button", { name: /OpenAI/ }));
  expect(await screen.findByText("Your own key.")).toBeDefined();
  expect(screen.getByRole("link", { name: /Read on Nov 1, 2026/ }).getAttribute("href")).toBe("https://openai.com/policies");
  await user.type(screen.getByLabelText("Key from OpenAI"), " sk-test ");
  await user.click(screen.getByRole("button", { name: "Save the key" }));
  expect(host.asked).toContainEqual(["accounts.add", { provider: "openai", key: "sk-test" }]);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  // What opened it has the focus again.
  expect(document.activeElement).toBe(screen.getByRole("button", { name: /OpenAI/ }));
});

test("a test tells how many models there are", async () => {
  const { user } = page();
  await user.click(await screen.findByRole("button", { name: "Test" }));
  expect(await screen.findByText("It answers and lists 2 models.")).toBeDefined();
});

test("a server on this machine is used with one click", async () => {
  const { host, user } = page({ "local.find": [{ provider: "ollama", name: "Ollama", address: "http://127.0.0.1:11434", models: 3 }] });
  await user.click(await screen.findByRole("button", { name: "Use Ollama" }));
  expect(host.asked).toContainEqual(["accounts.add", { provider: "ollama" }]);
});

test("an address of one's own is added, and a refusal is told in the language that is shown", async () => {
  const refuse = () => {
    throw { code: "provider-exists", arguments: { provider: "mine" } };
  };
  const { host, user } = page({ "providers.add": refuse }, "zh-CN");
  await user.type(await screen.findByLabelText("短名"), "mine");
  await user.type(screen.getByLabelText("地址"), "https://llm.example/v1");
  await user.click(screen.getByRole("button", { name: "添加此地址" }));
  expect(host.asked).toContainEqual([
    "providers.add",
    { id: "mine", endpoints: { "openai-chat": "https://llm.example/v1" }, allow_private: null },
  ]);
  expect(await screen.findByText("无法添加服务商 mine：这个标识已经存在")).toBeDefined();
});

test("why a key is missing is said in the language that is shown", async () => {
  const reason = { code: "key-not-stored" as const, arguments: {}, message: "no key is stored for this account" };
  page({ "accounts.list": [{ ...account, standing: { state: "no-key", reason } }] }, "zh-CN");
  expect(await screen.findByText("缺少密钥")).toBeDefined();
  expect(screen.queryByText(reason.message)).toBeNull();
});

test("a removal can be taken back, and is done when its notice is closed", async () => {
  const { host, user } = page();
  const remove = async () => user.click(await screen.findByRole("button", { name: "Remove deepseek" }));
  const removed = () => host.asked.filter(([method]) => method === "accounts.remove").length;
  await remove();
  expect(screen.queryByRole("button", { name: "Remove deepseek" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Undo" }));
  expect(await screen.findByRole("button", { name: "Remove deepseek" })).toBeDefined();
  expect(removed()).toBe(0);
  await remove();
  await user.click(screen.getByRole("button", { name: "Close" }));
  expect(removed()).toBe(1);
  expect(host.asked).toContainEqual(["accounts.remove", { id: "deepseek" }]);
});

test("a removal that fails is told, and the account is there again", async () => {
  const refuse = () => {
    throw { code: "no-such-account", arguments: { account: "deepseek" } };
  };
  const { user } = page({ "accounts.remove": refuse });
  await user.click(await screen.findByRole("button", { name: "Remove deepseek" }));
  await user.click(screen.getByRole("button", { name: "Close" }));
  expect(await screen.findByText(/Could not .*deepseek/)).toBeDefined();
  expect(screen.getByRole("button", { name: "Remove deepseek" })).toBeDefined();
});

test("models are listed by provider and found by a part of their name", async () => {
  const models = [
    { id: "gpt-5", provider: "openai", account: "openai" },
    { id: "deepseek-chat", provider: "deepseek", account: "deepseek" },
  ];
  const { user } = page({ "models.list": models }, "en", "/?part=models");
  expect(await screen.findByText("2 of 2")).toBeDefined();
  await user.type(screen.getByLabelText("Search models"), "GPT");
  expect(await screen.findByText("1 of 2")).toBeDefined();
  expect(screen.queryByText("deepseek-chat")).toBeNull();
});

test("an account whose sign-in ran out is signed in to again, and one can sign out", async () => {
  const reason = { code: "sign-in-ran-out" as const, arguments: {}, message: "ran out" };
  const signed: Account = {
    ...account,
    id: "openai-2",
    name: "openai-2",
    provider: "openai",
    source: { kind: "sign-in", expires: null },
    standing: { state: "signed-out", reason },
  };
  const turn = { id: "s1", provider: "openai", flow: "browser" as const, address: "https://openai.com/a", code: null, paste: false, seconds: 60, state: { state: "waiting" as const } };
  const { host, user } = page({
    "accounts.list": [signed],
    "providers.list": [{ ...provider, flows: [{ kind: "browser", client: "none", client_secret: "none", issuer_needed: false }] }],
    "sign_in.start": turn,
    "sign_in.get": turn,
    "sign_in.cancel": null,
    "accounts.sign_out": { id: "openai-2", sign_in: { state: "failed", reason: { code: "provider-silent", arguments: {}, message: "silent" } } },
  });
  await user.click(await screen.findByRole("button", { name: "Sign in again" }));
  await user.click(await screen.findByRole("button", { name: "Sign in with the browser" }));
  await screen.findByText("Waiting for you in the browser");
  expect(host.asked).toContainEqual(["sign_in.start", { provider: "openai", flow: "browser", name: "openai-2", client: null, issuer: null }]);
  await user.keyboard("{Escape}");
  expect(host.asked).toContainEqual(["sign_in.cancel", { id: "s1" }]);
  await user.click(await screen.findByRole("button", { name: "Sign out of openai-2" }));
  await user.click(screen.getByRole("button", { name: "Close" }));
  expect(host.asked).toContainEqual(["accounts.sign_out", { id: "openai-2" }]);
  expect(await screen.findByText(/^Signed out of openai-2 here, but .* did not take the sign-in back: it did not answer in time\./)).toBeDefined();
  expect(screen.queryByRole("button", { name: "Undo" })).toBeNull();
});

test("an account whose renewal fails says why and since when", async () => {
  const reason = { code: "provider-silent" as const, arguments: {}, message: "silent" };
  const signed: Account = { ...account, source: { kind: "sign-in", expires: null }, standing: { state: "renewal-fails", since: 1_790_000_000, reason } };
  page({ "accounts.list": [signed] });
  expect(await screen.findByText("Renewal fails")).toBeDefined();
  expect(screen.getByText(/^Since .*2026.*: it did not answer in time$/)).toBeDefined();
});

test("a service that closed says so, and an address of one's own is set in its place", async () => {
  const closed: Provider = { ...provider, id: "iflow", name: "iFlow", closed: "2026-04-17", terms: null };
  const { host, user } = page({ "providers.list": [closed], "accounts.list": [{ ...account, provider: "iflow" }], "providers.set": { ...closed, closed: null, own: true } });
  expect(await screen.findAllByText("Closed on Apr 17, 2026")).toHaveLength(2);
  await user.click(screen.getByRole("button", { name: "Set its address" }));
  expect(await screen.findByText(/^iFlow closed on Apr 17, 2026: it answers no more\./)).toBeDefined();
  await user.type(screen.getByLabelText("Address of iFlow"), " http://127.0.0.1:9/v1 ");
  await user.click(screen.getByRole("checkbox"));
  await user.click(screen.getByRole("button", { name: "Set the address" }));
  expect(host.asked).toContainEqual(["providers.set", { id: "iflow", endpoints: { "openai-chat": "http://127.0.0.1:9/v1" }, allow_private: true }]);
});

test("a refused address of a closed service is told in the language that is shown", async () => {
  const closed: Provider = { ...provider, id: "iflow", name: "iFlow", closed: "2026-04-17", terms: null };
  const refuse = () => {
    throw { code: "no-such-provider", arguments: { provider: "iflow", nearest: "" } };
  };
  const { user } = page({ "providers.list": [closed], "accounts.list": [], "providers.set": refuse }, "zh-CN");
  await user.click(await screen.findByRole("button", { name: /iFlow/ }));
  expect(await screen.findByText(/^iFlow 已于 2026年4月17日 关闭/)).toBeDefined();
  await user.type(screen.getByLabelText("iFlow 的地址"), "https://x.example/v1");
  await user.click(screen.getByRole("button", { name: "设置地址" }));
  expect((await screen.findByRole("alert")).textContent).toMatch(/iflow/);
});
