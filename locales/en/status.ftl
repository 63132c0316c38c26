# The state of the gateway, as `portolan status` and `portolan serve` tell it.

status-running = Portolan is running.
status-admin-alone = Portolan answers in its web admin alone: it was stopped there, or waits for its owner to set a password.
status-answers = { $address } answers.
status-stopped = Portolan is not running.
    .hint = “portolan serve” starts it.
status-stopping = Portolan is stopping. { $busy ->
    [0] Everything that was under way has ended.
    [one] One request is still being answered.
   *[other] { $busy } requests are still being answered.
}
status-address = Address
status-instance = Address ({ $instance })
status-not-listening = cannot { $reason }
status-version = Version
status-since = Running since
status-settings = Settings
status-vault = Vault
status-vault-ready = ready
status-vault-older = an earlier copy; read, not written
status-vault-damaged = damaged; what still opens is used
status-vault-locked = locked: { $reason }
status-vault-unavailable = stores nothing: { $reason }
status-proxy = Proxy
status-proxy-system = { $address }, as the system has it
status-proxy-environment = { $address }, from the environment
status-proxy-manual = { $address }, from the settings
status-proxy-script = none: the system names a script (PAC), which is not followed
status-accounts = Accounts
status-keys = Keys
status-requests = Requests
status-requests-text = { $completed } answered, { $failed } failed, { $truncated } cut off, { $cancelled } left by the client, { $busy } under way
status-attention = Needs you
status-settings-fault = { $reason }; the settings read before stay in force
status-warning = { $file }:{ $line }: { $key }: { $message }
status-warning-whole = { $file }: { $message }
status-account = account { $account }: { $state }
status-offered = { $name } runs at { $address }. “portolan accounts add { $provider }” adds it.
status-refused = { $who } was refused ({ $count }×). “portolan keys create” makes a key for it.
status-refused-page = The web page { $who } was refused ({ $count }×). allowed_origins in config.toml lets it in, if you trust it.
status-refused-unnamed = a program that gives no name

## serve

serve-first-key = Made a first client key, which programs present to Portolan. It is shown only now:
serve-first-key-beside = The client key in PORTOLAN_CLIENT_KEY is good as well; each of the two is enough.
serve-unclaimed = Nobody has claimed this Portolan yet, so it answers nobody. Open this link in a browser within { $minutes } minutes and choose a password; where other addresses lead here, put yours in the place of the first part:
serve-unclaimed-later = “portolan admin bootstrap”, run where Portolan runs, prints another link later.
serve-stopping = stopping: waiting for { $busy ->
    [one] one request
   *[other] { $busy } requests
}
    .hint = a second signal stops at once
serve-log-filter = PORTOLAN_LOG cannot be understood ({ $reason }); logging at level info
version-commit = commit { $commit }
