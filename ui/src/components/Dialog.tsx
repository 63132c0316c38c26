import { Dialog as Base } from "@base-ui/react/dialog";
import { type ReactNode, type RefObject, useRef } from "react";
import { useWords } from "../l10n/words";

interface Shown {
  open: boolean;
  close: () => void;
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  /** The buttons at the foot; otherwise one that closes. */
  foot?: ReactNode;
  /** What has the focus at first, in place of the title. */
  start?: RefObject<HTMLElement | null>;
}

/** What interrupts: it takes the focus on its title, keeps it, and gives it back. */
export function Dialog({ open, close, title, lead, children, foot, start }: Shown) {
  const say = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  return (
    <Base.Root open={open} onOpenChange={(now) => !now && close()}>
      <Base.Portal>
        <Base.Backdrop className="scrim" />
        <Base.Popup className="dialog" initialFocus={start ?? heading}>
          <div className="dialog__head">
            <Base.Title ref={heading} tabIndex={-1} className="outline-none">
              {title}
            </Base.Title>
            {lead !== undefined && <Base.Description>{lead}</Base.Description>}
          </div>
          <div className="dialog__body">{children}</div>
          <div className="dialog__foot">
            {foot ?? (
              <button type="button" className="btn btn--bare ms-auto" onClick={close}>
                {say("window-close")}
              </button>
            )}
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
