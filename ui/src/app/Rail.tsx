import { useMethod } from "../api/client";
import { Mark } from "../components/Mark";
import { useWords } from "../l10n/words";

export type Place = "home" | "settings";

const ICONS: Record<Place, string> = {
  home: "M2.5 7.5L8 2.5l5.5 5v6h-4v-4h-3v4h-4z",
  settings: "M2 5h7m4 0h1M2 11h1m4 0h7M11 3.2a1.8 1.8 0 1 1 0 3.6a1.8 1.8 0 0 1 0-3.6zM5 9.2a1.8 1.8 0 1 1 0 3.6a1.8 1.8 0 0 1 0-3.6z",
};

export function Rail({ place }: { place: Place }) {
  const say = useWords();
  const status = useMethod("status.get", null);
  const places: { name: Place; words: string }[] = [
    { name: "home", words: say("window-home") },
    { name: "settings", words: say("window-settings") },
  ];
  return (
    <nav className="rail" aria-label="Portolan">
      <p className="brand">
        <Mark />
        <span>Portolan</span>
      </p>
      {places.map(({ name, words }) => (
        <a key={name} className="rail__item" href={`#/${name}`} aria-current={name === place ? "page" : undefined}>
          <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
            <path d={ICONS[name]} />
          </svg>
          <span>{words}</span>
        </a>
      ))}
      <p className="rail__foot">{status.data?.version}</p>
    </nav>
  );
}
