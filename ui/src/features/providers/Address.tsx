import { useState } from "react";
import { useAction } from "../../api/client";
import { AddressFault } from "../../components/account/AddressFault";
import { useWords } from "../../l10n/words";

const DIALECTS = ["openai-chat", "anthropic-messages"] as const;
const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const EXAMPLE = "https://llm.example.com/v1";

/** A provider by its address, for those that nobody listed. */
export function Address() {
  const say = useWords();
  const add = useAction("providers.add");
  const [id, setId] = useState("");
  const [url, setUrl] = useState("");
  const [dialect, setDialect] = useState<(typeof DIALECTS)[number]>("openai-chat");
  const [near, setNear] = useState(false);
  const wrong = id.trim() !== "" && !NAME.test(id.trim());
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
        <div className="grid gap-1">
          <input
            id="own-id"
            className="field"
            value={id}
            aria-invalid={wrong}
            aria-describedby="own-id-more"
            onChange={(event) => setId(event.target.value)}
          />
          <p id="own-id-more" className={wrong ? "fault text-small" : "text-small text-subtle"} role={wrong ? "alert" : undefined}>
            {say("instances-name-more")}
          </p>
        </div>
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
          {add.error !== null && (
            <div role="alert">
              <AddressFault error={add.error} />
            </div>
          )}
          {add.data !== undefined && <p role="status">{say("providers-own-added", { name: add.data.name })}</p>}
          <button type="submit" className="btn" disabled={id.trim() === "" || wrong || url.trim() === "" || add.isPending}>
            {say("providers-own-add")}
          </button>
        </div>
      </form>
    </section>
  );
}
