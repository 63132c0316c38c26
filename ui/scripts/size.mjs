// The first load must stay small: the gzipped bytes of the entry and its styles.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 180 * 1024;
const folder = new URL("../dist/assets/", import.meta.url);
const files = readdirSync(folder).filter((name) => /\.(js|css)$/.test(name));
const total = files.reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, folder))).length, 0);
console.log(`${files.length} files, ${(total / 1024).toFixed(1)} KiB gzipped, ${LIMIT / 1024} KiB allowed`);
if (total > LIMIT) process.exit(1);
