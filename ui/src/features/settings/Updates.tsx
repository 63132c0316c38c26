import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useHost } from "../../api/client";
import { Fault } from "../../components/Fault";
import { Pref } from "../../components/Pref";
import { Switch } from "../../components/Switch";
import { useWords } from "../../l10n/words";
import type { Kept } from "./set";

/** The program's own updates; absent where this build has no address for them. */
export function Updates({ now: settings, set }: Kept) {
  const say = useWords();
  const { updates } = useHost();
  const queries = useQueryClient();
  const queryKey = ["updates"];
  const now = useQuery({ queryKey, queryFn: () => updates?.get() ?? null });
  const check = useMutation({
    mutationFn: async () => (updates ? updates.check() : null),
    onSuccess: (answer) => queries.setQueryData(queryKey, answer),
  });
  const install = useMutation({ mutationFn: async () => updates?.install() ?? null });
  const back = useMutation({ mutationFn: async () => updates?.back() ?? null });
  if (!now.data) return null;
  const { previous } = now.data;
  const found = now.data.state === "found" ? now.data : null;
  const fault = check.error ?? install.error;
  return (
    <>
      <Pref name={say("settings-updates-daily")} more={say("settings-updates-daily-more")}>
        <Switch label={say("settings-updates-daily")} on={settings.check_updates} change={(on) => set({ check_updates: on })} />
      </Pref>
      <Pref
        name={say("settings-updates")}
        more={
          <>
            {say(`settings-updates-${now.data.state}`, { version: found?.version ?? "" })}
            {found?.notes && <p className="whitespace-pre-line">{found.notes}</p>}
            {fault !== null && <Fault error={fault} />}
          </>
        }
      >
        {found !== null && (
          <button type="button" className="btn btn--main" disabled={install.isPending} onClick={() => install.mutate()}>
            {say(install.isPending ? "settings-updates-installing" : "settings-updates-install")}
          </button>
        )}
        <button type="button" className="btn" disabled={check.isPending || install.isPending} onClick={() => check.mutate()}>
          {say(check.isPending ? "settings-updates-checking" : "settings-updates-check")}
        </button>
      </Pref>
      {previous !== undefined && (
        <Pref
          name={say("settings-updates-previous", { version: previous })}
          more={
            <>
              {say("settings-updates-previous-more")}
              {back.error !== null && <Fault error={back.error} />}
            </>
          }
        >
          <button type="button" className="btn" disabled={back.isPending || install.isPending} onClick={() => back.mutate()}>
            {say("settings-updates-back")}
          </button>
        </Pref>
      )}
    </>
  );
}
