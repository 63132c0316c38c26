// The first load must stay small: the gzipped bytes of the entry with all that it imports outright,
// its styles, a host, the first page, and one language besides English.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 180 * 1024;
const folder = new URL("../dist/assets/", import.meta.url);
const files = readdirSync(folder).filter((name) => /\.(js|css)$/.test(name));
const text = (name) => readFileSync(new URL(name, folder));
const size = (names) => [...names].reduce((sum, name) => sum + gzipSync(text(name)).length, 0);

function reach(name, seen) {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const [, to] of text(name).toString().matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/g)) reach(to, seen);
  return seen;
}

const first = new Set(files.filter((name) => name.endsWith(".css")));
const page = readFileSync(new URL("../dist/index.html", import.meta.url), "utf8");
for (const [, name] of page.matchAll(/assets\/([^"]+\.js)/g)) reach(name, first);
for (const name of files) if (/^(tauri|window|errors|reasons)-/.test(name)) reach(name, first);
const kib = (bytes) => (bytes / 1024).toFixed(1);
console.log(`${kib(size(first))} KiB gzipped at first of ${kib(size(files))} in ${files.length} files, ${LIMIT / 1024} allowed`);
if (size(first) > LIMIT) process.exit(1);
