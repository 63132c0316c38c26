import type { ReactNode } from "react";

/** A setting with its explanation on one side and its control on the other; `id` is that of the control. */
export function Pref({ name, more, children, id }: { name: string; more?: ReactNode; children: ReactNode; id?: string }) {
  return (
    <div className="pref">
      <div>
        {id === undefined ? <h3>{name}</h3> : <label htmlFor={id}>{name}</label>}
        {more !== undefined && <div className="pref__more">{more}</div>}
      </div>
      <div className="pref__control">{children}</div>
    </div>
  );
}
