import { useState } from "react";
import { useWords } from "../../l10n/words";

/** A whole number within bounds. What is not one is told beneath, and the old one stays in force. */
export function Whole({ id, now, least, most, keep }: { id: string; now: number; least: number; most: number; keep: (value: number) => void }) {
  const say = useWords();
  const [typed, setTyped] = useState<string | null>(null);
  const text = (typed ?? String(now)).trim();
  const value = Number(text);
  const sound = /^\d+$/.test(text) && value >= least && value <= most;
  const wrong = `${id}-wrong`;
  function take() {
    if (!sound) return;
    // From here on what is in force is shown, also when it changes elsewhere.
    setTyped(null);
    if (value !== now) keep(value);
  }
  return (
    <div className="grid justify-items-end gap-1">
      <input
        id={id}
        className="field w-24"
        inputMode="numeric"
        value={typed ?? String(now)}
        aria-invalid={!sound}
        aria-describedby={sound ? undefined : wrong}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && take()}
        onBlur={take}
      />
      {!sound && (
        <p className="fault text-small" role="alert" id={wrong}>
          {say("settings-whole", { least: String(least), most: String(most) })}
        </p>
      )}
    </div>
  );
}
