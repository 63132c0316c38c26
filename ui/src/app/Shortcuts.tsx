import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";

const ShortcutList = lazy(() => import("./ShortcutList"));

const PLACES = ["/home", "/providers", "/activity", "/settings"] as const;
const LETTERS = ["h", "p", "a", "s"];
/** The second key of two has to follow within so many milliseconds. */
const TOGETHER = 1200;

function types(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** The keys that work everywhere, and `?` for their list. */
export function Shortcuts() {
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const began = useRef(0);
  useEffect(() => {
    function pressed(event: KeyboardEvent) {
      if (event.defaultPrevented || event.altKey || document.querySelector("[role=dialog]")) return;
      const digit = PLACES[Number(event.key) - 1];
      if ((event.ctrlKey || event.metaKey) && digit !== undefined) {
        event.preventDefault();
        void navigate({ to: digit });
        return;
      }
      if (event.ctrlKey || event.metaKey || types(event.target)) return;
      const letter = PLACES[LETTERS.indexOf(event.key)];
      if (event.timeStamp - began.current < TOGETHER && letter !== undefined) {
        event.preventDefault();
        void navigate({ to: letter });
      }
      began.current = event.key === "g" ? event.timeStamp : -TOGETHER;
      if (event.key === "?") setOpen(true);
      const search = document.querySelector<HTMLInputElement>("main input[type=search]");
      if (event.key === "/" && search !== null) {
        event.preventDefault();
        search.focus();
      }
    }
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [navigate]);
  if (!open) return null;
  return (
    <Suspense>
      <ShortcutList close={() => setOpen(false)} />
    </Suspense>
  );
}
