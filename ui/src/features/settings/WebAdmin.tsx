import { addressOf } from "../../api/address";
import { useHost, useMethod } from "../../api/client";
import type { AdminPassword } from "../../api/contract";
import { Copy } from "../../components/Copy";
import { Pref } from "../../components/Pref";
import { useWords } from "../../l10n/words";

/** The way from the window to the web admin, to be pasted into a browser. In a browser one is there already. */
export function WebAdmin() {
  const say = useWords();
  const host = useHost();
  const admin = useMethod("admin.get", null);
  const status = useMethod("status.get", null);
  if (host.gate !== undefined || admin.data === undefined) return null;
  const address = status.data && addressOf(status.data);
  const { password } = admin.data;
  const told: Record<AdminPassword, string> = {
    none: say("settings-admin-none"),
    set: say("settings-admin-set"),
    environment: say("settings-admin-environment"),
  };
  const link = async () => (await host.call("admin.bootstrap", null)).address;
  return (
    <Pref name={say("settings-admin")} more={told[password]}>
      {password !== "none" && address && <Copy label={say("settings-admin-address")} text={() => `${address}/admin/`} />}
      {password !== "environment" && <Copy label={say("settings-admin-link")} text={link} failed={say("settings-admin-failed")} icon="key" />}
    </Pref>
  );
}
