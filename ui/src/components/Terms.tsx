import type { Terms as Rules } from "../api/contract";
import { useFormats } from "../l10n/formats";
import { useLanguage, useWords } from "../l10n/words";
import { Outside } from "./Outside";

/** What is known of a provider's rules, when it was read, and the page that binds. */
export function Terms({ terms }: { terms: Rules }) {
  const say = useWords();
  const language = useLanguage();
  const { day } = useFormats();
  return (
    <div className="text-small text-subtle">
      <p className="text-pretty">{terms.summary[language === "zh-CN" ? "zh-CN" : "en"]}</p>
      <Outside to={terms.url}>{say("terms-read", { day: day(terms.checked) })}</Outside>
    </div>
  );
}
