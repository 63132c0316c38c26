import { createHashHistory, createRootRoute, createRoute, createRouter, lazyRouteComponent, Navigate, type RouterHistory } from "@tanstack/react-router";
import { Home } from "../features/home/Home";
import { Frame } from "./Frame";
import { Start } from "./Start";

/** What a link to Activity may ask for: one request that is opened, or the failures alone. */
export interface ActivitySearch {
  request?: string;
  failed?: boolean;
}

/** What a link to Providers may ask for: one of its parts. */
export interface ProvidersSearch {
  part?: "models" | "import";
}

const root = createRootRoute({ notFoundComponent: () => <Navigate to="/home" replace /> });
const start = createRoute({ getParentRoute: () => root, path: "/", component: Start });
const framed = createRoute({ getParentRoute: () => root, id: "framed", component: Frame });
const home = createRoute({ getParentRoute: () => framed, path: "/home", component: Home });
const providers = createRoute({
  getParentRoute: () => framed,
  path: "/providers",
  component: lazyRouteComponent(() => import("../features/providers/Providers"), "Providers"),
  validateSearch: ({ part }): ProvidersSearch => (part === "models" || part === "import" ? { part } : {}),
});
const activity = createRoute({
  getParentRoute: () => framed,
  path: "/activity",
  component: lazyRouteComponent(() => import("../features/activity/Activity"), "Activity"),
  validateSearch: (search): ActivitySearch => ({
    ...(typeof search["request"] === "string" ? { request: search["request"] } : {}),
    ...(search["failed"] === true ? { failed: true } : {}),
  }),
});
const settings = createRoute({
  getParentRoute: () => framed,
  path: "/settings",
  component: lazyRouteComponent(() => import("../features/settings/Settings"), "Settings"),
});

const welcome = createRoute({
  getParentRoute: () => root,
  path: "/welcome",
  component: lazyRouteComponent(() => import("../features/first-run/FirstRun"), "FirstRun"),
});

/** The places of the window, each with an address of its own behind the `#`. */
export function makeRouter(history: RouterHistory = createHashHistory()) {
  return createRouter({
    routeTree: root.addChildren([start, welcome, framed.addChildren([home, providers, activity, settings])]),
    history,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
