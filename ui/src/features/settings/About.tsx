import { useMethod } from "../../api/client";
import { Pref } from "../../components/Pref";
import { useWords } from "../../l10n/words";
import type { Kept } from "./set";
import { Updates } from "./Updates";

const LICENCE = "MIT";

/** Which program this is, and its updates where it has any. */
export function About({ now, set }: Kept) {
  const say = useWords();
  const status = useMethod("status.get", null);
  return (
    <>
      <Pref name={`Portolan ${status.data?.version ?? ""}`} more={say("settings-about-more")}>
        <span className="text-subtle">{say("settings-licence", { licence: LICENCE })}</span>
      </Pref>
      <Pref name={say("settings-telemetry")} more={say("settings-telemetry-more")}>
        <span />
      </Pref>
      <Updates now={now} set={set} />
    </>
  );
}
