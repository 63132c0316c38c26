// What goes wrong at a sign-in: it is told in words, stores nothing, and ends in time.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { Portolan, until } from "./portolan.mjs";
import { mock, oidc, upstream } from "./servers.mjs";

let provider;
let second;
let model;
before(async () => {
  provider = await oidc();
  second = await mock();
  model = await upstream(async () => true);
});
after(async () => {
  provider.stop();
  model.stop();
  await second.stop();
});

async function home(t, issuer = provider.issuer) {
  const portolan = await Portolan.at({ issuer, upstream: model.url });
  t.after(() => portolan.remove());
  return portolan;
}

const nothing = async (portolan) => assert.deepEqual(await portolan.ask("accounts list"), []);

test("consent that is denied is told in both languages", async (t) => {
  const portolan = await home(t);
  const english = await portolan.login("deny");
  assert.equal(english.code, 1);
  assert.match(english.err, /error: sign in at own: the request was declined\nhint: /);
  const chinese = await portolan.login("deny", { chinese: true });
  assert.match(chinese.err, /错误：无法登录 own：授权请求被拒绝/);
  const page = portolan.browsed().findLast((seen) => seen.url?.includes("/callback"));
  assert.match(page.page, /<h1>登录没有成功<\/h1>/);
  await nothing(portolan);
});

test("s56: an answer of somebody else gets a refusal, and the sign-in goes on", async (t) => {
  const portolan = await home(t);
  const said = await portolan.login("foreign");
  assert.equal(said.code, 0, said.err);
  const [foreign, own] = portolan.browsed().filter((seen) => seen.url?.includes("/callback"));
  assert.equal(foreign.status, 400);
  assert.match(foreign.page, /This sign-in did not work/);
  assert.equal(own.status, 200);
  assert.equal((await portolan.ask("accounts list")).length, 1);
});

test("s56: a provider that answers with another state signs nobody in", async (t) => {
  const portolan = await home(t, second.issuer);
  second.service.once("beforeAuthorizeRedirect", ({ url }) => url.searchParams.set("state", "another"));
  const child = portolan.start(["login", "own"], { person: "agree" });
  let told = "";
  child.stderr.on("data", (piece) => (told += piece));
  child.stdout.resume();
  const back = () => portolan.browsed().filter((seen) => seen.url?.includes("/callback"));
  await until(() => told.includes("Waiting") && back().length > 1);
  assert.ok(back().every((page) => page.status === 400), JSON.stringify(back()));
  child.kill("SIGINT");
  const code = await new Promise((done) => child.on("close", done));
  assert.equal(code, 1);
  assert.match(told, /error: sign in at own: it was given up/);
  await nothing(portolan);
});

test("a code that was used before is refused by the provider", async (t) => {
  const portolan = await home(t);
  await portolan.login("agree");
  const used = portolan.browsed().find((seen) => seen.url?.includes("/callback"));
  const replay = new URL(used.url).searchParams.get("code");
  const said = await portolan.login("replay", { replay, words: "own --name second" });
  assert.equal(said.code, 1);
  assert.match(said.err, /error: sign in at own: it answered with the status 400\n/);
  assert.equal((await portolan.ask("accounts list")).length, 1);
});

test("an id token for somebody else, an issuer that is another, and a broken answer are told", async (t) => {
  const portolan = await home(t, second.issuer);
  for (const [event, change, words] of [
    ["beforeTokenSigning", (token) => (token.payload.aud = "somebody-else"), /for another program or another sign-in/],
    ["beforeTokenSigning", (token) => (token.payload.nonce = "another"), /for another program or another sign-in/],
    ["beforeTokenSigning", (token) => (token.payload.iss = "https://evil.example"), /comes from another provider/],
    ["beforeResponse", (answer) => (answer.body = {}), /cannot be read/],
    ["beforeResponse", (answer) => ((answer.statusCode = 500), (answer.body = { error: "server_error" })), /status 500/],
  ]) {
    const handler = (token) => change(token);
    second.service.on(event, handler);
    const said = await portolan.login("agree");
    second.service.removeListener(event, handler);
    assert.equal(said.code, 1, `${words}: ${said.err}`);
    assert.match(said.err, words);
  }
  await nothing(portolan);
  const good = await portolan.login("agree");
  assert.equal(good.code, 0, good.err);
});

test("a provider without a sign-in, an unknown one, and a missing client id are told before a browser is opened", async (t) => {
  const portolan = await home(t);
  for (const [words, expected] of [
    ["openai", /offers no sign-in/],
    ["nobody", /there is none of this id/],
    ["demo", /Portolan answers for it itself/],
    ["huggingface", /it needs a client id, and none is set\nhint: register a public client/],
    ["own --name Not_A_Name", /not a name for an account/],
  ]) {
    const said = await portolan.login("agree", { words });
    assert.equal(said.code, 1, `${words}: ${said.err}`);
    assert.match(said.err, expected);
  }
  assert.deepEqual(portolan.browsed(), []);
  const wrong = await portolan.run("login");
  assert.equal(wrong.code, 2);
});

test("giving up with Ctrl-C ends the sign-in and closes its port, also of a running server", async (t) => {
  const portolan = await home(t);
  await portolan.serve();
  const child = portolan.start(["login", "own", "--no-browser", "--json"]);
  let told = "";
  child.stdout.on("data", (piece) => (told += piece));
  child.stderr.resume();
  await until(() => told.endsWith("}\n"));
  const turn = JSON.parse(told);
  assert.deepEqual([turn.state.state, turn.flow, turn.paste], ["waiting", "browser", true]);
  const back = new URL(new URL(turn.address).searchParams.get("redirect_uri"));
  const open = () => fetch(`${back.origin}/`, { signal: AbortSignal.timeout(2_000) });
  assert.equal((await open()).status, 404);
  child.kill("SIGINT");
  assert.equal(await new Promise((done) => child.on("close", done)), 1);
  await assert.rejects(open());
});

test("s57: a web page can neither start nor finish a sign-in", async (t) => {
  const portolan = await home(t);
  await portolan.serve();
  for (const headers of [{}, { origin: "https://evil.example" }, { authorization: "Bearer key-of-the-tests" }]) {
    for (const [method, path] of [
      ["POST", "/admin/api/sign_in.start"],
      ["GET", "/admin/api/sign_in.start?provider=own"],
      ["POST", "/v1/sign_in.start"],
    ]) {
      const body = method === "POST" ? JSON.stringify({ provider: "own" }) : undefined;
      const answer = await fetch(`${portolan.url}${path}`, {
        method,
        body,
        headers: { "content-type": "application/json", ...headers },
      });
      assert.ok([401, 403, 404, 405].includes(answer.status), `${method} ${path}: ${answer.status}`);
    }
  }
  const child = portolan.start(["login", "own", "--no-browser", "--json"]);
  let told = "";
  child.stdout.on("data", (piece) => (told += piece));
  await until(() => told.endsWith("}\n"));
  const back = new URL(new URL(JSON.parse(told).address).searchParams.get("redirect_uri"));
  const asks = (method, path, host) =>
    new Promise((done, failed) => {
      const asked = request({ host: "127.0.0.1", port: back.port, method, path, headers: { host } }, (answer) => done(answer.statusCode));
      asked.on("error", failed);
      asked.end();
    });
  assert.equal(await asks("POST", "/callback?code=x&state=y", back.host), 404);
  assert.equal(await asks("GET", "/other?code=x&state=y", back.host), 404);
  assert.equal(await asks("GET", "/callback?code=x&state=y", "evil.example"), 404);
  assert.equal(await asks("GET", "/callback?code=x&state=y", back.host), 400);
  await nothing(portolan);
});
