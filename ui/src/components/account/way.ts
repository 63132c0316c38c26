import type { Flow, Provider } from "../../api/contract";
import type { Say } from "../../l10n/words";

/** A provider of one's own can have an issuer, which tells the rest. */
const BY_ISSUER: Flow = { kind: "browser", client: "missing", client_secret: "none", issuer_needed: true };

/** The ways of signing in, the usual one first. */
export function flowsOf(provider: Provider): Flow[] {
  return provider.own && provider.flows.length === 0 ? [BY_ISSUER] : provider.flows;
}

/** How an account of a provider is made, in a few words. */
export function wayIn(provider: Provider, say: Say): string {
  const [first] = provider.flows;
  if (first !== undefined) return say(first.kind === "browser" ? "signing-way" : "signing-device");
  return say(provider.sign_in === "key" ? "providers-paste-key" : "providers-source-none");
}
