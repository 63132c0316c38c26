import { FluentBundle, FluentResource } from "@fluent/bundle";
import { negotiateLanguages } from "@fluent/langneg";
import { LocalizationProvider, ReactLocalization, useLocalization } from "@fluent/react";
import { type ReactNode, useEffect, useMemo } from "react";

const files = import.meta.glob<string>("../../../locales/*/{window,errors,reasons}.ftl", {
  query: "?raw",
  import: "default",
  eager: true,
});

function bundles(): Map<string, FluentBundle> {
  const found = new Map<string, FluentBundle>();
  for (const [path, text] of Object.entries(files)) {
    const language = path.split("/").at(-2) ?? "en";
    // Isolating marks are for mixed directions, which neither language has; copied text would keep them.
    const bundle = found.get(language) ?? new FluentBundle(language, { useIsolating: false });
    bundle.addResource(new FluentResource(text));
    found.set(language, bundle);
  }
  return found;
}

const all = bundles();

/** The languages that there are, by their tags. */
export const languages = [...all.keys()].sort();

/** The language that is shown: the chosen one, else the system's, else English. */
export function choose(chosen: string | null): string {
  const wanted = chosen === null ? navigator.languages : [chosen];
  const [best] = negotiateLanguages([...wanted], languages, { defaultLocale: "en", strategy: "lookup" });
  return best ?? "en";
}

export function Words({ language, children }: { language: string; children: ReactNode }) {
  const l10n = useMemo(() => {
    const first = all.get(language);
    const english = all.get("en");
    return new ReactLocalization([first, english].filter((bundle) => bundle !== undefined));
  }, [language]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return <LocalizationProvider l10n={l10n}>{children}</LocalizationProvider>;
}

export type Say = (id: string, args?: Record<string, string | number | Date>) => string;

/** Says a message, or `message.attribute`, in the language that is shown; an unknown one as its id. */
export function useWords(): Say {
  const { l10n } = useLocalization();
  return (id, args) => {
    const [message = id, attribute] = id.split(".");
    if (attribute === undefined) return l10n.getString(id, args ?? null);
    const bundle = l10n.getBundle(message);
    const pattern = bundle?.getMessage(message)?.attributes[attribute];
    return bundle && pattern ? bundle.formatPattern(pattern, args ?? null) : id;
  };
}
