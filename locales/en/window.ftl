# The window: what is on every page, Home, and Settings.

window-home = Home
window-settings = Settings
window-running = Running
window-partly = Running in part
window-silent = No answer
window-stopping = Stopping
window-stopped = Stopped
window-cannot-start = Cannot start
window-start = Start
window-stop = Stop
window-copied = Copied
window-not-copied = Not copied
window-no-key = No key to show
window-unreachable = Portolan does not answer. Start it again from the tray, or with `portolan serve`, and open this page anew.

home-ready = You can keep working.
home-ready-more = { $accounts ->
    [one] One account is ready to answer.
   *[other] { $accounts } accounts are ready to answer.
}
home-stopped = Stopped. Your programs get no answers.
home-stopped-more = Start the gateway, and they get them again.
home-cannot-start = It cannot start. Your programs get no answers.
home-cannot-start-more = What is in the way stands below.
home-no-account = Running, without an account yet.
home-no-account-more = The built-in demo answers. Add a provider to get more.
home-none-ready = No account can answer now.
home-none-ready-more = See below what each of them needs.
home-recent = What happened last
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
home-account-ready = Ready
home-account-resting = Resting for { $time }
home-account-renewal = Renewal fails
home-account-renewal-why = Since { $since }: { $reason }
home-account-rejected = Key refused
home-account-no-key = Its key is missing
home-account-signed-out = Signed out
home-account-unknown = Its provider is not known
home-some-program = A program
home-allow = Allow
home-dismiss = Dismiss
home-trial = Try it
home-trial-what = What to ask
home-trial-prompt = Say hello in one sentence.
home-trial-done = Answered by { $upstream }, first words after { NUMBER($first, maximumFractionDigits: 0) } ms.

settings-language = Language
settings-theme = Theme
settings-system = As the system
settings-dark = Dark
settings-light = Light

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
providers-accounts-none = No account yet. Add one below; until then the built-in demo answers.
providers-add = Add a provider
providers-search = Search providers
providers-use = Use { $name }
providers-paste-key = Paste a key
providers-key-of = Key from { $name }
providers-key-where = The key is sealed in the vault on this computer and nowhere else.
providers-save-key = Save the key
providers-new-key = New key
providers-new-key-of = A new key for { $account }
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
providers-source-sign-in = By sign-in
providers-own = Another address
providers-own-id = Short name
providers-own-address = Address
providers-own-private = It is on this computer or in my own network, or speaks plain HTTP
providers-own-wrong = This cannot be used: { $reason }
providers-own-tick = This address is on this computer, in your own network or not encrypted. Tick the box if that is meant.
providers-own-added = { $name } is in the list above now. Choose it there to use it, with a key where it asks for one.
providers-own-add = Add this address

activity-lead = Every request, what became of it, and why. { $days ->
    [0] {""}
    [one] Kept for one day on this computer.
   *[other] Kept for { $days } days on this computer.
}
activity-search = Search model, client, error
activity-failed-only = Failed only
activity-client = Client
activity-model = Model asked → used
activity-tokens = Tokens in / out
activity-in-out = { $in } / { $out }
activity-first = First word
activity-seconds = { NUMBER($seconds, minimumFractionDigits: 2, maximumFractionDigits: 2) } s
activity-more = Show more
activity-attempts = Attempts
activity-attempts-none = Nobody was asked: the request ended here.
activity-losses = Changed in translation
activity-losses-none = Nothing.

settings-port = Port
settings-whole = A whole number from { $least } to { $most }. The old one stays in force.
settings-pages = Web pages that may ask
settings-proxy-system = As the system
settings-proxy-environment = From the environment
settings-proxy-manual = By a proxy of your own
settings-proxy-direct = Direct
settings-proxy-now = In effect now: { $source }.
settings-proxy-now-by = In effect now: { $address } ({ $source }).
settings-proxy-script = In effect now: direct. The system names a script (PAC), which is not followed: give an address of your own.
settings-days = Days to keep activity
settings-key-created = Made here
settings-key-environment = From the environment
settings-key-missing = Named in the settings, but never made
settings-key-name = Name of a new key
settings-key-create = Make a key
settings-key-made = The key { $name } is made. Copy it now.
settings-key-limits = Limits
settings-key-limits-name = Limits of { $name }
settings-limit-requests-minute = Requests a minute
settings-limit-tokens-minute = Tokens a minute
settings-limit-concurrency = Requests at once
settings-limit-requests-day = Requests a day
settings-limit-tokens-day = Tokens a day
settings-limit-provider-key = May bring a provider’s own key (x-openai-key)
settings-limit-none = No limit
settings-limit-more = Days begin at midnight UTC. Tokens are those read and written.
settings-limit-keep = Keep the limits
settings-limit-wrong = A limit is a whole number up to 4294967295, or nothing.
settings-key-revoke = Revoke
settings-key-revoke-name = Revoke { $name }
settings-vault = Vault
settings-logs-level = Level
settings-logs-search = Search the log
settings-logs-none = Nothing at this level.
settings-logs-error = Errors
settings-logs-warn = Warnings
settings-logs-info = Events
settings-logs-debug = Everything

home-connect-copy = Copy for { $name }

window-undo = Undo
window-close = Close
window-notices = What was just done
window-copy-address = Copy the address
window-copy-key = Copy key

keys-title = Keyboard
keys-search = Search on this page
keys-rows = Along the rows of Activity
keys-open = Open a row
keys-close = Close what is open
keys-list = This list

home-set-up = Set up in three steps
home-needs-you = { $count ->
    [one] One account needs you
   *[other] { $count } accounts need you
}
home-chart = Who asks and who answers
home-asks = Who asks
home-asks-none = No program yet
home-asked = { $count }
home-asked-title = { $count ->
    [one] One request
   *[other] { $count } requests
}
home-accounts-none = The built-in demo
home-accounts-more = { $count ->
    [one] One more account
   *[other] { $count } more accounts
}
home-answering = Answering
home-recent-all = All activity
home-recent-none = Nothing yet. Point a program at the address above, or try one below.
home-last-day = Last 24 hours
home-last-some = Last { $count } requests, since { $since }
home-requests = Requests
home-tokens = Tokens
home-tokens-in = Tokens in
home-tokens-out = Tokens out
home-cached = From cache
home-tokens-unknown = { $count ->
    [one] One answer came without a count of its tokens.
   *[other] { $count } answers came without a count of their tokens.
}
home-hours = By the hour
home-hours-good = Answered
home-hours-bad = Failed
home-now = now
home-refused-page = The web page { $origin } was refused
home-refused-page-more = { $count ->
    [one] It asked once. Allow it only if you trust it: it could use your accounts.
   *[other] It asked { $count } times. Allow it only if you trust it: it could use your accounts.
}
home-refused-program = { $program } was refused
home-refused-program-more = It has no key. Copy the key and put it into its settings.
home-copy-key = Copy the key
home-busy-taken = Your programs get no answer here. Stop the program that has the port, or use another port and tell your programs.
home-busy-forbidden = The system keeps this port to itself. Use another one and tell your programs.
home-busy-again = Try again
home-busy-use = Use port { $port }
home-connect = Point your program here
home-connect-more = The key is filled in as you copy.
home-trial-send = Send
home-trial-sending = Sending

connect-shell = In a terminal.
connect-opencode-json = In opencode.json.
connect-python = In Python.
connect-other = Anything else
connect-openai = Address, OpenAI style
connect-anthropic = Address, Anthropic style
connect-key = Key
connect-copy = Copy { $what }

# The first run.

first-steps = Steps
first-provider-step = A provider
first-provider-step-more = Who will answer
first-answer-step = A real answer
first-answer-step-more = Through this computer
first-program-step = Your program
first-program-step-more = Point it here
first-provider = Who should answer?
first-provider-more = Start with one. You can add more later.
first-account = Bring an account
first-add = { $name }: { $way }
first-none-fits = No provider is called that. Any other can be added by its address later, under Providers.
first-more = All { $count } are found by searching.
first-have = Can answer already: { $names }
first-leave = Leave the set-up
first-skip-demo = Skip and use the demo model
first-skip = Skip
first-continue = Continue
first-back = Back
first-answer = Ask something.
first-arriving = The answer is arriving.
first-works = It works.
first-failed = No answer this time.
first-answer-more = A real request, sent the way your programs will send theirs.
first-works-more = It went through { $address } and is in Activity now, like every request that follows.
first-asked = Asked
first-word = First word
first-finished = Finished
first-milliseconds = { NUMBER($count, maximumFractionDigits: 0) } ms
first-program = Point your program here.
first-program-more = Choose it, copy, done. The key is filled in as you copy.
first-later = Do this later
first-finish = Finish

providers-accounts = Accounts
providers-models-tab = Models
providers-found = Found on this computer
providers-found-more = nothing leaves this computer
providers-source-none = No key needed
providers-no-key = It asks for no key.
providers-removed = { $account } is removed.
providers-none-fits = No provider is called that. Add it by its address below.
providers-own-dialect = It speaks like
providers-own-openai = OpenAI
providers-own-anthropic = Anthropic
models-search = Search models
models-count = { $shown } of { $all }
models-cut = The first { $shown } are shown. Search for the others.
providers-closed-on = Closed on { $day }
providers-closed-what = { $name } closed on { $day }: it answers no more. If you have a service that speaks the same protocol, set its address here, and it takes its place.
providers-point = Address of { $name }
providers-point-what = What is sent to { $name }, keys included, goes to this address from then on.
providers-point-private = It is on this machine or in my own network, or speaks plain HTTP
providers-point-set = Set the address
providers-point-setting = Setting…
providers-point-open = Set its address
terms-name = Terms
terms-of = Terms of { $name }
terms-read = Read on { $day }

activity-none = Nothing has come through yet
activity-none-more = Send a request to see what a record looks like, or point a program at the address above.
activity-try = Try a model
activity-none-fits = Nothing fits
activity-none-fits-more = No request that is kept looks like that.
activity-clear = Show every request
activity-figures = Figures
activity-key = Key
activity-content = Content
activity-content-none = Not kept. Questions and answers are never written down.
activity-began = answered after { NUMBER($seconds, minimumFractionDigits: 2, maximumFractionDigits: 2) } s
activity-curl = Copy as cURL
activity-curl-more = With a greeting for the question, and $PORTOLAN_KEY for the key.

# What to do about a failure; where nothing helps but to ask again, there is no line.

fault-do = Ask again.
    .invalid-request = The program sent something that the provider does not understand. An update of the program may help.
    .unsupported = Choose a model that can do it.
    .context-length-exceeded = Begin a new conversation, or choose a model with a longer memory.
    .invalid-api-key = Look at the account under Providers and give it a new key.
    .permission-denied = The account may not use this model. Ask its owner, or choose another.
    .billing = Pay the bill at the provider, or add another account.
    .not-found = Choose a model from the list under Providers.
    .rate-limit-exceeded = Wait a moment. A second account would take over.
    .insufficient-quota = Raise the limit at the provider, or add another account.
    .content-policy = Put the question in other words.
    .overloaded = Ask again in a while. A second account would take over.
    .bad-gateway = Look at the connection to the internet, and at the way out in Settings.
    .truncated = Ask again. The part that came was delivered and is not complete.
    .timeout = Ask again in a while, or choose a faster model.
    .no-account = Add an account for this model under Providers.
    .no-healthy-account = See under Providers what each account needs.
    .stopped = Start the gateway again.

settings-file = Each change is kept at once, in
settings-parts = Parts of the settings
settings-general = General
settings-language-more = At once, in the tray and on the command line too.
settings-notify-sign-in = Tell me when an account needs me
settings-notify-sign-in-more = It wants to be signed in to again, or its key is refused.
settings-notify-failover = Tell me when another account took over
settings-notify-failover-more = The first choice did not answer, and the next one did.
settings-autostart = Start with this computer
settings-autostart-more = In the tray, without a window.
settings-first-run = First steps
settings-first-run-more = A provider, a real answer, a program: once more from the beginning.
settings-first-run-open = Open
settings-network = Listening
settings-port-more = Programs that were pointed at the old one have to be told.
settings-require-key = Ask programs for a key
settings-require-key-more = Off means that any program on this computer can use your accounts.
settings-pages-more = Web pages that are not listed are refused. One address a line, such as https://chat.example.com
settings-admin = Web admin
settings-admin-none = This window in a browser, also from elsewhere. It has no password yet: copy the link, open it in a browser within 15 minutes, and set one.
settings-admin-set = This window in a browser, guarded by its password. The link sets another password, once, within 15 minutes.
settings-admin-environment = This window in a browser, guarded by the password in PORTOLAN_ADMIN_PASSWORD.
settings-admin-address = Copy the address
settings-admin-link = Copy a link that sets the password
settings-admin-failed = No link could be made
settings-proxy = Way out
settings-proxy-mode = How providers are reached
settings-proxy-local = Servers on this computer are always reached directly.
settings-proxy-address = Address of the proxy
settings-proxy-address-more = With http:// or socks5:// before it.
settings-keys = Keys
settings-keys-more = What programs present to be let in. One each makes it easy to take one back.
settings-key-copy = Copy the key { $name }
settings-key-revoked = The key { $name } is revoked.
settings-privacy = Privacy
settings-days-more = Counts and names only, on this computer. 0 keeps none.
settings-vault-ready = Sealed on this computer, never in a plain file or a log.
settings-vault-older = An earlier file took its place: it is read, not written.
settings-vault-damaged = Something else changed its file; what still opens is used.
settings-vault-locked = Its key cannot be had now.
settings-vault-unavailable = Nothing can be stored here.
settings-vault-is-ready = Sealed
settings-vault-is-older = Read only
settings-vault-is-damaged = Changed
settings-vault-is-locked = Locked
settings-vault-is-unavailable = None
settings-logs = Log
settings-logs-lines = Lines of the log
settings-logs-save = Save the lines
settings-logs-saved = Saved: { $file }
settings-logs-copy = Copy the lines
settings-about = About
settings-about-more = One local address in front of every AI model.
settings-licence = Licence { $licence }
settings-telemetry = No telemetry
settings-telemetry-more = Portolan sends nothing about you to anybody.
settings-updates = Updates
settings-updates-daily = Look for updates once a day
settings-updates-daily-more = Off until you turn it on. Only the version of this program is told.
settings-updates-unasked = Not looked for yet.
settings-updates-current = This is the newest version.
settings-updates-found = Version { $version } is there.
settings-updates-check = Check for updates
settings-updates-checking = Checking
settings-updates-install = Install and restart
settings-updates-installing = Installing
settings-updates-previous = Version { $version } is kept
settings-updates-previous-more = What ran here before the last update. Settings and accounts stay.
settings-updates-back = Go back and restart

# Signing in at a provider.

signing-way = Sign in
signing-browser = Sign in with the browser
signing-device = Sign in with a code
signing-browser-what = Your browser opens a page of { $name }. Sign in there and agree; this window notices by itself. Portolan never sees your password.
signing-device-what = You get a code, and your browser opens a page of { $name } to type it on. Portolan never sees your password.
signing-issuer = Address of the issuer
signing-issuer-more = As its documentation gives it for OpenID Connect.
signing-client = Client id
signing-client-secret = File with the client's secret
signing-client-secret-more = { $name } wants the secret of your client too. Put it in a file on this machine and give the file's path; nobody else's secret is part of this program.
signing-client-more = { $name } wants programs to be registered. Register a public client there and paste its id; it is no secret.
signing-client-yours = { $name } knows programs by a client of yours: paste the id that you were given there.
signing-or-key = Or with a key
signing-or-issuer = Or sign in at an OpenID Connect issuer
signing-waiting = Waiting for you in the browser
signing-exchanging = Signing in
signing-left = { $time } left
signing-type-code = Type this code on the page that opened in your browser:
signing-copy-code = Copy the code
signing-open-again = Open the page again
signing-copy-address = Copy its address
signing-paste = The browser is on another computer, or shows an error in the end
signing-paste-more = Copy the whole address that the browser shows in the end, or the code on the page, and paste it here.
signing-paste-what = Address or code
signing-paste-send = Go on
signing-cancel = Cancel the sign-in
signing-done = Signed in to { $name }
signing-next = Done
signing-again = Try again
signing-nothing-stored = Nothing was stored.
signing-anew = Sign in to { $name } again
signing-anew-button = Sign in again
signing-out = Sign out
signing-out-of = Sign out of { $account }
signing-out-done = Signed out of { $account }.
signing-out-failed = Signed out of { $account } here, but { $name } did not take the sign-in back: { $reason }. It may stay good there: end it on { $name }'s own page.
signing-out-unsupported = Signed out of { $account } here. { $name } takes no sign-in back from here, so it may stay good there: end it on { $name }'s own page.
