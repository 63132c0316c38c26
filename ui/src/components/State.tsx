import type { ReactNode } from "react";

export type Shape = "ok" | "warn" | "err" | "off";

const SHAPES: Record<Shape, string> = {
  ok: "M8 2a6 6 0 1 1 0 12a6 6 0 0 1 0-12z",
  warn: "M8 2L15 14H1z",
  err: "M3.5 2L8 6.5L12.5 2L14 3.5L9.5 8L14 12.5L12.5 14L8 9.5L3.5 14L2 12.5L6.5 8L2 3.5z",
  off: "M8 2a6 6 0 1 1 0 12a6 6 0 0 1 0-12zm0 2a4 4 0 1 0 0 8a4 4 0 0 0 0-8z",
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
