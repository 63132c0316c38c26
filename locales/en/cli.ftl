# The command line: help, wrong use, the answers of commands.

cli-about = One local address in front of every AI model you may use.
cli-after-help = Without a server running, commands work on the files themselves.

## Help

cli-usage = Usage: { $usage }
cli-heading-commands = Commands:
cli-heading-arguments = Arguments:
cli-heading-options = Options:
cli-placeholder-options = [OPTIONS]
cli-placeholder-command = COMMAND

cli-serve = Answer clients until stopped
cli-status = Show whether it runs, where, and what needs you
cli-models = List the models that clients can ask for
cli-accounts = List, add, remove and test accounts at providers, and give them new keys
cli-accounts-list = List the accounts
cli-accounts-add = Add an account
    .after = Without --key-env and --key-file the provider's key is read from standard input and sealed in the vault.
cli-accounts-set-key = Put a new key in the place of an account's
    .after = The provider's new key is read from standard input and sealed in the vault. All else of the account stays as it is.
cli-accounts-remove = Remove an account, and its key from the vault
cli-accounts-test = Ask an account's provider for its models
cli-keys = List, create, limit, revoke and show the keys that clients present
cli-keys-list = List the keys, without their secrets
cli-keys-create = Create a key and show it, this once
cli-keys-limit = Change how much a key may use
    .after = What is not given stays as it is; 0 takes a limit away. Days begin at midnight UTC.
cli-option-requests-per-minute = Requests in a minute
cli-option-tokens-per-minute = Tokens in a minute, read and written
cli-option-concurrency = Requests that are under way at once
cli-option-requests-per-day = Requests in a day
cli-option-tokens-per-day = Tokens in a day, read and written
cli-option-provider-key = Whether it may bring a provider's own key for a request, in x-openai-key
cli-keys-revoke = Take a key away
cli-keys-show = Show the first key again, where the vault keeps it
cli-routes = List the routes and explain a choice
cli-routes-list = List the routes
cli-routes-explain = Tell where a request for a model would go, and why
cli-version = Show the version

cli-option-home = Folder that holds everything
cli-option-config = The settings' file
cli-option-json = Answer in JSON, for scripts
cli-option-help = Show this help
cli-option-version = Show the version
cli-option-host = Address to listen on: localhost, or an IP address
cli-option-port = Port to listen on
cli-option-claim = Without an admin password, answer nobody until its owner has set one
cli-option-check = Only whether it answers, for health checks: fails when it does not
cli-option-provider = The provider's id, such as openai
cli-option-account-name = A name of your own for the account
cli-option-key-env = Environment variable that holds the provider's key
cli-option-key-file = File that holds the provider's key
cli-option-account = The account's id
cli-option-key-name = The key's name
cli-option-key-value = A value of your own in place of a random one; - reads it from standard input
cli-option-model = The model's name as a client would send it
cli-option-dialect = The client's interface: openai-chat or anthropic-messages

## Errors

cli-error = error: { $message }
cli-hint = hint: { $hint }
list-separator = { ", " }
cli-warning = warning: { $message }

usage-unknown-command = there is no command “{ $given }”
usage-unknown-option = there is no option “{ $given }” here
usage-missing-command = a command is missing after “{ $program }”
usage-missing-argument = { $argument } is missing
usage-missing-value = { $argument } needs a value
usage-empty = { $argument } must not be empty
usage-wrong-value = “{ $given }” is not a value for { $argument }
usage-unexpected = “{ $given }” is not expected here
usage-key-as-argument = a key is not given as an argument: it would stay in the shell’s history
usage-twice = { $argument } is given more than once
usage-conflict = { $argument } and { $other } cannot be used together
usage-not-text = an argument is not UTF-8 text
usage-other = the command cannot be understood
hint-keyring-locked = unlock the keyring, as signing in to the desktop does, and try again
hint-keyring-other = is it another user's keyring, or was it emptied? Only the key that the vault was made with opens it
hint-vault-unreadable = put vault.bin back from a copy, or move it away: a new vault is made then, and the keys that were in it have to be given again
hint-vault-newer = this vault needs the newer Portolan that wrote it
hint-vault-busy = nothing was changed; try again in a moment
hint-issuer-none = leave --issuer out
hint-issuer-missing = give the address of its issuer with --issuer
usage-hint-similar = did you mean “{ $similar }”?
usage-hint-port = a port is a number from 0 to 65535; 0 takes a free one
usage-hint-host = localhost, 127.0.0.1, ::1 or another IP address of this machine
usage-hint-commands = its commands: { $commands }
usage-hint-key-input = run “{ $program } …” without it and type the key when asked, or pipe it in
usage-hint-help = “{ $program } --help” shows all there is

## accounts

accounts-none = No accounts yet.
    .hint = “portolan accounts add PROVIDER” adds one. Until then, the model “demo” answers.
accounts-column-id = ACCOUNT
accounts-column-provider = PROVIDER
accounts-column-key = KEY
accounts-column-state = STATE
accounts-source-environment = environment { $variable }
accounts-source-file = file { $path }
accounts-source-vault = vault
accounts-source-sign-in = sign-in
accounts-source-sign-in-until = sign-in, until { $moment }
accounts-source-none = needs none
accounts-state-ready = ready
accounts-state-cooling = resting for { $seconds } s
accounts-state-renewal-fails = renewing its sign-in has failed since { $since }: { $reason }
accounts-state-rejected = its key was refused
accounts-state-no-key = no key: { $reason }
accounts-state-signed-out = signed out: { $reason }
accounts-state-unknown-provider = unknown provider
accounts-added = Added the account { $account } at { $provider }.
accounts-added-no-key = It has no key yet: { $reason }.
accounts-key-set = The account { $account } has its new key.
accounts-removed = Removed the account { $account }.
accounts-tested = { $account } answers and lists { $models ->
    [one] one model
   *[other] { $models } models
}.
accounts-key-prompt = Key for { $provider } (not shown):
accounts-new-key-prompt = New key for the account { $account } (not shown):

## keys

keys-none = No keys yet.
    .hint = “portolan keys create --name laptop” makes one.
keys-column-name = KEY
keys-column-origin = FROM
keys-column-created = CREATED
keys-column-models = MODELS
keys-column-limit = LIMITS
keys-limit-requests-minute = { $count } requests/min
keys-limit-tokens-minute = { $count } tokens/min
keys-limit-concurrency = { $count } at once
keys-limit-requests-day = { $count } requests/day
keys-limit-tokens-day = { $count } tokens/day
keys-limit-provider-key = brings a provider's key
keys-origin-created = created here
keys-origin-environment = environment
keys-origin-missing = settings; not created yet
keys-created = Created the key { $name }. It is not shown again:
keys-revoked = Revoked the key { $name }.

## models and routes

models-none = No models yet.
    .hint = “portolan accounts list” shows how the accounts stand.
models-column-model = MODEL
models-column-provider = PROVIDER
models-column-account = ACCOUNT
routes-none = No routes. Model names go straight to the accounts that have them.
routes-column-match = MATCH
routes-column-targets = TARGETS
routes-column-strategy = STRATEGY
routes-found-route = “{ $model }” is found by a route.
routes-found-model = “{ $model }” is a model of an account.
routes-found-provider = “{ $model }” names its provider.
routes-found-default = “{ $model }” goes to the default model.
routes-found-demo = “{ $model }” is answered by Portolan itself.
routes-found-nothing = nobody offers the model “{ $model }”
routes-found-unserved = no account can serve the model “{ $model }” now
routes-hint-nearest = similar names: { $names }
routes-hint-default = default_model = "PROVIDER/MODEL" in config.toml takes such names
routes-hint-default-lost = default_model = "{ $default }" in config.toml takes such names, but leads to no account itself
routes-hint-models = “portolan models” lists what can be asked for
