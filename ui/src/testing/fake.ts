import type { Methods, Settings, Status, Topic } from "../api/contract";
import type { Host } from "../host/host";

export type Answers = { [M in keyof Methods]?: Methods[M][1] | ((params: Methods[M][0]) => Methods[M][1]) };

export const settings: Settings = {
  language: "en",
  theme: "dark",
  default_model: "",
  host: "localhost",
  port: 28000,
  require_key: true,
  allowed_origins: [],
  proxy: { mode: "system", url: null },
  retention_days: 90,
  notify_sign_in: true,
  notify_failover: true,
  check_updates: false,
  path: "~/.config/portolan/config.toml",
};

export const status: Status = {
  version: "0.1.0",
  serving: true,
  stopping: false,
  since: 1_790_000_000,
  listeners: [{ instance: "default", host: "localhost", port: 28000, addresses: ["127.0.0.1:28000"], fault: null }],
  settings: { file: settings.path, fault: null, warnings: [] },
  vault: { state: "ready", reason: null },
  proxy: { mode: "system", source: "direct", address: null, script: false },
  accounts: 0,
  unready: [],
  keys: 1,
  offered: [],
  refused: [],
  load: { served: 0, failed: 0, under_way: 0, unrecorded: 0 },
  outcomes: { completed: 0, failed: 0, cancelled: 0, truncated: 0 },
  recent: [],
};

/** A host that answers from a table and remembers what it was asked. */
export class FakeHost implements Host {
  readonly asked: [string, unknown][] = [];
  /** What was opened outside of the window. */
  readonly opened: string[] = [];
  private changed: (topic: Topic) => void = () => {};

  constructor(private readonly answers: Answers) {}

  call<M extends keyof Methods>(method: M, params: Methods[M][0]): Promise<Methods[M][1]> {
    this.asked.push([method, params]);
    const answer = this.answers[method];
    if (answer === undefined) return Promise.reject({ code: "unknown-method", arguments: { method, nearest: "" } });
    const answers = answer as unknown;
    const given = typeof answers === "function" ? (answers(params) as Methods[M][1]) : (answers as Methods[M][1]);
    return Promise.resolve(given);
  }

  listen(changed: (topic: Topic) => void) {
    this.changed = changed;
    return () => {};
  }

  openExternal(address: string) {
    this.opened.push(address);
  }

  change(topic: Topic) {
    this.changed(topic);
  }
}
