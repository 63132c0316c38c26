import type { ReactNode } from "react";

/** What happened, what was not lost, and the buttons that do something about it. */
export function Notice({ kind, children, actions }: { kind: "err" | "warn" | "ok" | "plain"; children: ReactNode; actions?: ReactNode }) {
  return (
    <div className={`notice notice--${kind}`} role={kind === "err" ? "alert" : "status"}>
      <div className="notice__body">{children}</div>
      {actions}
    </div>
  );
}
