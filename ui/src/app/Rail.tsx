import { Link } from "@tanstack/react-router";
import { useMethod } from "../api/client";
import { Icon } from "../components/Icon";
import { Mark } from "../components/Mark";
import { useWords } from "../l10n/words";

/** The places, and the version. */
export function Rail() {
  const say = useWords();
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
      <p className="rail__foot">{status.data?.version}</p>
    </nav>
  );
}
