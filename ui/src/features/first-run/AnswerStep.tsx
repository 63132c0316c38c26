import { addressOf } from "../../api/address";
import { useAction, useMethod } from "../../api/client";
import { Fault } from "../../components/Fault";
import { Notice } from "../../components/Notice";
import { Answer } from "../../components/trial/Answer";
import { Prompt } from "../../components/trial/Prompt";
import { useTrial } from "../../components/trial/useTrial";
import { useWords } from "../../l10n/words";
import type { Ways } from "./FirstRun";
import { Page } from "./Page";
import { Passage } from "./Passage";

/** A real request, sent as a program would send it, and its answer as it comes. */
export function AnswerStep({ next, back }: Ways) {
  const say = useWords();
  const status = useMethod("status.get", null);
  const start = useAction("serving.start");
  const trial = useTrial();
  const { now } = trial;
  const works = now?.done === true && now.fault === null;
  const failed = now?.done === true && now.fault !== null;
  const title = works ? "first-works" : failed ? "first-failed" : trial.busy ? "first-arriving" : "first-answer";
  const address = status.data ? addressOf(status.data) : null;
  const foot = (
    <>
      <button type="button" className="btn btn--bare" onClick={back}>
        {say("first-back")}
      </button>
      <span className="ms-auto flex gap-3">
        <button type="button" className={works ? "btn btn--main btn--large" : "btn btn--large"} onClick={next}>
          {say(works ? "first-continue" : "first-skip")}
        </button>
      </span>
    </>
  );
  return (
    <Page title={say(title)} lead={say("first-answer-more")} foot={foot}>
      {status.data?.serving === false && (
        <Notice
          kind="warn"
          actions={
            <button type="button" className="btn" onClick={() => start.mutate(null)}>
              {say("window-start")}
            </button>
          }
        >
          <p>{say("home-stopped")}</p>
          {start.error !== null && <Fault error={start.error} />}
        </Notice>
      )}
      <div className="grid grid-cols-1 gap-6">
        <Prompt busy={trial.busy} send={trial.send} />
        {(now !== undefined || trial.busy) && <Passage trial={now} />}
        {trial.error !== null && (
          <div role="alert">
            <Fault error={trial.error} />
          </div>
        )}
        {now !== undefined && <Answer trial={now} />}
        {works && address !== null && <p className="text-small text-subtle">{say("first-works-more", { address })}</p>}
      </div>
    </Page>
  );
}
