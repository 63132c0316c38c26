import type { ReactNode } from "react";
import { useOpen } from "../api/client";
import { Icon } from "./Icon";

/** A link that leads out of the window, into the system's browser. */
export function Outside({ to, children }: { to: string; children: ReactNode }) {
  const open = useOpen();
  return (
    <a
      className="link"
      href={to}
      rel="noreferrer"
      onClick={(event) => {
        event.preventDefault();
        open(to);
      }}
    >
      {children}
      <Icon name="open" />
    </a>
  );
}
