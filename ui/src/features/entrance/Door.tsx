import type { ReactNode } from "react";
import { Mark } from "../../components/Mark";
import { useWords } from "../../l10n/words";

/** What stands around the forms outside. */
export function Door({ children }: { children: ReactNode }) {
  const say = useWords();
  return (
    <main className="entrance">
      <div className="entrance__card">
        <p className="brand">
          <Mark />
          <span>Portolan</span>
          <span className="tag">{say("gate-place")}</span>
        </p>
        {children}
      </div>
    </main>
  );
}
