// What happens to a sign-in afterwards: it is renewed once for all who need it, or has to be made anew.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Portolan } from "./portolan.mjs";
import { oidc, upstream } from "./servers.mjs";

/** A signed-in home whose tokens live so long. */
async function signedIn(t, lives, more = "") {
  const provider = await oidc(lives);
  const model = await upstream(provider.accepts);
  const portolan = await Portolan.at({ issuer: provider.issuer, upstream: model.url, more });
  t.after(() => {
    portolan.remove();
    provider.stop();
    model.stop();
  });
  const said = await portolan.login("agree");
  assert.equal(said.code, 0, said.err);
  return { provider, model, portolan };
}

test("a token that is over is renewed once for all requests that wait", async (t) => {
  const { provider, model, portolan } = await signedIn(t, { accessSeconds: 4 });
  await portolan.serve();
  assert.equal((await portolan.chat()).status, 200);
  const first = model.tokens.at(-1);
  for (let round = 1; round <= 2; round++) {
    await sleep(4_200);
    const answers = await Promise.all(Array.from({ length: 24 }, () => portolan.chat()));
    assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([200]), JSON.stringify(answers[0].body));
    assert.equal(provider.refreshes(), round);
  }
  assert.notEqual(model.tokens.at(-1), first);
  assert.deepEqual([provider.events.refused, provider.events.revoked], [[], 0]);
  await portolan.stop();
  await portolan.serve();
  assert.equal((await portolan.chat()).status, 200, "the last refresh token was stored");
  assert.equal((await portolan.account()).standing.state, "ready");
});

test("two processes renew one after the other, and the second takes what the first got", async (t) => {
  const { provider, portolan } = await signedIn(t, { accessSeconds: 10 });
  await sleep(10_200);
  const said = await Promise.all([1, 2, 3].map(() => portolan.run("accounts test own")));
  for (const each of said) assert.equal(each.code, 0, each.err);
  assert.equal(provider.refreshes(), 1);
  assert.deepEqual([provider.events.refused, provider.events.revoked], [[], 0]);
});

test("commands that ask no provider spend no refresh token", async (t) => {
  const { provider, portolan } = await signedIn(t, { accessSeconds: 1 });
  await sleep(1_100);
  for (const words of ["accounts list", "status", "models", "routes list"]) {
    assert.equal((await portolan.run(words)).code, 0, words);
  }
  await portolan.run("accounts test own");
  assert.deepEqual([provider.events.refused, provider.events.revoked], [[], 0]);
});

test("a refresh token that is over: the next account answers, the state is told, and a new sign-in mends it", async (t) => {
  const spare = await upstream(async () => true);
  t.after(() => spare.stop());
  const more = `[provider.spare]
endpoints = { openai-chat = "${spare.url}/v1" }
models = ["m"]
allow_private = true
[[account]]
provider = "spare"
key_env = "PATH"
[[route]]
match = "either"
targets = ["own/m", "spare/m"]
`;
  const { provider, portolan } = await signedIn(t, { accessSeconds: 4, refreshSeconds: 6 }, more);
  await portolan.serve();
  assert.equal((await portolan.chat("either")).from, "own/m");
  await sleep(6_300);
  const answer = await portolan.chat("either");
  assert.deepEqual([answer.status, answer.from], [200, "spare/m"], JSON.stringify(answer.body));
  const alone = await portolan.chat();
  assert.equal(alone.status, 503, JSON.stringify(alone.body));
  assert.match(JSON.stringify(alone.body), /sign in again/);
  assert.equal(provider.events.refused.length, 1, "it is asked once");
  const account = await portolan.account();
  assert.deepEqual([account.standing.state, account.standing.reason.code], ["signed-out", "sign-in-refused"]);
  const english = await portolan.run("accounts list");
  assert.match(english.out, /own +Own +sign-in +signed out: the provider no longer accepts the sign-in\n/);
  const chinese = await portolan.run("accounts list", { chinese: true });
  assert.match(chinese.out, /已退出登录：服务商不再接受这次登录/);
  const status = await portolan.run("status");
  assert.match(status.out, /own.*signed out/);

  await portolan.stop();
  assert.equal((await portolan.account()).standing.state, "signed-out", "another process knows it too");
  await portolan.serve();
  const again = await portolan.login("agree");
  assert.equal(again.out, "Signed in at Own as the account own.\n");
  assert.equal((await portolan.chat("either")).from, "own/m");
});
