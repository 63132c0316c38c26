/** What programs call themselves, and what people call them. */
const NAMES: Record<string, string> = {
  "claude-cli": "Claude Code",
  codex_cli_rs: "Codex CLI",
  geminicli: "Gemini CLI",
  opencode: "OpenCode",
  curl: "curl",
};

/** A program's name without its version. */
export function clientName(client: string): string {
  const [name = client] = client.split("/");
  return NAMES[name.toLowerCase()] ?? name;
}
