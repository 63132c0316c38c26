/** Two letters in place of other companies' logos. */
export function Tile({ name }: { name: string }) {
  return (
    <span className="tile" aria-hidden="true">
      {name.slice(0, 2)}
    </span>
  );
}
