const LINES =
  "M5.5 10.5L5.5 -4.5M5.5 10.5L11.24 -3.36M5.5 10.5L16.11 -0.11M5.5 10.5L19.36 4.76M5.5 10.5L20.5 10.5";

/** The mark: a chart with the lines of a wind rose that meet in one port. */
export function Mark() {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <mask id="mark">
        <rect width="16" height="16" fill="#fff" />
        <path d={LINES} stroke="#000" strokeWidth="0.8" />
        <circle cx="5.5" cy="10.5" r="2.3" fill="#000" />
      </mask>
      <circle cx="8" cy="8" r="7.5" fill="currentColor" mask="url(#mark)" />
      <circle cx="5.5" cy="10.5" r="1.2" fill="currentColor" />
    </svg>
  );
}
