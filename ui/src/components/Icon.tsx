const PATHS = {
  home: "M2.5 7 8 2.5 13.5 7v6.5h-4v-4h-3v4h-4z",
  providers: "M8 2.5v4M3.5 13.5v-2l4.5-5 4.5 5v2M8 6.5v7",
  activity: "M2 8.5h2.8L6.5 3.5l3 9 1.7-4H14",
  settings: "M2.5 4.5h6M11.5 4.5h2M2.5 11.5h2M7.5 11.5h6M10 3v3M6 10v3",
  copy: "M5.5 5.5h7v8h-7zM10.5 5.5v-3h-7v8h2",
  key: "M9.2 6.8a3 3 0 1 1 .1.1M7.9 8.2 3 13.1M4.8 11.3l1.7 1.7",
  down: "m5 6.5 3 3 3-3",
  check: "m3.5 8.5 3 3 6-7",
  cross: "m4 4 8 8M12 4l-8 8",
  plus: "M8 3v10M3 8h10",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  stop: "M4.5 4.5h7v7h-7z",
  play: "M5 3.5v9l7.5-4.5z",
  open: "M9 2.5h4.5V7M13.5 2.5 7.5 8.5M11.5 9.5v4h-9v-9h4",
  retry: "M13 8a5 5 0 1 1-1.6-3.7M13.3 2.2v2.9h-2.9",
  terms: "M8 2.5v11M4.5 13.5h7M3 5.5h10M3 5.5 1.8 9.5h2.4zM13 5.5l-1.2 4h2.4z",
  send: "M2.5 8h10M8.5 4l4 4-4 4",
  keyboard: "M1.5 4h13v8h-13zM4 6.7h.01M6.7 6.7h.01M9.3 6.7h.01M12 6.7h.01M5 9.5h6",
} as const;

export type IconName = keyof typeof PATHS;

/** A stroke on a grid of 16; a word or a label stands beside it always. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
