// Made by `cargo xtask gen` from crates/contract: every type that the window speaks.

/** An account at a provider, without its secret. */
export type Account = {
  /** Its stable name, such as `openai-2`. */
  id: string,
  /** What people call it. */
  name: string,
  /** The id of its provider. */
  provider: string,
  /** What people call the provider; its id where it is not known. */
  provider_name: string,
  /** Where its secret is. */
  source: Source,
  /** How it stands now. */
  standing: Standing,
  /** How many requests it serves right now. */
  in_use: number,
};

/** Parameters of `accounts.add`. At most one of `key`, `key_env` and `key_file` is given; none for a provider that asks for no key. */
export type AccountAdd = {
  /** The provider's id. */
  provider: string,
  /** A name of one's own, in kebab-case; otherwise it is made from the provider's id. */
  name?: string | null,
  /** The key itself, for the vault. */
  key?: string | null,
  /** The environment variable that holds the key. */
  key_env?: string | null,
  /** The file that holds the key. */
  key_file?: string | null,
};

/** Parameters of the methods that take one account. */
export type AccountChoice = {
  /** The account's id. */
  id: string,
};

/** Parameters of `accounts.set_key`. */
export type AccountKey = {
  /** The account's id. */
  id: string,
  /** The new key, for the vault. */
  key: string,
};

/** What the removal of an account came to. */
export type AccountRemoved = {
  /** The id of the account that is gone. */
  id: string,
  /** What became of its sign-in at the provider. */
  sign_in: Revocation,
};

/** What a provider answered to an account's key. */
export type AccountTested = {
  /** The account's id. */
  id: string,
  /** How many models the provider lists. */
  models: number,
};

/** One try at an upstream. */
export type ActivityAttempt = {
  /** The provider's id. */
  provider: string,
  /** The account's id; none for the built-in demo. */
  account: string | null,
  /** The model as the provider calls it. */
  model: string,
  /** The wire format in which it was spoken to. */
  dialect: string,
  /** The upstream's HTTP status. */
  status: number | null,
  /** From the beginning of the try until the upstream began to answer, in milliseconds. */
  first_byte_ms: number | null,
  /** Why it failed. */
  fault: FaultShown | null,
};

/** Parameters of `activity.list`. */
export type ActivityChoice = {
  /** How many at most; 50 where none is given, never more than 500. */
  limit?: number | null,
  /** The id of a request: those that ended before it are listed. */
  before?: string | null,
  /** Whether only those are listed that failed or broke off. */
  failed_only?: boolean | null,
  /** A part of a model, provider, account, client, key, listener, failure or id. */
  search?: string | null,
};

/** One request with all that is known of it. */
export type ActivityDetail = {
  /** Every try at an upstream, in order. */
  attempts: Array<ActivityAttempt>,
  /** What a translation could not carry over, such as `temperature=dropped`. */
  losses: Array<string>,
  /** Its `x-request-id`. */
  id: string,
  /** When it began, as RFC 3339 in UTC. */
  began: string,
  /** How long it took, in milliseconds. */
  took_ms: number,
  /** From its beginning until the upstream that answered began to, in milliseconds. */
  first_byte_ms: number | null,
  /** The listener that took it. */
  instance: string,
  /** The name of the client's key. */
  key: string | null,
  /** What the client calls itself, in short, such as `claude-cli/2.1`. */
  client: string | null,
  /** The wire format that the client spoke. */
  dialect: string,
  /** What was asked for: `chat`, `models` and so on. */
  operation: string,
  /** The model as the client named it. */
  model: string | null,
  /** Who was asked last. */
  answered_by: AnsweredBy | null,
  /** Whether the answer was streamed. */
  streamed: boolean,
  /** How it ended. */
  outcome: Outcome,
  /** Why it failed. */
  fault: FaultShown | null,
  /** Token counts as the provider reported them. */
  usage: TokenCounts | null,
};

/** Parameters of `activity.get`. */
export type ActivityId = {
  /** The request's id. */
  id: string,
};

/** A page of the activity. */
export type ActivityPage = {
  /** The requests, the one that ended last first. */
  rows: Array<ActivityRow>,
  /** Whether there are more behind them. */
  more: boolean,
};

/** One request that is over. It holds counts and names, never what was asked or answered. */
export type ActivityRow = {
  /** Its `x-request-id`. */
  id: string,
  /** When it began, as RFC 3339 in UTC. */
  began: string,
  /** How long it took, in milliseconds. */
  took_ms: number,
  /** From its beginning until the upstream that answered began to, in milliseconds. */
  first_byte_ms: number | null,
  /** The listener that took it. */
  instance: string,
  /** The name of the client's key. */
  key: string | null,
  /** What the client calls itself, in short, such as `claude-cli/2.1`. */
  client: string | null,
  /** The wire format that the client spoke. */
  dialect: string,
  /** What was asked for: `chat`, `models` and so on. */
  operation: string,
  /** The model as the client named it. */
  model: string | null,
  /** Who was asked last. */
  answered_by: AnsweredBy | null,
  /** Whether the answer was streamed. */
  streamed: boolean,
  /** How it ended. */
  outcome: Outcome,
  /** Why it failed. */
  fault: FaultShown | null,
  /** Token counts as the provider reported them. */
  usage: TokenCounts | null,
};

/** How the web admin stands. */
export type Admin = {
  /** Where its password comes from. */
  password: AdminPassword,
};

/** The answer of `admin.bootstrap`: whoever opens the link sets the password. */
export type AdminLink = {
  /** The link, with its token; it works once. */
  address: string,
  /** For how many seconds it works. */
  seconds: number,
  /** Whether somebody listens there now. */
  listening: boolean,
};

/** Where the web admin's password comes from. */
export type AdminPassword = "none" | "set" | "environment";

/** How a browser stands with the web admin: the answer of `GET /admin/api/session` and of the sign-in. */
export type AdminSession = {
  /** Where the password comes from. */
  password: AdminPassword,
  /** Whether somebody is signed in. */
  signed_in: boolean,
  /** What each call repeats in `x-portolan-csrf`; of a cookie's session. */
  csrf: string | null,
  /** For how many seconds dangerous acts need no password. */
  fresh: number,
  /** The token to be sent as `Authorization: Bearer`, where one was asked for. */
  token: string | null,
};

/** Who answered a request. */
export type AnsweredBy = {
  /** The provider's id. */
  provider: string,
  /** The account's id; none for the built-in demo. */
  account: string | null,
  /** The model as the provider calls it. */
  model: string,
};

/** Why a method failed. */
export type ApiError = {
  /** What went wrong; the id of its message is `error-<code>`. */
  code: ErrorCode,
  /** What the message may name, by the names that the code has for it. */
  arguments: { [key in string]: string },
  /** Why, of the codes that have a reason. */
  reason?: Reason | null,
};

/** One upstream that would be asked. */
export type Candidate = {
  /** The account; none for the built-in demo. */
  account: string | null,
  /** Its provider. */
  provider: string,
  /** The model as the provider calls it. */
  model: string,
  /** The wire format in which it would be spoken to. */
  dialect: string,
  /** Whether that is the client's own, so that nothing is translated. */
  native: boolean,
  /** How it would be spoken to. */
  reason: Reason,
};

/** Answers of a namespace may have changed and are to be asked again. */
export type Changed = {
  /** Which answers. */
  topic: Topic,
};

/** Whether something of a client of the user's own is needed. */
export type ClientNeed = "none" | "set" | "missing";

/** What failed; `error-<code>` is the id of its message. */
export type ErrorCode =
| "no-such-provider"
| "no-such-account"
| "no-such-key"
| "no-such-instance"
| "instance-exists"
| "instance-name-invalid"
| "instance-port-taken"
| "instance-first"
| "no-such-dialect"
| "account-exists"
| "account-name-invalid"
| "account-key-missing"
| "account-key-invalid"
| "account-key-from-environment"
| "account-key-from-file"
| "account-signed-in"
| "log-not-saved"
| "input-failed"
| "provider-built-in"
| "account-without-key"
| "no-such-flow"
| "sign-in-client-missing"
| "sign-in-client-secret-missing"
| "sign-in-issuer-missing"
| "sign-in-setting-invalid"
| "account-not-signed-in"
| "sign-in-port-taken"
| "sign-in-timed-out"
| "sign-in-cancelled"
| "sign-in-denied"
| "sign-in-failed"
| "sign-in-takes-no-answer"
| "sign-in-answer-wrong"
| "no-such-sign-in"
| "key-exists"
| "key-name-reserved"
| "key-value-in-use"
| "key-name-invalid"
| "key-value-invalid"
| "key-from-environment"
| "key-not-kept"
| "vault-unavailable"
| "vault-locked"
| "vault-failed"
| "settings-invalid"
| "settings-newer"
| "settings-read-failed"
| "settings-write-failed"
| "override-invalid"
| "keys-file-failed"
| "home-unusable"
| "home-in-use"
| "already-running"
| "port-taken"
| "port-forbidden"
| "address-not-local"
| "listen-failed"
| "refused-unsafe-listen"
| "not-running"
| "server-unreachable"
| "upstream-refused"
| "setting-overridden"
| "provider-exists"
| "provider-in-use"
| "provider-not-own"
| "trial-under-way"
| "no-such-trial"
| "no-such-request"
| "activity-failed"
| "admin-signed-out"
| "admin-no-password"
| "admin-password-wrong"
| "admin-password-length"
| "admin-password-weak"
| "admin-too-many-tries"
| "admin-confirm"
| "admin-link-invalid"
| "admin-foreign-request"
| "admin-not-here"
| "admin-file-failed"
| "no-update"
| "update-unsigned"
| "update-expired"
| "update-replayed"
| "update-failed"
| "invalid-params"
| "nothing-to-import"
| "import-file-unusable"
| "unknown-method"
| "internal";

/** Where a request for a model would go. */
export type Explanation = {
  /** The model that was asked about. */
  model: string,
  /** What the name was found by. */
  found_by: FoundBy,
  /** Who would be asked, in order. */
  candidates: Array<Candidate>,
  /** The default model that takes such a name where nobody offers it; only for `claude-*`. */
  default_model: string | null,
  /** Similar names, where there are no candidates. */
  nearest: Array<string>,
};

/** Why a request failed. */
export type FaultShown = {
  /** A stable word, a `FaultCode`, such as `rate_limit_exceeded`. */
  code: string,
  /** A sentence in English. */
  message: string,
};

/** A way of signing in that a provider offers to programs like this one. */
export type Flow = {
  /** How. */
  kind: FlowKind,
  /** Whether a client id is needed, which somebody has to register at the provider. */
  client: ClientNeed,
  /** Whether a file with that client's secret is needed. */
  client_secret: ClientNeed,
  /** Whether the address of an issuer is missing. */
  issuer_needed: boolean,
};

/** How a person signs in. */
export type FlowKind = "browser" | "device";

/** What a model's name was found by. */
export type FoundBy = "route" | "model" | "provider" | "default" | "demo" | "nothing";

/** What a program left here, and what of it can be taken over. Secrets are masked. */
export type Import = {
  /** Which program. */
  source: ImportSource,
  /** Its files that are there. They are read and never changed. */
  files: Array<ImportFile>,
  /** What can be taken over, in the order in which it is done. */
  takes: Array<ImportTake>,
  /** What is left where it is. */
  leaves: Array<ImportLeave>,
};

/** Parameters of `imports.take`. */
export type ImportChoice = {
  /** Which program's. */
  source: ImportSource,
  /** What of it; otherwise all. */
  only?: Array<ImportWhat> | null,
};

/** A file that is there. */
export type ImportFile = {
  /** Its path. */
  path: string,
  /** Why nothing of it can be used; null: it can. */
  fault: Reason | null,
};

/** Something that is left where it is. */
export type ImportLeave = {
  /** Its name in the program's own file. */
  field: string,
  /** Why. */
  why: ImportWhy,
};

/** A program whose files are known. */
export type ImportSource = "iflow" | "iflow2api";

/** Whether something is here already. */
export type ImportStanding = "new" | "other" | "same";

/** Something that can be taken over. */
export type ImportTake = {
  /** What. */
  what: ImportWhat,
  /** Its value; of a secret no more than its end. */
  shown: string,
  /** Whether it is here already. */
  standing: ImportStanding,
};

/** What can be taken over. */
export type ImportWhat = "address" | "key" | "model" | "client-key" | "port" | "language" | "theme" | "proxy";

/** Why something is not taken over. */
export type ImportWhy = "sign-in" | "open" | "imitation" | "sealed" | "unusable" | "by-hand";

/** What was taken over. */
export type Imported = {
  /** Which program's. */
  source: ImportSource,
  /** What was not here before. */
  taken: Array<ImportWhat>,
  /** The account that has the provider's key now, where one was made or changed. */
  account: string | null,
};

/** A named listener of its own port, keys and default model. */
export type Instance = {
  /** Its name; `default` for the one of `[listen]`. */
  name: string,
  /** Whether it is the one of `[listen]`, which opens and closes with the whole. */
  first: boolean,
  /** The host that it listens on, which is that of `[listen]`. */
  host: string,
  /** Its port as the settings name it; 0 takes a free one. */
  port: number,
  /** The names of the client keys that it takes; none: all. */
  keys: Array<string>,
  /** Its own default model; empty: that of the whole. */
  default_model: string,
  /** How it stands. */
  state: InstanceState,
  /** The addresses that accept connections now, such as `127.0.0.1:28001`. */
  addresses: Array<string>,
  /** Why it does not listen, of one that should. */
  fault: ApiError | null,
};

/** Parameters of `instances.add`. */
export type InstanceAdd = {
  /** Its name: lower-case letters, digits and single hyphens. */
  name: string,
  /** Its port; 0 takes a free one. */
  port: number,
  /** The names of the client keys that it takes; none: all. */
  keys: Array<string>,
  /** Its own default model; empty: that of the whole. */
  default_model: string,
};

/** Parameters of `instances.change`: what is given is changed, all else stays. */
export type InstanceChange = {
  /** The name that it has. */
  name: string,
  /** The name that it gets. */
  new_name?: string | null,
  /** Its port; 0 takes a free one. */
  port?: number | null,
  /** The names of the client keys that it takes; none: all. */
  keys?: Array<string> | null,
  /** Its own default model; empty: that of the whole. */
  default_model?: string | null,
};

/** Parameters of the methods that take one named listener. */
export type InstanceChoice = {
  /** Its name. */
  name: string,
};

/** How a named listener stands. */
export type InstanceState = "listening" | "failed" | "waiting" | "stopped";

/** A client key, without its secret. */
export type Key = {
  /** Its name. */
  name: string,
  /** Where it comes from. */
  origin: KeyOrigin,
  /** When it was created, in seconds since 1970; not known of one from the environment. */
  created: number | null,
  /** The models that it may ask for: names, or patterns with `*`. */
  models: Array<string>,
  /** Requests in a minute; 0: no limit. */
  requests_per_minute: number,
  /** Tokens in a minute, read and written; 0: no limit. */
  tokens_per_minute: number,
  /** Requests to models that are under way at once; 0: no limit. */
  concurrency: number,
  /** Requests to models in a day, which begins at midnight UTC; 0: no limit. */
  requests_per_day: number,
  /** Tokens in such a day, read and written; 0: no limit. */
  tokens_per_day: number,
  /** Whether it may bring a provider's own key for a request, in `x-openai-key`. */
  provider_key: boolean,
  /** Whether it can be shown again. */
  shown_again: boolean,
};

/** Parameters of the methods that take one key. */
export type KeyChoice = {
  /** The key's name. */
  name: string,
};

/** Parameters of `keys.create`. */
export type KeyCreate = {
  /** The new key's name. */
  name: string,
  /** A text of one's own; otherwise a random one is made. */
  value?: string | null,
};

/** Parameters of `keys.limit`: what is given is changed, all else stays; 0 takes a limit away. */
export type KeyLimit = {
  /** The key's name. */
  name: string,
  /** Requests in a minute. */
  requests_per_minute?: number | null,
  /** Tokens in a minute, read and written. */
  tokens_per_minute?: number | null,
  /** Requests to models that are under way at once. */
  concurrency?: number | null,
  /** Requests to models in a day, which begins at midnight UTC. */
  requests_per_day?: number | null,
  /** Tokens in such a day, read and written. */
  tokens_per_day?: number | null,
  /** Whether it may bring a provider's own key for a request, in `x-openai-key`. */
  provider_key?: boolean | null,
};

/** Where a client key comes from. */
export type KeyOrigin = "created" | "environment" | "missing";

/** A client key with its secret; the answer of `keys.create` and `keys.reveal` alone. */
export type KeyShown = {
  /** The key's name. */
  name: string,
  /** What clients present. */
  value: string,
};

/** A named listener. */
export type Listener = {
  /** Its name; `default` for the one of `[listen]`. */
  instance: string,
  /** The host as the settings name it. */
  host: string,
  /** The port as the settings name it; 0 takes a free one. */
  port: number,
  /** The addresses that accept connections now, such as `127.0.0.1:28000`. */
  addresses: Array<string>,
  /** Why it does not listen. */
  fault: ApiError | null,
};

/** What the data plane does. */
export type Load = {
  /** Requests answered since the start. */
  served: number,
  /** Requests that failed since the start. */
  failed: number,
  /** Requests under way. */
  under_way: number,
  /** Requests that are missing in the activity, since they came faster than it could be written. */
  unrecorded: number,
};

/** A model server that runs on this machine. */
export type LocalServer = {
  /** Its provider's id, for `accounts.add`. */
  provider: string,
  /** What people call it. */
  name: string,
  /** Where it answered. */
  address: string,
  /** How many models it lists; null where it did not say. */
  models: number | null,
};

/** How grave a line is, the gravest first. */
export type LogLevel = "error" | "warn" | "info" | "debug" | "trace";

/** One line of the log. */
export type LogLine = {
  /** Its place in the log since the server was started, from 1. */
  number: number,
  /** When, as RFC 3339 in UTC. */
  time: string,
  /** How grave. */
  level: LogLevel,
  /** The part of the program. */
  target: string,
  /** What, with its details. */
  message: string,
};

/** Parameters of `logs.list`. */
export type LogsChoice = {
  /** The least grave level that is listed; otherwise all. */
  level?: LogLevel | null,
  /** A text that the line holds, in whatever case. */
  search?: string | null,
  /** Only lines with a greater number. */
  after?: number | null,
  /** No more than these, the newest; otherwise all that are kept. */
  most?: number | null,
};

/** A model that clients can ask for. */
export type Model = {
  /** The name to ask for. */
  id: string,
  /** The id of the provider that answers. */
  provider: string,
  /** The account that it is asked with; none for the built-in demo and for routes. */
  account: string | null,
};

/** Parameters of `models.list`. */
export type ModelsChoice = {
  /** The listener whose models are asked for; otherwise all. */
  instance?: string | null,
};

/** A model server that runs on this machine and has no account yet. */
export type Offered = {
  /** Its provider's id, for `accounts.add`. */
  provider: string,
  /** What people call it. */
  name: string,
  /** Where it answered. */
  address: string,
};

/** Parameters of `refused.allow`. */
export type OriginChoice = {
  /** The page's web origin, such as `https://example.com`. */
  origin: string,
};

/** How a request ended. */
export type Outcome = "completed" | "failed" | "cancelled" | "truncated";

/** How the requests since the start ended. */
export type Outcomes = {
  /** The client got a whole answer. */
  completed: number,
  /** The client got an error. */
  failed: number,
  /** The client left first. */
  cancelled: number,
  /** The answer broke off. */
  truncated: number,
};

/** A service that answers for models. */
export type Provider = {
  /** Its id, for `accounts.add`. */
  id: string,
  /** What people call it. */
  name: string,
  /** Whether the settings define or change it. */
  own: boolean,
  /** The wire formats that it speaks. */
  dialects: Array<string>,
  /** The address of its first endpoint, or the command of an agent; empty where the gateway answers by itself. */
  address: string,
  /** How an account of it is made. */
  sign_in: SignIn,
  /** How a person can sign in there, the usual way first; empty: with a key alone. */
  flows: Array<Flow>,
  /** The environment variable that usually holds a key. */
  key_name: string | null,
  /** How many models are known of it; null where it was not asked yet. */
  models: number | null,
  /** The day on which the service closed for good, as `2026-04-17`; null where it is open, or where its endpoint was set. */
  closed: string | null,
  /** What is known of its rules. */
  terms: Terms | null,
  /** How many accounts there are. */
  accounts: number,
};

/** Parameters of `providers.add`. */
export type ProviderAdd = {
  /** The new provider's id: lower-case letters, digits and single hyphens. */
  id: string,
  /** What people call it; otherwise its id. */
  name?: string | null,
  /** The base URL of each wire format that it speaks. */
  endpoints: { [key in string]: string },
  /** Its models; otherwise it is asked. */
  models?: Array<string> | null,
  /** Whether `http://` and private addresses may be called. */
  allow_private?: boolean | null,
};

/** Parameters of the methods that take one provider. */
export type ProviderChoice = {
  /** The provider's id. */
  id: string,
};

/** Parameters of `providers.set`. What is left out stays as it is. */
export type ProviderSet = {
  /** The provider's id. */
  id: string,
  /** The base URL of each wire format, in place of all those in force; none: those that are built in. */
  endpoints?: { [key in string]: string } | null,
  /** Whether `http://` and private addresses may be called. */
  allow_private?: boolean | null,
  /** The server at which people sign in with a client of their own; empty: the one that is built in. */
  sign_in_at?: string | null,
};

/** How providers are reached. */
export type Proxy = {
  /** What decides. */
  mode: ProxyMode,
  /** The proxy's address, of `manual`. */
  url: string | null,
};

/** The way out to providers that have no proxy of their own, as it is now. */
export type ProxyInForce = {
  /** What the settings say decides. */
  mode: ProxyMode,
  /** Where the proxy comes from. */
  source: ProxySource,
  /** The proxy's address, without user name and password; null: providers are reached directly. */
  address: string | null,
  /** The system names a script (PAC) that would decide. It is not run: providers are reached directly. */
  script: boolean,
};

/** What decides how providers are reached. */
export type ProxyMode = "system" | "environment" | "manual" | "direct";

/** Where the proxy that is in force comes from. */
export type ProxySource = "system" | "environment" | "manual" | "direct";

/** Why something is as it is; `reason-why.<code>` tells it to people. */
export type Reason = { code: ReasonCode; arguments: { [key in string]: string }; message: string };

/** One request that is over. */
export type Recent = {
  /** Its `x-request-id`. */
  id: string,
  /** When it began, in seconds since 1970. */
  began: number,
  /** How long it took, in milliseconds. */
  took: number,
  /** The listener that took it. */
  instance: string,
  /** The name of the client's key. */
  key: string | null,
  /** The model as the client named it. */
  model: string | null,
  /** Who answered last, as `provider/model`. */
  upstream: string | null,
  /** How many upstreams were tried. */
  attempts: number,
  /** How it ended. */
  outcome: Outcome,
  /** The stable word for why it failed, such as `rate_limited`. */
  fault: string | null,
};

/** What asking a provider for its models gave. */
export type Refreshed = {
  /** The account that was asked with. */
  account: string,
  /** How many models the provider lists; null where it did not answer. */
  models: number | null,
  /** Why it did not answer. */
  fault: ApiError | null,
};

/** A program or web site that was refused. */
export type Refused = {
  /** The web origin, of a page in a browser. */
  origin: string | null,
  /** What the program calls itself. */
  agent: string | null,
  /** How often. */
  count: number,
  /** When last, in seconds since 1970. */
  last: number,
};

/** The answer of `settings.reload`. */
export type Reloaded = {
  /** What was passed over in the settings now in force. */
  warnings: Array<Warning>,
};

/** What became of a sign-in at its provider, once the account is gone here. */
export type Revocation = { "state": "none" } | { "state": "revoked" } | { "state": "unsupported" } | { "state": "failed",
/** Why. */
reason: Reason, };

/** A public model name or pattern, and where it leads. */
export type Route = {
  /** A model name, in which `*` stands for any characters. */
  match: string,
  /** The targets, each `provider/model`, in order. */
  targets: Array<string>,
  /** Which target goes first: `priority`, `round-robin`, `weighted` or `least-busy`. */
  strategy: string,
};

/** Parameters of `routes.explain`. */
export type RouteQuestion = {
  /** The model's name as a client would send it. */
  model: string,
  /** The client's wire format; `openai-chat` where none is given. */
  dialect?: string | null,
  /** The listener that would be asked; `default` where none is given. */
  instance?: string | null,
};

/** The settings that a window shows, as they are in force. */
export type Settings = {
  /** The language of window, tray and pages, such as `zh-CN`; none: the system's. */
  language: string | null,
  /** The colours of the window. */
  theme: Theme,
  /** Where `claude-*` names that nobody offers go; empty: they are refused. */
  default_model: string,
  /** The host of the first listener. */
  host: string,
  /** The port of the first listener; 0 takes a free one. */
  port: number,
  /** Whether clients need a key. */
  require_key: boolean,
  /** Web origins that may call. */
  allowed_origins: Array<string>,
  /** How providers are reached that have no proxy of their own. */
  proxy: Proxy,
  /** For how many days requests stay in the activity; 0: none is stored. */
  retention_days: number,
  /** Whether the desktop tells when an account has to be signed in again. */
  notify_sign_in: boolean,
  /** Whether the desktop tells when another account took over. */
  notify_failover: boolean,
  /** Whether the desktop looks for a newer version once a day, where its build has an address for that. */
  check_updates: boolean,
  /** The path of the settings' file. */
  path: string,
};

/** Parameters of `settings.change`: what is given is changed, all else stays. */
export type SettingsChange = {
  /** The language; null: the system's. */
  language?: string | null,
  /** The colours of the window. */
  theme?: Theme | null,
  /** Where `claude-*` names that nobody offers go; empty: they are refused. */
  default_model?: string | null,
  /** The host of the first listener. */
  host?: string | null,
  /** The port of the first listener. */
  port?: number | null,
  /** Whether clients need a key. */
  require_key?: boolean | null,
  /** Web origins that may call, in place of those there are. */
  allowed_origins?: Array<string> | null,
  /** How providers are reached. */
  proxy?: Proxy | null,
  /** For how many days requests stay in the activity; 0: none is stored. */
  retention_days?: number | null,
  /** Whether the desktop tells when an account has to be signed in again. */
  notify_sign_in?: boolean | null,
  /** Whether the desktop tells when another account took over. */
  notify_failover?: boolean | null,
  /** Whether the desktop looks for a newer version once a day. */
  check_updates?: boolean | null,
};

/** The settings' file. */
export type SettingsStatus = {
  /** Its path. */
  file: string,
  /** What is wrong with it; the last good settings are in force then. */
  fault: ApiError | null,
  /** What was passed over. */
  warnings: Array<Warning>,
};

/** How an account of a provider is made. */
export type SignIn = "none" | "key";

/** Parameters of `sign_in.answer`. */
export type SignInAnswer = {
  /** The sign-in's id. */
  id: string,
  /** What the browser shows in the end: the code, or the whole address that it was led to. */
  answer: string,
};

/** Which sign-in: parameters of `sign_in.get` and `sign_in.cancel`. */
export type SignInChoice = {
  /** Its id. */
  id: string,
};

/** Parameters of `sign_in.start`. */
export type SignInStart = {
  /** The provider's id. */
  provider: string,
  /** How; otherwise by the first of the provider's flows. */
  flow?: FlowKind | null,
  /** The account's name, in kebab-case. An account of this name that was signed in before is signed in anew. Without a name, so is the first of the provider's accounts whose sign-in has run out; otherwise the name is made from the provider's id. */
  name?: string | null,
  /** The client id to use; it is kept in the settings once the sign-in is done. */
  client?: string | null,
  /** A file that holds the secret of that client, where the provider wants one; its path is kept in the settings once the sign-in is done, and the secret is sealed with it. */
  client_secret_file?: string | null,
  /** The address of an `OpenID` Connect issuer; it is kept in the settings once the sign-in is done. */
  issuer?: string | null,
};

/** How a sign-in stands. */
export type SignInState = { "state": "waiting" } | { "state": "exchanging" } | { "state": "done",
/** The account's id. */
account: string, } | { "state": "failed",
/** Why. */
error: ApiError, };

/** A sign-in, and how it stands. */
export type SignInTurn = {
  /** Its id. */
  id: string,
  /** The provider's id. */
  provider: string,
  /** How it goes. */
  flow: FlowKind,
  /** The address that whoever asked opens in the system's browser. */
  address: string,
  /** What to type there, where the provider asks for it. */
  code: string | null,
  /** Whether `sign_in.answer` is taken. */
  paste: boolean,
  /** How much time is left, in seconds. */
  seconds: number,
  /** How it stands. */
  state: SignInState,
};

/** Where an account's secret is. */
export type Source = { "kind": "environment",
/** The variable's name. */
variable: string, } | { "kind": "file",
/** The file's path. */
path: string, } | { "kind": "vault" } | { "kind": "sign-in",
/** When it runs out and a person has to sign in again, in seconds since 1970; null: it is renewed by itself, or that is not known. */
expires: number | null, } | { "kind": "none" };

/** How an account stands. */
export type Standing = { "state": "ready" } | { "state": "cooling",
/** How much longer, in seconds, rounded up. */
seconds: number, } | { "state": "renewal-fails",
/** When it failed first, in seconds since 1970. */
since: number,
/** Why it failed last. */
reason: Reason, } | { "state": "rejected" } | { "state": "no-key",
/** Why. */
reason: Reason, } | { "state": "signed-out",
/** Why. */
reason: Reason, } | { "state": "unknown-provider" };

/** The state of the whole. */
export type Status = {
  /** This program's version. */
  version: string,
  /** Whether a server is running and takes requests; `false` where a command opened the files itself. */
  serving: boolean,
  /** Whether a server was told to stop and lets the requests under way end; `load` counts them. */
  stopping: boolean,
  /** When the server started, in seconds since 1970. */
  since: number,
  /** The listeners, in the order of the settings. */
  listeners: Array<Listener>,
  /** The settings' file. */
  settings: SettingsStatus,
  /** Where secrets are kept. */
  vault: VaultStatus,
  /** The way out to providers. */
  proxy: ProxyInForce,
  /** How many accounts there are. */
  accounts: number,
  /** Those of the accounts that are not ready. */
  unready: Array<Account>,
  /** How many client keys can be presented. */
  keys: number,
  /** Model servers that run on this machine and have no account yet. */
  offered: Array<Offered>,
  /** Programs and web sites that were refused for want of a key or of permission. */
  refused: Array<Refused>,
  /** What the data plane does. */
  load: Load,
  /** How the requests since the start ended. */
  outcomes: Outcomes,
  /** The last requests, the newest first, 100 at most. */
  recent: Array<Recent>,
};

/** What is known of a provider's rules; the page itself is what binds. */
export type Terms = {
  /** In a few words. */
  summary: TermsSummary,
  /** The page that was read. */
  url: string,
  /** The day on which it was read, as `2026-11-21`. */
  checked: string,
};

/** A provider's rules in a few words of our own. */
export type TermsSummary = {
  /** In English. */
  en: string,
  /** In simplified Chinese. */
  "zh-CN": string,
};

/** The colours of the window. */
export type Theme = "system" | "dark" | "light";

/** Tokens, as the provider counted them; null where it said nothing. */
export type TokenCounts = {
  /** All that were read, cached ones included. */
  input: number | null,
  /** All that were written, reasoning included. */
  output: number | null,
  /** Those of `input` that came from a cache. */
  cached: number | null,
  /** Those of `output` that were reasoning. */
  reasoning: number | null,
};

/** The part of a method's name before the dot. */
export type Topic = "status" | "models" | "accounts" | "sign_in" | "keys" | "routes" | "settings" | "providers" | "activity" | "trial" | "logs" | "serving" | "local" | "refused" | "admin" | "instances" | "imports";

/** How a trial stands. */
export type Trial = {
  /** What was answered so far, 256 KiB at most. */
  text: string,
  /** Whether it is over. */
  done: boolean,
  /** Why it failed. */
  fault: FaultShown | null,
  /** Who answers, as `provider/model`. */
  upstream: string | null,
  /** From the sending to the first of the text, in milliseconds. */
  first_ms: number | null,
};

/** Which trial: the answer of `trial.send`, and the parameters of `trial.get`. */
export type TrialChoice = {
  /** Its id. */
  id: string,
};

/** Parameters of `trial.send`. */
export type TrialSend = {
  /** The model's name as a client would send it. */
  model: string,
  /** What is asked. */
  prompt: string,
};

/** Whether the vault can be used. */
export type VaultState = "ready" | "older" | "damaged" | "locked" | "unavailable";

/** Where secrets are kept. */
export type VaultStatus = {
  /** Whether it can be used. */
  state: VaultState,
  /** Why not. */
  reason: Reason | null,
};

/** Something in the settings that was passed over. */
export type Warning = {
  /** The line in the settings' file, from 1. */
  line: number,
  /** The key, such as `account[0].provider`. */
  key: string,
  /** What about it. */
  reason: Reason,
};

/** Why something is as it is, by its code. */
export type ReasonCode =
  | "said"
  | "system-said"
  | "environment-unset"
  | "environment-empty"
  | "environment-control-character"
  | "secret-empty"
  | "secret-control-character"
  | "key-file-unreadable"
  | "key-file-too-large"
  | "key-file-not-text"
  | "key-file-empty"
  | "key-file-control-character"
  | "key-not-stored"
  | "input-unreadable"
  | "input-shown"
  | "keyring-locked"
  | "keyring-silent"
  | "keyring-without-key"
  | "keyring-not-a-key"
  | "vault-key-wrong"
  | "vault-key-other"
  | "keyring-missing"
  | "keyring-failed"
  | "master-key-short"
  | "vault-newer"
  | "vault-unreadable"
  | "vault-folder"
  | "vault-record-changed"
  | "vault-record-lost"
  | "vault-older"
  | "vault-changed"
  | "vault-busy"
  | "vault-disk"
  | "vault-key-failed"
  | "not-toml"
  | "value-unreadable"
  | "unknown-key"
  | "unknown-key-similar"
  | "missing-key"
  | "wrong-type"
  | "not-one-of"
  | "out-of-range"
  | "empty"
  | "duplicate"
  | "listed-twice"
  | "not-a-host"
  | "not-a-port"
  | "not-an-origin"
  | "not-an-address"
  | "not-a-host-name"
  | "not-a-language"
  | "not-a-variable"
  | "not-an-id"
  | "not-a-key-name"
  | "not-a-target"
  | "route-without-agent"
  | "demo-no-target"
  | "no-targets"
  | "key-twice"
  | "proxy-missing"
  | "proxy-is-a-mode"
  | "not-a-proxy"
  | "proxy-secret"
  | "provider-built-in"
  | "text-not-shown"
  | "not-a-model"
  | "header-unusable"
  | "prefix-unusable"
  | "client-id-unusable"
  | "scope-unusable"
  | "sign-in-missing"
  | "command-missing"
  | "argument-unusable"
  | "agent-and-endpoints"
  | "not-absolute"
  | "own-variable"
  | "sign-in-of-its-own"
  | "endpoints-missing"
  | "address-unreadable"
  | "address-user"
  | "address-query"
  | "address-fragment"
  | "address-not-a-page"
  | "needs-allow-private-plain"
  | "needs-allow-private"
  | "unknown-provider"
  | "unknown-provider-similar"
  | "provider-without-account"
  | "model-not-offered"
  | "demo-no-default"
  | "needs-no-account"
  | "route-shadowed"
  | "key-never-created"
  | "proxy-unused"
  | "not-watched"
  | "file-gone"
  | "file-kept-changing"
  | "table-inline"
  | "accounts-inline"
  | "keys-newer"
  | "keys-hash"
  | "keys-unreadable"
  | "home-unset"
  | "path-relative"
  | "other-user"
  | "not-json"
  | "not-an-object"
  | "not-text"
  | "password-length"
  | "password-weak"
  | "given-twice"
  | "host-unknown"
  | "server-silent"
  | "server-hung-up"
  | "server-slow"
  | "answer-unreadable"
  | "no-parameters"
  | "too-long"
  | "one-key"
  | "provider-unreachable"
  | "provider-silent"
  | "provider-refused-key"
  | "provider-forbids"
  | "provider-unpaid"
  | "provider-limits"
  | "provider-without-list"
  | "provider-broken"
  | "gateway-stopped"
  | "sign-in-refused"
  | "sign-in-lost"
  | "sign-in-ran-out"
  | "sign-in-answer-foreign"
  | "sign-in-answer-other-provider"
  | "sign-in-answer-without-code"
  | "sign-in-listener"
  | "sign-in-status"
  | "sign-in-renewed-elsewhere"
  | "sign-in-newer"
  | "sign-in-token-foreign"
  | "sign-in-token-over"
  | "issuer-plain"
  | "issuer-not-json"
  | "issuer-without-pkce"
  | "issuer-address-plain"
  | "issuer-without-token"
  | "sign-in-unreadable"
  | "answered-here"
  | "same-interface"
  | "translated";

/** Why a request failed, by its code. */
export type FaultCode =
  | "invalid_request"
  | "unsupported"
  | "context_length_exceeded"
  | "invalid_api_key"
  | "permission_denied"
  | "billing"
  | "not_found"
  | "method_not_allowed"
  | "conflict"
  | "request_too_large"
  | "unsupported_media_type"
  | "misdirected_request"
  | "rate_limit_exceeded"
  | "insufficient_quota"
  | "content_policy"
  | "internal_error"
  | "overloaded"
  | "bad_gateway"
  | "truncated"
  | "timeout"
  | "no_account"
  | "stopped";

/** Each method with its parameters and its answer. */
export interface Methods {
  /** Tells the state of the whole. */
  "status.get": [null, Status];
  /** Lists the models that clients can ask for. */
  "models.list": [ModelsChoice, Array<Model>];
  /** Asks every provider anew which models there are. */
  "models.refresh": [null, Array<Refreshed>];
  /** Lists the accounts, in the order of the settings. */
  "accounts.list": [null, Array<Account>];
  /** Adds an account; a key that is given goes to the vault. */
  "accounts.add": [AccountAdd, Account];
  /** Puts a new key in the place of the one that the vault has for an account; all else of it stays. */
  "accounts.set_key": [AccountKey, Account];
  /** Removes an account, and its key from the vault; a sign-in is taken back at its provider. */
  "accounts.remove": [AccountChoice, AccountRemoved];
  /** Asks the account's provider for its models, with the account's key. */
  "accounts.test": [AccountChoice, AccountTested];
  /** Takes the account's sign-in back at its provider, and removes the account with its secret. */
  "accounts.sign_out": [AccountChoice, AccountRemoved];
  /** Begins a sign-in at a provider, in place of an earlier one there; whoever asks opens the address. */
  "sign_in.start": [SignInStart, SignInTurn];
  /** Tells how a sign-in stands. */
  "sign_in.get": [SignInChoice, SignInTurn];
  /** Takes what the browser shows in the end, where it cannot bring the answer back itself. */
  "sign_in.answer": [SignInAnswer, SignInTurn];
  /** Gives a sign-in up. */
  "sign_in.cancel": [SignInChoice, null];
  /** Lists the client keys. */
  "keys.list": [null, Array<Key>];
  /** Creates a client key and shows it, this once. */
  "keys.create": [KeyCreate, KeyShown];
  /** Takes a client key away. */
  "keys.revoke": [KeyChoice, null];
  /** Changes how much a client key may use. */
  "keys.limit": [KeyLimit, Key];
  /** Shows the first client key again, where the vault keeps it. */
  "keys.reveal": [null, KeyShown];
  /** Lists the routes, in the order of the settings. */
  "routes.list": [null, Array<Route>];
  /** Tells where a request for a model would go, and why. */
  "routes.explain": [RouteQuestion, Explanation];
  /** Reads the settings' file anew. */
  "settings.reload": [null, Reloaded];
  /** Shows the settings that a window can change. */
  "settings.get": [null, Settings];
  /** Changes what is given of the settings, in their file and at once. */
  "settings.change": [SettingsChange, Settings];
  /** Opens the listeners, and tells the state. */
  "serving.start": [null, Status];
  /** Closes the listeners, and tells the state; what is under way is answered to its end. */
  "serving.stop": [null, Status];
  /** Lists the named listeners, in the order of the settings; that of `[listen]` first. */
  "instances.list": [null, Array<Instance>];
  /** Adds a named listener, and opens it where the whole is open. */
  "instances.add": [InstanceAdd, Instance];
  /** Changes what is given of a named listener. */
  "instances.change": [InstanceChange, Instance];
  /** Closes a named listener and forgets it. */
  "instances.remove": [InstanceChoice, null];
  /** Opens a named listener, now and after every restart. */
  "instances.start": [InstanceChoice, Instance];
  /** Closes a named listener, now and after every restart; what is under way is answered to its end. */
  "instances.stop": [InstanceChoice, Instance];
  /** Lists the providers that are known. */
  "providers.list": [null, Array<Provider>];
  /** Adds a provider of one's own. */
  "providers.add": [ProviderAdd, Provider];
  /** Points a known provider at addresses of one's own, or back at those that are built in. */
  "providers.set": [ProviderSet, Provider];
  /** Removes a provider of one's own that no account uses. */
  "providers.remove": [ProviderChoice, null];
  /** Shows what other programs left on this machine that can be taken over; secrets are masked. */
  "imports.list": [null, Array<Import>];
  /** Takes over what a program left and is not here yet; its files stay as they are. */
  "imports.take": [ImportChoice, Imported];
  /** Looks for model servers on this machine, on loopback and without a key. */
  "local.find": [null, Array<LocalServer>];
  /** Lets a web page call that was refused. */
  "refused.allow": [OriginChoice, null];
  /** Forgets who was refused. */
  "refused.dismiss": [null, null];
  /** Sends a request as a client would; one at a time. */
  "trial.send": [TrialSend, TrialChoice];
  /** Tells how a trial stands. */
  "trial.get": [TrialChoice, Trial];
  /** Lists the last lines of the program's own log, the newest first. */
  "logs.list": [LogsChoice, Array<LogLine>];
  /** Lists the requests that are over, the newest first. */
  "activity.list": [ActivityChoice, ActivityPage];
  /** Shows one request with its tries. */
  "activity.get": [ActivityId, ActivityDetail];
  /** Tells whether a password guards the web admin. */
  "admin.get": [null, Admin];
  /** Makes the link that sets the web admin's password, once. */
  "admin.bootstrap": [null, AdminLink];
}
