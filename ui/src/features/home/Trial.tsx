import { Fault } from "../../components/Fault";
import { Answer } from "../../components/trial/Answer";
import { Prompt } from "../../components/trial/Prompt";
import { useTrial } from "../../components/trial/useTrial";
import { useWords } from "../../l10n/words";

/** A real request, streamed, so that one sees it work. */
export function Trial() {
  const say = useWords();
  const trial = useTrial();
  return (
    <section>
      <div className="head">
        <h2>{say("home-trial")}</h2>
      </div>
      <div className="grid grid-cols-1 gap-3">
        <Prompt busy={trial.busy} send={trial.send} />
        {trial.error !== null && <Fault error={trial.error} />}
        {trial.now !== undefined && <Answer trial={trial.now} />}
      </div>
    </section>
  );
}
