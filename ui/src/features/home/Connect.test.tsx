import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";
import { ApiProvider } from "../../api/client";
import { Words } from "../../l10n/words";
import { FakeHost } from "../../testing/fake";
import { Connect } from "./Connect";

afterEach(cleanup);

test("what is copied holds the key, which is not shown", async () => {
  userEvent.setup();
  render(
    <ApiProvider host={new FakeHost({ "keys.reveal": { name: "default", value: "pk-real" } })}>
      <Words language="en">
        <Connect address="http://localhost:28000" />
      </Words>
    </ApiProvider>,
  );
  await userEvent.click(screen.getByRole("button", { name: "Copy for Claude Code" }));
  await screen.findByText("Copied");
  expect(await navigator.clipboard.readText()).toContain("ANTHROPIC_AUTH_TOKEN=pk-real");
  expect(document.body.textContent).not.toContain("pk-real");
});
