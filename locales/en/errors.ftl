# Why something failed: one message for each code of the contract, and a hint what to do.
# An argument that is empty comes as the number 0.

error-no-such-provider = find the provider “{ $provider }”: there is none of this id
    .hint = { $nearest ->
        [0] built-in ids are such as openai, anthropic or deepinfra; your own stand in config.toml
       *[other] did you mean “{ $nearest }”?
    }
error-no-such-account = find the account “{ $account }”: there is none of this id
    .hint = { $nearest ->
        [0] “portolan accounts list” shows them
       *[other] did you mean “{ $nearest }”?
    }
error-no-such-key = find the key “{ $name }”: there is none of this name
    .hint = { $nearest ->
        [0] “portolan keys list” shows them
       *[other] did you mean “{ $nearest }”?
    }
error-no-such-instance = find the instance “{ $instance }”: there is none of this name
    .hint = { $nearest ->
        [0] “portolan instances list” shows them
       *[other] did you mean “{ $nearest }”?
    }
error-instance-exists = name an instance “{ $instance }”: there is one already
    .hint = choose another name
error-instance-name-invalid = name an instance “{ $name }”: not a name for an instance
    .hint = use lower-case letters, digits and single hyphens
error-instance-port-taken = give an instance the port { $port }: the instance “{ $other }” has it
    .hint = choose another port; 0 takes a free one
error-instance-first = change the instance “{ $instance }” alone: it starts and stops with Portolan itself
    .hint = its port and default model stand in the settings, as [listen] and default_model
error-no-such-dialect = find the interface “{ $dialect }”: there is none of this name
    .hint = openai-chat or anthropic-messages
error-account-exists = add the account “{ $account }”: there is one already
    .hint = choose another name with --name
error-account-name-invalid = name the account “{ $name }”: not a name for an account
    .hint = use lower-case letters, digits and single hyphens
error-account-key-missing = add an account at { $provider }: its key is missing
    .hint = { $variable ->
        [0] pipe the key in, or use --key-env or --key-file
       *[other] pipe the key in, or use --key-env { $variable } or --key-file
    }
error-account-key-invalid = take the provider's key: { $reason }
    .hint = copy it again from the provider's page, in one line
error-account-key-from-environment = change the key of the account “{ $account }”: it comes from the environment variable { $variable }
    .hint = set { $variable } to the new key and start anew; or remove the account and add it again with a key for the vault
error-account-key-from-file = change the key of the account “{ $account }”: it comes from { $file }
    .hint = write the new key into that file and start anew; or remove the account and add it again with a key for the vault
error-account-signed-in = change the key of the account “{ $account }”: it is signed in at { $provider } and has no key of its own
    .hint = sign in again: in the window, or with “portolan login { $provider } --name { $account }”
error-log-not-saved = write the log to { $file }: { $reason }
    .hint = choose a file in a folder of yours
error-input-failed = read the key: { $reason }
    .hint = pipe it in as one line: “portolan … < FILE”
error-provider-built-in = add an account at { $provider }: Portolan answers for it itself
    .hint = ask for the model “{ $provider }”; it needs no account
error-account-without-key = ask with the account “{ $account }”: { $reason }
    .hint = “portolan accounts list” shows where its key is expected
error-no-such-flow = sign in at { $provider }: it offers no sign-in of this kind to programs like this one
    .hint = use a key of the provider instead
error-sign-in-client-missing = sign in at { $provider }: it needs a client id, and none is set
    .hint = register a public client at the provider and give its id with --client-id, or as client_id under [provider.{ $provider }] in config.toml
error-sign-in-client-secret-missing = sign in at { $provider }: it needs the secret of a client of your own, and no file with one is set
    .hint = name a file that holds it with --client-secret-file, or as client_secret_file under [provider.{ $provider }] in config.toml; nobody else's secret is part of this program
error-sign-in-issuer-missing = sign in at { $provider }: the address of its issuer is not set
    .hint = give it with --issuer, or as issuer under [provider.{ $provider }] in config.toml
error-sign-in-setting-invalid = sign in at { $provider }: { $reason }
    .hint = copy it again from the provider's page
error-account-not-signed-in = sign in with the account “{ $account }”: its key was given in another way
    .hint = choose another name, or remove that account first
error-sign-in-port-taken = wait for the answer of { $provider } on 127.0.0.1:{ $port }: { $holder ->
        [0] another program uses this port
       *[other] { $holder } uses this port
    }
    .hint = end that program and sign in again; { $provider } leads back to no other port
error-sign-in-timed-out = sign in at { $provider }: nobody answered in time
    .hint = begin again, and answer in the browser before the time is over
error-sign-in-cancelled = sign in at { $provider }: it was given up
    .hint = begin again whenever you like
error-sign-in-denied = sign in at { $provider }: { $answer ->
        [0] it refused
        [access_denied] the request was declined
       *[other] it refused with “{ $answer }”
    }
    .hint = begin again and agree in the browser, or use a key of the provider
error-sign-in-failed = sign in at { $provider }: { $reason }
    .hint = begin again; nothing was stored
error-sign-in-takes-no-answer = take the answer: this sign-in wants none, or has one already
    .hint = finish it in the browser, or begin again
error-sign-in-answer-wrong = take the answer: { $reason }
    .hint = paste the whole address that the browser shows in the end, or the code alone
error-no-such-sign-in = find the sign-in: there is none of this id
    .hint = begin again
error-key-exists = create the key “{ $name }”: there is one already
    .hint = choose another name, or “portolan keys revoke { $name }” first
error-key-name-reserved = create the key “{ $name }”: this name belongs to the key in { $variable }
    .hint = choose another name; to change that key, set { $variable } and start anew
error-key-value-in-use = create the key: the key “{ $name }” has this value already
    .hint = choose another value
error-key-name-invalid = name the key “{ $name }”: not a name for a key
    .hint = use 1 to 64 letters, digits, “-”, “_” and “.”
error-key-value-invalid = create the key: this value cannot be one
    .hint = use 1 to 512 printable characters, without a space at either end
error-key-from-environment = revoke the key “{ $name }”: it comes from { $variable }
    .hint = take it out of the environment and start anew
error-key-not-kept = show the first key: it is not kept
    .hint = “portolan keys create --name NAME” makes a new one
error-vault-unavailable = store a secret: { $reason }
    .hint = set PORTOLAN_MASTER_KEY or PORTOLAN_PASSPHRASE; a key can also stay where it is: “portolan accounts add” takes --key-env and --key-file
error-vault-locked = open the vault: { $reason }
    .hint = unlock the keyring, or start with the PORTOLAN_MASTER_KEY or PORTOLAN_PASSPHRASE that it was made with
error-vault-failed = use the vault: { $reason }
    .hint = nothing was changed
error-settings-invalid = read { $file }, line { $line }, column { $column }{ $key ->
        [0] {""}
       *[other] , key { $key }
    }: { $reason }
    .hint = mend this line; a running server goes on with the settings it had
error-settings-newer = read { $file }: a newer Portolan wrote it (version { $version })
    .hint = update this program
error-settings-read-failed = read { $file }: { $reason }
    .hint = check that the file is yours to read, or name another with --config
error-settings-write-failed = write { $file }: { $reason }
    .hint = the old file is unchanged; check that the folder is yours to write and the disk has room
error-override-invalid = use { $source }: { $reason }
    .hint = correct it, or leave it out
error-keys-file-failed = use { $file }: { $reason }
    .hint = check that the file is yours to read and write
error-home-unusable = use the folder { $folder ->
        [0] for settings and data
       *[other] { $folder }
    }: { $reason }
    .hint = name a folder of your own with --home or PORTOLAN_HOME
error-home-in-use = open { $folder }: another process is using it{ $pid ->
        [0] {""}
       *[other] { " " }(process { $pid })
    }
    .hint = wait for it to end, or give this one a folder of its own with --home
error-already-running = start: Portolan is already running for this home folder, at { $address }
    .hint = use that one, or give this one a home of its own with --home
error-port-taken = listen on { $address }: { $holder ->
        [0] the port is taken
       *[other] the port is taken by { $holder }
    }
    .hint = stop that program, or choose another port with --port
error-port-forbidden = listen on { $address }: the system does not allow this port
    .hint = choose a port from 1024 up with --port
error-address-not-local = listen on { $address }: this machine does not have the address
    .hint = use localhost, or an address of one of its networks
error-listen-failed = listen on { $address }: { $reason }
    .hint = choose another address with --host, or another port with --port
error-refused-unsafe-listen = listen on { $host }: refused, other machines could reach it; missing: { $missing }
    .hint = set PORTOLAN_ADMIN_PASSWORD and PORTOLAN_CLIENT_KEY and leave require_key on, or stay on localhost
error-not-running = ask the server: none is running
    .hint = “portolan serve” starts it
error-server-unreachable = ask the running server: { $reason }
    .hint = “portolan status” shows how it stands
error-upstream-refused = ask { $provider }: { $reason }
    .hint = check the account's key and the provider's address
error-setting-overridden = change { $key }: the command line or the environment sets it and goes before the settings
    .hint = leave it out there, or change it there
error-provider-exists = add the provider { $provider }: there is one of this id
    .hint = choose another id
error-provider-in-use = remove the provider { $provider }: the account { $account } uses it
    .hint = remove the account first
error-provider-not-own = remove the provider { $provider }: it is built in
    .hint = only providers of your own can be removed
error-trial-under-way = send a trial: one is under way
    .hint = wait for it to end
error-no-such-trial = show a trial: there is none of this id
    .hint = a later one may have taken its place; send it again
error-no-such-request = show the request { $id }: it is not in the activity
    .hint = it may have been too old to be kept
error-activity-failed = read the activity in { $file }: { $reason }
    .hint = check that the file is yours to read and write; requests go on without it
error-no-update = install an update: no newer version was found
    .hint = look for one first
error-update-unsigned = install an update: it is not what the makers of this program signed ({ $reason })
    .hint = nothing was changed; try again later, and tell them if it stays so
error-update-expired = look for an update: what the server tells of the newest version was good until { $until }
    .hint = somebody may be holding back newer news, or this machine's clock is wrong; check the clock and the network, and see the project's page
error-update-replayed = look for an update: the server's news of { $signed } are older than those of { $newest }, which came before
    .hint = nothing was changed; somebody may be repeating old news: try again later or in another network
error-update-failed = update: { $reason }
    .hint = nothing was changed; check the network and the proxy, and try again
error-invalid-params = call { $method }: { $reason }
    .hint = “portolan --help” shows what there is
error-nothing-to-import = import what is in ~/{ $folder }: nothing is there that can be imported
    .hint = is it another user's, or on another machine? Files in ~/{ $folder } of whoever runs Portolan are looked at
error-import-file-unusable = import { $file }: { $reason }
    .hint = mend the file, or begin again here: “portolan accounts add” adds an account
error-unknown-method = call { $method }: there is no such method
    .hint = { $nearest ->
        [0] command line and server may be of different versions
       *[other] did you mean { $nearest }?
    }
error-internal = Portolan itself failed: { $reason }
    .hint = this is a fault of ours; report it with this line

## What an unsafe listen lacks

missing-client-key = a client key
missing-require-key = require_key = true
missing-admin-password = an admin password
