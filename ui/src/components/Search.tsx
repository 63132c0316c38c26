import { Icon } from "./Icon";

/** A field that filters what stands below; `/` leads to the first one of a page. */
export function Search({ label, value, change, className = "" }: { label: string; value: string; change: (value: string) => void; className?: string }) {
  return (
    <label className={`search ${className}`}>
      <Icon name="search" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && value !== "" && change("")}
      />
    </label>
  );
}
