import { Navigate } from "@tanstack/react-router";
import { useMethod } from "../api/client";
import { isFirst } from "../features/first-run/progress";

/** Where the window opens when no place was named: the first run where it is due, otherwise Home. */
export function Start() {
  const status = useMethod("status.get", null);
  if (status.isPending) return null;
  const first = status.data !== undefined && isFirst(status.data.accounts);
  return <Navigate to={first ? "/welcome" : "/home"} replace />;
}
