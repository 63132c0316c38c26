# Why something is as it is: one message for each reason of the contract.
# What somebody else said (`$words`) stays in their language, in quotes.

reason-said = “{ $words }”
reason-system-said = the system says “{ $words }”
reason-environment-unset = the environment variable { $variable } is not set
reason-environment-empty = the environment variable { $variable } is empty
reason-environment-control-character = the environment variable { $variable } holds a line break or another control character
reason-secret-empty = it is empty
reason-secret-control-character = it holds a line break or another control character
reason-key-file-unreadable = the file { $file } cannot be read; the system says “{ $words }”
reason-key-file-too-large = the file { $file } is larger than { $bytes } bytes
reason-key-file-not-text = the file { $file } is not UTF-8 text
reason-key-file-empty = the file { $file } is empty
reason-key-file-control-character = the file { $file } holds a second line or a control character
reason-key-not-stored = no key is stored for this account
reason-input-unreadable = standard input cannot be read; the system says “{ $words }”
reason-input-shown = this terminal would show what is typed; pipe it in
reason-keyring-locked = the keyring is locked or refused access
reason-keyring-silent = the keyring did not answer; it may be waiting for its password
reason-keyring-without-key = the keyring does not hold the key of this vault
reason-keyring-not-a-key = what the keyring holds is not a vault's key
reason-vault-key-wrong = { $given ->
        [keyring] the keyring's key does not fit this vault
        [master-key] this PORTOLAN_MASTER_KEY does not fit this vault
       *[other] this PORTOLAN_PASSPHRASE does not fit this vault
    }
reason-vault-key-other = this vault was sealed with { $sealed ->
        [keyring] the keyring's key
        [master-key] PORTOLAN_MASTER_KEY
       *[other] PORTOLAN_PASSPHRASE
    }, not with { $given ->
        [keyring] the keyring's key
        [master-key] PORTOLAN_MASTER_KEY
       *[other] PORTOLAN_PASSPHRASE
    }
reason-keyring-missing = there is no keyring (“{ $words }”), and neither PORTOLAN_MASTER_KEY nor PORTOLAN_PASSPHRASE is set
reason-keyring-failed = the keyring failed; it says “{ $words }”
reason-master-key-short = PORTOLAN_MASTER_KEY has { $length } characters and needs at least { $least }
reason-vault-newer = a newer Portolan wrote the vault (format { $version })
reason-vault-unreadable = the vault's file cannot be read as a vault
reason-vault-folder = the vault's folder cannot be used; the system says “{ $words }”
reason-vault-record-changed = the record { $record } was changed since it was stored
reason-vault-record-lost = the vault's file is damaged, and { $record } may have been in the lost part
reason-vault-older = the vault's file is older (write { $found }) than the last one seen (write { $expected })
reason-vault-changed = the vault's file was changed by something else
reason-vault-busy = another process is writing the vault
reason-vault-disk = the vault's file cannot be read or written; the system says “{ $words }”
reason-vault-key-failed = the vault's key cannot be made (“{ $words }”)
reason-not-toml = this is not TOML; the parser says “{ $words }”
reason-value-unreadable = this value cannot be read; the parser says “{ $words }”
reason-unknown-key = this key is not known
reason-unknown-key-similar = this key is not known; did you mean { $nearest }?
reason-missing-key = { $name } is missing
reason-wrong-type = expected { $expected ->
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
reason-not-one-of = “{ $found }” is not one of: { $choices }
reason-out-of-range = { $found } is not a number from { $least } to { $most }
reason-empty = this may not be empty
reason-duplicate = another one has this already
reason-listed-twice = “{ $name }” is listed twice
reason-not-a-host = “{ $found }” is neither localhost nor an IP address
reason-not-a-port = “{ $found }” is not a port, which is a number from 0 to 65535
reason-not-an-origin = “{ $found }” is not an origin as browsers send it: https://example.com, or null
reason-not-a-host-name = “{ $found }” is not a host name without port, path and upper case letters
reason-not-a-variable = “{ $found }” is not the name of an environment variable
reason-not-an-id = “{ $found }” is not made of lower-case letters, digits and single hyphens
reason-not-a-key-name = “{ $found }” is not made of 1 to 64 letters, digits, hyphens, underscores and dots
reason-not-a-target = “{ $found }” is not a target, which is written provider/model
reason-no-targets = a route needs a target
reason-key-twice = the key comes from key_env already
reason-proxy-missing = mode manual needs the proxy's url
reason-proxy-is-a-mode = “{ $found }” is a mode, not an address
reason-not-a-proxy = a proxy is direct, system, environment or an http, https, socks5 or socks5h address
reason-proxy-secret = a proxy's user name and password do not belong in settings; use environment
reason-provider-built-in = Portolan answers for { $provider } itself; take another id
reason-text-not-shown = a text that is shown may not be empty or hold control characters
reason-not-a-model = a model's id is made of 1 to 256 characters without spaces
reason-header-unusable = the header { $header } cannot carry a key
reason-prefix-unusable = a prefix is made of printable ASCII characters
reason-endpoints-missing = a provider of one's own needs endpoints, as in { $example }
reason-address-unreadable = this is not an http or https address
reason-address-user = an address may not hold a user name or password
reason-address-query = an address may not hold a query
reason-address-fragment = an address may not hold a fragment
reason-address-not-a-page = a page's address starts with https://
reason-needs-allow-private-plain = http:// sends keys and prompts in the clear and needs allow_private = true
reason-needs-allow-private = { $host } is a private address and needs allow_private = true
reason-unknown-provider = there is no provider { $provider }
reason-unknown-provider-similar = there is no provider { $provider }; did you mean { $nearest }?
reason-needs-no-account = { $provider } needs no account
reason-route-shadowed = an earlier route takes this name
reason-key-never-created = there is no key { $name }; “portolan keys create --name { $name }” makes it
reason-proxy-unused = the address is used with mode = "manual" alone
reason-not-watched = changes of this file are not noticed; the system says “{ $words }”
reason-file-gone = the file is gone; the settings read before stay in force
reason-file-kept-changing = another program keeps writing it
reason-accounts-inline = accounts are written as account = [ … ] here; write them as [[account]] to change them
reason-keys-newer = a newer Portolan wrote it (version { $version })
reason-keys-hash = the hash of the key { $name } is not one
reason-keys-unreadable = it is not JSON as Portolan writes it; the parser says “{ $words }”
reason-home-unset = neither PORTOLAN_HOME nor { $variable } is set
reason-path-relative = { $path } is not an absolute path
reason-other-user = it belongs to another user
reason-not-text = it is not UTF-8 text
reason-given-twice = { $other } is set as well; only one of them may be
reason-host-unknown = no address has this name
reason-server-silent = it does not answer
reason-server-hung-up = it hung up
reason-server-slow = { $method } did not end within { $seconds } seconds
reason-answer-unreadable = its answer cannot be read (“{ $words }”)
reason-no-parameters = it takes no parameters
reason-one-key = at most one of key, key_env and key_file is given
reason-provider-unreachable = it cannot be reached (“{ $words }”)
reason-provider-silent = it did not answer in time
reason-provider-refused-key = it refused the key
reason-provider-forbids = the key may not do this
reason-provider-unpaid = it wants to be paid first, or the quota is used up
reason-provider-limits = there were too many requests for now
reason-provider-without-list = it has no list of models at this address
reason-provider-broken = it failed (“{ $words }”)
reason-gateway-stopped = Portolan is stopping
reason-answered-here = Portolan answers by itself
reason-same-interface = it speaks { $dialect } itself, nothing is translated
reason-translated = translated from { $client } to { $dialect }
