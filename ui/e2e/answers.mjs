// What a made-up gateway answers, for the pictures and the accessibility check.
const now = Math.floor(Date.now() / 1000);
const usage = (input, output) => ({ input, output, cached: null, reasoning: null });
const row = (id, ago, model, used, outcome, fault = null) => ({
  id,
  began: new Date((now - ago) * 1000).toISOString(),
  took_ms: 1900 + ago,
  first_byte_ms: fault ? null : 412 + ago,
  instance: "default",
  key: "default",
  client: "claude-cli/2.1",
  dialect: "anthropic-messages",
  operation: "chat",
  model,
  answered_by: used && { provider: "deepseek", account: "deepseek", model: used },
  streamed: true,
  outcome,
  fault,
  usage: fault ? null : usage(41206, 1184),
});
const refusedKey = { code: "invalid_api_key", message: "Authentication Fails, Your api key is invalid" };
const rows = [
  row("req_1", 20, "claude-sonnet-4-5", "deepseek-chat", "completed"),
  row("req_2", 90, "gpt-5.5", "gpt-5.5", "failed", refusedKey),
  row("req_3", 200, "qwen3:8b", "qwen3:8b", "completed"),
  row("req_4", 460, "claude-sonnet-4-5", "deepseek-chat", "truncated", { code: "truncated", message: "The provider hung up before the end" }),
];
const account = (id, name, source, standing) => ({ id, name: id, provider: id, provider_name: name, source, standing, in_use: 0 });
const accounts = [
  account("deepseek", "DeepSeek", { kind: "vault" }, { state: "ready" }),
  account("openai", "OpenAI", { kind: "environment", variable: "OPENAI_API_KEY" }, { state: "rejected" }),
  account("openrouter", "OpenRouter", { kind: "vault" }, { state: "cooling", seconds: 320 }),
];
const provider = (id, name, sign_in, en, zh) => ({
  id, name, own: false, flows: [], dialects: ["openai-chat"], address: `https://api.${id}.example/v1`, sign_in, key_name: null,
  models: null, accounts: 0,
  terms: en && { summary: { en, "zh-CN": zh }, url: `https://${id}.example/terms`, checked: "2026-11-01" },
});
const settings = (language, theme) => ({
  language, theme, default_model: "", host: "localhost", port: 28000, require_key: true,
  allowed_origins: ["https://chat.example"], proxy: { mode: "system", url: null }, proxy_source: "direct",
  retention_days: 30, notify_sign_in: true, notify_failover: true, path: "~/.config/portolan/config.toml",
});
const status = {
  version: "0.1.0", serving: true, stopping: false, since: now - 7200,
  listeners: [{ instance: "default", host: "localhost", port: 28000, addresses: ["127.0.0.1:28000"], fault: null }],
  settings: { file: "~/.config/portolan/config.toml", fault: null, warnings: [] },
  vault: { state: "ready", reason: null }, accounts: 3, unready: accounts.slice(1), keys: 1, offered: [],
  refused: [{ origin: "https://chat.example", agent: null, count: 2, last: now }],
  load: { served: 214, failed: 3, under_way: 1, unrecorded: 0 },
  outcomes: { completed: 211, failed: 3, cancelled: 0, truncated: 0 },
  recent: rows.map((each, place) => ({
    id: each.id, began: now - place * 60, took: each.took_ms, instance: "default", key: "default", model: each.model,
    upstream: each.answered_by && `deepseek/${each.answered_by.model}`, attempts: 1, outcome: each.outcome,
    fault: each.fault?.code ?? null,
  })),
};

/** The answers of every method that a page asks by itself. */
export const answers = (language, theme) => ({
  "status.get": status,
  "settings.get": settings(language, theme),
  "accounts.list": accounts,
  "models.list": [{ id: "demo", provider: "demo", account: null }, { id: "deepseek-chat", provider: "deepseek", account: "deepseek" }],
  "providers.list": [
    provider("anthropic", "Anthropic", "key", "Your own API key may be used by any program.", "自己的 API 密钥可用于任何程序。"),
    provider("deepseek", "DeepSeek", "key", "Your own API key may be used by any program.", "自己的 API 密钥可用于任何程序。"),
    provider("ollama", "Ollama", "none", null, null),
  ],
  "local.find": [{ provider: "ollama", name: "Ollama", address: "http://127.0.0.1:11434", models: 3 }],
  "keys.list": [{ name: "default", origin: "created", created: now - 90000, models: [], requests_per_minute: 0, shown_again: true }],
  "keys.reveal": { name: "default", value: "pk-example" },
  "activity.list": { rows, more: false },
  "activity.get": {
    ...rows[1],
    attempts: [
      { provider: "openai", account: "openai", model: "gpt-5.5", dialect: "openai-chat", status: 401, first_byte_ms: null, fault: refusedKey },
      { provider: "deepseek", account: "deepseek", model: "deepseek-chat", dialect: "openai-chat", status: 200, first_byte_ms: 412, fault: null },
    ],
    losses: ["thinking.signature"],
  },
  "logs.list": [
    { time: new Date(now * 1000).toISOString(), level: "info", target: "portolan::listen", message: "listening on 127.0.0.1:28000" },
    { time: new Date(now * 1000).toISOString(), level: "warn", target: "accounts", message: "openai refused its key" },
  ],
});
