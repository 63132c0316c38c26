import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { Account, Provider } from "../../api/contract";
import type { Answers } from "../../testing/fake";
import { show } from "../../testing/show";
import { Providers } from "./Providers";

afterEach(cleanup);

const provider: Provider = {
  id: "harbour", name: "harbour", own: true, dialects: ["openai-chat"], address: "http://192.168.1.7/v1", sign_in: "key",
  flows: [], key_name: null, models: null, closed: null, terms: null, accounts: 1,
};
const account: Account = {
  id: "harbour", name: "harbour", provider: "harbour", provider_name: "harbour", source: { kind: "vault" }, standing: { state: "rejected" }, in_use: 0,
};
const page = (answers: Answers, language = "en") =>
  show(
    Providers,
    { "accounts.list": [account], "providers.list": [provider], "models.list": [], "local.find": [], "imports.list": [], ...answers },
    language,
  );

const told = (code: string, more = {}) => () => {
  throw {
    code: "settings-invalid", arguments: { file: "/etc/config.toml", line: "7", column: "3", key: "provider.x" }, message: "",
    reason: { code, arguments: more, message: code },
  };
};

test("a short name that is none is told beneath and never sent", async () => {
  const { host, user } = page({});
  await user.type(await screen.findByLabelText("Short name"), "My Server");
  await user.type(screen.getByLabelText("Address"), "https://llm.example/v1");
  expect(screen.getByRole("alert").textContent).toBe("Lower-case letters, digits and single hyphens.");
  expect((screen.getByRole("button", { name: "Add this address" }) as HTMLButtonElement).disabled).toBe(true);
  expect(host.asked.some(([method]) => method === "providers.add")).toBe(false);
});

test.each([
  ["en", "Short name", "Address", "Add this address", /Tick the box/],
  ["zh-CN", "短名", "地址", "添加此地址", /勾选/],
])("an address of one's own network asks for the tick, not for a line of a file, in %s", async (language, name, address, add, words) => {
  const { user } = page({ "providers.add": told("needs-allow-private", { host: "192.168.1.7" }) }, language);
  await user.type(await screen.findByLabelText(name), "mine");
  await user.type(screen.getByLabelText(address), "http://192.168.1.7/v1");
  await user.click(screen.getByRole("button", { name: add }));
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toMatch(words);
  expect(alert.textContent).not.toContain("config.toml");
});

test("what is wrong with an address is said without the file that it would be in", async () => {
  const { user } = page({ "providers.add": told("address-unreadable") });
  await user.type(await screen.findByLabelText("Short name"), "mine");
  await user.type(screen.getByLabelText("Address"), "here");
  await user.click(screen.getByRole("button", { name: "Add this address" }));
  expect((await screen.findByRole("alert")).textContent).toMatch(/^This cannot be used: /);
});

test("an account whose key is refused is given a new one in its place, also where the vault refuses at first", async () => {
  let locked = true;
  const { host, user } = page({
    "accounts.set_key": () => {
      if (locked) throw { code: "vault-unavailable", arguments: {}, reason: { code: "keyring-locked", arguments: {}, message: "locked" } };
      return account;
    },
  });
  await user.click(await screen.findByRole("button", { name: "New key" }));
  await user.type(await screen.findByLabelText("Key from harbour"), " good-key ");
  await user.click(screen.getByRole("button", { name: "Save the key" }));
  expect(await screen.findByText(/the keyring is locked/)).toBeDefined();
  locked = false;
  await user.click(screen.getByRole("button", { name: "Save the key" }));
  await screen.findByRole("button", { name: "New key" });
  const given = ["accounts.set_key", { id: "harbour", key: "good-key" }];
  const acts = host.asked.filter(([method]) => method.startsWith("accounts.") && method !== "accounts.list");
  expect(acts).toEqual([given, given]);
});

test.each([
  ["en", "New key", "Key from harbour", "Save the key", "account-key-from-environment", /it comes from the environment variable K/],
  ["zh-CN", "更换密钥", "harbour 的密钥", "保存密钥", "account-key-from-file", /它来自 \/run\/key/],
])("where the key is kept elsewhere by now, that is said, in %s", async (language, button, field, save, code, words) => {
  const refuse = () => {
    throw { code, arguments: { account: "harbour", variable: "K", file: "/run/key" } };
  };
  const { user } = page({ "accounts.set_key": refuse }, language);
  await user.click(await screen.findByRole("button", { name: button }));
  await user.type(await screen.findByLabelText(field), "good-key");
  await user.click(screen.getByRole("button", { name: save }));
  expect(await screen.findByText(words)).toBeDefined();
});
