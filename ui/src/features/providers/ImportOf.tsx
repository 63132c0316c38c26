import { Fragment, useState } from "react";
import { useAction } from "../../api/client";
import type { Import, ImportWhat } from "../../api/contract";
import { because, Fault } from "../../components/Fault";
import { Notice } from "../../components/Notice";
import { useFormats } from "../../l10n/formats";
import { useWords } from "../../l10n/words";
import { ImportTakes } from "./ImportTakes";

/** One program: what can be taken over, what is left where it is, and what is wrong with its files. */
export function ImportOf({ found, again }: { found: Import; again: () => void }) {
  const say = useWords();
  const { list } = useFormats();
  const take = useAction("imports.take");
  const [off, setOff] = useState<ImportWhat[]>([]);
  const name = (what: ImportWhat) => say(`import-what-${what}`);
  const fresh = found.takes.filter((each) => each.standing !== "same");
  const chosen = fresh.map((each) => each.what).filter((what) => !off.includes(what));
  const good = found.files.filter((file) => file.fault === null).map((file) => file.path);
  const turn = (what: ImportWhat) => setOff(off.includes(what) ? off.filter((each) => each !== what) : [...off, what]);
  return (
    <form
      className="mb-8 grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        take.mutate({ source: found.source, only: chosen }, { onSuccess: again });
      }}
    >
      <div>
        <h2>{say(`importing-of-${found.source}`)}</h2>
        {good.length > 0 && <p className="text-small text-subtle wrap-anywhere">{say("importing-files", { files: list(good) })}</p>}
      </div>
      {found.files.map(
        (file) =>
          file.fault !== null && (
            <Notice key={file.path} kind="err">
              {say("importing-fault", { file: file.path, reason: because(file.fault, say) })}
            </Notice>
          ),
      )}
      {found.takes.length > 0 && <ImportTakes takes={found.takes} off={off} turn={turn} />}
      {found.leaves.length > 0 && (
        <details className="paste">
          <summary>{say("importing-leaves")}</summary>
          <dl className="kv pt-2 text-small">
            {found.leaves.map((leave) => (
              <Fragment key={leave.field}>
                <dt>
                  <code>{leave.field}</code>
                </dt>
                <dd>{say(`import-why-${leave.why}`)}</dd>
              </Fragment>
            ))}
          </dl>
        </details>
      )}
      <div role="status">
        {take.data !== undefined && take.data.taken.length > 0 && <p>{say("importing-done", { what: list(take.data.taken.map(name)) })}</p>}
        {take.data?.account != null && <p>{say("importing-done-account", { account: take.data.account })}</p>}
        {take.data === undefined && found.takes.length > 0 && fresh.length === 0 && <p className="text-subtle">{say("importing-all-here")}</p>}
      </div>
      {take.error !== null && (
        <div role="alert">
          <Fault error={take.error} />
        </div>
      )}
      {fresh.length > 0 && (
        <div>
          <button type="submit" className="btn btn--main" disabled={chosen.length === 0 || take.isPending}>
            {say(take.isPending ? "importing-taking" : "importing-take")}
          </button>
        </div>
      )}
    </form>
  );
}
