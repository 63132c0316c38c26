import { useMethod } from "../api/client";
import { Mark } from "../components/Mark";
import { useWords } from "../l10n/words";

export type Place = "home" | "providers" | "activity" | "settings";

const ICONS: Record<Place, string> = {
  home: "M2.5 7.5L8 2.5l5.5 5v6h-4v-4h-3v4h-4z",
  providers: "M8 2.5v4M3.5 13.5v-2l4.5-5 4.5 5v2M8 6.5v7",
  activity: "M2 8.5h2.8L6.5 3.5l3 9 1.7-4H14",
  settings: "M2.5 4.5h6M11.5 4.5h2M2.5 11.5h2M7.5 11.5h6M10 3v3M6 10v3",
};

export function Rail({ place }: { place: Place }) {
  const say = useWords();
  const status = useMethod("status.get", null);
  const places: { name: Place; words: string }[] = [
    { name: "home", words: say("window-home") },
    { name: "providers", words: say("window-providers") },
    { name: "activity", words: say("window-activity") },
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
