import type { ActivityRow } from "../../api/contract";

/** Stands where the key belongs; the shell fills it in from a variable of that name. */
const KEY = "$PORTOLAN_KEY";
const PROMPT = "Hello";

/** The same request as a command: bodies are not kept, so a greeting stands in for what was asked. */
export function curlOf(row: ActivityRow, address: string): string | null {
  if (row.operation !== "chat" || row.model === null) return null;
  const messages = [{ role: "user", content: PROMPT }];
  const forms: Record<string, [string, object]> = {
    "openai-chat": ["/v1/chat/completions", { model: row.model, stream: row.streamed, messages }],
    "openai-responses": ["/v1/responses", { model: row.model, stream: row.streamed, input: PROMPT }],
    "anthropic-messages": ["/v1/messages", { model: row.model, max_tokens: 1000, stream: row.streamed, messages }],
  };
  const form = forms[row.dialect];
  if (form === undefined) return null;
  const [path, body] = form;
  const text = JSON.stringify(body).replaceAll("'", "'\\''");
  return [
    `curl${row.streamed ? " -N" : ""} '${address}${path}' \\`,
    `  -H "Authorization: Bearer ${KEY}" \\`,
    ...(row.dialect === "anthropic-messages" ? [`  -H 'anthropic-version: 2023-06-01' \\`] : []),
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${text}'`,
  ].join("\n");
}
