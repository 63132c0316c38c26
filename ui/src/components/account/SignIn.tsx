import { useState } from "react";
import type { Flow, Provider } from "../../api/contract";
import { useWords } from "../../l10n/words";
import { Fault } from "../Fault";
import { Icon } from "../Icon";
import type { SigningIn } from "./useSignIn";

/** The ways of signing in, what each does, and what is missing for it. */
export function SignIn({ provider, flows, signing, name }: { provider: Provider; flows: Flow[]; signing: SigningIn; name?: string }) {
  const say = useWords();
  const [client, setClient] = useState("");
  const [secret, setSecret] = useState("");
  const [issuer, setIssuer] = useState("");
  const wantsClient = flows.some((flow) => flow.client === "missing");
  const wantsSecret = flows.some((flow) => flow.client_secret === "missing");
  const wantsIssuer = flows.some((flow) => flow.issuer_needed);
  const lacks = (flow: Flow) =>
    (flow.client === "missing" && client.trim() === "") ||
    (flow.client_secret === "missing" && secret.trim() === "") ||
    (flow.issuer_needed && issuer.trim() === "");
  const begin = (flow: Flow) =>
    signing.start({
      provider: provider.id,
      flow: flow.kind,
      name: name ?? null,
      client: client.trim() || null,
      issuer: issuer.trim() || null,
      ...(wantsSecret ? { client_secret_file: secret.trim() } : {}),
    });
  return (
    <div className="grid gap-3">
      <p className="text-soft">{say(`signing-${flows[0]?.kind ?? "browser"}-what`, { name: provider.name })}</p>
      {wantsIssuer && (
        <label className="grid gap-1">
          <span className="font-medium">{say("signing-issuer")}</span>
          <input className="field" inputMode="url" placeholder="https://id.example.com" value={issuer} onChange={(event) => setIssuer(event.target.value)} />
          <span className="text-small text-subtle">{say("signing-issuer-more")}</span>
        </label>
      )}
      {wantsClient && (
        <label className="grid gap-1">
          <span className="font-medium">{say("signing-client")}</span>
          <input className="field" autoComplete="off" value={client} onChange={(event) => setClient(event.target.value)} />
          <span className="text-small text-subtle">{say(wantsSecret ? "signing-client-yours" : "signing-client-more", { name: provider.name })}</span>
        </label>
      )}
      {wantsSecret && (
        <label className="grid gap-1">
          <span className="font-medium">{say("signing-client-secret")}</span>
          <input className="field" autoComplete="off" value={secret} onChange={(event) => setSecret(event.target.value)} />
          <span className="text-small text-subtle">{say("signing-client-secret-more", { name: provider.name })}</span>
        </label>
      )}
      <div className="flex flex-wrap gap-3">
        {flows.map((flow, place) => (
          <button
            key={flow.kind}
            type="button"
            className={place === 0 ? "btn btn--main" : "btn"}
            disabled={signing.starting || lacks(flow)}
            onClick={() => begin(flow)}
          >
            <Icon name={flow.kind === "browser" ? "open" : "keyboard"} />
            {say(`signing-${flow.kind}`)}
          </button>
        ))}
      </div>
      {signing.error !== null && (
        <div role="alert">
          <Fault error={signing.error} />
        </div>
      )}
    </div>
  );
}
