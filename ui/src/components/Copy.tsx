import { useEffect, useState } from "react";

/** Copies a text, and says so for two seconds. `text` may have to be asked for first. */
export function Copy({
  label,
  done,
  failed,
  text,
}: {
  label: string;
  done: string;
  failed: string;
  text: () => Promise<string>;
}) {
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), 2000);
    return () => clearTimeout(timer);
  }, [said]);
  async function copy() {
    try {
      await navigator.clipboard.writeText(await text());
      setSaid(done);
    } catch {
      setSaid(failed);
    }
  }
  return (
    <button type="button" className="button" onClick={() => void copy()}>
      <span aria-live="polite">{said ?? label}</span>
    </button>
  );
}
