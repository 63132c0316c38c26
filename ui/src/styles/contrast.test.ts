// @vitest-environment node
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const text = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

/** The tokens of a theme: the first block of its name and what stands before all. */
function tokens(theme: "dark" | "light"): Map<string, string> {
  const found = new Map<string, string>();
  const plain = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/@media[^{]*\{[\s\S]*?\}\s*\}/g, "");
  for (const [, selector, body] of plain.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    if (!selector?.includes(":root") && !selector?.includes(`"${theme}"`)) continue;
    for (const [, name, value] of (body ?? "").matchAll(/(--[\w-]+):\s*([^;]+)/g)) found.set(name!, value!.trim());
  }
  return found;
}

/** Relative luminance of an `oklch()` colour: <https://www.w3.org/TR/css-color-4/#color-conversion-code>. */
function luminance(name: string, all: Map<string, string>): number {
  const value = all.get(name) ?? "";
  const alias = /^var\((--[\w-]+)\)$/.exec(value);
  if (alias) return luminance(alias[1]!, all);
  const [, l, c, h] = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(value) ?? [];
  if (l === undefined) throw new Error(`${name} is not a colour: ${value}`);
  const angle = (Number(h) * Math.PI) / 180;
  const [a, b] = [Number(c) * Math.cos(angle), Number(c) * Math.sin(angle)];
  const cube = (p: number, q: number) => (Number(l) + p * a + q * b) ** 3;
  const [x, y, z] = [cube(0.3963377774, 0.2158037573), cube(-0.1055613458, -0.0638541728), cube(-0.0894841775, -1.291485548)];
  const red = 4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z;
  const green = -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z;
  const blue = -0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z;
  const held = (n: number) => Math.min(1, Math.max(0, n));
  return 0.2126 * held(red) + 0.7152 * held(green) + 0.0722 * held(blue);
}

function contrast(a: string, b: string, all: Map<string, string>): number {
  const [one, other] = [luminance(a, all) + 0.05, luminance(b, all) + 0.05];
  return Math.max(one, other) / Math.min(one, other);
}

const grounds = ["--canvas", "--surface", "--surface-raised", "--hover"];

test.each(["dark", "light"] as const)("in the %s theme what is read and used stands out", (theme) => {
  const all = tokens(theme);
  for (const ground of grounds) {
    for (const name of ["--text", "--text-soft", "--text-subtle"]) {
      expect(contrast(name, ground, all), `${name} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
    for (const name of ["--control", "--focus", "--accent"]) {
      expect(contrast(name, ground, all), `${name} on ${ground}`).toBeGreaterThanOrEqual(3);
    }
  }
  // Links and states are read on whatever they stand on; a notice is tinted like its state.
  for (const ground of [...grounds, "--surface-over"]) {
    expect(contrast("--accent", ground, all), `a link on ${ground}`).toBeGreaterThanOrEqual(4.5);
    for (const name of ["--success", "--warning", "--danger"]) {
      expect(contrast(name, ground, all), `${name} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  }
  for (const name of ["success", "warning", "danger"]) {
    for (const text of ["--text", "--text-soft", `--${name}`]) {
      expect(contrast(text, `--${name}-quiet`, all), `${text} on ${name}`).toBeGreaterThanOrEqual(4.5);
    }
  }
  // What is chosen in a menu, and the parts of a bar beside each other.
  expect(contrast("--text", "--accent-quiet", all)).toBeGreaterThanOrEqual(4.5);
  expect(contrast("--c1", "--surface", all)).toBeGreaterThanOrEqual(3);
  expect(contrast("--danger", "--surface", all)).toBeGreaterThanOrEqual(3);
  expect(contrast("--on-accent", "--accent", all)).toBeGreaterThanOrEqual(4.5);
});
