import { Fault } from "../../components/Fault";
import { useWords } from "../../l10n/words";

interface Shown {
  words: string;
  busy: boolean;
  error: unknown;
  /** For how many seconds nothing can be tried. */
  wait: number;
}

/** The button of a form, and why it did not go on. */
export function Submit({ words, busy, error, wait }: Shown) {
  const say = useWords();
  return (
    <>
      <div role="alert" className="empty:hidden">{error !== null && <Fault error={error} />}</div>
      <button type="submit" className="btn btn--main btn--large" disabled={busy || wait > 0}>
        {wait > 0 ? say("gate-wait", { seconds: wait }) : words}
      </button>
    </>
  );
}
