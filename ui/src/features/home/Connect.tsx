import { useHost } from "../../api/client";
import { Copy } from "../../components/Copy";
import { useWords } from "../../l10n/words";

const HIDDEN = "pk-…";
const SNIPPETS: { name: string; lines: (address: string, key: string) => string }[] = [
  { name: "Claude Code", lines: (address, key) => `ANTHROPIC_BASE_URL=${address}\nANTHROPIC_AUTH_TOKEN=${key}` },
  { name: "OpenAI SDK", lines: (address, key) => `OPENAI_BASE_URL=${address}/v1\nOPENAI_API_KEY=${key}` },
];

/** What a program needs to be pointed here; the key is filled in as it is copied, and not shown. */
export function Connect({ address }: { address: string }) {
  const say = useWords();
  const host = useHost();
  return (
    <section>
      <h2>{say("home-connect")}</h2>
      <p className="subtle">{say("home-connect-more")}</p>
      <div className="snippets">
        {SNIPPETS.map(({ name, lines }) => (
          <div key={name} className="snippet">
            <div className="row row--head">
              <span className="strong grow">{name}</span>
              <Copy
                label={say("home-connect-copy", { name })}
                done={say("window-copied")}
                failed={say("window-no-key")}
                text={async () => lines(address, (await host.call("keys.reveal", null)).value)}
              />
            </div>
            <pre className="log">{lines(address, HIDDEN)}</pre>
          </div>
        ))}
      </div>
    </section>
  );
}
