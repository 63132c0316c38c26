// The files of the pages that document the interface, each compressed once, as the program serves them.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

const here = fileURLToPath(new URL(".", import.meta.url));
const modules = join(here, "node_modules");
const out = join(here, "dist");

const age = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (age(join(modules, ".package-lock.json")) < age(join(here, "package-lock.json"))) {
  execFileSync("npm", ["ci", "--silent", "--no-audit", "--no-fund"], {
    cwd: here,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
}

// Redoc shows its maker's mark from its maker's server; the page's policy would refuse it.
const quiet = (text) => text.replaceAll("https://cdn.redoc.ly/redoc/logo-mini.svg", "data:,");
// Its fonts alone would be as large as all its other styles; the system's do as well.
const plain = (text) => text.replaceAll(/@font-face\s*\{[^}]*\}/g, "");
const files = {
  "swagger-ui-bundle.js": ["swagger-ui-dist/swagger-ui-bundle.js"],
  "swagger-ui.css": ["swagger-ui-dist/swagger-ui.css"],
  "redoc.standalone.js": ["redoc/bundles/redoc.standalone.js", quiet],
  "react.js": ["react/umd/react.production.min.js"],
  "react-dom.js": ["react-dom/umd/react-dom.production.min.js"],
  "graphiql-bundle.js": ["graphiql/graphiql.min.js"],
  "graphiql-bundle.css": ["graphiql/graphiql.min.css", plain],
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out);
const own = readdirSync(join(here, "src")).map((name) => [name, [join(here, "src", name)]]);
const foreign = Object.entries(files).map(([name, [path, change]]) => [name, [join(modules, path), change]]);
let sum = 0;
for (const [name, [path, change = (text) => text]] of [...foreign, ...own]) {
  const text = Buffer.from(change(readFileSync(path, "utf8")).replace(/\n\/\/# sourceMappingURL=.*/, ""));
  const packed = brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 22,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    },
  });
  sum += packed.length;
  writeFileSync(join(out, `${basename(name)}.br`), packed);
}
const most = 1_100_000;
if (sum > most) throw new Error(`the documents' pages take ${sum} bytes, the most is ${most}`);
console.log(`documents: ${sum} bytes`);
