import { useState } from "react";
import { useAction } from "../../api/client";
import { Fault } from "../../components/Fault";
import { useWords } from "../../l10n/words";

const DIALECTS = ["openai-chat", "anthropic-messages"];
const EXAMPLE = "https://llm.example.com/v1";

/** A provider by its address, for those that nobody listed. */
export function Address() {
  const say = useWords();
  const add = useAction("providers.add");
  const [id, setId] = useState("");
  const [url, setUrl] = useState("");
  const [dialect, setDialect] = useState("openai-chat");
  const [near, setNear] = useState(false);
  return (
    <section>
      <h2>{say("providers-own")}</h2>
      <form
        className="fields"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate({ id, endpoints: { [dialect]: url.trim() }, allow_private: near || null });
        }}
      >
        <label htmlFor="own-id">{say("providers-own-id")}</label>
        <input id="own-id" value={id} onChange={(event) => setId(event.target.value)} />
        <label htmlFor="own-url">{say("providers-own-address")}</label>
        <input id="own-url" inputMode="url" placeholder={EXAMPLE} value={url} onChange={(event) => setUrl(event.target.value)} />
        <label htmlFor="own-dialect">{say("providers-own-dialect")}</label>
        <select id="own-dialect" value={dialect} onChange={(event) => setDialect(event.target.value)}>
          {DIALECTS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <span />
        <div>
          <label className="check">
            <input type="checkbox" checked={near} onChange={(event) => setNear(event.target.checked)} />
            {say("providers-own-private")}
          </label>
          {add.error !== null && <Fault error={add.error} />}
          {add.data !== undefined && <p role="status">{say("providers-own-added", { name: add.data.name })}</p>}
          <button type="submit" className="button" disabled={id === "" || url === "" || add.isPending}>
            {say("providers-own-add")}
          </button>
        </div>
      </form>
    </section>
  );
}
