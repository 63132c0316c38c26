import { useMethod } from "../../api/client";
import { because } from "../../components/Fault";
import { Pref } from "../../components/Pref";
import { State } from "../../components/State";
import { useWords } from "../../l10n/words";
import type { Kept } from "./set";
import { Whole } from "./Whole";

/** Ten years. */
const MOST_DAYS = 3650;

/** Where secrets are kept, and for how long it is known who asked what. */
export function Privacy({ now, set }: Kept) {
  const say = useWords();
  const status = useMethod("status.get", null);
  const vault = status.data?.vault;
  return (
    <>
      {vault !== undefined && (
        <Pref name={say("settings-vault")} more={vault.reason === null ? say(`settings-vault-${vault.state}`) : because(vault.reason, say)}>
          <State shape={vault.state === "ready" ? "ok" : "warn"}>{say(`settings-vault-is-${vault.state}`)}</State>
        </Pref>
      )}
      <Pref id="days" name={say("settings-days")} more={say("settings-days-more")}>
        <Whole id="days" now={now.retention_days} least={0} most={MOST_DAYS} keep={(days) => set({ retention_days: days })} />
      </Pref>
    </>
  );
}
