import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";
import { ApiProvider } from "../../api/client";
import type { Account, Provider } from "../../api/contract";
import { Words } from "../../l10n/words";
import { FakeHost } from "../../testing/fake";
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
  terms: { summary: { en: "Your own key.", "zh-CN": "自己的密钥。" }, url: "https://openai.com/policies", checked: "2026-11-01" },
  accounts: 0,
};

function show(change: ConstructorParameters<typeof FakeHost>[0] = {}, language = "en") {
  const host = new FakeHost({
    "accounts.list": [account],
    "providers.list": [provider],
    "models.list": [],
    "local.find": [],
    "accounts.add": account,
    "accounts.test": { id: "deepseek", models: 2 },
    "accounts.remove": null,
    ...change,
  });
  render(
    <ApiProvider host={host}>
      <Words language={language}>
        <Providers />
      </Words>
    </ApiProvider>,
  );
  return host;
}

test("a pasted key makes an account", async () => {
  const host = show();
  await userEvent.click(await screen.findByRole("button", { name: "Paste a key" }));
  await userEvent.type(screen.getByLabelText("Key from OpenAI"), " sk-test ");
  await userEvent.click(screen.getByRole("button", { name: "Save the key" }));
  expect(host.asked).toContainEqual(["accounts.add", { provider: "openai", key: "sk-test" }]);
  expect(await screen.findByRole("button", { name: "Paste a key" })).toBeDefined();
});

test("a test tells how many models there are", async () => {
  show();
  await userEvent.click(await screen.findByRole("button", { name: "Test" }));
  expect(await screen.findByText("It answers and lists 2 models.")).toBeDefined();
});

test("a server on this machine is used with one click", async () => {
  const host = show({ "local.find": [{ provider: "ollama", name: "Ollama", address: "http://127.0.0.1:11434", models: 3 }] });
  await userEvent.click(await screen.findByRole("button", { name: "Use Ollama" }));
  expect(host.asked).toContainEqual(["accounts.add", { provider: "ollama" }]);
});

test("an address of one's own is added, and a refusal is told in the language that is shown", async () => {
  const refuse = () => {
    throw { code: "provider-exists", arguments: { provider: "mine" } };
  };
  const host = show({ "providers.add": refuse }, "zh-CN");
  await userEvent.type(await screen.findByLabelText("短名"), "mine");
  await userEvent.type(screen.getByLabelText("地址"), "https://llm.example/v1");
  await userEvent.click(screen.getByRole("button", { name: "添加此地址" }));
  expect(host.asked).toContainEqual([
    "providers.add",
    { id: "mine", endpoints: { "openai-chat": "https://llm.example/v1" }, allow_private: null },
  ]);
  expect(await screen.findByText("无法添加服务商 mine：这个标识已经存在")).toBeDefined();
});

test("why a key is missing is said in the language that is shown", async () => {
  const reason = { code: "key-not-stored" as const, arguments: {}, message: "no key is stored for this account" };
  show({ "accounts.list": [{ ...account, standing: { state: "no-key", reason } }] }, "zh-CN");
  expect(await screen.findByText("缺少密钥")).toBeDefined();
  expect(screen.queryByText(reason.message)).toBeNull();
});
