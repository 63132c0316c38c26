/** What a program needs to be pointed here. */
export interface Snippet {
  name: string;
  /** Where the text goes. */
  place: "shell" | "opencode.json" | "python" | "form";
  text: (address: string, key: string, model: string) => string;
}

/** One line that sets a variable, in the shell that the system has. */
function set(name: string, value: string): string {
  const powershell = navigator.userAgent.includes("Windows");
  return powershell ? `$env:${name} = "${value}"` : `export ${name}=${value}`;
}

export const SNIPPETS: Snippet[] = [
  {
    name: "Claude Code",
    place: "shell",
    text: (address, key, model) =>
      [set("ANTHROPIC_BASE_URL", address), set("ANTHROPIC_AUTH_TOKEN", key), `claude --model ${model}`].join("\n"),
  },
  {
    name: "OpenCode",
    place: "opencode.json",
    text: (address, key, model) =>
      JSON.stringify(
        {
          provider: {
            portolan: {
              npm: "@ai-sdk/openai-compatible",
              options: { baseURL: `${address}/v1`, apiKey: key },
              models: { [model]: {} },
            },
          },
        },
        null,
        2,
      ),
  },
  {
    name: "Aider",
    place: "shell",
    text: (address, key, model) =>
      [set("OPENAI_API_BASE", `${address}/v1`), set("OPENAI_API_KEY", key), `aider --model openai/${model}`].join("\n"),
  },
  {
    name: "OpenAI SDK",
    place: "python",
    text: (address, key, model) => `from openai import OpenAI

client = OpenAI(base_url="${address}/v1", api_key="${key}")
answer = client.chat.completions.create(
    model="${model}", messages=[{"role": "user", "content": "Hello"}]
)
print(answer.choices[0].message.content)`,
  },
  {
    name: "curl",
    place: "shell",
    text: (address, key, model) => `curl ${address}/v1/chat/completions \\
  -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" \\
  -d '{"model": "${model}", "messages": [{"role": "user", "content": "Hello"}]}'`,
  },
];
