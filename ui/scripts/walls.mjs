// Who may import whom: components <- features <- app; only host/tauri.ts knows Tauri; no feature
// knows another one.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../src", import.meta.url));
const faults = [];

function walk(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) walk(path);
    else if (/\.tsx?$/.test(name)) look(path);
  }
}

function look(path) {
  const here = relative(root, path);
  const text = readFileSync(path, "utf8");
  const lines = text.split("\n").length;
  if (lines > 400 && here !== "api/contract.ts") faults.push(`${here}: ${lines} lines`);
  for (const [, from] of text.matchAll(/from\s+"([^"]+)"|import\("([^"]+)"\)/g)) {
    if (!from) continue;
    if (from.startsWith("@tauri-apps/") && here !== "host/tauri.ts") faults.push(`${here}: imports ${from}`);
    if (!from.startsWith(".")) continue;
    const to = relative(root, join(path, "..", from));
    const [mine, feature] = here.split("/");
    const [theirs, other] = to.split("/");
    if (theirs === "app" && mine !== "app" && here !== "main.tsx") faults.push(`${here}: imports ${to}`);
    if (theirs === "features" && mine === "components") faults.push(`${here}: imports ${to}`);
    if (theirs === "features" && mine === "features" && feature !== other) faults.push(`${here}: imports ${to}`);
    if (theirs === "host" && ["components", "l10n"].includes(mine)) faults.push(`${here}: imports ${to}`);
  }
}

walk(root);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
