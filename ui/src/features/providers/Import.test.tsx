import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { Import } from "../../api/contract";
import type { Answers } from "../../testing/fake";
import { show } from "../../testing/show";
import { Providers } from "./Providers";

afterEach(cleanup);

const found: Import = {
  source: "iflow2api",
  files: [{ path: "/home/me/.iflow2api/config.json", fault: null }],
  takes: [
    { what: "key", shown: "…0001", standing: "new" },
    { what: "theme", shown: "dark", standing: "other" },
    { what: "language", shown: "zh-CN", standing: "new" },
    { what: "port", shown: "28000", standing: "same" },
  ],
  leaves: [{ field: "tls_impersonate", why: "imitation" }],
};

const page = (answers: Answers, language = "en") => show(Providers, answers, language, "/?part=import");

test("what is chosen of what was found is taken over, and then it is here already", async () => {
  let now = [found];
  const { host, user } = page({
    "imports.list": () => now,
    "imports.take": () => {
      now = [{ ...found, takes: found.takes.map((each) => ({ ...each, standing: "same" as const })) }];
      return { source: "iflow2api", taken: ["key"], account: "iflow2api" };
    },
  });
  expect(await screen.findByText("…0001")).toBeDefined();
  expect(screen.queryByLabelText("port")).toBeNull();
  expect(screen.getByText("here already")).toBeDefined();
  expect(screen.getByText("Dark")).toBeDefined();
  expect(screen.getByText(/Portolan does not$/)).toBeDefined();
  expect(screen.getByText("简体中文")).toBeDefined();
  for (const each of ["colours", "language"]) await user.click(screen.getByLabelText(each));
  await user.click(screen.getByRole("button", { name: "Import" }));
  expect(host.asked).toContainEqual(["imports.take", { source: "iflow2api", only: ["key"] }]);
  expect(await screen.findByText("Imported: provider's key.")).toBeDefined();
  expect(screen.getByText(/that of the account iflow2api\./)).toBeDefined();
  expect(screen.queryByRole("button", { name: "Import" })).toBeNull();
});

test("where nothing is, it says where it looked, and looks again", async () => {
  const { host, user } = page({ "imports.list": [] }, "zh-CN");
  expect(await screen.findByText("没有可导入的内容")).toBeDefined();
  const looks = () => host.asked.filter(([method]) => method === "imports.list").length;
  const before = looks();
  await user.click(screen.getByRole("button", { name: "重新查找" }));
  expect(looks()).toBe(before + 1);
});

test("a broken file says what is wrong with it, and a failure is told", async () => {
  const fault = { code: "not-json" as const, arguments: { line: "2", column: "11" }, message: "not JSON" };
  const refuse = () => {
    throw { code: "vault-unavailable", arguments: {}, reason: { code: "keyring-locked", arguments: {}, message: "locked" } };
  };
  const broken = { ...found, files: [{ path: "/home/me/.iflow/settings.json", fault }, ...found.files] };
  const { user } = page({ "imports.list": [broken], "imports.take": refuse });
  expect((await screen.findByRole("alert")).textContent).toContain("/home/me/.iflow/settings.json cannot be used: it is not JSON from line 2, column 11 on");
  await user.click(screen.getByRole("button", { name: "Import" }));
  expect(await screen.findByText(/the keyring is locked/)).toBeDefined();
});
