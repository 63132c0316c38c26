import { useState } from "react";
import { useAction } from "../../api/client";
import { Fault } from "../../components/Fault";
import { useWords } from "../../l10n/words";

const DIALECTS = ["openai-chat", "anthropic-messages"] as const;
const EXAMPLE = "https://llm.example.com/v1";

/** A provider by its address, for those that nobody listed. */
export function Address() {
  const say = useWords();
  const add = useAction("providers.add");
  const [id, setId] = useState("");
  const [url, setUrl] = useState("");
  const [dialect, setDialect] = useState<(typeof DIALECTS)[number]>("openai-chat");
  const [near, setNear] = useState(false);
  const names = { "openai-chat": say("providers-own-openai"), "anthropic-messages": say("providers-own-anthropic") };
  return (
    <section>
      <div className="head">
        <h2>{say("providers-own")}</h2>
      </div>
      <form
        className="fields max-w-[560px]"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate({ id: id.trim(), endpoints: { [dialect]: url.trim() }, allow_private: near || null });
        }}
      >
        <label htmlFor="own-id">{say("providers-own-id")}</label>
        <input id="own-id" className="field" value={id} onChange={(event) => setId(event.target.value)} />
        <label htmlFor="own-url">{say("providers-own-address")}</label>
        <input id="own-url" className="field" inputMode="url" placeholder={EXAMPLE} value={url} onChange={(event) => setUrl(event.target.value)} />
        <label htmlFor="own-dialect">{say("providers-own-dialect")}</label>
        <select id="own-dialect" className="select" value={dialect} onChange={(event) => setDialect(event.target.value as typeof dialect)}>
          {DIALECTS.map((name) => (
            <option key={name} value={name}>
              {names[name]}
            </option>
          ))}
        </select>
        <span />
        <div className="grid justify-items-start gap-2">
          <label className="check">
            <input type="checkbox" checked={near} onChange={(event) => setNear(event.target.checked)} />
            {say("providers-own-private")}
          </label>
          {add.error !== null && <Fault error={add.error} />}
          {add.data !== undefined && <p role="status">{say("providers-own-added", { name: add.data.name })}</p>}
          <button type="submit" className="btn" disabled={id.trim() === "" || url.trim() === "" || add.isPending}>
            {say("providers-own-add")}
          </button>
        </div>
      </form>
    </section>
  );
}
