# The window: what is on every page, Home, and Settings.

window-home = Home
window-settings = Settings
window-running = Running
window-stopping = Stopping
window-stopped = Stopped
window-cannot-start = Cannot start
window-start = Start
window-stop = Stop
window-copy-address = Copy
window-copy-key = Copy key
window-copied = Copied
window-not-copied = Not copied
window-no-key = No key to show
window-unreachable = Portolan does not answer. Close this window and open it again from the tray.

home-ready = You can keep working.
home-ready-more = { $accounts ->
    [one] One account is ready to answer.
   *[other] { $accounts } accounts are ready to answer.
}
home-stopped = Stopped. Your programs get no answers.
home-stopped-more = Start the gateway, and they get them again.
home-no-account = Running, without an account yet.
home-no-account-more = The built-in demo answers. Add a provider to get more.
home-none-ready = No account can answer now.
home-none-ready-more = See below what each of them needs.
home-recent = What happened last
home-recent-none = No request yet. Point a program at the address above, or try one below.
activity-none = No request yet. Point a program at the address above.
home-time = Time
home-model = Model
home-took = Took
home-outcome = Outcome
home-no-model = no model named
home-seconds = { NUMBER($seconds, minimumFractionDigits: 1, maximumFractionDigits: 1) } s
home-completed = Done
home-failed = Failed
home-cancelled = Left early
home-truncated = Cut off
home-accounts = Who answers
home-accounts-none = Only the built-in demo.
home-account-ready = Ready
home-account-resting = Resting for { NUMBER($seconds, maximumFractionDigits: 0) } s
home-account-rejected = The provider refuses its key
home-account-no-key = Its key is missing
home-account-signed-out = It has to be signed in again
home-account-unknown = Its provider is not known
home-refused-page = The web page { $origin } was refused. Allow it if you trust it.
home-refused-program = { $program } was refused: it has no key. Copy the key above into its settings.
home-some-program = A program
home-allow = Allow
home-dismiss = Dismiss
home-trial = Try it
home-trial-what = What to ask
home-trial-prompt = Say hello in one sentence.
home-trial-send = Send
home-trial-done = Answered by { $upstream }, first words after { NUMBER($first, maximumFractionDigits: 0) } ms.

settings-file = Kept in
settings-language = Language
settings-theme = Theme
settings-system = As the system
settings-dark = Dark
settings-light = Light
settings-notify = Notify when
settings-notify-sign-in = an account wants to be signed in to again
settings-notify-failover = another account took over
settings-start-up = Start-up
settings-autostart = Start Portolan when I sign in to this computer

# Why a request failed, in a few words: one for each kind of fault.

fault-why = why is not known
    .invalid-request = the request is not valid
    .unsupported = the model cannot do that
    .context-length-exceeded = it is too long for the model
    .invalid-api-key = the key is not accepted
    .permission-denied = not permitted
    .billing = the provider wants to be paid
    .not-found = there is no such model
    .method-not-allowed = not that way
    .conflict = in conflict with another request
    .request-too-large = the request is too large
    .unsupported-media-type = the body is not JSON
    .misdirected-request = meant for another host
    .rate-limit-exceeded = too many requests
    .insufficient-quota = the quota is used up
    .content-policy = refused for its content
    .internal-error = a fault of the provider
    .overloaded = the provider is overloaded
    .bad-gateway = the provider cannot be reached
    .truncated = the answer broke off
    .timeout = no answer in time
    .no-account = no account could answer
    .stopped = Portolan was stopped
    .no-healthy-account = no account could answer

window-could-not = Could not { $what }
window-providers = Providers
window-activity = Activity

providers-lead = Who answers. Accounts are tried in this order.
providers-accounts = Your accounts
providers-accounts-none = No account yet. Add one below; until then the built-in demo answers.
providers-add = Add a provider
providers-search = Search providers
providers-found = Found on this computer
providers-use = Use { $name }
providers-paste-key = Paste a key
providers-cancel = Cancel
providers-key-of = Key from { $name }
providers-key-where = The key is sealed in the vault on this computer and nowhere else.
providers-save-key = Save the key
providers-test = Test
providers-testing = Testing
providers-tested = { $models ->
    [one] It answers and lists one model.
   *[other] It answers and lists { $models } models.
}
providers-remove = Remove
providers-remove-account = Remove { $account }
providers-refresh = Look for new models
providers-refreshing = Looking
providers-models = { $models ->
    [one] one model
   *[other] { $models } models
}
providers-source-environment = Key from the variable { $variable }
providers-source-file = Key from { $path }
providers-source-vault = Key in the vault
providers-source-sign-in = Signed in
providers-source-none = No key needed
providers-own = Another address
providers-own-id = Short name
providers-own-address = Address
providers-own-dialect = Interface
providers-own-private = It is in my own network
providers-own-added = { $name } is in the list above now. Add its key there.
providers-own-add = Add this address

activity-lead = Every request, what became of it, and why. { $days ->
    [0] {""}
    [one] Kept for one day on this computer.
   *[other] Kept for { $days } days on this computer.
}
activity-search = Search model, client, error
activity-failed-only = Failed only
activity-none-fits = Nothing fits. Clear the search to see every request.
activity-client = Client
activity-model = Model asked → used
activity-tokens = Tokens in / out
activity-in-out = { $in } / { $out }
activity-first = First word
activity-seconds = { NUMBER($seconds, minimumFractionDigits: 2, maximumFractionDigits: 2) } s
activity-took = { NUMBER($seconds, minimumFractionDigits: 1, maximumFractionDigits: 1) } s in all
activity-more = Show more
activity-attempts = Attempts
activity-attempts-none = Nobody was asked: the request ended here.
activity-losses = Changed in translation
activity-losses-none = Nothing.

settings-network = Listening and network
settings-port = Port
settings-whole = A whole number from { $least } to { $most }. The old one stays in force.
settings-require-key = Programs need a key
settings-pages = Web pages that may ask
settings-pages-more = One address a line, such as https://chat.example.com
settings-proxy = Way out
settings-proxy-system = As the system
settings-proxy-environment = From the environment
settings-proxy-manual = By a proxy of your own
settings-proxy-direct = Direct
settings-proxy-address = The proxy's address
settings-proxy-now = In effect now: { $source }
settings-proxy-now-by = In effect now: { $address } ({ $source })
settings-proxy-script = In effect now: direct. The system names a script (PAC), which is not followed: give an address of your own.
settings-days = Days to keep activity
settings-keys = Keys
settings-key-created = Made here
settings-key-environment = From the environment
settings-key-missing = Named in the settings, but never made
settings-key-name = Name of a new key
settings-key-create = Make a key
settings-key-made = The key { $name } is made. Copy it now.
settings-key-revoke = Revoke
settings-key-revoke-name = Revoke { $name }
settings-vault = Vault
settings-vault-ready = Secrets are sealed on this computer
settings-vault-older = An earlier file took its place: it is read, not written
settings-vault-damaged = Something else changed its file; what still opens is used
settings-vault-locked = Its key cannot be had now
settings-vault-unavailable = Nothing can be stored here
settings-logs = Log
settings-logs-level = Level
settings-logs-search = Search the log
settings-logs-none = Nothing at this level.
settings-logs-error = Errors
settings-logs-warn = Warnings
settings-logs-info = Events
settings-logs-debug = Everything

home-connect = Point your program here
home-connect-more = Set these in its environment or its settings. The key is filled in when you copy.
home-connect-copy = Copy for { $name }
