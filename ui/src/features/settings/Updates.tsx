import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useHost } from "../../api/client";
import { Fault } from "../../components/Fault";
import { Pref } from "../../components/Pref";
import { useWords } from "../../l10n/words";

/** The program's own updates; absent where the program was not packed with them. */
export function Updates() {
  const say = useWords();
  const { updates } = useHost();
  const queries = useQueryClient();
  const queryKey = ["updates"];
  const now = useQuery({ queryKey, queryFn: () => updates?.get() ?? null });
  const act = useMutation({
    mutationFn: async (what: "check" | "install") => (updates ? updates[what]() : null),
    onSuccess: (answer) => queries.setQueryData(queryKey, answer),
  });
  if (updates === undefined || !now.data) return null;
  const { state, version } = now.data;
  const newer = state === "available" || state === "ready";
  return (
    <Pref
      name={say("settings-updates")}
      more={
        <>
          {say(`settings-updates-${state}`, { version: version ?? "" })}
          {act.error !== null && <Fault error={act.error} />}
        </>
      }
    >
      {newer && (
        <button type="button" className="btn btn--main" disabled={act.isPending} onClick={() => act.mutate("install")}>
          {say("settings-updates-install")}
        </button>
      )}
      {state !== "off" && (
        <button type="button" className="btn" disabled={act.isPending} onClick={() => act.mutate("check")}>
          {say(act.isPending ? "settings-updates-checking" : "settings-updates-check")}
        </button>
      )}
    </Pref>
  );
}
