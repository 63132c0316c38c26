import { type RouterHistory, RouterProvider } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useMethod } from "../api/client";
import { followTheme } from "../components/theme";
import { Toasts } from "../components/Toasts";
import { choose, Words } from "../l10n/words";
import { makeRouter } from "./router";

/** The window: its language, its colours, its places. */
export function App({ history }: { history?: RouterHistory }) {
  const [router] = useState(() => makeRouter(history));
  const settings = useMethod("settings.get", null);
  const theme = settings.data?.theme ?? "system";
  useEffect(() => followTheme(theme), [theme]);
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
