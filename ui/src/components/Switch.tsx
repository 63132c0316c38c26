import { Switch as Base } from "@base-ui/react/switch";

/** On or off, at once; the label is read out with it. */
export function Switch({ label, on, change, off = false }: { label: string; on: boolean; change: (on: boolean) => void; off?: boolean }) {
  return (
    <Base.Root className="switch" aria-label={label} checked={on} disabled={off} onCheckedChange={change}>
      <Base.Thumb className="switch__knob" />
    </Base.Root>
  );
}
