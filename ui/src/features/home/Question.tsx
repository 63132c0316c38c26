import { useAction, useHost } from "../../api/client";
import type { Refused } from "../../api/contract";
import { Copy } from "../../components/Copy";
import { Fault } from "../../components/Fault";
import { Notice } from "../../components/Notice";
import { useWords } from "../../l10n/words";

/** A web page or a program that was refused becomes a question. */
export function Question({ refused }: { refused: Refused[] }) {
  const say = useWords();
  const host = useHost();
  const allow = useAction("refused.allow");
  const dismiss = useAction("refused.dismiss");
  const last = refused[0];
  if (last === undefined) return null;
  const origin = last.origin;
  return (
    <Notice
      kind="warn"
      actions={
        <>
          {origin !== null ? (
            <button type="button" className="btn" disabled={allow.isPending} onClick={() => allow.mutate({ origin })}>
              {say("home-allow")}
            </button>
          ) : (
            <Copy icon="key" label={say("home-copy-key")} failed={say("window-no-key")} text={async () => (await host.call("keys.reveal", null)).value} />
          )}
          <button type="button" className="btn btn--bare" onClick={() => dismiss.mutate(null)}>
            {say("home-dismiss")}
          </button>
        </>
      }
    >
      <p className="font-strong text-text">
        {origin !== null
          ? say("home-refused-page", { origin })
          : say("home-refused-program", { program: last.agent ?? say("home-some-program") })}
      </p>
      <p>{say(origin !== null ? "home-refused-page-more" : "home-refused-program-more", { count: last.count })}</p>
      {allow.error !== null && <Fault error={allow.error} />}
    </Notice>
  );
}
