// The pages of the built window in a real browser, with a made-up gateway behind them.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname } from "node:path";
import { chromium } from "playwright-core";
import { answers, Refused } from "./answers.mjs";

// The desktop's own rules, so that what they forbid is seen here too; a violation is an error of the page.
const { csp } = JSON.parse(readFileSync(new URL("../../tauri.conf.json", import.meta.url), "utf8")).app.security;
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The sizes that are looked at. */
export const SIZES = { wide: { width: 1100, height: 760 }, small: { width: 760, height: 560 } };

const add = (name) => (page) => page.locator(".catalogue__item", { hasText: name }).click();

const signOut = (page) => page.locator(".account", { hasText: "OpenRouter" }).locator(".btn--bare").click();

const takeOver = (mood) => async (page) => {
  page.mood = mood;
  await page.locator("main form").last().locator("[type=submit]").click();
};

const toInstances = (page) => page.locator("#instances").evaluate((part) => part.scrollIntoView());

/** Every page, and what is done there before it is looked at. */
export const PAGES = {
  entrance: { at: "", mood: "outside" },
  home: { at: "home" },
  "home-empty": { at: "home", mood: "empty" },
  "home-taken": { at: "home", mood: "taken", shown: "[role=alert]" },
  "home-partly": { at: "home", mood: "partly", shown: "[role=alert]" },
  "home-tried": { at: "home", act: (page) => page.locator("main form button[type=submit]").click(), shown: ".answer" },
  providers: { at: "providers" },
  "providers-sign-in": {
    at: "providers",
    act: async (page) => {
      await add("NanoGPT")(page);
      await page.locator("[role=dialog] .btn--main").first().click();
    },
    shown: ".device",
  },
  "providers-client": { at: "providers", act: add("Hugging Face"), shown: "[role=dialog]" },
  "providers-closed": { at: "providers", act: add("iFlow"), shown: "[role=dialog]" },
  "providers-leaving": { at: "providers", act: signOut, shown: ".toast" },
  "providers-left": {
    at: "providers",
    act: async (page) => {
      await signOut(page);
      await page.locator(".toast button").last().click();
      await page.locator(".toast button").nth(1).waitFor({ state: "detached" });
    },
    shown: ".toast",
  },
  "providers-new-key": {
    at: "providers",
    act: (page) => page.locator(".account", { hasText: "SiliconFlow" }).locator(".btn--main").click(),
    shown: "[role=dialog] input[type=password]",
  },
  "providers-new-key-refused": {
    at: "providers",
    mood: "unkept",
    act: async (page) => {
      await page.locator(".account", { hasText: "SiliconFlow" }).locator(".btn--main").click();
      await page.locator("[role=dialog] input[type=password]").fill("sk-new");
      await page.locator("[role=dialog] input[type=password]").press("Enter");
    },
    shown: "[role=dialog] .fault",
  },
  "providers-own": {
    at: "providers",
    mood: "near",
    act: async (page) => {
      await page.locator("#own-id").fill("harbour");
      await page.locator("#own-url").fill("http://192.168.1.7:8000/v1");
      await page.locator("#own-url").press("Enter");
      await page.locator("form [role=alert]").scrollIntoViewIfNeeded();
    },
    shown: "form [role=alert]",
  },
  "providers-own-name": { at: "providers", act: (page) => page.locator("#own-id").fill("My Server"), shown: "#own-id-more[role=alert]" },
  "providers-key": { at: "providers", act: add("Anthropic"), shown: "[role=dialog] input[type=password]" },
  models: { at: "providers?part=models" },
  import: { at: "providers?part=import", shown: "main form" },
  "import-empty": { at: "providers?part=import", mood: "unimported", shown: ".empty" },
  "import-failed": { at: "providers?part=import", mood: "unread", shown: ".fault" },
  "import-leaves": {
    at: "providers?part=import",
    act: async (page) => {
      await page.locator("summary").last().click();
      await page.locator("details dd").last().scrollIntoViewIfNeeded();
    },
    shown: "details[open]",
  },
  "import-refused": { at: "providers?part=import", act: takeOver("unkept"), shown: "main form .fault" },
  "import-done": { at: "providers?part=import", act: takeOver("imported"), shown: "main form [role=status] p" },
  activity: { at: "activity" },
  "activity-empty": { at: "activity", mood: "empty", shown: ".empty" },
  "activity-open": { at: "activity?request=%22req_2%22", shown: ".detail__in" },
  settings: { at: "settings" },
  "settings-instances": { at: "settings", act: toInstances, shown: "#instances .switch" },
  "settings-instances-empty": { at: "settings", mood: "empty", act: toInstances, shown: "#instances .empty" },
  "settings-instances-new": {
    at: "settings",
    act: (page) => page.locator("#instances .btn").last().click(),
    shown: "[role=dialog] input[type=checkbox]",
  },
  "settings-instances-remove": {
    at: "settings",
    act: (page) => page.locator("#instances li", { hasText: "guest" }).locator(".btn--bare").last().click(),
    shown: "[role=dialog]",
  },
  "settings-limits": {
    at: "settings",
    act: async (page) => {
      const key = page.locator("li", { hasText: "nightly-batch" });
      await key.locator("[aria-expanded]").click();
      await key.locator("form").scrollIntoViewIfNeeded();
    },
    shown: "form input[inputmode=numeric]",
  },
  "settings-limits-wrong": {
    at: "settings",
    act: async (page) => {
      const key = page.locator("li", { hasText: "nightly-batch" });
      await key.locator("[aria-expanded]").click();
      await key.locator("input[inputmode=numeric]").first().fill("a few");
      await key.locator("[role=alert]").scrollIntoViewIfNeeded();
    },
    shown: "[role=alert]",
  },
  "settings-end": { at: "settings", act: (page) => page.locator("main").evaluate((main) => main.scrollTo(0, main.scrollHeight)) },
  shortcuts: { at: "activity", act: (page) => page.keyboard.press("?"), shown: "[role=dialog]" },
  // Where no place is named and nobody can answer yet.
  welcome: { at: "", mood: "empty" },
  "welcome-found": { at: "welcome" },
  "welcome-none": { at: "welcome", act: (page) => page.locator("main input").fill("zzzz") },
  "welcome-answer": {
    at: "welcome",
    act: async (page) => {
      await page.locator(".first__foot .btn--large").click();
      await page.locator("main form button[type=submit]").click();
    },
    shown: ".answer",
  },
  "welcome-program": {
    at: "welcome",
    act: async (page) => {
      await page.locator(".first__foot .btn--large").click();
      await page.locator(".first__foot .btn--large").click();
    },
    shown: "[role=tabpanel]",
  },
};

/** A browser, and the address under which it finds the built window. */
export async function open() {
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    try {
      response.setHeader("content-security-policy", csp);
      response.setHeader("content-type", types[extname(path)] ?? "text/html");
      response.end(readFileSync(new URL(`../dist${path === "/" ? "/index.html" : path}`, import.meta.url)));
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, "127.0.0.1");
  await new Promise((ready) => server.once("listening", ready));
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const close = async () => {
    await browser.close();
    server.close();
  };
  return { browser, address: `http://127.0.0.1:${server.address().port}`, close };
}

/** A window in a language and a theme; what goes wrong in it is told to `fault`. */
export async function windowOf(browser, language, theme, viewport, fault) {
  const context = await browser.newContext({ viewport, reducedMotion: "reduce", locale: language });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  // The first run begins anew each time.
  await page.addInitScript(() => window.location.protocol === "http:" && window.localStorage.clear());
  page.on("pageerror", (error) => fault(String(error)));
  page.on("console", (line) => /Content Security Policy|React/.test(line.text()) && fault(line.text()));
  await page.route("**/admin/api/events", (route) =>
    route.fulfill({ contentType: "text/event-stream", body: "retry: 600000\n\n" }),
  );
  await page.route(/\/admin\/api\/(?!events)/, (route) => {
    const given = answers(language, theme, page.mood)[route.request().url().split("/").at(-1)];
    if (given === undefined) return route.abort();
    return given instanceof Refused ? route.fulfill({ status: 409, json: given.error }) : route.fulfill({ json: given });
  });
  return page;
}

/** Goes to a page, and waits until it stands. What was done on the page before is gone. */
export async function goTo(page, address, { at, mood, act, shown = "h1" }) {
  page.mood = mood;
  await page.goto("about:blank");
  await page.goto(`${address}/#/${at}`, { waitUntil: "commit" });
  await page.waitForSelector("h1");
  await act?.(page);
  await page.waitForSelector(shown);
}

/** What axe finds. */
export async function axeOf(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
  return violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).slice(0, 2)}`);
}
