import { useAction } from "../../api/client";
import type { Provider } from "../../api/contract";
import { useWords } from "../../l10n/words";
import { Fault } from "../Fault";

/** A provider that asks for no key is used as it is. */
export function Use({ provider, done }: { provider: Provider; done: () => void }) {
  const say = useWords();
  const add = useAction("accounts.add");
  return (
    <div className="grid justify-items-start gap-2">
      <p>{say("providers-no-key")}</p>
      <button type="button" className="btn btn--main" disabled={add.isPending} onClick={() => add.mutate({ provider: provider.id }, { onSuccess: done })}>
        {say("providers-use", { name: provider.name })}
      </button>
      {add.error !== null && <Fault error={add.error} />}
    </div>
  );
}
