// Chromium on the web admin, what it must never do, and axe.
import { readFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const ui = createRequire(new URL("../../ui/package.json", import.meta.url));
const { chromium } = ui("playwright-core");
const axe = readFileSync(ui.resolve("axe-core/axe.min.js"), "utf8");
const pictures = process.env.PICTURES;
if (pictures) mkdirSync(pictures, { recursive: true });

/** What the page must not say: errors of its own, and rights that it tried to overstep. */
export const complaints = [];

export async function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
}

/** A browser of its own, with nothing in it. */
export async function visitor(browser, { locale = "en-US", colorScheme = "dark", viewport = { width: 1080, height: 720 }, silent = false } = {}) {
  // Its own tools are put into the page past its policy; the policy itself is looked at by `complaints`.
  const context = await browser.newContext({ locale, colorScheme, viewport, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  if (silent) return page;
  page.on("pageerror", (error) => complaints.push(`${error}`));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !/status of (401|403|422|429)/.test(text)) complaints.push(text);
  });
  return page;
}

export async function picture(page, name) {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** What axe finds on the page as it stands. */
export async function findings(page) {
  const client = await page.context().newCDPSession(page);
  await client.send("Runtime.evaluate", { expression: axe });
  await client.detach();
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).slice(0, 3).join(" ")}`);
}
