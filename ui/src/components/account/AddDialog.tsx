import { useState } from "react";
import type { Account, Provider } from "../../api/contract";
import { useAction } from "../../api/client";
import { useWords } from "../../l10n/words";
import { Dialog } from "../Dialog";
import { Fault } from "../Fault";
import { Terms } from "../Terms";
import { KeyForm } from "./KeyForm";

/** All the ways in which an account of a provider is made, and what is known of its rules. */
export function AddDialog({ provider, close, done }: { provider: Provider; close: () => void; done?: (account: Account) => void }) {
  const say = useWords();
  const add = useAction("accounts.add");
  const [open, setOpen] = useState(true);
  const made = (account: Account) => {
    setOpen(false);
    close();
    done?.(account);
  };
  const shut = () => {
    setOpen(false);
    close();
  };
  return (
    <Dialog open={open} close={shut} title={provider.name} lead={<code>{provider.address}</code>}>
      {provider.sign_in === "key" ? (
        <KeyForm provider={provider} done={made} />
      ) : (
        <div className="grid justify-items-start gap-2">
          <p>{say("providers-no-key")}</p>
          <button type="button" className="btn btn--main" disabled={add.isPending} onClick={() => add.mutate({ provider: provider.id }, { onSuccess: made })}>
            {say("providers-use", { name: provider.name })}
          </button>
          {add.error !== null && <Fault error={add.error} />}
        </div>
      )}
      {provider.terms !== null && <Terms terms={provider.terms} />}
    </Dialog>
  );
}
