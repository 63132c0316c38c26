const CENTRE = 280;
const RAYS = Array.from({ length: 16 }, (_, place) => {
  const angle = (place * Math.PI) / 8;
  return `M${CENTRE} ${CENTRE}L${(CENTRE + CENTRE * Math.sin(angle)).toFixed(1)} ${(CENTRE - CENTRE * Math.cos(angle)).toFixed(1)}`;
}).join("");

/** The faint wind rose behind the chart; it stands still and means nothing. */
export function Rose() {
  return (
    <svg className="chart__rose" viewBox="0 0 560 560" aria-hidden="true">
      <circle cx={CENTRE} cy={CENTRE} r="128" />
      <path d={RAYS} />
    </svg>
  );
}
