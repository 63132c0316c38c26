import { useAction } from "../../api/client";
import type { Refused } from "../../api/contract";
import { Notice } from "../../components/Notice";
import { useWords } from "../../l10n/words";

/** A web page or a program that was refused becomes a question. */
export function Question({ refused }: { refused: Refused[] }) {
  const say = useWords();
  const allow = useAction("refused.allow");
  const dismiss = useAction("refused.dismiss");
  const last = refused[0];
  if (last === undefined) return null;
  const origin = last.origin;
  return (
    <Notice kind="warn">
      <p>
        {origin !== null
          ? say("home-refused-page", { origin, count: last.count })
          : say("home-refused-program", { program: last.agent ?? say("home-some-program"), count: last.count })}
      </p>
      <span className="push">
        {origin !== null && (
          <button type="button" className="button" onClick={() => allow.mutate({ origin })}>
            {say("home-allow")}
          </button>
        )}
        <button type="button" className="button button--bare" onClick={() => dismiss.mutate(null)}>
          {say("home-dismiss")}
        </button>
      </span>
    </Notice>
  );
}
