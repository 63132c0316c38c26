import { Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { Bar } from "./Bar";
import { Rail } from "./Rail";
import { Shortcuts } from "./Shortcuts";

/** What stands around a page. Who comes to another page has it read from its beginning. */
export function Frame() {
  const path = useLocation({ select: (location) => location.pathname });
  const page = useRef<HTMLElement>(null);
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    page.current?.focus();
    page.current?.scrollTo(0, 0);
  }, [path]);
  return (
    <div className="app">
      <Rail />
      <Bar />
      <main className="page" ref={page} tabIndex={-1}>
        <Outlet />
      </main>
      <Shortcuts />
    </div>
  );
}
