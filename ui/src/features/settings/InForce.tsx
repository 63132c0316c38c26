import { useMethod } from "../../api/client";
import { useWords } from "../../l10n/words";

/** The system's proxy may change while nobody looks, so it is asked for now and then, in milliseconds. */
const OFTEN = 5000;

/** The proxy in force and who named it. */
export function InForce() {
  const say = useWords();
  const proxy = useMethod("status.get", null, OFTEN).data?.proxy;
  if (proxy === undefined) return null;
  const source = say(`settings-proxy-${proxy.source}`);
  if (proxy.script) return say("settings-proxy-script");
  if (proxy.address === null) return say("settings-proxy-now", { source });
  return say("settings-proxy-now-by", { source, address: proxy.address });
}
