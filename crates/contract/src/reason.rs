//! The closed list of why something is as it is; each is told by a text, `reason-why.<code>`.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A reason as the list has it: its code, and the names of its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReasonCode {
    /// Kebab-case.
    pub code: &'static str,
    /// The names of the arguments that its message may use; all are always there.
    pub arguments: &'static [&'static str],
}

macro_rules! reasons {
    ($($(#[doc = $doc:literal])? $code:literal $variant:ident { $($argument:ident),* } $english:literal)+) => {
        /// Why something is as it is. What it writes is English, for logs and scripts; people are
        /// told by the text `reason-why.<code>` of their language.
        ///
        /// An argument `words` is what somebody else said, in whatever language that is.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Reason {
            $(
                #[doc = concat!("`", $code, "`: ", $english, ".")]
                $(#[doc = $doc])?
                $variant {
                    $(
                        #[doc = concat!("`{", stringify!($argument), "}` of the sentence.")]
                        $argument: String,
                    )*
                },
            )+
        }

        impl Reason {
            /// Every reason, in the order of the list.
            pub const ALL: &'static [ReasonCode] = &[$(
                ReasonCode { code: $code, arguments: &[$(stringify!($argument)),*] },
            )+];

            /// The reason of that code, with the arguments that `argument` gives by their names.
            pub fn of(code: &str, mut argument: impl FnMut(&str) -> String) -> Option<Self> {
                // A reason without arguments does not ask for any.
                let _ = &mut argument;
                match code {
                    $($code => Some(Self::$variant {
                        $($argument: argument(stringify!($argument)),)*
                    }),)+
                    _ => None,
                }
            }

            /// The code: kebab-case.
            #[must_use]
            pub fn code(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $code,)+
                }
            }

            /// The arguments, each with its name.
            #[must_use]
            pub fn arguments(&self) -> Vec<(&'static str, &str)> {
                match self {
                    $(Self::$variant { $($argument),* } => {
                        vec![$((stringify!($argument), $argument.as_str())),*]
                    })+
                }
            }

            fn english(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $english,)+
                }
            }
        }
    };
}

reasons! {
    "said" Said { words } "“{words}”"
    "system-said" System { words } "the system says “{words}”"

    "environment-unset" EnvironmentUnset { variable } "the environment variable {variable} is not set"
    "environment-empty" EnvironmentEmpty { variable } "the environment variable {variable} is empty"
    "environment-control-character" EnvironmentControlCharacter { variable } "the environment variable {variable} holds a line break or another control character"
    "secret-empty" SecretEmpty {} "it is empty"
    "secret-control-character" SecretControlCharacter {} "it holds a line break or another control character"
    "key-file-unreadable" KeyFileUnreadable { file, words } "the file {file} cannot be read; the system says “{words}”"
    "key-file-too-large" KeyFileTooLarge { file, bytes } "the file {file} is larger than {bytes} bytes"
    "key-file-not-text" KeyFileNotText { file } "the file {file} is not UTF-8 text"
    "key-file-empty" KeyFileEmpty { file } "the file {file} is empty"
    "key-file-control-character" KeyFileControlCharacter { file } "the file {file} holds a second line or a control character"
    "key-not-stored" KeyNotStored {} "no key is stored for this account"
    "input-unreadable" InputUnreadable { words } "standard input cannot be read; the system says “{words}”"
    "input-shown" InputShown {} "this terminal would show what is typed; pipe it in"

    "keyring-locked" KeyringLocked {} "the keyring is locked or refused access"
    "keyring-silent" KeyringSilent {} "the keyring did not answer; it may be waiting for its password"
    "keyring-without-key" KeyringWithoutKey {} "the keyring does not hold the key of this vault"
    "keyring-not-a-key" KeyringNotAKey {} "what the keyring holds is not a vault's key"
    #[doc = "`given` is `keyring`, `master-key` or `passphrase`."]
    "vault-key-wrong" VaultKeyWrong { given } "the {given} does not fit this vault"
    #[doc = "Both are `keyring`, `master-key` or `passphrase`."]
    "vault-key-other" VaultKeyOther { sealed, given } "this vault was sealed with the {sealed}, not with the {given}"
    "keyring-missing" KeyringMissing { words } "there is no keyring (“{words}”), and neither PORTOLAN_MASTER_KEY nor PORTOLAN_PASSPHRASE is set"
    "keyring-failed" KeyringFailed { words } "the keyring failed; it says “{words}”"
    "master-key-short" MasterKeyShort { length, least } "PORTOLAN_MASTER_KEY has {length} characters and needs at least {least}"
    "vault-newer" VaultNewer { version } "a newer Portolan wrote the vault (format {version})"
    "vault-unreadable" VaultUnreadable {} "the vault's file cannot be read as a vault"
    "vault-folder" VaultFolder { words } "the vault's folder cannot be used; the system says “{words}”"
    "vault-record-changed" VaultRecordChanged { record } "the record {record} was changed since it was stored"
    "vault-record-lost" VaultRecordLost { record } "the vault's file is damaged, and {record} may have been in the lost part"
    "vault-older" VaultOlder { found, expected } "the vault's file is older (write {found}) than the last one seen (write {expected})"
    "vault-changed" VaultChanged {} "the vault's file was changed by something else"
    "vault-busy" VaultBusy {} "another process is writing the vault"
    "vault-disk" VaultDisk { words } "the vault's file cannot be read or written; the system says “{words}”"
    "vault-key-failed" VaultKeyFailed { words } "the vault's key cannot be made (“{words}”)"

    "not-toml" NotToml { words } "this is not TOML; the parser says “{words}”"
    "value-unreadable" ValueUnreadable { words } "this value cannot be read; the parser says “{words}”"
    "unknown-key" UnknownKey {} "this key is not known"
    "unknown-key-similar" UnknownKeySimilar { nearest } "this key is not known; did you mean {nearest}?"
    "missing-key" MissingKey { name } "{name} is missing"
    #[doc = "Both are `text`, `integer`, `float`, `boolean`, `date`, `list`, `table` or `text-or-table`."]
    "wrong-type" WrongType { expected, found } "expected {expected}, found {found}"
    "not-one-of" NotOneOf { found, choices } "“{found}” is not one of: {choices}"
    "out-of-range" OutOfRange { found, least, most } "{found} is not a number from {least} to {most}"
    "empty" Empty {} "this may not be empty"
    "duplicate" Duplicate {} "another one has this already"
    "listed-twice" ListedTwice { name } "“{name}” is listed twice"
    "not-a-host" NotAHost { found } "“{found}” is neither localhost nor an IP address"
    "not-a-port" NotAPort { found } "“{found}” is not a port, which is a number from 0 to 65535"
    "not-an-origin" NotAnOrigin { found } "“{found}” is not an origin as browsers send it: https://example.com, or null"
    "not-an-address" NotAnAddress { found } "“{found}” is not an IP address"
    "not-a-host-name" NotAHostName { found } "“{found}” is not a host name without port, path and upper case letters"
    "not-a-language" NotALanguage { found } "“{found}” is not a language as in en or zh-CN"
    "not-a-variable" NotAVariable {} "that is not the name of an environment variable, which is made of letters, digits and underscores"
    "not-an-id" NotAnId { found } "“{found}” is not made of lower-case letters, digits and single hyphens"
    "not-a-key-name" NotAKeyName { found } "“{found}” is not made of 1 to 64 letters, digits, hyphens, underscores and dots"
    "not-a-target" NotATarget { found } "“{found}” is not a target, which is written provider/model"
    "route-without-agent" RouteWithoutAgent {} "none of the targets is an agent, so it has no effect"
    "demo-no-target" DemoNoTarget {} "the demo answers to its own names alone, and is no route's target"
    "no-targets" NoTargets {} "a route needs a target"
    "key-twice" KeyTwice {} "the key comes from key_env already"
    "proxy-missing" ProxyMissing {} "mode manual needs the proxy's url"
    "proxy-is-a-mode" ProxyIsAMode { found } "“{found}” is a mode, not an address"
    "not-a-proxy" NotAProxy {} "a proxy is direct, system, environment or an http, https, socks5 or socks5h address"
    "proxy-secret" ProxySecret {} "a proxy's user name and password do not belong in settings; use environment"
    "provider-built-in" ProviderBuiltIn { provider } "Portolan answers for {provider} itself; take another id"
    "text-not-shown" TextNotShown {} "a text that is shown may not be empty or hold control characters"
    "not-a-model" NotAModel {} "a model's id is made of 1 to 256 characters without spaces"
    "header-unusable" HeaderUnusable { header } "the header {header} cannot carry a key"
    "prefix-unusable" PrefixUnusable {} "a prefix is made of printable ASCII characters"
    "client-id-unusable" ClientIdUnusable {} "a client id is made of 1 to 512 visible ASCII characters"
    "scope-unusable" ScopeUnusable {} "a scope is one word of visible ASCII characters"
    "sign-in-missing" SignInMissing {} "this provider has no sign-in; set `issuer` to that of an OpenID Connect provider"
    "command-missing" CommandMissing { example } "an agent needs a command, as in {example}"
    "argument-unusable" ArgumentUnusable {} "what a program is started with may not hold control characters"
    "agent-and-endpoints" AgentAndEndpoints {} "a provider is either an agent or has endpoints: take another id for the agent"
    "not-absolute" NotAbsolute {} "a path from the root is meant here, as in /home/me/project"
    "own-variable" OwnVariable { variable } "{variable} is Portolan's own and is passed on to nobody"
    "sign-in-of-its-own" SignInOfItsOwn { provider } "{provider} has a sign-in of its own; an issuer is for endpoints of one's own"
    "endpoints-missing" EndpointsMissing { example } "a provider of one's own needs endpoints, as in {example}"
    "address-unreadable" AddressUnreadable {} "this is not an http or https address"
    "address-user" AddressUser {} "an address may not hold a user name or password"
    "address-query" AddressQuery {} "an address may not hold a query"
    "address-fragment" AddressFragment {} "an address may not hold a fragment"
    "address-not-a-page" AddressNotAPage {} "a page's address starts with https://"
    "needs-allow-private-plain" NeedsAllowPrivatePlain {} "http:// sends keys and prompts in the clear and needs allow_private = true"
    "needs-allow-private" NeedsAllowPrivate { host } "{host} is a private address and needs allow_private = true"

    "unknown-provider" UnknownProvider { provider } "there is no provider {provider}"
    "unknown-provider-similar" UnknownProviderSimilar { provider, nearest } "there is no provider {provider}; did you mean {nearest}?"
    "provider-without-account" ProviderWithoutAccount { provider } "there is no account at {provider}; “portolan accounts add {provider}” adds one"
    "model-not-offered" ModelNotOffered { model } "no account offers the model {model}"
    "demo-no-default" DemoNoDefault {} "the demo answers to its own names alone, and is no default model"
    "needs-no-account" NeedsNoAccount { provider } "{provider} needs no account"
    "route-shadowed" RouteShadowed {} "an earlier route takes this name"
    "key-never-created" KeyNeverCreated { name } "there is no key {name}; “portolan keys create --name {name}” makes it"
    "proxy-unused" ProxyUnused {} "the address is used with mode = \"manual\" alone"
    "not-watched" NotWatched { words } "changes of this file are not noticed; the system says “{words}”"

    "file-gone" FileGone {} "the file is gone; the settings read before stay in force"
    "file-kept-changing" FileKeptChanging {} "another program keeps writing it"
    "table-inline" TableInline { name } "{name} is not written as a table of its own here; write it as [{name}] to change it"
    "accounts-inline" AccountsInline {} "accounts are written as account = [ … ] here; write them as [[account]] to change them"
    "keys-newer" KeysNewer { version } "a newer Portolan wrote it (version {version})"
    "keys-hash" KeysHash { name } "the hash of the key {name} is not one"
    "keys-unreadable" KeysUnreadable { words } "it is not JSON as Portolan writes it; the parser says “{words}”"

    "home-unset" HomeUnset { variable } "neither PORTOLAN_HOME nor {variable} is set"
    "path-relative" PathRelative { path } "{path} is not an absolute path"
    "other-user" OtherUser {} "it belongs to another user"
    "not-json" NotJson { line, column } "it is not JSON from line {line}, column {column} on"
    "not-an-object" NotAnObject {} "it is JSON, but not an object"
    "not-text" NotText {} "it is not UTF-8 text"
    "password-length" PasswordLength { least, most } "a password of the web admin has {least} to {most} characters"
    "password-weak" PasswordWeak {} "it is easy to guess"
    "given-twice" GivenTwice { other } "{other} is set as well; only one of them may be"

    "host-unknown" HostUnknown {} "no address has this name"
    "server-silent" ServerSilent {} "it does not answer"
    "server-hung-up" ServerHungUp {} "it hung up"
    "server-slow" ServerSlow { method, seconds } "{method} did not end within {seconds} seconds"
    "answer-unreadable" AnswerUnreadable { words } "its answer cannot be read (“{words}”)"
    "no-parameters" NoParameters {} "it takes no parameters"
    "too-long" TooLong { most } "it is longer than {most} characters"
    "one-key" OneKey {} "at most one of key, key_env and key_file is given"

    "provider-unreachable" ProviderUnreachable { words } "it cannot be reached (“{words}”)"
    "provider-silent" ProviderSilent {} "it did not answer in time"
    "provider-refused-key" ProviderRefusedKey {} "it refused the key"
    "provider-forbids" ProviderForbids {} "the key may not do this"
    "provider-unpaid" ProviderUnpaid {} "it wants to be paid first, or the quota is used up"
    "provider-limits" ProviderLimits {} "there were too many requests for now"
    "provider-without-list" ProviderWithoutList {} "it has no list of models at this address"
    "provider-broken" ProviderBroken { words } "it failed (“{words}”)"
    "gateway-stopped" GatewayStopped {} "Portolan is stopping"

    "sign-in-refused" SignInRefused {} "the provider no longer accepts the sign-in"
    "sign-in-lost" SignInLost {} "the provider's answer to its last renewal never arrived, and the provider no longer accepts the sign-in"
    "sign-in-ran-out" SignInRanOut {} "the sign-in ran out, and the provider does not renew it"
    "sign-in-answer-foreign" SignInAnswerForeign {} "the answer does not belong to this sign-in"
    "sign-in-answer-other-provider" SignInAnswerOtherProvider {} "the answer comes from another provider"
    "sign-in-answer-without-code" SignInAnswerWithoutCode {} "the answer holds no code"
    "sign-in-listener" SignInListener { words } "no port can be opened for the answer; the system says “{words}”"
    "sign-in-status" SignInStatus { status } "it answered with the status {status}"
    "sign-in-renewed-elsewhere" SignInRenewedElsewhere {} "another process has been renewing it for too long"
    "sign-in-newer" SignInNewer { version } "a newer Portolan stored the sign-in (format {version})"
    "sign-in-token-foreign" SignInTokenForeign {} "its id token is for another program or another sign-in"
    "sign-in-token-over" SignInTokenOver {} "the time of its id token is over; this computer's clock may be wrong"
    "issuer-plain" IssuerPlain {} "the issuer's address is not https"
    "issuer-not-json" IssuerNotJson {} "the issuer's description of itself is no JSON document"
    "issuer-without-pkce" IssuerWithoutPkce {} "the issuer does not know PKCE with S256"
    "issuer-address-plain" IssuerAddressPlain {} "the issuer describes an address that is not https"
    "issuer-without-token" IssuerWithoutToken {} "the issuer describes no token endpoint"
    "sign-in-unreadable" SignInUnreadable {} "what it answered cannot be read as it documents it"

    "answered-here" AnsweredHere {} "Portolan answers by itself"
    "same-interface" SameInterface { dialect } "it speaks {dialect} itself, nothing is translated"
    "translated" Translated { client, dialect } "translated from {client} to {dialect}"
}

impl Reason {
    /// What somebody else said, where the list has nothing more exact.
    #[must_use]
    pub fn said(words: &dyn fmt::Display) -> Self {
        Self::Said {
            words: one_line(words),
        }
    }

    /// What the operating system said.
    #[must_use]
    pub fn system(words: &dyn fmt::Display) -> Self {
        Self::System {
            words: one_line(words),
        }
    }

    /// The id of the message that tells it to people.
    #[must_use]
    pub fn message_id(&self) -> String {
        format!("reason-why.{}", self.code())
    }
}

fn one_line(words: &dyn fmt::Display) -> String {
    words.to_string().lines().collect::<Vec<_>>().join(", ")
}

/// English, in lower case, without a full stop.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments = self.arguments();
        let mut rest = self.english();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let value = arguments.iter().find(|(known, _)| *known == name);
            f.write_str(before)?;
            f.write_str(value.map_or("", |(_, value)| value))?;
            rest = after;
        }
        f.write_str(rest)
    }
}

/// Why something is as it is, as it is written.
#[derive(Serialize, Deserialize)]
struct Written {
    /// Which reason it is.
    code: String,
    /// What its sentence names.
    #[serde(default)]
    arguments: BTreeMap<String, String>,
    /// The sentence, in English.
    #[serde(default)]
    message: String,
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let arguments = self.arguments().into_iter();
        let written = Written {
            code: self.code().to_owned(),
            arguments: arguments
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            message: self.to_string(),
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Written {
            code,
            mut arguments,
            message,
        } = Written::deserialize(deserializer)?;
        // A server of another version may have reasons of its own; its words are still good.
        let found = Self::of(&code, |name| arguments.remove(name).unwrap_or_default());
        Ok(found.unwrap_or(Self::Said { words: message }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::collections::BTreeSet;

    use super::Reason;

    #[test]
    fn every_reason_says_all_its_arguments_and_reads_back() {
        for listed in Reason::ALL {
            let reason = Reason::of(listed.code, |name| format!("<{name}>")).unwrap();
            assert_eq!(reason.code(), listed.code);
            let words = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(listed.code.chars().all(words), "{}", listed.code);
            let message = reason.to_string();
            for name in listed.arguments {
                assert!(message.contains(&format!("<{name}>")), "{message}");
            }
            assert!(!message.contains(['{', '}', '\n']), "{message}");
            let json = serde_json::to_string(&reason).unwrap();
            assert_eq!(serde_json::from_str::<Reason>(&json).unwrap(), reason);
        }
    }

    #[test]
    fn reasons_are_told_apart() {
        let codes: BTreeSet<_> = Reason::ALL.iter().map(|listed| listed.code).collect();
        assert_eq!(codes.len(), Reason::ALL.len());
    }

    #[test]
    fn it_is_written_with_its_english_sentence() {
        let reason = Reason::EnvironmentUnset {
            variable: "KEY".to_owned(),
        };
        assert_eq!(
            serde_json::to_string(&reason).unwrap(),
            r#"{"code":"environment-unset","arguments":{"variable":"KEY"},"message":"the environment variable KEY is not set"}"#
        );
    }

    #[test]
    fn what_a_newer_server_says_is_repeated() {
        let json = r#"{"code":"moon-phase","arguments":{},"message":"the moon is wrong"}"#;
        let words = "the moon is wrong".to_owned();
        assert_eq!(
            serde_json::from_str::<Reason>(json).unwrap(),
            Reason::Said { words }
        );
    }

    #[test]
    fn words_of_others_stay_on_one_line() {
        assert_eq!(Reason::said(&"a\nb").to_string(), "“a, b”");
    }
}
