import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { ApiProvider } from "../api/client";
import { Toasts } from "../components/Toasts";
import type { Host } from "../host/host";
import { Words } from "../l10n/words";
import { type Answers, FakeHost } from "./fake";

/** A page alone, with a made-up host, in a language. */
export function show(Page: () => ReactNode, answers: Answers, language = "en", at = "/", more: Partial<Host> = {}) {
  const host = Object.assign(new FakeHost(answers), more);
  const user = userEvent.setup();
  const router = createRouter({
    routeTree: createRootRoute({ component: Page, notFoundComponent: Page }),
    history: createMemoryHistory({ initialEntries: [at] }),
  });
  render(
    <ApiProvider host={host}>
      <Words language={language}>
        <Toasts>
          <RouterProvider router={router as never} />
        </Toasts>
      </Words>
    </ApiProvider>,
  );
  return { host, user, router };
}
