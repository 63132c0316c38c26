import { FluentBundle, FluentResource } from "@fluent/bundle";
import { negotiateLanguages } from "@fluent/langneg";
import { LocalizationProvider, ReactLocalization, useLocalization } from "@fluent/react";
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";

const english = import.meta.glob<string>("../../../locales/en/{window,instances,errors,reasons,import}.ftl", {
  query: "?raw",
  import: "default",
  eager: true,
});
/** Languages other than English are loaded when they are chosen. */
const others = import.meta.glob<string>(["../../../locales/*/{window,instances,errors,reasons,import}.ftl", "!../../../locales/en/*"], {
  query: "?raw",
  import: "default",
});

function bundle(language: string, texts: string[]): FluentBundle {
  // Isolating marks are for mixed directions, which neither language has; copied text would keep them.
  const made = new FluentBundle(language, { useIsolating: false });
  for (const text of texts) made.addResource(new FluentResource(text));
  return made;
}

const tagOf = (path: string) => path.split("/").at(-2) ?? "en";
const ENGLISH = bundle("en", Object.values(english));
const loaded = new Map<string, FluentBundle>([["en", ENGLISH]]);
const LanguageContext = createContext("en");

/** The languages that there are, by their tags. */
export const languages = [...new Set(["en", ...Object.keys(others).map(tagOf)])].sort();

/** A language's own name for itself; the script says more than the country does. */
export function nameOf(tag: string): string {
  const { language, region } = new Intl.Locale(tag);
  const { script } = new Intl.Locale(tag).maximize();
  return new Intl.DisplayNames(tag, { type: "language" }).of(region ? `${language}-${script}` : tag) ?? tag;
}

const added = new Map<string, string[]>();

/** Messages of a part of the page that not everybody loads. */
export function alsoSay(language: string, text: string) {
  added.set(language, [...(added.get(language) ?? []), text]);
  loaded.get(language)?.addResource(new FluentResource(text));
}

async function load(language: string): Promise<FluentBundle> {
  const paths = Object.keys(others).filter((path) => tagOf(path) === language);
  const texts = await Promise.all(paths.map((path) => others[path]?.() ?? ""));
  const made = bundle(language, [...texts, ...(added.get(language) ?? [])]);
  loaded.set(language, made);
  return made;
}

/** The language that is shown: the chosen one, else the system's, else English. */
export function choose(chosen: string | null): string {
  const wanted = chosen === null ? navigator.languages : [chosen];
  const [best] = negotiateLanguages([...wanted], languages, { defaultLocale: "en", strategy: "lookup" });
  return best ?? "en";
}

/** Gives the page its language; until that is loaded, the one before stays. */
export function Words({ language, children }: { language: string; children: ReactNode }) {
  const [shown, setShown] = useState(() => loaded.get(language));
  useEffect(() => {
    let wanted = true;
    const ready = loaded.get(language) ?? load(language);
    void Promise.resolve(ready).then((bundle) => wanted && setShown(bundle));
    return () => {
      wanted = false;
    };
  }, [language]);
  const tag = shown?.locales[0];
  const l10n = useMemo(() => shown && new ReactLocalization(shown === ENGLISH ? [ENGLISH] : [shown, ENGLISH]), [shown]);
  useEffect(() => {
    if (tag !== undefined) document.documentElement.lang = tag;
  }, [tag]);
  if (tag === undefined || l10n === undefined) return null;
  return (
    <LanguageContext value={tag}>
      <LocalizationProvider l10n={l10n}>{children}</LocalizationProvider>
    </LanguageContext>
  );
}

/** The tag of the language that is shown, for `Intl`. */
export function useLanguage(): string {
  return use(LanguageContext);
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
