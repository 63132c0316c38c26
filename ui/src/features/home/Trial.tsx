import { useState } from "react";
import { useAction, useMethod } from "../../api/client";
import { Fault } from "../../components/Fault";
import { useWords } from "../../l10n/words";

/** While an answer comes, so often it is looked at, in milliseconds. */
const OFTEN = 150;
/** Stands where nobody is named. */
const NOBODY = "–";

/** A real request, streamed, so that one sees it work. */
export function Trial() {
  const say = useWords();
  const models = useMethod("models.list", {});
  const send = useAction("trial.send");
  const [model, setModel] = useState("");
  const [prompt, setPrompt] = useState("");
  const names = (models.data ?? []).map((each) => each.id);
  const chosen = model || names[0] || "demo";
  const asked = prompt || say("home-trial-prompt");
  return (
    <section className="trial">
      <h2>{say("home-trial")}</h2>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate({ model: chosen, prompt: asked });
        }}
      >
        <select aria-label={say("home-model")} value={chosen} onChange={(event) => setModel(event.target.value)}>
          {(names.length > 0 ? names : ["demo"]).map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <input
          aria-label={say("home-trial-what")}
          value={prompt}
          placeholder={say("home-trial-prompt")}
          onChange={(event) => setPrompt(event.target.value)}
        />
        <button type="submit" className="button button--main" disabled={send.isPending}>
          {say("home-trial-send")}
        </button>
      </form>
      {send.error !== null && <Fault error={send.error} />}
      {send.data !== undefined && <Answer id={send.data.id} />}
    </section>
  );
}

function Answer({ id }: { id: string }) {
  const say = useWords();
  const [done, setDone] = useState(false);
  const trial = useMethod("trial.get", { id }, done ? undefined : OFTEN);
  const now = trial.data;
  if (now?.done && !done) setDone(true);
  if (now === undefined) return null;
  return (
    <div className="answer">
      <pre aria-busy={!now.done}>{now.text}</pre>
      {now.fault !== null && <p className="fault">{now.fault.message}</p>}
      {now.done && now.fault === null && (
        <p className="small subtle" role="status">
          {say("home-trial-done", { upstream: now.upstream ?? NOBODY, first: now.first_ms ?? 0 })}
        </p>
      )}
    </div>
  );
}
