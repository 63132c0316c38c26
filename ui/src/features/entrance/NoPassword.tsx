import { Copy } from "../../components/Copy";
import { useWords } from "../../l10n/words";

const COMMAND = "portolan admin bootstrap";

/** Nobody can sign in yet; what makes that possible is at the machine itself. */
export function NoPassword() {
  const say = useWords();
  return (
    <div className="grid gap-4">
      <h1>{say("gate-none")}</h1>
      <p className="text-soft">{say("gate-none-more")}</p>
      <div className="flex items-center gap-2">
        <code className="code min-w-0 flex-1">{COMMAND}</code>
        <Copy label={say("gate-copy-command")} text={() => COMMAND} bare />
      </div>
    </div>
  );
}
