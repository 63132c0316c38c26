import { type RouterHistory, RouterProvider } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useMethod } from "../api/client";
import { Toasts } from "../components/Toasts";
import { choose, Words } from "../l10n/words";
import { makeRouter } from "./router";

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

/** The window: its language, its colours, its places. */
export function App({ history }: { history?: RouterHistory }) {
  const [router] = useState(() => makeRouter(history));
  const settings = useMethod("settings.get", null);
  useTheme(settings.data?.theme ?? "system");
  // Shown in the right language and colours from the first moment.
  if (settings.isPending) return null;
  return (
    <Words language={choose(settings.data?.language ?? null)}>
      <Toasts>
        <RouterProvider router={router} />
      </Toasts>
    </Words>
  );
}
