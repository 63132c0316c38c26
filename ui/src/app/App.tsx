import { type ComponentType, useEffect, useState } from "react";
import { useMethod } from "../api/client";
import { Activity } from "../features/activity/Activity";
import { Home } from "../features/home/Home";
import { Providers } from "../features/providers/Providers";
import { Settings } from "../features/settings/Settings";
import { choose, Words } from "../l10n/words";
import { Bar } from "./Bar";
import { type Place, Rail } from "./Rail";

const PLACES: Place[] = ["home", "providers", "activity", "settings"];
const PAGES: Record<Place, ComponentType> = { home: Home, providers: Providers, activity: Activity, settings: Settings };

/** The chosen place, kept in the address so that links and reloads lead there. */
function usePlace(): Place {
  const read = (): Place => PLACES.find((place) => window.location.hash === `#/${place}`) ?? "home";
  const [place, setPlace] = useState(read);
  useEffect(() => {
    const moved = () => setPlace(read());
    window.addEventListener("hashchange", moved);
    return () => window.removeEventListener("hashchange", moved);
  }, []);
  return place;
}

function useTheme(chosen: "system" | "dark" | "light") {
  useEffect(() => {
    const system = window.matchMedia("(prefers-color-scheme: light)");
    const show = () => {
      const light = chosen === "light" || (chosen === "system" && system.matches);
      document.documentElement.dataset["theme"] = light ? "light" : "dark";
    };
    show();
    system.addEventListener("change", show);
    return () => system.removeEventListener("change", show);
  }, [chosen]);
}

export function App() {
  const place = usePlace();
  const Page = PAGES[place];
  const settings = useMethod("settings.get", null);
  useTheme(settings.data?.theme ?? "system");
  // Shown in the right language and colours from the first moment.
  if (settings.isPending) return null;
  return (
    <Words language={choose(settings.data?.language ?? null)}>
      <div className="app">
        <Rail place={place} />
        <Bar />
        <main className="page">
          <Page />
        </main>
      </div>
    </Words>
  );
}
