// Pictures of every page in both languages, themes and sizes into a folder.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { goTo, open, PAGES, SIZES, windowOf } from "./pages.mjs";

const [folder, only = ""] = process.argv.slice(2);
if (!folder) throw new Error("name the folder for the pictures");
mkdirSync(folder, { recursive: true });
const { browser, address, close } = await open();
let faults = 0;
async function pictures(language, theme, size) {
  const fault = (what) => {
    faults += 1;
    console.error(`${language} ${theme} ${size}: ${what}`);
  };
  const page = await windowOf(browser, language, theme, SIZES[size], fault);
  for (const [name, each] of Object.entries(PAGES)) {
    if (!name.startsWith(only)) continue;
    await goTo(page, address, each);
    await page.waitForTimeout(250);
    await page.screenshot({ path: join(folder, `${name}-${language}-${theme}-${size}.png`) });
  }
  await page.context().close();
}
for (const language of ["en", "zh-CN"])
  for (const theme of ["dark", "light"])
    for (const size of Object.keys(SIZES)) await pictures(language, theme, size);
await close();
if (faults) process.exit(1);
