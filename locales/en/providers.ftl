# `portolan providers`, and what is said of a service that closed.

cli-providers = List the providers, and say where one is
cli-providers-list = List the providers that are known
cli-providers-set = Point a provider at an address of your own, or back at the one that is built in
    .after = The provider's accounts and keys go along: what is sent to it goes to the new address from then on.
cli-option-endpoint = Address of a service of your own, as its documentation gives it
cli-option-endpoint-dialect = The interface that it speaks; otherwise the first of the provider's own
cli-option-login-at = Address of the server at which people sign in with a client of their own
cli-option-allow-private = Allow http:// and addresses of your own network
cli-option-reset = Back to the addresses that are built in

providers-column-id = PROVIDER
providers-column-name = NAME
providers-column-address = ADDRESS
providers-column-accounts = ACCOUNTS
providers-column-note = NOTE
providers-note-closed = closed on { $day }
providers-note-own = set in config.toml
providers-set = { $provider } is at { $address } now.
providers-closed = note: { $provider } closed on { $day } and no longer answers. A service of your own that speaks the same protocol can take its place: portolan providers set { $id } --endpoint URL
