import { type Ref, useId, useState } from "react";
import { useWords } from "../../l10n/words";

interface Shown {
  label: string;
  value: string;
  change: (value: string) => void;
  /** Whether it is a new one, which the browser may then make up and keep. */
  fresh?: boolean;
  /** What is said about it. */
  more?: string;
  wrong?: boolean;
  /** Whether it has the focus when it comes. */
  first?: boolean;
  field?: Ref<HTMLInputElement>;
}

/** A field for a password, which can be looked at. */
export function Password({ label, value, change, fresh = false, more, wrong = false, first = false, field }: Shown) {
  const say = useWords();
  const id = useId();
  const [seen, setSeen] = useState(false);
  return (
    <div className="grid gap-2">
      <label htmlFor={id}>{label}</label>
      <div className="flex gap-2">
        <input
          id={id}
          ref={field}
          className="field min-w-0 flex-1"
          type={seen ? "text" : "password"}
          autoComplete={fresh ? "new-password" : "current-password"}
          aria-describedby={more === undefined ? undefined : `${id}-more`}
          aria-invalid={wrong}
          maxLength={128}
          required
          autoFocus={first}
          spellCheck={false}
          value={value}
          onChange={(event) => change(event.target.value)}
        />
        <button type="button" className="btn" aria-pressed={seen} onClick={() => setSeen(!seen)}>
          {say(seen ? "gate-hide" : "gate-show")}
        </button>
      </div>
      {more !== undefined && (
        <p id={`${id}-more`} className="text-small text-subtle">
          {more}
        </p>
      )}
    </div>
  );
}
