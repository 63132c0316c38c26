import { type ReactNode, useEffect, useRef } from "react";

/** One step: a sentence, what there is to do, and the ways on and back at the foot. */
export function Page({ title, lead, children, foot }: { title: string; lead: string; children: ReactNode; foot: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // Who comes to a step has it read from its beginning.
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <div className="first__body">
        <div>
          <h1 ref={heading} tabIndex={-1} className="outline-none">
            {title}
          </h1>
          <p className="mt-2 text-large text-soft">{lead}</p>
        </div>
        {children}
      </div>
      <footer className="first__foot">{foot}</footer>
    </>
  );
}
