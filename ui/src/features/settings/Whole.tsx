import { useState } from "react";
import { useWords } from "../../l10n/words";

/** A whole number within bounds. What is not one is told beneath, and the old one stays in force. */
export function Whole({ id, now, least, most, keep }: { id: string; now: number; least: number; most: number; keep: (value: number) => void }) {
  const say = useWords();
  const [typed, setTyped] = useState<string | null>(null);
  const text = (typed ?? String(now)).trim();
  const value = Number(text);
  const sound = /^\d+$/.test(text) && value >= least && value <= most;
  return (
    <div>
      <input
        id={id}
        inputMode="numeric"
        value={typed ?? String(now)}
        aria-invalid={!sound}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => {
          if (!sound) return;
          // From here on what is in force is shown, also when it changes elsewhere.
          setTyped(null);
          if (value !== now) keep(value);
        }}
      />
      {!sound && (
        <p className="fault" role="alert">
          {say("settings-whole", { least: String(least), most: String(most) })}
        </p>
      )}
    </div>
  );
}
