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
  ...Array.from({ length: 90 }, (_, place) => ({
    ...row(`req_${place + 10}`, 900 + place * 780 + (place % 7) * 60, "gpt-5.5", "gpt-5.5", place % 11 === 3 ? "failed" : "completed", place % 11 === 3 ? refusedKey : null),
    client: ["codex_cli_rs/0.9", "OpenWebUI", "claude-cli/2.1", "curl/8.5"][place % 4],
  })),
  row("req_4", 460, "claude-sonnet-4-5", "deepseek-chat", "truncated", { code: "truncated", message: "The provider hung up before the end" }),
];
const account = (id, name, source, standing) => ({ id, name: id, provider: id, provider_name: name, source, standing, in_use: 0 });
const accounts = [
  account("deepseek", "DeepSeek", { kind: "vault" }, { state: "ready" }),
  account("openai", "OpenAI", { kind: "environment", variable: "OPENAI_API_KEY" }, { state: "rejected" }),
  account("openrouter", "OpenRouter", { kind: "sign-in", expires: null }, { state: "cooling", seconds: 320 }),
  account("huggingface", "Hugging Face", { kind: "sign-in", expires: now - 60 }, { state: "signed-out", reason: { code: "sign-in-ran-out", arguments: {}, message: "the sign-in ran out" } }),
  account("nanogpt", "NanoGPT", { kind: "sign-in", expires: now + 900 }, {
    state: "renewal-fails", since: now - 4000, reason: { code: "provider-silent", arguments: {}, message: "silent" },
  }),
  { ...account("ollama", "Ollama", { kind: "none" }, { state: "ready" }), in_use: 1 },
  account("siliconflow", "SiliconFlow", { kind: "vault" }, { state: "rejected" }),
];
const flow = (kind, client = "none") => ({ kind, client, client_secret: "none", issuer_needed: false });
const provider = (id, name, sign_in, en, zh, flows = []) => ({
  id, name, own: false, flows, dialects: ["openai-chat"], address: `https://api.${id}.example/v1`, sign_in, key_name: null,
  models: null, accounts: 0, closed: null,
  terms: en && { summary: { en, "zh-CN": zh }, url: `https://${id}.example/terms`, checked: "2026-11-01" },
});
const settings = (language, theme) => ({
  language, theme, default_model: "", host: "localhost", port: 28000, require_key: true,
  allowed_origins: ["https://chat.example"], proxy: { mode: "system", url: null }, proxy_source: "direct",
  retention_days: 30, notify_sign_in: true, notify_failover: true, check_updates: false, path: "~/.config/portolan/config.toml",
});
const status = {
  version: "0.1.0", serving: true, stopping: false, since: now - 7200,
  listeners: [{ instance: "default", host: "localhost", port: 28000, addresses: ["127.0.0.1:28000"], fault: null }],
  proxy: { mode: "system", source: "system", address: "http://127.0.0.1:7890", script: false },
  settings: { file: "~/.config/portolan/config.toml", fault: null, warnings: [] },
  vault: { state: "ready", reason: null }, accounts: 6, unready: accounts.slice(1, 5), keys: 2, offered: [],
  refused: [{ origin: "https://chat.example", agent: null, count: 2, last: now }],
  load: { served: 214, failed: 3, under_way: 1, unrecorded: 0 },
  outcomes: { completed: 211, failed: 3, cancelled: 0, truncated: 0 },
  recent: rows.slice(0, 8).map((each, place) => ({
    id: each.id, began: now - place * 60, took: each.took_ms, instance: "default", key: "default", model: each.model,
    upstream: each.answered_by && `deepseek/${each.answered_by.model}`, attempts: 1, outcome: each.outcome,
    fault: each.fault?.code ?? null,
  })),
};

const turn = {
  id: "s1", provider: "nanogpt", flow: "device", address: "https://nanogpt.example/device", code: "KXRT-4M2P", paste: true,
  seconds: 521, state: { state: "waiting" },
};

const unlimited = { requests_per_minute: 0, tokens_per_minute: 0, concurrency: 0, requests_per_day: 0, tokens_per_day: 0 };
const key = (name, ago, limits, shown_again) => ({ name, origin: "created", created: now - ago, models: [], ...unlimited, ...limits, shown_again });

const instance = (name, port, more) => ({
  name, first: false, host: "localhost", port, keys: [], default_model: "", state: "listening", addresses: [`127.0.0.1:${port}`], fault: null, ...more,
});

const take = (what, shown, standing) => ({ what, shown, standing });
const brokenFile = { code: "not-json", arguments: { line: "14", column: "3" }, message: "not JSON" };
const imports = [
  {
    source: "iflow",
    files: [
      { path: "/srv/mapmaker/.iflow/oauth_creds.json", fault: null },
      { path: "/srv/mapmaker/.iflow/settings.json", fault: brokenFile },
    ],
    takes: [take("key", "…f3a9", "other")],
    leaves: [{ field: "access_token", why: "sign-in" }],
  },
  {
    source: "iflow2api",
    files: [{ path: "/srv/mapmaker/.iflow2api/config.json", fault: null }],
    takes: [
      take("address", "https://gateway.department-of-cartography.example.org/iflow-compatible/v1", "new"),
      take("key", "…0c1d", "new"),
      take("model", "iflow2api-own/qwen3-235b-a22b-thinking-2507", "new"),
      take("client-key", "…77e2", "new"),
      take("port", "28000", "same"),
      take("language", "zh-CN", "other"),
      take("theme", "system", "other"),
      take("proxy", "http://127.0.0.1:7890", "new"),
    ],
    leaves: ["open", "imitation", "by-hand", "sealed", "unusable"].map((why) => ({ field: `field_${why.replace("-", "_")}`, why })),
  },
];
const taken_over = imports.map((each) => ({ ...each, takes: each.takes.map((one) => ({ ...one, standing: "same" })) }));
/** What is answered as an error. */
export class Refused {
  constructor(error) {
    this.error = error;
  }
}
const noVault = new Refused({
  code: "vault-unavailable", arguments: {}, message: "", reason: { code: "keyring-locked", arguments: {}, message: "locked" },
});

/** Whether somebody is signed in to the web admin. */
const session = (signed_in) => ({ password: "set", signed_in, csrf: signed_in ? "c" : null, fresh: 600, token: null });
const taken = { code: "port-taken", arguments: { address: "localhost:28000", holder: "nginx (pid 4711)" } };
/** What differs where nothing was done yet, and where the gateway cannot listen. */
const moods = {
  empty: {
    "status.get": { ...status, accounts: 0, unready: [], refused: [], recent: [] },
    "accounts.list": [],
    "local.find": [],
    "activity.list": { rows: [], more: false },
    "instances.list": [instance("default", 28000, { first: true })],
    "models.list": [{ id: "demo", provider: "demo", account: null }],
  },
  outside: { session: session(false) },
  unimported: { "imports.list": [] },
  imported: {
    "imports.take": { source: "iflow2api", taken: imports[1].takes.map(({ what }) => what), account: "iflow2api" },
    "imports.list": taken_over,
  },
  unkept: { "imports.take": noVault, "accounts.set_key": noVault },
  unread: { "imports.list": new Refused({ code: "internal", arguments: {}, message: "", reason: null }) },
  near: {
    "providers.add": new Refused({
      code: "settings-invalid", arguments: { file: "~/.config/portolan/config.toml", line: "7", column: "15", key: "provider.harbour" }, message: "",
      reason: { code: "needs-allow-private", arguments: { host: "192.168.1.7" }, message: "" },
    }),
  },
  partly: {
    "status.get": { ...status, refused: [], listeners: [status.listeners[0], { ...status.listeners[0], instance: "lab", port: 28003, addresses: [], fault: taken }] },
  },
  taken: {
    "status.get": { ...status, serving: false, refused: [], listeners: [{ ...status.listeners[0], addresses: [], fault: taken }] },
  },
};

/** The answers of every method that a page asks by itself. */
export const answers = (language, theme, mood) => ({
  session: session(true),
  "status.get": status,
  "settings.get": settings(language, theme),
  "accounts.list": accounts,
  "models.list": [
    { id: "demo", provider: "demo", account: null },
    ...["deepseek-chat", "deepseek-reasoner"].map((id) => ({ id, provider: "deepseek", account: "deepseek" })),
    ...["qwen3:8b", "llama3.2:3b", "nomic-embed-text"].map((id) => ({ id, provider: "ollama", account: "ollama" })),
    ...["anthropic/claude-sonnet-4.5", "openai/gpt-5.5", "google/gemini-3-flash", "qwen/qwen3-235b-a22b-instruct-2507"].map((id) => ({ id, provider: "openrouter", account: "openrouter" })),
  ],
  "providers.list": [
    provider("anthropic", "Anthropic", "key", "Your own API key may be used by any program.", "自己的 API 密钥可用于任何程序。"),
    provider("deepseek", "DeepSeek", "key", "Your own API key may be used by any program.", "自己的 API 密钥可用于任何程序。"),
    provider("openai", "OpenAI", "key", "Your own API key may be used by any program.", "自己的 API 密钥可用于任何程序。"),
    provider("openrouter", "OpenRouter", "key", "Programs may sign in with the browser.", "程序可以用浏览器登录。", [flow("browser")]),
    provider("huggingface", "Hugging Face", "key", "Programs that are registered may sign in.", "已注册的程序可以登录。", [flow("browser", "missing"), flow("device", "missing")]),
    provider("nanogpt", "NanoGPT", "key", null, null, [flow("device")]),
    provider("siliconflow", "SiliconFlow", "key", null, null),
    provider("moonshot", "Moonshot Kimi", "key", null, null),
    { ...provider(
      "iflow", "iFlow", "key",
      "iFlow closed on 17 April 2026: its API no longer answers, and its makers sent their users to Qoder. Set the endpoint to use this with a service of your own that speaks the same protocol.",
      "iFlow 已于 2026 年 4 月 17 日关闭：其 API 不再应答，官方建议用户改用 Qoder。如果您有使用相同协议的服务，可以把 endpoint 设为它的地址后继续使用。",
      [{ ...flow("browser", "missing"), client_secret: "missing" }],
    ), closed: "2026-04-17" },
    provider("ollama", "Ollama", "none", null, null),
    { ...provider("work", "work", "key", null, null), own: true },
  ],
  "local.find": [{ provider: "lm-studio", name: "LM Studio", address: "http://127.0.0.1:1234", models: 3 }],
  "accounts.sign_out": { id: "openrouter", sign_in: { state: "unsupported" } },
  "sign_in.start": turn,
  "sign_in.get": turn,
  "trial.send": { id: "t1" },
  "trial.get": {
    text: "A portolan is a sailing chart drawn from compass bearings. Straight lines run from wind roses across the sea, so a navigator could pick the line that leads to a harbour and hold that course.",
    done: true, fault: null, upstream: "ollama/qwen3:8b", first_ms: 412,
  },
  "instances.list": [
    instance("default", 28000, { first: true }),
    instance("work", 28001, { keys: ["nightly-batch"], default_model: "openrouter/anthropic/claude-sonnet-4.5" }),
    instance("guest", 28002, { state: "stopped", addresses: [] }),
    instance("lab", 28003, {
      state: "failed", addresses: [], fault: { code: "port-taken", arguments: { address: "localhost:28003", holder: "nginx (pid 4711)" } },
    }),
  ],
  "keys.list": [
    key("default", 90000, {}, true),
    key("nightly-batch", 4000, { requests_per_minute: 60, tokens_per_minute: 200000, concurrency: 4, requests_per_day: 5000, tokens_per_day: 12000000 }, false),
  ],
  "imports.list": imports,
  "keys.reveal": { name: "default", value: "pk-example" },
  "activity.list": { rows: rows.toSorted((one, other) => other.began.localeCompare(one.began)), more: false },
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
  ...moods[mood],
});
