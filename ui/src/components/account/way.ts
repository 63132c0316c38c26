import type { Provider } from "../../api/contract";
import type { Say } from "../../l10n/words";

/** How an account of a provider is made, in a few words. */
export function wayIn(provider: Provider, say: Say): string {
  return say(provider.sign_in === "key" ? "providers-paste-key" : "providers-source-none");
}
