import { useState } from "react";
import { useMethod } from "../../api/client";
import { useWords } from "../../l10n/words";
import { Icon } from "../Icon";

/** The built-in model that answers without an account. */
const DEMO = "demo";

/** Which model to ask, and what. */
export function Prompt({ busy, send }: { busy: boolean; send: (model: string, prompt: string) => void }) {
  const say = useWords();
  const models = useMethod("models.list", {});
  const [model, setModel] = useState("");
  const [prompt, setPrompt] = useState("");
  const names = [...new Set((models.data ?? []).map((each) => each.id))].sort((one, other) => Number(one === DEMO) - Number(other === DEMO));
  const chosen = model || names[0] || DEMO;
  return (
    <form
      className="flex gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        send(chosen, prompt.trim() || say("home-trial-prompt"));
      }}
    >
      <select className="select max-w-[38%]" aria-label={say("home-model")} value={chosen} onChange={(event) => setModel(event.target.value)}>
        {(names.length > 0 ? names : [DEMO]).map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <input
        className="field min-w-0 flex-1"
        aria-label={say("home-trial-what")}
        value={prompt}
        placeholder={say("home-trial-prompt")}
        onChange={(event) => setPrompt(event.target.value)}
      />
      <button type="submit" className="btn btn--main" disabled={busy}>
        <Icon name="send" />
        {say(busy ? "home-trial-sending" : "home-trial-send")}
      </button>
    </form>
  );
}
