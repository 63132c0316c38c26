import { useEffect, useState } from "react";
import { useWords } from "../l10n/words";
import { Icon, type IconName } from "./Icon";

interface Shown {
  /** What is read out, and shown unless `bare`. */
  label: string;
  /** Asked for when it is copied, for a secret is fetched only then. */
  text: () => Promise<string> | string;
  /** What is said when there is nothing to copy. */
  failed?: string;
  icon?: IconName;
  /** Whether the icon stands alone. */
  bare?: boolean;
  className?: string;
}

/** Copies a text, and says so for two seconds. */
export function Copy({ label, text, failed, icon = "copy", bare = false, className = "" }: Shown) {
  const say = useWords();
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), 2000);
    return () => clearTimeout(timer);
  }, [said]);
  async function copy() {
    try {
      await navigator.clipboard.writeText(await text());
      setSaid(say("window-copied"));
    } catch {
      setSaid(failed ?? say("window-not-copied"));
    }
  }
  const alone = bare && said === null;
  return (
    <button type="button" className={`btn ${alone ? "btn--icon" : ""} ${className}`} aria-label={label} title={label} onClick={() => void copy()}>
      <Icon name={said === null ? icon : "check"} />
      <span aria-live="polite">{said ?? (bare ? null : label)}</span>
    </button>
  );
}
