# Why something is as it is: one message for each reason of the contract.
# What somebody else said (`$words`) stays in their language, in quotes.

reason-why = why is not known
    .said = “{ $words }”
    .system-said = the system says “{ $words }”
    .environment-unset = the environment variable { $variable } is not set
    .environment-empty = the environment variable { $variable } is empty
    .environment-control-character = the environment variable { $variable } holds a line break or another control character
    .secret-empty = it is empty
    .secret-control-character = it holds a line break or another control character
    .key-file-unreadable = the file { $file } cannot be read; the system says “{ $words }”
    .key-file-too-large = the file { $file } is larger than { $bytes } bytes
    .key-file-not-text = the file { $file } is not UTF-8 text
    .key-file-empty = the file { $file } is empty
    .key-file-control-character = the file { $file } holds a second line or a control character
    .key-not-stored = no key is stored for this account
    .input-unreadable = standard input cannot be read; the system says “{ $words }”
    .input-shown = this terminal would show what is typed; pipe it in
    .keyring-locked = the keyring is locked or refused access
    .keyring-silent = the keyring did not answer; it may be waiting for its password
    .keyring-without-key = the keyring does not hold the key of this vault
    .keyring-not-a-key = what the keyring holds is not a vault's key
    .vault-key-wrong = { $given ->
            [keyring] the keyring's key does not fit this vault
            [master-key] this PORTOLAN_MASTER_KEY does not fit this vault
           *[other] this PORTOLAN_PASSPHRASE does not fit this vault
        }
    .vault-key-other = this vault was sealed with { $sealed ->
            [keyring] the keyring's key
            [master-key] PORTOLAN_MASTER_KEY
           *[other] PORTOLAN_PASSPHRASE
        }, not with { $given ->
            [keyring] the keyring's key
            [master-key] PORTOLAN_MASTER_KEY
           *[other] PORTOLAN_PASSPHRASE
        }
    .keyring-missing = there is no keyring (“{ $words }”), and neither PORTOLAN_MASTER_KEY nor PORTOLAN_PASSPHRASE is set
    .keyring-failed = the keyring failed; it says “{ $words }”
    .master-key-short = PORTOLAN_MASTER_KEY has { $length } characters and needs at least { $least }
    .vault-newer = a newer Portolan wrote the vault (format { $version })
    .vault-unreadable = the vault's file cannot be read as a vault
    .vault-folder = the vault's folder cannot be used; the system says “{ $words }”
    .vault-record-changed = the record { $record } was changed since it was stored
    .vault-record-lost = the vault's file is damaged, and { $record } may have been in the lost part
    .vault-older = the vault's file is older (write { $found }) than the last one seen (write { $expected })
    .vault-changed = the vault's file was changed by something else
    .vault-busy = another process is writing the vault
    .vault-disk = the vault's file cannot be read or written; the system says “{ $words }”
    .vault-key-failed = the vault's key cannot be made (“{ $words }”)
    .not-toml = this is not TOML; the parser says “{ $words }”
    .value-unreadable = this value cannot be read; the parser says “{ $words }”
    .unknown-key = this key is not known
    .unknown-key-similar = this key is not known; did you mean { $nearest }?
    .missing-key = { $name } is missing
    .wrong-type = expected { $expected ->
            [text] a text in quotes
            [integer] a whole number
            [float] a number with a point
            [boolean] true or false
            [date] a date
            [list] a list
            [table] a table
           *[other] a text or a table
        }, found { $found ->
            [text] a text in quotes
            [integer] a whole number
            [float] a number with a point
            [boolean] true or false
            [date] a date
            [list] a list
            [table] a table
           *[other] a text or a table
        }
    .not-one-of = “{ $found }” is not one of: { $choices }
    .out-of-range = { $found } is not a number from { $least } to { $most }
    .empty = this may not be empty
    .duplicate = another one has this already
    .listed-twice = “{ $name }” is listed twice
    .not-a-host = “{ $found }” is neither localhost nor an IP address
    .not-a-port = “{ $found }” is not a port, which is a number from 0 to 65535
    .not-an-origin = “{ $found }” is not an origin as browsers send it: https://example.com, or null
    .not-an-address = “{ $found }” is not an IP address
    .not-a-host-name = “{ $found }” is not a host name without port, path and upper case letters
    .not-a-language = “{ $found }” is not a language as in en or zh-CN
    .not-a-variable = that is not the name of an environment variable, which is made of letters, digits and underscores
    .not-an-id = “{ $found }” is not made of lower-case letters, digits and single hyphens
    .not-a-key-name = “{ $found }” is not made of 1 to 64 letters, digits, hyphens, underscores and dots
    .not-a-target = “{ $found }” is not a target, which is written provider/model
    .route-without-agent = none of the targets is an agent, so it has no effect
    .demo-no-target = the demo answers to its own names alone, and is no route’s target
    .no-targets = a route needs a target
    .key-twice = the key comes from key_env already
    .proxy-missing = mode manual needs the proxy's url
    .proxy-is-a-mode = “{ $found }” is a mode, not an address
    .not-a-proxy = a proxy is direct, system, environment or an http, https, socks5 or socks5h address
    .proxy-secret = a proxy's user name and password do not belong in settings; use environment
    .provider-built-in = Portolan answers for { $provider } itself; take another id
    .text-not-shown = a text that is shown may not be empty or hold control characters
    .not-a-model = a model's id is made of 1 to 256 characters without spaces
    .header-unusable = the header { $header } cannot carry a key
    .prefix-unusable = a prefix is made of printable ASCII characters
    .client-id-unusable = a client id is made of 1 to 512 visible ASCII characters
    .scope-unusable = a scope is one word of visible ASCII characters
    .sign-in-missing = this provider has no sign-in; set issuer to that of an OpenID Connect provider
    .command-missing = an agent needs a command, as in { $example }
    .argument-unusable = what a program is started with may not hold control characters
    .agent-and-endpoints = a provider is either an agent or has endpoints: take another id for the agent
    .not-absolute = a path from the root is meant here, as in /home/me/project
    .own-variable = { $variable } is Portolan’s own and is passed on to nobody
    .sign-in-of-its-own = { $provider } has a sign-in of its own; an issuer is for endpoints of one's own
    .endpoints-missing = a provider of one's own needs endpoints, as in { $example }
    .address-unreadable = this is not an http or https address
    .address-user = an address may not hold a user name or password
    .address-query = an address may not hold a query
    .address-fragment = an address may not hold a fragment
    .address-not-a-page = a page's address starts with https://
    .needs-allow-private-plain = http:// sends keys and prompts in the clear and needs allow_private = true
    .needs-allow-private = { $host } is a private address and needs allow_private = true
    .unknown-provider = there is no provider { $provider }
    .unknown-provider-similar = there is no provider { $provider }; did you mean { $nearest }?
    .provider-without-account = there is no account at { $provider }; “portolan accounts add { $provider }” adds one
    .model-not-offered = no account offers the model { $model }
    .demo-no-default = the demo answers to its own names alone, and is no default model
    .needs-no-account = { $provider } needs no account
    .route-shadowed = an earlier route takes this name
    .key-never-created = there is no key { $name }; “portolan keys create --name { $name }” makes it
    .proxy-unused = the address is used with mode = "manual" alone
    .not-watched = changes of this file are not noticed; the system says “{ $words }”
    .file-gone = the file is gone; the settings read before stay in force
    .file-kept-changing = another program keeps writing it
    .table-inline = { $name } is not written as a table of its own here; write it as [{ $name }] to change it
    .accounts-inline = accounts are written as account = [ … ] here; write them as [[account]] to change them
    .keys-newer = a newer Portolan wrote it (version { $version })
    .keys-hash = the hash of the key { $name } is not one
    .keys-unreadable = it is not JSON as Portolan writes it; the parser says “{ $words }”
    .home-unset = neither PORTOLAN_HOME nor { $variable } is set
    .path-relative = { $path } is not an absolute path
    .other-user = it belongs to another user
    .not-json = it is not JSON from line { $line }, column { $column } on
    .not-an-object = it is JSON, but not an object
    .not-text = it is not UTF-8 text
    .password-length = a password of the web admin has { $least } to { $most } characters
    .password-weak = it is easy to guess
    .given-twice = { $other } is set as well; only one of them may be
    .host-unknown = no address has this name
    .server-silent = it does not answer
    .server-hung-up = it hung up
    .server-slow = { $method } did not end within { $seconds } seconds
    .answer-unreadable = its answer cannot be read (“{ $words }”)
    .no-parameters = it takes no parameters
    .too-long = it is longer than { $most } characters
    .one-key = at most one of key, key_env and key_file is given
    .provider-unreachable = it cannot be reached (“{ $words }”)
    .provider-silent = it did not answer in time
    .provider-refused-key = it refused the key
    .provider-forbids = the key may not do this
    .provider-unpaid = it wants to be paid first, or the quota is used up
    .provider-limits = there were too many requests for now
    .provider-without-list = it has no list of models at this address
    .provider-broken = it failed (“{ $words }”)
    .gateway-stopped = Portolan is stopping
    .sign-in-refused = the provider no longer accepts the sign-in
    .sign-in-lost = the provider's answer to its last renewal never arrived, and the provider no longer accepts the sign-in
    .sign-in-ran-out = the sign-in ran out, and the provider does not renew it
    .sign-in-answer-foreign = the answer does not belong to this sign-in
    .sign-in-answer-other-provider = the answer comes from another provider
    .sign-in-answer-without-code = the answer holds no code
    .sign-in-listener = no port can be opened for the answer; the system says “{ $words }”
    .sign-in-status = it answered with the status { $status }
    .sign-in-renewed-elsewhere = another process has been renewing it for too long
    .sign-in-newer = a newer Portolan stored the sign-in (format { $version })
    .sign-in-token-foreign = its id token is for another program or another sign-in
    .sign-in-token-over = the time of its id token is over; this computer's clock may be wrong
    .issuer-plain = the issuer's address is not https
    .issuer-not-json = the issuer's description of itself is no JSON document
    .issuer-without-pkce = the issuer does not know PKCE with S256
    .issuer-address-plain = the issuer describes an address that is not https
    .issuer-without-token = the issuer describes no token endpoint
    .sign-in-unreadable = what it answered cannot be read as it documents it
    .answered-here = Portolan answers by itself
    .same-interface = it speaks { $dialect } itself, nothing is translated
    .translated = translated from { $client } to { $dialect }
