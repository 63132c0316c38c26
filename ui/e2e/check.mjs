// Every page in both languages, themes and sizes: nothing is wider than the window, untranslated or
// failing; axe, which takes its time, looks at each page once in each theme.
import { goTo, open, PAGES, SIZES, axeOf, windowOf } from "./pages.mjs";

/** An id of a message that stands where its words should. */
const UNTRANSLATED = /\b(window|home|activity|providers|settings|models|terms|first|connect|keys|signing|fault-why|fault-do|error|reason-why)-[a-z][a-z-]*[a-z]\b/;
/** What looks like an id and is none. */
const NONE = /reason-[a-z]+\.example/;
const CJK = /[\u4e00-\u9fff]/;

/** It ends by itself, whatever hangs, in milliseconds. */
const DEADLINE = 600_000;
setTimeout(() => {
  console.error("not done in time");
  process.exit(1);
}, DEADLINE).unref();

const { browser, address, close } = await open();
const faults = [];

async function look(language, theme, size, axe) {
  const fault = (what) => faults.push(`${language} ${theme} ${size}: ${what}`);
  const page = await windowOf(browser, language, theme, SIZES[size], fault);
  for (const [name, each] of Object.entries(PAGES)) {
    const tell = (what) => fault(`${name}: ${what}`);
    try {
      await goTo(page, address, each);
      if (axe) for (const found of await axeOf(page)) tell(found);
      const seen = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth > window.innerWidth,
        within: [...document.querySelectorAll("main, .dialog__body, .first__body")].filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.className),
        text: document.body.innerText,
        title: document.querySelector("h1")?.textContent ?? "",
      }));
      if (seen.wide) tell("is wider than the window");
      for (const box of seen.within) tell(`${box} scrolls sideways`);
      const id = UNTRANSLATED.exec(seen.text);
      if (id && !NONE.test(id[0])) tell(`says ${id[0]}`);
      if ((language === "zh-CN") !== CJK.test(seen.title)) tell(`its title is “${seen.title}”`);
    } catch (error) {
      tell(String(error).split("\n")[0]);
    }
  }
  await page.context().close();
}

await Promise.all([
  look("en", "dark", "wide", true).then(() => look("en", "light", "small", false)),
  look("zh-CN", "light", "wide", true).then(() => look("zh-CN", "dark", "small", false)),
]);
await close();
for (const each of faults) console.error(each);
const looked = Object.keys(PAGES).length * 4;
const wrong = Math.min(looked, faults.length);
console.log(`${looked - wrong} passed, ${wrong} failed`);
if (faults.length > 0) process.exit(1);
