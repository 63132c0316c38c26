import { useMethod } from "../../api/client";
import { Empty } from "../../components/Empty";
import { Fault } from "../../components/Fault";
import { useWords } from "../../l10n/words";
import { ImportOf } from "./ImportOf";

/** What other programs left on this machine: shown first, taken over where that is said. */
export function Import() {
  const say = useWords();
  const found = useMethod("imports.list", null);
  const again = (
    <button type="button" className="btn" disabled={found.isFetching} onClick={() => void found.refetch()}>
      {say(found.isFetching ? "importing-looking" : "importing-again")}
    </button>
  );
  return (
    <section aria-label={say("importing-name")}>
      <div className="head mt-2 mb-4">
        <p className="max-w-[78ch] flex-1 text-subtle text-pretty">{say("importing-lead")}</p>
        {found.data?.length !== 0 && <div className="ms-auto">{again}</div>}
      </div>
      {found.error !== null && <Fault error={found.error} />}
      {found.data?.length === 0 && (
        <Empty title={say("importing-none")} action={again}>
          {say("importing-none-what")}
        </Empty>
      )}
      {found.data?.map((each) => (
        <ImportOf key={each.source} found={each} again={() => void found.refetch()} />
      ))}
    </section>
  );
}
