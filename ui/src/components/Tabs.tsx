import { Tabs as Base } from "@base-ui/react/tabs";
import type { ReactNode } from "react";

export interface Part {
  id: string;
  words: string;
  content: ReactNode;
}

/** Parts of a page, of which one is shown. */
export function Tabs({ label, parts, chosen, choose }: { label: string; parts: Part[]; chosen: string; choose: (id: string) => void }) {
  return (
    <Base.Root value={chosen} onValueChange={(id) => choose(String(id))}>
      <Base.List className="tabs" aria-label={label}>
        {parts.map(({ id, words }) => (
          <Base.Tab key={id} value={id} className="tab">
            {words}
          </Base.Tab>
        ))}
      </Base.List>
      {parts.map(({ id, content }) => (
        <Base.Panel key={id} value={id}>
          {content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
