import { useMethod } from "../../api/client";
import { useWords } from "../../l10n/words";

/** The proxy in force and who named it. It may change while nobody looks, so it is asked for now and then. */
export function WayOut() {
  const say = useWords();
  const proxy = useMethod("status.get", null, 5_000).data?.proxy;
  if (proxy === undefined) return null;
  const source = say(`settings-proxy-${proxy.source}`);
  const words = proxy.script
    ? say("settings-proxy-script")
    : proxy.address === null
      ? say("settings-proxy-now", { source })
      : say("settings-proxy-now-by", { source, address: proxy.address });
  return <p className="small subtle">{words}</p>;
}
