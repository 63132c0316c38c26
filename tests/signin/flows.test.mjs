// Signing in as people do: in a browser, with a device code, by a pasted answer; with and without a server.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import { Portolan, until } from "./portolan.mjs";
import { CLIENT, oidc, upstream } from "./servers.mjs";

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

/** A home of its own for the length of a test. */
async function home(t, options = {}) {
  const portolan = await Portolan.at({ issuer: provider.issuer, upstream: model.url, ...options });
  t.after(() => portolan.remove());
  return portolan;
}

test("a browser signs in without a server, and the account answers", async (t) => {
  const portolan = await home(t);
  const said = await portolan.login("agree");
  assert.equal(said.code, 0, said.err);
  assert.equal(said.out, "Signed in at Own as the account own.\n");
  assert.match(said.err, /^The browser is open\./);
  const asked = provider.events.authorized.at(-1);
  assert.equal(asked.code_challenge_method, "S256");
  assert.match(asked.code_challenge, /^[\w-]{43}$/);
  assert.ok(asked.state.length >= 43 && asked.nonce, "state and nonce");
  assert.match(asked.redirect_uri, /^http:\/\/127\.0\.0\.1:\d+\/callback$/);

  const page = portolan.browsed().find((seen) => seen.url?.startsWith(asked.redirect_uri));
  assert.equal(page.status, 200);
  assert.match(page.page, /<h1>The answer has arrived<\/h1>/);
  assert.match(page.headers["cache-control"], /no-store/);
  const code = new URL(page.url).searchParams.get("code");
  assert.ok(!page.page.includes(code) && !page.page.includes(asked.state), "s56: nothing of the answer");
  assert.ok(portolan.browsed().some((seen) => seen.closed), "the port is closed");

  const account = await portolan.account();
  assert.equal(account.source.kind, "sign-in");
  assert.equal(account.standing.state, "ready");
  assert.match(portolan.files(), /\[\[account\]\]\nprovider = "own"\nid = "own"\nsign_in = true/);
  await portolan.serve();
  const answer = await portolan.chat();
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const token = model.tokens.at(-1);
  assert.ok(token && !portolan.files().includes(token) && !said.out.includes(token) && !said.err.includes(token));
});

test("a browser signs in through a running server, in Chinese", async (t) => {
  const portolan = await home(t);
  await portolan.serve();
  const said = await portolan.login("agree", { chinese: true });
  assert.equal(said.code, 0, said.err);
  assert.equal(said.out, "已登录 Own，账号为 own。\n");
  assert.equal((await portolan.chat()).status, 200);
  const again = await portolan.login("agree", { words: "own --name second" });
  assert.equal(again.out, "Signed in at Own as the account second.\n");
  assert.equal((await portolan.ask("accounts list")).length, 2);
});

test("a device code signs in", async (t) => {
  const portolan = await home(t);
  const said = await portolan.login("agree", { words: "own --device" });
  assert.equal(said.code, 0, said.err);
  assert.match(said.err, /Enter this code there: [A-Z]{4}-[A-Z]{4}\n/);
  assert.equal(provider.events.granted.at(-1), "urn:ietf:params:oauth:grant-type:device_code");
  await portolan.serve();
  assert.equal((await portolan.chat()).status, 200);
});

test("a pasted answer signs in where the browser cannot lead back", { skip: !existsSync("/usr/bin/script") && "script is missing" }, async (t) => {
  const portolan = await home(t);
  const wrap = (command) => ["script", "-qefc", command.join(" "), "/dev/null"];
  const child = portolan.start(["login", "own"], { person: "hold", wrap });
  let told = "";
  child.stdout.on("data", (piece) => (told += piece));
  const held = () => portolan.browsed().find((seen) => seen.held)?.held;
  await until(() => held() && told.includes("paste the address"));
  child.stdin.write("https://127.0.0.1/callback?code=x&state=y\n");
  await until(() => told.includes("error:"));
  assert.match(told, /does not belong to this sign-in/);
  child.stdin.write(`${held()}\n`);
  const code = await new Promise((done) => child.on("close", done));
  assert.equal(code, 0, told);
  assert.match(told, /Signed in at Own as the account own\./);
});

test("a client id and an issuer from the command line are kept once the sign-in is done", async (t) => {
  const portolan = await home(t, { issuer: "", client: "" });
  const missing = await portolan.login("agree", { chinese: true });
  assert.equal(missing.code, 1);
  assert.match(missing.err, /没有设置签发者地址/);
  const words = `own --issuer ${provider.issuer} --client-id`;
  const denied = await portolan.login("deny", { words: `${words} ${CLIENT}` });
  assert.equal(denied.code, 1, denied.err);
  assert.ok(!portolan.files().includes("client_id"));
  const said = await portolan.login("agree", { words: `${words} ${CLIENT}` });
  assert.equal(said.code, 0, said.err);
  assert.match(portolan.files(), new RegExp(`client_id = "${CLIENT}"\nissuer = "${provider.issuer}"`));
});

test("signing out revokes at the provider and removes the account", async (t) => {
  const portolan = await home(t);
  await portolan.login("agree");
  await portolan.serve();
  assert.equal((await portolan.chat()).status, 200);
  const token = model.tokens.at(-1);
  assert.ok(await provider.accepts(token));
  const said = await portolan.run("logout own");
  assert.equal(said.code, 0, said.err);
  assert.equal(said.out, "Signed the account own out, and removed it.\n");
  assert.ok(!(await provider.accepts(token)), "the provider takes the token no more");
  assert.deepEqual(await portolan.ask("accounts list"), []);
  const nobody = await portolan.run("logout own");
  assert.equal(nobody.code, 1);
});
