import type { ReactNode } from "react";

export type Shape = "ok" | "warn" | "err" | "off" | "busy" | "found";

const RING = "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zm0 2a5 5 0 1 0 0 10A5 5 0 0 0 8 3z";
const SHAPES: Record<Shape, string> = {
  ok: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1z",
  warn: "M8 1L16 15H0z",
  err: "M3.2 0L8 4.8L12.8 0L16 3.2L11.2 8L16 12.8L12.8 16L8 11.2L3.2 16L0 12.8L4.8 8L0 3.2z",
  off: RING,
  busy: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zm0 2v10A5 5 0 0 0 8 3z",
  found: `${RING}M8 6a2 2 0 1 1 0 4a2 2 0 0 1 0-4z`,
};

/** A state: a shape, a colour and a word, never a colour alone. */
export function State({ shape, children }: { shape: Shape; children: ReactNode }) {
  return (
    <span className={`state state--${shape}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={SHAPES[shape]} fillRule="evenodd" />
      </svg>
      <span>{children}</span>
    </span>
  );
}
