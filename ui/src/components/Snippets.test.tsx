import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { show } from "../testing/show";
import { Snippets } from "./Snippets";

afterEach(cleanup);

const page = () => <Snippets address="http://localhost:28000" />;
const answers = {
  "keys.reveal": { name: "default", value: "pk-real" },
  "models.list": [
    { id: "demo", provider: "demo", account: null },
    { id: "qwen3:8b", provider: "ollama", account: "ollama" },
  ],
};

test("what is copied holds the key, which is not shown", async () => {
  const { user } = show(page, answers);
  await user.click(await screen.findByRole("button", { name: "Copy for Claude Code" }));
  await screen.findByText("Copied");
  expect(await navigator.clipboard.readText()).toContain("ANTHROPIC_AUTH_TOKEN=pk-real");
  expect(document.body.textContent).not.toContain("pk-real");
});

test("each program has its own text, with a model that there is", async () => {
  const { user } = show(page, answers);
  await user.click(await screen.findByRole("tab", { name: "OpenCode" }));
  const text = await screen.findByRole("region", { name: "OpenCode" });
  expect(JSON.parse(text.textContent ?? "").provider.portolan).toEqual({
    npm: "@ai-sdk/openai-compatible",
    options: { baseURL: "http://localhost:28000/v1", apiKey: "pk-…" },
    models: { "qwen3:8b": {} },
  });
});
