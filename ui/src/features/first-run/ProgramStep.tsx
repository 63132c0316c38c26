import { addressOf } from "../../api/address";
import { useMethod } from "../../api/client";
import { Snippets } from "../../components/Snippets";
import { useWords } from "../../l10n/words";
import type { Ways } from "./FirstRun";
import { Page } from "./Page";

/** What a program needs to be pointed here, ready to be copied. */
export function ProgramStep({ next, back }: Ways) {
  const say = useWords();
  const status = useMethod("status.get", null);
  const address = status.data ? addressOf(status.data) : null;
  const foot = (
    <>
      <button type="button" className="btn btn--bare" onClick={back}>
        {say("first-back")}
      </button>
      <span className="ms-auto flex gap-3">
        <button type="button" className="btn btn--bare" onClick={next}>
          {say("first-later")}
        </button>
        <button type="button" className="btn btn--main btn--large" onClick={next}>
          {say("first-finish")}
        </button>
      </span>
    </>
  );
  return (
    <Page title={say("first-program")} lead={say("first-program-more")} foot={foot}>
      {address !== null && <Snippets address={address} />}
    </Page>
  );
}
