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
home-no-account-more = The built-in demo answers. To add a provider: portolan accounts add
home-none-ready = No account can answer now.
home-none-ready-more = See below what each of them needs.
home-recent = What happened last
home-recent-none = No request yet. Point a program at the address above, or try one below.
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
home-accounts-none = Only the built-in demo. “portolan accounts add openai” adds an account.
home-account-ready = Ready
home-account-resting = Resting for { NUMBER($seconds, maximumFractionDigits: 0) } s
home-account-rejected = The provider refuses its key
home-account-no-key = Its key is missing
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
settings-listening = Listening
settings-key-needed = Programs need a key.
settings-key-free = Programs on this computer need no key.
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
