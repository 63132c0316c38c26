import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";
import { ApiProvider } from "../../api/client";
import { Words } from "../../l10n/words";
import { FakeHost, settings, status } from "../../testing/fake";
import { Settings } from "./Settings";

afterEach(cleanup);

function show() {
  const host = new FakeHost({
    "settings.get": settings,
    "settings.change": settings,
    "status.get": status,
    "keys.list": [],
    "keys.create": { name: "laptop", value: "pk-secret" },
    "logs.list": [{ time: "12:00", level: "info", target: "listen", message: "listening" }],
  });
  render(
    <ApiProvider host={host}>
      <Words language="en">
        <Settings />
      </Words>
    </ApiProvider>,
  );
  return host;
}

test("a key is made, and its secret can be copied without being shown", async () => {
  const host = show();
  await userEvent.type(await screen.findByLabelText("Name of a new key"), "laptop");
  await userEvent.click(screen.getByRole("button", { name: "Make a key" }));
  expect(host.asked).toContainEqual(["keys.create", { name: "laptop" }]);
  expect(await screen.findByText(/The key laptop is made/)).toBeDefined();
  expect(screen.queryByText("pk-secret")).toBeNull();
});

test("web pages are kept one a line, and the log is filtered by level", async () => {
  const host = show();
  await userEvent.type(await screen.findByLabelText("Web pages that may ask"), "https://a.example{enter}https://b.example");
  await userEvent.tab();
  expect(host.asked).toContainEqual(["settings.change", { allowed_origins: ["https://a.example", "https://b.example"] }]);
  await userEvent.selectOptions(screen.getByLabelText("Level"), "error");
  expect(host.asked).toContainEqual(["logs.list", { level: "error", search: null }]);
  expect(screen.getByText(/Secrets are sealed/)).toBeDefined();
});

test("a port that is none is told beneath and never sent", async () => {
  const host = show();
  const port = await screen.findByLabelText("Port");
  for (const wrong of ["x", "70000", "1.5"]) {
    await userEvent.clear(port);
    await userEvent.type(port, wrong);
    await userEvent.tab();
    expect(screen.getByRole("alert").textContent).toContain("from 1 to 65535");
  }
  await userEvent.clear(port);
  await userEvent.tab();
  expect(host.asked.some(([method]) => method === "settings.change")).toBe(false);
  await userEvent.type(port, "28001");
  await userEvent.tab();
  expect(host.asked).toContainEqual(["settings.change", { port: 28001 }]);
});
