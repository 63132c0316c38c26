// A home of one's own and the real `portolan` on it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CLIENT } from "./servers.mjs";

const PROGRAM = process.env.PORTOLAN;
const BROWSER = `${process.execPath} ${new URL("browser.mjs", import.meta.url).pathname}`;
const KEY = "key-of-the-tests";

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

/** Waits until something is so, for at most 20 s. */
export async function until(told) {
  for (let turn = 0; turn < 800 && !(await told()); turn++) await sleep(25);
  if (!(await told())) throw new Error(`it did not come to that: ${told}`);
}

/** What a process said, and how it ended. */
async function ended(child) {
  const began = performance.now();
  const said = { out: "", err: "" };
  child.stdout.on("data", (piece) => (said.out += piece));
  child.stderr.on("data", (piece) => (said.err += piece));
  const stuck = setTimeout(() => child.kill("SIGKILL"), 30_000);
  const [code] = await once(child, "close");
  clearTimeout(stuck);
  return { code, ...said, ms: performance.now() - began };
}

export class Portolan {
  /** A home with one provider of its own, whose sign-in is the issuer's. */
  static async at({ issuer, upstream, client = CLIENT, more = "" }) {
    const self = new Portolan();
    self.children = [];
    self.home = mkdtempSync(join(tmpdir(), "portolan-signin."));
    self.port = await freePort();
    self.seen = join(self.home, "browser.jsonl");
    self.environment = {
      PATH: process.env.PATH,
      HOME: self.home,
      PORTOLAN_HOME: self.home,
      PORTOLAN_CLIENT_KEY: KEY,
      PORTOLAN_MASTER_KEY: "a master key of 32 characters or more",
      DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent",
      BROWSER,
      SEEN: self.seen,
    };
    const settings = `version = 1
[listen]
host = "127.0.0.1"
port = ${self.port}
[provider.own]
name = "Own"
endpoints = { openai-chat = "${upstream}/v1" }
models = ["m"]
allow_private = true
${issuer ? `issuer = "${issuer}"` : ""}
${client ? `client_id = "${client}"` : ""}
${more}`;
    writeFileSync(join(self.home, "config.toml"), settings);
    return self;
  }

  remove() {
    for (const child of this.children) child.kill("SIGKILL");
    rmSync(this.home, { recursive: true, force: true });
  }

  start(words, { person, replay, chinese = false, wrap = (command) => command } = {}) {
    const language = chinese ? "zh_CN.UTF-8" : "C.UTF-8";
    const [program, ...rest] = wrap([PROGRAM, ...words]);
    const child = spawn(program, rest, {
      env: { ...this.environment, LC_ALL: language, ...(person && { PERSON: person }), ...(replay && { REPLAY: replay }) },
      stdio: ["pipe", "pipe", "pipe"],
    });
    // One that ends at once reads nothing.
    child.stdin.on("error", () => {});
    this.children.push(child);
    return child;
  }

  /** Runs a command to its end. */
  async run(words, options = {}) {
    const child = this.start(words.split(" "), options);
    child.stdin.end(options.input ?? "");
    return ended(child);
  }

  login(person, options = {}) {
    return this.run(`login ${options.words ?? "own"}`, { person, ...options });
  }

  /** Runs a command whose answer is JSON. */
  async ask(words) {
    const said = await this.run(`${words} --json`);
    if (said.code !== 0) throw new Error(`${words}: ${said.err}`);
    return JSON.parse(said.out);
  }

  async account(id = "own") {
    return (await this.ask("accounts list")).find((account) => account.id === id);
  }

  async serve() {
    this.server = this.start(["serve"]);
    this.server.stderr.resume();
    let told = "";
    this.server.stdout.on("data", (piece) => (told += piece));
    await until(() => told.includes("listening on"));
    this.url = `http://127.0.0.1:${this.port}`;
  }

  async stop() {
    const over = once(this.server, "close");
    this.server.kill("SIGTERM");
    await over;
    this.server = undefined;
  }

  /** A request as a client sends it: its status and its answer. */
  async chat(model = "own/m") {
    const answer = await fetch(`${this.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
      body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }] }),
      signal: AbortSignal.timeout(20_000),
    });
    return { status: answer.status, body: await answer.json(), from: answer.headers.get("x-portolan-upstream") };
  }

  /** What the browser saw. */
  browsed() {
    const text = existsSync(this.seen) ? readFileSync(this.seen, "utf8") : "";
    return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  }

  /** All that lies in the home's files, to look for secrets in. */
  files() {
    return readFileSync(join(this.home, "config.toml"), "utf8");
  }
}
