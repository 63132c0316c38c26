// A person's browser, for BROWSER: follows where it is led, fills in what is asked, and writes down what it saw.
// PERSON is what the person does: agree, deny, leave (closes the page), hold (does not follow back), foreign (a
// web page sends an answer of its own first), replay (gives the code in REPLAY in place of the new one).
import { appendFileSync } from "node:fs";

const { PERSON = "agree", SEEN, REPLAY } = process.env;
const jar = new Map();
const tell = (what) => appendFileSync(SEEN, `${JSON.stringify(what)}\n`);

async function ask(url, form) {
  const origin = new URL(url).origin;
  const cookies = jar.get(origin) ?? new Map();
  const headers = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
  const body = form === undefined ? undefined : new URLSearchParams(form);
  const answer = await fetch(url, {
    method: body ? "POST" : "GET",
    body,
    headers,
    redirect: "manual",
    signal: AbortSignal.timeout(10_000),
  });
  for (const cookie of answer.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
    cookies.set(name, value);
  }
  jar.set(origin, cookies);
  const page = await answer.text();
  const seen = { url, method: body ? "POST" : "GET", status: answer.status, page, headers: Object.fromEntries(answer.headers) };
  tell(seen);
  return seen;
}

/** The first form of a page: where it goes, and what stands in it. */
function form(page, base) {
  const [, opening, inside] = /<form([^>]*)>([\s\S]*?)<\/form>/i.exec(page) ?? [];
  if (opening === undefined) return undefined;
  const attribute = (tag, name) => new RegExp(`\\s${name}="([^"]*)"`, "i").exec(tag)?.[1];
  const fields = {};
  for (const [tag] of inside.matchAll(/<input[^>]*>/gi)) {
    const name = attribute(tag, "name");
    if (name) fields[name] = attribute(tag, "value") ?? "somebody";
  }
  return { action: new URL(attribute(opening, "action") ?? "", base).href, fields };
}

/** What the person does at the address that leads back to the program. */
async function back(url) {
  const held = new URL(url);
  if (PERSON === "hold") return tell({ held: url });
  if (PERSON === "foreign") {
    const foreign = new URL(url);
    foreign.searchParams.set("state", "of-somebody-else");
    foreign.searchParams.set("code", "of-somebody-else");
    await ask(foreign.href);
  }
  if (PERSON === "replay") held.searchParams.set("code", REPLAY);
  await ask(held.href);
  try {
    await ask(held.href);
  } catch {
    tell({ closed: true });
  }
}

let next = { url: process.argv.at(-1) };
const home = new URL(next.url).origin;
if (PERSON === "leave") process.exit(0);
for (let step = 0; next && step < 20; step++) {
  if (new URL(next.url).origin !== home) {
    await back(next.url);
    break;
  }
  const seen = await ask(next.url, next.form);
  const location = seen.headers.location;
  const abort = /href="([^"]*\/abort)"/.exec(seen.page)?.[1];
  const found = form(seen.page, next.url);
  if (location) next = { url: new URL(location, next.url).href };
  else if (abort && PERSON === "deny") next = { url: new URL(abort, next.url).href };
  else if (found) next = { url: found.action, form: found.fields };
  else next = undefined;
}
