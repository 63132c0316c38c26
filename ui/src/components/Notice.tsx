import type { ReactNode } from "react";

/** What happened, and the button that does something about it. */
export function Notice({ kind, children }: { kind: "err" | "warn"; children: ReactNode }) {
  return (
    <div className={`notice notice--${kind}`} role={kind === "err" ? "alert" : "status"}>
      {children}
    </div>
  );
}
