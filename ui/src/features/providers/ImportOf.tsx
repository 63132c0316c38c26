import { useState } from "react";
import { useAction } from "../../api/client";
import type { Import, ImportTake, ImportWhat } from "../../api/contract";
import { because, Fault } from "../../components/Fault";
import { Notice } from "../../components/Notice";
import { useWords } from "../../l10n/words";

/** One program: what can be taken over, what is left where it is, and what is wrong with its files. */
export function ImportOf({ found, again }: { found: Import; again: () => void }) {
  const say = useWords();
  const take = useAction("imports.take");
  const [off, setOff] = useState<ImportWhat[]>([]);
  const name = (what: ImportWhat) => say(`import-what-${what}`);
  const fresh = found.takes.filter((each) => each.standing !== "same");
  const chosen = fresh.map((each) => each.what).filter((what) => !off.includes(what));
  const good = found.files.filter((file) => file.fault === null).map((file) => file.path);
  const turn = ({ what }: ImportTake) => setOff(off.includes(what) ? off.filter((each) => each !== what) : [...off, what]);
  return (
    <form
      className="mb-6 grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        take.mutate({ source: found.source, only: chosen }, { onSuccess: again });
      }}
    >
      <div>
        <h2>{say(`importing-of-${found.source}`)}</h2>
        {good.length > 0 && <p className="text-small text-subtle">{say("importing-files", { files: good.join(", ") })}</p>}
      </div>
      {found.files.map(
        (file) =>
          file.fault !== null && (
            <Notice key={file.path} kind="err">
              {say("importing-fault", { file: file.path, reason: because(file.fault, say) })}
            </Notice>
          ),
      )}
      {found.takes.length > 0 && (
        <table className="table">
          <tbody>
            {found.takes.map((each) => (
              <tr key={each.what}>
                <td>
                  <label className="check">
                    <input
                      type="checkbox"
                      checked={each.standing !== "same" && !off.includes(each.what)}
                      disabled={each.standing === "same"}
                      onChange={() => turn(each)}
                    />
                    {name(each.what)}
                  </label>
                </td>
                <td>
                  <code className="clip">{each.shown}</code>
                </td>
                <td className="text-subtle">{say(`import-${each.standing}`)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {found.leaves.length > 0 && (
        <details>
          <summary>{say("importing-leaves")}</summary>
          <ul className="grid gap-1 pt-2 text-small text-subtle">
            {found.leaves.map((leave) => (
              <li key={leave.field}>
                <code>{leave.field}</code>: {say(`import-why-${leave.why}`)}
              </li>
            ))}
          </ul>
        </details>
      )}
      <div role="status">
        {take.data !== undefined && take.data.taken.length > 0 && <p>{say("importing-done", { what: take.data.taken.map(name).join(", ") })}</p>}
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
