// Signing in with a real GNOME keyring on a message bus of its own: unlocked, locked, and none.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Portolan } from "./portolan.mjs";
import { oidc, upstream } from "./servers.mjs";

const tools = ["dbus-run-session", "gnome-keyring-daemon"];
const missing = tools.find((tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0);
const skip = missing && `${missing} is not installed`;
// An empty password would make no collection.
const UNLOCK = "printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null";
// Requests to open the collection fail, as there is no display to ask on.
const LOCKED = "gnome-keyring-daemon --start --components=secrets >/dev/null";
const NOBODY = `<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`;
/** No call to a keyring takes longer than 5 s, and a sign-in that cannot work asks at most twice. */
const SOON = 15_000;

let provider;
let model;
before(async () => {
  provider = await oidc();
  model = await upstream(provider.accepts);
});
after(() => {
  provider.stop();
  model.stop();
});

/** A home without a master key, and the folders of a user who has nothing else. */
async function home(t) {
  const portolan = await Portolan.at({ issuer: provider.issuer, upstream: model.url });
  t.after(() => portolan.remove());
  const run = join(portolan.home, "run");
  mkdirSync(run, { mode: 0o700 });
  delete portolan.environment.PORTOLAN_MASTER_KEY;
  Object.assign(portolan.environment, { XDG_DATA_HOME: join(portolan.home, "data"), XDG_RUNTIME_DIR: run });
  return portolan;
}

/** Runs a command in a session of its own, after `first`. */
function inSession(portolan, first, words, options = {}) {
  const wrap = (command) => ["dbus-run-session", ...(options.bus ?? []), "--", "sh", "-ec", `${first}; ${command.join(" ")}`];
  return portolan.run(words, { person: "agree", ...options, wrap });
}

/** A sign-in that is refused before a browser is opened, in both languages. */
async function refused(portolan, how, english, chinese) {
  for (const [isChinese, words] of [
    [false, english],
    [true, chinese],
  ]) {
    const said = await how({ chinese: isChinese });
    assert.equal(said.code, 1, said.err);
    assert.match(said.err, words);
    assert.ok(said.ms < SOON, `${said.ms} ms`);
  }
  assert.ok(!existsSync(portolan.seen), "no browser was opened");
}

test("s34: an unlocked keyring keeps the sign-in for the next process", { skip }, async (t) => {
  const portolan = await home(t);
  const said = await inSession(portolan, UNLOCK, "login own");
  assert.equal(said.code, 0, said.err);
  assert.match(said.out, /^Signed in at Own as the account own\.$/m);
  assert.ok(said.ms < SOON);
  const listed = await inSession(portolan, UNLOCK, "accounts list");
  assert.match(listed.out, /own +Own +sign-in +ready/);
  const locked = await inSession(portolan, LOCKED, "accounts list");
  assert.match(locked.out, /own +Own +sign-in +no key: the keyring is locked/);
  assert.ok(locked.ms < SOON);
  const closed = (options) => inSession(portolan, LOCKED, "login own --name more", { ...options, person: "deny" });
  const before = portolan.browsed().length;
  for (const chinese of [false, true]) {
    const second = await closed({ chinese });
    assert.equal(second.code, 1);
    assert.match(second.err, chinese ? /错误：无法打开保险库：系统密钥环已锁定/ : /error: open the vault: the keyring is locked/);
  }
  assert.equal(portolan.browsed().length, before, "no browser was opened");
});

test("s34: a locked keyring that has nothing of ours is told before a browser is opened", { skip }, async (t) => {
  const portolan = await home(t);
  await inSession(portolan, `${UNLOCK}; sleep 0.5`, "version");
  const how = (options) => inSession(portolan, LOCKED, "login own", options);
  await refused(portolan, how, /error: open the vault: the keyring is locked/, /错误：无法打开保险库：系统密钥环已锁定/);
});

test("s33: a bus without a keyring is told before a browser is opened", { skip }, async (t) => {
  const portolan = await home(t);
  const file = join(portolan.home, "bus.conf");
  writeFileSync(file, NOBODY);
  const how = (options) => inSession(portolan, "true", "login own", { ...options, bus: [`--config-file=${file}`] });
  await refused(portolan, how, /error: store a secret: there is no keyring/, /错误：无法保存密钥：/);
});

test("s33: no bus is told before a browser is opened", async (t) => {
  const portolan = await home(t);
  const how = (options) => portolan.login("agree", options);
  await refused(portolan, how, /error: store a secret: there is no keyring/, /错误：无法保存密钥：/);
});
