import { type ReactNode, useEffect, useState, useSyncExternalStore } from "react";
import { followTheme } from "../../components/theme";
import type { Gate } from "../../host/gate";
import { alsoSay, choose, Words } from "../../l10n/words";
import { Ask } from "./Ask";
import { Door } from "./Door";
import { FirstPassword } from "./FirstPassword";
import { NoPassword } from "./NoPassword";
import { SignIn } from "./SignIn";
import { Unreachable } from "./Unreachable";

const files = import.meta.glob<string>("../../../../locales/*/admin.ftl", { query: "?raw", import: "default", eager: true });
for (const [path, text] of Object.entries(files)) alsoSay(path.split("/").at(-2) ?? "en", text);

const LINK = "#bootstrap=";

/** The token of the link that led here. It leaves the address, so that no history keeps it. */
function takeToken(): string | null {
  if (!window.location.hash.startsWith(LINK)) return null;
  const token = window.location.hash.slice(LINK.length);
  window.history.replaceState(null, "", window.location.pathname);
  return token;
}

/** Lets in who is signed in, and asks everybody else. */
export function Entrance({ gate, children }: { gate: Gate; children: ReactNode }) {
  const standing = useSyncExternalStore(gate.watch, gate.standing);
  const asking = useSyncExternalStore(gate.watch, gate.isAsking);
  const [token, setToken] = useState(takeToken);
  const inside = standing?.signed_in === true && token === null;
  useEffect(() => {
    const led = () => setToken((before) => takeToken() ?? before);
    window.addEventListener("hashchange", led);
    return () => window.removeEventListener("hashchange", led);
  }, []);
  useEffect(() => (inside ? undefined : followTheme("system")), [inside]);
  if (inside) {
    return (
      <>
        {children}
        {asking && (
          <Words language={choose(document.documentElement.lang)}>
            <Ask gate={gate} />
          </Words>
        )}
      </>
    );
  }
  let form = <SignIn gate={gate} />;
  if (standing === null) form = <Unreachable />;
  else if (token !== null) form = <FirstPassword gate={gate} token={token} left={() => setToken(null)} />;
  else if (standing.password === "none") form = <NoPassword />;
  return (
    <Words language={choose(null)}>
      <Door>{form}</Door>
    </Words>
  );
}
