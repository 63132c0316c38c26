import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useHost, useMethod } from "../api/client";
import { Icon } from "../components/Icon";
import { Mark } from "../components/Mark";
import { useWords } from "../l10n/words";

// Only a browser's page has it.
const Session = lazy(() => import("../features/entrance/Session").then(({ Session }) => ({ default: Session })));

/** The places, and the version. */
export function Rail() {
  const say = useWords();
  const { gate } = useHost();
  const status = useMethod("status.get", null);
  const places = [
    { to: "/home", icon: "home", words: say("window-home") },
    { to: "/providers", icon: "providers", words: say("window-providers") },
    { to: "/activity", icon: "activity", words: say("window-activity") },
    { to: "/settings", icon: "settings", words: say("window-settings") },
  ] as const;
  return (
    <nav className="rail" aria-label="Portolan">
      <p className="brand">
        <Mark />
        <span>Portolan</span>
      </p>
      {places.map(({ to, icon, words }) => (
        <Link key={to} to={to} className="rail__item">
          <Icon name={icon} />
          <span>{words}</span>
        </Link>
      ))}
      {gate && (
        <Suspense>
          <Session gate={gate} />
        </Suspense>
      )}
      <p className="rail__foot">{status.data?.version}</p>
    </nav>
  );
}
