import { useWords } from "../../l10n/words";

/** The page is here, and the program that gave it answers no more. */
export function Unreachable() {
  const say = useWords();
  return (
    <div className="grid gap-4">
      <h1>{say("gate-unreachable")}</h1>
      <button type="button" className="btn btn--large" onClick={() => window.location.reload()}>
        {say("gate-reload")}
      </button>
    </div>
  );
}
