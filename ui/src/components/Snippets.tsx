import { useState } from "react";
import { useHost, useMethod } from "../api/client";
import { useWords } from "../l10n/words";
import { Copy } from "./Copy";
import { SNIPPETS, type Snippet } from "./snippets";
import { Tabs } from "./Tabs";

/** Stands for the key, which is filled in as it is copied and not shown. */
const HIDDEN = "pk-…";
const OTHER = "other";

/** What a program needs to be pointed here, ready to be copied. */
export function Snippets({ address }: { address: string }) {
  const say = useWords();
  const models = useMethod("models.list", {});
  const [chosen, setChosen] = useState(SNIPPETS[0]?.name ?? OTHER);
  const names = (models.data ?? []).map((each) => each.id);
  const model = names.find((name) => name !== "demo") ?? names[0] ?? "demo";
  const parts = SNIPPETS.map((snippet) => ({
    id: snippet.name,
    words: snippet.name,
    content: <Text snippet={snippet} address={address} model={model} />,
  }));
  const other = { id: OTHER, words: say("connect-other"), content: <Other address={address} /> };
  return <Tabs label={say("home-connect")} parts={[...parts, other]} chosen={chosen} choose={setChosen} />;
}

function Text({ snippet, address, model }: { snippet: Snippet; address: string; model: string }) {
  const say = useWords();
  const host = useHost();
  return (
    <div className="grid gap-2">
      <div className="flex items-center gap-3">
        <p className="flex-1 text-small text-subtle">
          {say(`connect-${snippet.place.replace(".", "-")}`)} {say("home-connect-more")}
        </p>
        <Copy
          label={say("home-connect-copy", { name: snippet.name })}
          failed={say("window-no-key")}
          text={async () => snippet.text(address, (await host.call("keys.reveal", null)).value, model)}
        />
      </div>
      <pre className="code" tabIndex={0} role="region" aria-label={snippet.name}>
        {snippet.text(address, HIDDEN, model)}
      </pre>
    </div>
  );
}

function Other({ address }: { address: string }) {
  const say = useWords();
  const host = useHost();
  const rows = [
    { words: say("connect-openai"), value: `${address}/v1` },
    { words: say("connect-anthropic"), value: address },
  ];
  return (
    <dl className="kv items-center">
      {rows.map(({ words, value }) => (
        <div key={words} className="contents">
          <dt>{words}</dt>
          <dd className="flex items-center gap-2">
            <code>{value}</code>
            <Copy bare className="btn--bare" label={say("connect-copy", { what: words })} text={() => value} />
          </dd>
        </div>
      ))}
      <dt>{say("connect-key")}</dt>
      <dd className="flex items-center gap-2">
        <code>{HIDDEN}</code>
        <Copy bare className="btn--bare" label={say("window-copy-key")} failed={say("window-no-key")} text={async () => (await host.call("keys.reveal", null)).value} />
      </dd>
    </dl>
  );
}
