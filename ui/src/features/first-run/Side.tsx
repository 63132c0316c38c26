import { useAction, useMethod } from "../../api/client";
import { Icon } from "../../components/Icon";
import { Mark } from "../../components/Mark";
import { Segments } from "../../components/Segments";
import { languages, nameOf, useLanguage, useWords } from "../../l10n/words";
import { type Step, STEPS } from "./progress";

/** Which step it is, the way back to those before, and the language. */
export function Side({ step, go }: { step: Step; go: (step: Step) => void }) {
  const say = useWords();
  const language = useLanguage();
  const settings = useMethod("settings.get", null);
  const change = useAction("settings.change");
  const at = STEPS.indexOf(step);
  return (
    <aside className="first__side">
      <p className="brand p-0">
        <Mark />
        <b>Portolan</b>
      </p>
      <ol className="steps" aria-label={say("first-steps")}>
        {STEPS.map((each, place) => {
          const done = place < at;
          const words = (
            <>
              <span className="steps__no">{done ? <Icon name="check" /> : place + 1}</span>
              <span>
                <b>{say(`first-${each}-step`)}</b>
                <span className="block text-small text-subtle">{say(`first-${each}-step-more`)}</span>
              </span>
            </>
          );
          return (
            <li key={each} className={done ? "done" : undefined} aria-current={each === step ? "step" : undefined}>
              {done ? (
                <button type="button" className="steps__step" onClick={() => go(each)}>
                  {words}
                </button>
              ) : (
                <span className="steps__step">{words}</span>
              )}
            </li>
          );
        })}
      </ol>
      <p className="mt-auto">
        <Segments
          label={say("settings-language")}
          value={language}
          choose={(tag) => tag !== settings.data?.language && change.mutate({ language: tag })}
          choices={languages.map((tag) => ({ value: tag, words: nameOf(tag), lang: tag }))}
        />
      </p>
    </aside>
  );
}
