// The web admin from the first link to the last sign-out, as a person goes through it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { complaints, findings, launch, picture, visitor } from "./browser.mjs";
import { documents } from "./documents.mjs";

const address = process.env.ADDRESS;
const admin = `${address}/admin/`;
const FIRST = "correct horse battery staple";
const SECOND = "another horse battery staple";

/** The one-time link, from the command line. */
const link = () => execFileSync(process.env.PORTOLAN, ["admin", "bootstrap"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();

const health = async () => (await fetch(`${address}/health`)).status;

const ask = (model) =>
  fetch(`${address}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer key-of-the-tests", "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] }),
  });

/** Looks at a page outside in each language and each theme. */
async function outside(browser, name, open) {
  for (const locale of ["en-US", "zh-CN"]) {
    const page = await visitor(browser, { locale });
    await open(page);
    for (const colorScheme of ["dark", "light"]) {
      await page.emulateMedia({ colorScheme });
      await page.locator(`[data-theme=${colorScheme}]`).waitFor();
      await picture(page, `${name}-${locale}-${colorScheme}`);
      assert.deepEqual(await findings(page), [], `${name} ${locale} ${colorScheme}`);
    }
    await page.context().close();
  }
}

async function fill(page, password) {
  await page.locator("input[type=password]").first().fill(password);
  await page.locator("button[type=submit]").click();
}

const inside = (page) => page.getByRole("navigation", { name: "Portolan" }).waitFor();

let page;
const cases = {
  async "nobody can sign in before the link was used"(browser) {
    await outside(browser, "none", async (page) => {
      await page.goto(admin);
      await page.getByText("portolan admin bootstrap").waitFor();
      assert.equal(await page.locator("input").count(), 0);
    });
  },
  async "the link sets the password, which must be a good one"(browser) {
    const first = link();
    await outside(browser, "first", async (page) => {
      await page.goto(first);
      await page.locator("input[type=password]").waitFor();
      assert.ok(!page.url().includes("bootstrap="), "the token leaves the address");
    });
    page = await visitor(browser);
    await page.goto(first);
    await fill(page, "short");
    await page.getByText(/12 to 128 characters/).waitFor();
    await fill(page, "passwordpassword");
    await page.getByText(/easy to guess/).waitFor();
    await picture(page, "first-weak");
    await fill(page, FIRST);
    await page.getByRole("navigation").or(page.locator(".first")).first().waitFor();
    await page.goto(`${admin}#/home`);
    await inside(page);
    await picture(page, "home");
    const again = await visitor(browser);
    await again.goto(first);
    await fill(again, FIRST);
    await again.getByText(/was used, is too old/).waitFor();
    await picture(again, "first-used");
    await again.context().close();
  },
  async "a request arrives live"() {
    await page.goto(`${admin}#/activity`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    const rows = page.locator("[data-row]");
    assert.equal(await rows.count(), 0);
    assert.equal((await ask("demo")).status, 200);
    await rows.first().waitFor({ timeout: 5000 });
    assert.match(await rows.first().innerText(), /demo/);
    assert.equal((await ask("no-such-model")).status, 404);
    await rows.nth(1).waitFor({ timeout: 5000 });
    await picture(page, "activity");
  },
  async "a provider is added, and the password is asked for when it was long ago"() {
    // As if five minutes were over: the server's own answer to that, once.
    await page.route("**/admin/api/providers.add", (route) =>
      route.fulfill({ status: 403, json: { code: "admin-confirm", arguments: {} } }), { times: 1 });
    await page.goto(`${admin}#/providers`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.locator("#own-id").fill("mine");
    await page.locator("#own-url").fill("https://llm.example.com/v1");
    await page.locator("form:has(#own-id) button[type=submit]").click();
    const dialog = page.getByRole("dialog").filter({ has: page.locator("input[type=password]") });
    await dialog.waitFor();
    await picture(page, "ask-en-dark");
    assert.deepEqual(await findings(page), []);
    await dialog.locator("input[type=password]").fill("wrong horse battery staple");
    await dialog.getByRole("button", { name: "Go on" }).click();
    await dialog.getByText(/not the right one/).waitFor();
    await dialog.locator("input[type=password]").fill(FIRST);
    await dialog.getByRole("button", { name: "Go on" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.getByText("mine").first().waitFor();
    const settings = execFileSync("cat", [`${process.env.PORTOLAN_HOME}/config.toml`], { encoding: "utf8" });
    assert.match(settings, /\[provider\.mine\]/);
  },
  async "after Stop only the web admin answers, and Start brings all back"() {
    await page.goto(`${admin}#/home`);
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.getByRole("button", { name: "Start", exact: true }).waitFor();
    assert.equal(await health(), 503);
    await page.reload();
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByRole("button", { name: "Stop", exact: true }).waitFor();
    assert.equal(await health(), 200);
  },
  ...documents(address, () => page),
  async "who signs out is out, in every page of that browser"() {
    const second = await page.context().newPage();
    await second.goto(`${admin}#/home`);
    await inside(second);
    const cookies = await page.context().cookies(admin);
    assert.equal(cookies.length, 1);
    assert.deepEqual([cookies[0].httpOnly, cookies[0].sameSite, cookies[0].path], [true, "Strict", "/admin"]);
    await page.getByRole("button", { name: "Sign out" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await picture(page, "session");
    assert.deepEqual(await findings(page), []);
    await dialog.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await second.getByRole("heading", { name: "Sign in" }).waitFor({ timeout: 5000 });
    await second.close();
    const replayed = await fetch(`${admin}api/status.get`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie: `${cookies[0].name}=${cookies[0].value}` },
      body: "{}",
    });
    assert.equal(replayed.status, 401);
  },
  async "five wrong passwords are told, and then it takes its time"(browser) {
    await outside(browser, "sign-in", async (page) => {
      await page.goto(admin);
      await page.locator("input[type=password]").waitFor();
    });
    for (let guess = 0; guess < 5; guess += 1) {
      await fill(page, `wrong horse battery ${guess}`);
      await page.getByText(/not the right one/).waitFor();
      assert.equal(await page.getByRole("button", { name: "Sign in" }).count(), 1);
    }
    await picture(page, "sign-in-wrong");
    await fill(page, FIRST);
    await page.getByText(/too many tries; wait/).waitFor();
    const wait = page.getByRole("button", { name: /^Wait \d+ seconds$/ });
    assert.ok(await wait.isDisabled());
    await picture(page, "sign-in-limited");
    assert.deepEqual(await findings(page), []);
  },
  async "a new link lets the owner in all the same, and everybody else out"() {
    await page.goto("about:blank");
    await page.goto(link());
    await fill(page, SECOND);
    await page.locator(".entrance").waitFor({ state: "hidden" });
    await page.goto(`${admin}#/home`);
    await inside(page);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await fill(page, SECOND);
    await inside(page);
  },
  async "no page of another origin is let in"(browser) {
    // A page on this machine, but not of this program: a data plane's client may be one, the admin's may not.
    const other = await visitor(browser, { silent: true });
    await other.route("http://127.0.0.1:9/**", (route) => route.fulfill({ contentType: "text/html", body: "<p>other</p>" }));
    await other.goto("http://127.0.0.1:9/");
    const tried = await other.evaluate(async (admin) => {
      const outcome = [];
      for (const init of [
        { method: "POST", headers: { "content-type": "application/json" }, body: "{}", credentials: "include" },
        { method: "POST", headers: { "content-type": "text/plain" }, body: "{}", credentials: "include" },
        { method: "GET", credentials: "include" },
      ]) outcome.push(await fetch(`${admin}api/session`, init).then((answer) => answer.status, () => "refused"));
      const events = new EventSource(`${admin}api/events`, { withCredentials: true });
      outcome.push(await new Promise((told) => {
        events.onopen = () => told("open");
        events.onerror = () => told("refused");
      }));
      return outcome;
    }, admin);
    assert.deepEqual(tried, ["refused", "refused", "refused", "refused"]);
    await other.context().close();
  },
};

const browser = await launch();
let passed = 0;
let failed = 0;
for (const [name, work] of Object.entries(cases)) {
  const began = Date.now();
  try {
    await work(browser);
    assert.deepEqual(complaints.splice(0), [], "the page complained");
    passed += 1;
    console.log(`ok      ${name}, ${((Date.now() - began) / 1000).toFixed(1)} s`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack}`);
    if (page) await picture(page, `failed-${passed + failed}`);
    complaints.splice(0);
  }
}
await browser.close();
console.log(`admin: ${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed === 0 ? 0 : 1);
