import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { AnswerStep } from "./AnswerStep";
import { keepProgress, readProgress, type Step, STEPS } from "./progress";
import { ProgramStep } from "./ProgramStep";
import { ProviderStep } from "./ProviderStep";
import { Side } from "./Side";

/** How a step leads on and back. */
export interface Ways {
  next: () => void;
  back: () => void;
}

/** Somebody to answer, a real answer, a program that asks: each can be left out, and come back to. */
export function FirstRun() {
  const navigate = useNavigate();
  const [step, setStep] = useState<Step>(() => {
    const kept = readProgress();
    return kept === null || kept === "over" ? "provider" : kept;
  });
  const go = (to: Step) => {
    keepProgress(to);
    setStep(to);
  };
  const end = () => {
    keepProgress("over");
    void navigate({ to: "/home" });
  };
  const place = STEPS.indexOf(step);
  const [before, after] = [STEPS[place - 1], STEPS[place + 1]];
  const ways: Ways = { next: () => (after ? go(after) : end()), back: () => before && go(before) };
  return (
    <div className="first">
      <Side step={step} go={go} />
      <main className="first__main">
        {step === "provider" && <ProviderStep {...ways} leave={end} />}
        {step === "answer" && <AnswerStep {...ways} />}
        {step === "program" && <ProgramStep {...ways} />}
      </main>
    </div>
  );
}
