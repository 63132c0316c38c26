// Pictures of every page in both themes, languages and sizes into a folder; axe looks at each.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";
import { answers } from "./answers.mjs";

const folder = process.argv[2];
if (!folder) throw new Error("name the folder for the pictures");
mkdirSync(folder, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const server = createServer((request, response) => {
  const path = new URL(request.url, "http://localhost").pathname;
  const file = new URL(`../dist${path === "/" ? "/index.html" : path}`, import.meta.url);
  try {
    response.setHeader("content-type", types[extname(file.pathname)] ?? "application/octet-stream");
    response.end(readFileSync(file));
  } catch {
    response.writeHead(404).end();
  }
}).listen(0, "127.0.0.1");
await new Promise((ready) => server.once("listening", ready));
const { port } = server.address();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const sizes = { wide: { width: 1100, height: 760 }, small: { width: 760, height: 560 } };
let faults = 0;
for (const language of ["en", "zh-CN"])
  for (const theme of ["dark", "light"])
    for (const [size, viewport] of Object.entries(sizes)) {
      const page = await browser.newPage({ viewport });
      page.on("pageerror", (error) => console.error(`${language} ${theme}: ${error}`));
      await page.route("**/admin/api/**", (route) => {
        const given = answers(language, theme)[route.request().url().split("/").at(-1)];
        return given === undefined ? route.abort() : route.fulfill({ json: given });
      });
      for (const place of ["home", "providers", "providers?part=models", "activity?request=%22req_2%22", "settings", "welcome"]) {
        await page.goto(`http://127.0.0.1:${port}/#/${place}`);
        await page.waitForSelector("h1");
        await page.waitForTimeout(250);
        await page.screenshot({ path: join(folder, `${place.replace(/[^a-z].*/, "")}${place.includes("part") ? "-models" : ""}-${language}-${theme}-${size}.png`) });
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => window.axe.run());
        for (const each of violations) {
          faults += 1;
          console.error(`${place} ${language} ${theme} ${size}: ${each.id}: ${each.nodes.map((node) => node.html).slice(0, 2)}`);
        }
      }
      await page.close();
    }
await browser.close();
server.close();
console.log(`${faults} findings of axe`);
if (faults) process.exit(1);
