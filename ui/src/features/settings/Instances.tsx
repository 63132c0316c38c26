import { useState } from "react";
import { useMethod } from "../../api/client";
import type { Instance } from "../../api/contract";
import { Empty } from "../../components/Empty";
import { Fault } from "../../components/Fault";
import { useWords } from "../../l10n/words";
import { InstanceForm } from "./InstanceForm";
import { InstanceRow } from "./InstanceRow";

/** The port behind those that are taken; a free one where there is none. */
function nextPort(all: readonly Instance[]): number {
  const highest = Math.max(0, ...all.map((one) => one.port));
  return highest === 0 || highest >= 65_535 ? 0 : highest + 1;
}

/** Further addresses, each with a port, keys and a default model of its own, opened and closed one by one. */
export function Instances() {
  const say = useWords();
  const instances = useMethod("instances.list", null);
  const [open, setOpen] = useState<Instance | "new" | null>(null);
  const all = instances.data ?? [];
  const hasOthers = all.some((one) => !one.first);
  const add = (
    <button type="button" className="btn" onClick={() => setOpen("new")}>
      {say("instances-add")}
    </button>
  );
  return (
    <>
      {instances.error !== null && <Fault error={instances.error} />}
      {instances.data !== undefined && !hasOthers && (
        <Empty title={say("instances-empty")} action={add}>
          {say("instances-empty-more")}
        </Empty>
      )}
      {hasOthers && (
        <>
          <p className="py-2 text-small text-subtle">{say("instances-more")}</p>
          <ul className="list" aria-label={say("instances-title")}>
            {all.map((one) => (
              <InstanceRow key={one.name} of={one} edit={() => setOpen(one)} />
            ))}
          </ul>
          <div className="mt-3">{add}</div>
        </>
      )}
      {open !== null && (
        <InstanceForm of={open === "new" ? null : open} port={nextPort(all)} close={() => setOpen(null)} />
      )}
    </>
  );
}
