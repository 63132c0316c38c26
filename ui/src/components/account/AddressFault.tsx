import { useWords } from "../../l10n/words";
import { because, Fault, isTold } from "../Fault";

/** What is wrong with an address, without the settings' file that it would have been written to. */
export function AddressFault({ error }: { error: unknown }) {
  const say = useWords();
  if (!isTold(error) || error.code !== "settings-invalid" || !error.reason) return <Fault error={error} />;
  const { reason } = error;
  const tick = reason.code === "needs-allow-private" || reason.code === "needs-allow-private-plain";
  return <p className="fault">{tick ? say("providers-own-tick") : say("providers-own-wrong", { reason: because(reason, say) })}</p>;
}
