import { useEffect, useState } from "react";
import { isApiError } from "../../host/host";

/** Something that is tried with a password: whether it is under way, how it failed, how long to wait. */
export function useTry(work: () => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [until, setUntil] = useState(0);
  const [now, setNow] = useState(() => Date.now());
  const wait = Math.max(0, Math.ceil((until - now) / 1000));
  useEffect(() => {
    if (wait === 0) return;
    const timer = setTimeout(() => setNow(Date.now()), 1000);
    return () => clearTimeout(timer);
  }, [wait, now]);
  async function go() {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (failure) {
      setError(failure);
      if (isApiError(failure) && failure.code === "admin-too-many-tries") {
        setNow(Date.now());
        setUntil(Date.now() + Number(failure.arguments["seconds"]) * 1000);
      }
    } finally {
      setBusy(false);
    }
  }
  return { go, busy, error, wait };
}
