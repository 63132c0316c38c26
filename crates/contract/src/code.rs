//! The closed list of what can go wrong; each code is the id of a message, `error-<code>`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:literal $variant:ident [$($argument:literal),*])+) => {
        /// What failed. Every variant names the arguments of its message; `reason`
        /// stands for a [`crate::Reason`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as it is written: kebab-case.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The names of the arguments that its message may use; all are always there.
            #[must_use]
            pub fn arguments(self) -> &'static [&'static str] {
                match self {
                    $(Self::$variant => &[$($argument),*],)+
                }
            }
        }
    };
}

codes! {
    /// No provider has this id; `nearest` is a similar one, or empty.
    "no-such-provider" NoSuchProvider ["provider", "nearest"]
    /// No account has this id; `nearest` is a similar one, or empty.
    "no-such-account" NoSuchAccount ["account", "nearest"]
    /// No client key has this name; `nearest` is a similar one, or empty.
    "no-such-key" NoSuchKey ["name", "nearest"]
    /// No listener has this name; `nearest` is a similar one, or empty.
    "no-such-instance" NoSuchInstance ["instance", "nearest"]
    /// A listener of this name exists already.
    "instance-exists" InstanceExists ["instance"]
    /// A listener's name is made of lower-case letters, digits and single hyphens.
    "instance-name-invalid" InstanceNameInvalid ["name"]
    /// The settings give this port to the listener `other` already.
    "instance-port-taken" InstancePortTaken ["port", "other"]
    /// The listener of `[listen]` opens and closes with the whole, and is changed with the settings.
    "instance-first" InstanceFirst ["instance"]
    /// No wire format has this name.
    "no-such-dialect" NoSuchDialect ["dialect"]
    /// An account of this id exists already.
    "account-exists" AccountExists ["account"]
    /// An account's name is made of lower-case letters, digits and single hyphens.
    "account-name-invalid" AccountNameInvalid ["name"]
    /// The provider asks for a key, and none was given; `variable` usually holds one, or is empty.
    "account-key-missing" AccountKeyMissing ["provider", "variable"]
    /// What was given as the provider's key cannot be one.
    "account-key-invalid" AccountKeyInvalid ["reason"]
    /// The account's key is in this environment variable and is changed there.
    "account-key-from-environment" AccountKeyFromEnvironment ["account", "variable"]
    /// The account's key is in this file and is changed there.
    "account-key-from-file" AccountKeyFromFile ["account", "file"]
    /// The account is signed in, so it takes no key.
    "account-signed-in" AccountSignedIn ["account", "provider"]
    /// The log could not be written to this file.
    "log-not-saved" LogNotSaved ["file", "reason"]
    /// A key could not be read from standard input.
    "input-failed" InputFailed ["reason"]
    /// The gateway answers for this provider itself, so it takes no account.
    "provider-built-in" ProviderBuiltIn ["provider"]
    /// The account has no usable key.
    "account-without-key" AccountWithoutKey ["account", "reason"]
    /// The provider offers no sign-in to programs like this one, or not in the way that was asked for.
    "no-such-flow" NoSuchFlow ["provider"]
    /// The sign-in needs a client id, and none is set.
    "sign-in-client-missing" SignInClientMissing ["provider"]
    /// The sign-in needs the secret of a client of the user's own, and no file with one is named.
    "sign-in-client-secret-missing" SignInClientSecretMissing ["provider"]
    /// The sign-in needs the address of an issuer, and none is set.
    "sign-in-issuer-missing" SignInIssuerMissing ["provider"]
    /// The client id or the issuer that was given cannot be one.
    "sign-in-setting-invalid" SignInSettingInvalid ["provider", "reason"]
    /// The account of this name was not signed in, so its key is not replaced by a sign-in.
    "account-not-signed-in" AccountNotSignedIn ["account"]
    /// The provider leads back to this one port, and `holder` (or, where it is empty, somebody) has it.
    "sign-in-port-taken" SignInPortTaken ["provider", "port", "holder"]
    /// Nobody answered in time.
    "sign-in-timed-out" SignInTimedOut ["provider"]
    /// The sign-in was given up, or a later one took its place.
    "sign-in-cancelled" SignInCancelled ["provider"]
    /// The person or the provider said no; `answer` is the provider's own word, such as `access_denied`.
    "sign-in-denied" SignInDenied ["provider", "answer"]
    /// The sign-in came to nothing.
    "sign-in-failed" SignInFailed ["provider", "reason"]
    /// This sign-in takes no pasted answer, or has one already.
    "sign-in-takes-no-answer" SignInTakesNoAnswer []
    /// The pasted text is not the answer to this sign-in, which goes on.
    "sign-in-answer-wrong" SignInAnswerWrong ["reason"]
    /// No sign-in has this id.
    "no-such-sign-in" NoSuchSignIn []
    /// A client key of this name exists already.
    "key-exists" KeyExists ["name"]
    /// The name is kept for the client key that this environment variable gives.
    "key-name-reserved" KeyNameReserved ["name", "variable"]
    /// The text is the client key of this name already.
    "key-value-in-use" KeyValueInUse ["name"]
    /// A client key's name is 1 to 64 letters, digits, `-`, `_` and `.`.
    "key-name-invalid" KeyNameInvalid ["name"]
    /// A client key is 1 to 512 printable characters, without a space at either end.
    "key-value-invalid" KeyValueInvalid []
    /// The key comes from the environment and is taken away there.
    "key-from-environment" KeyFromEnvironment ["name", "variable"]
    /// The first client key was shown once and is not kept.
    "key-not-kept" KeyNotKept []
    /// Secrets cannot be stored here.
    "vault-unavailable" VaultUnavailable ["reason"]
    /// The vault exists but cannot be opened now.
    "vault-locked" VaultLocked ["reason"]
    /// The vault did not do what was asked.
    "vault-failed" VaultFailed ["reason"]
    /// The settings have an error; `line` and `column` count from 1, `key` may be empty.
    "settings-invalid" SettingsInvalid ["file", "line", "column", "key", "reason"]
    /// A newer program wrote the settings.
    "settings-newer" SettingsNewer ["file", "version"]
    /// The settings' file could not be read.
    "settings-read-failed" SettingsReadFailed ["file", "reason"]
    /// The settings' file could not be written; the old one is still there.
    "settings-write-failed" SettingsWriteFailed ["file", "reason"]
    /// A setting from the command line or the environment is wrong; `source` is its name there.
    "override-invalid" OverrideInvalid ["source", "reason"]
    /// The file of the client keys' hashes could not be read or written.
    "keys-file-failed" KeysFileFailed ["file", "reason"]
    /// The folder of the settings cannot be used.
    "home-unusable" HomeUnusable ["folder", "reason"]
    /// Another process works on these settings; `pid` is its number, or empty.
    "home-in-use" HomeInUse ["folder", "pid"]
    /// A server is running for these settings already, at these addresses.
    "already-running" AlreadyRunning ["address"]
    /// The port is taken; `holder` is what answers there, or empty.
    "port-taken" PortTaken ["address", "holder"]
    /// The operating system forbids this port.
    "port-forbidden" PortForbidden ["address"]
    /// The address belongs to no network of this machine.
    "address-not-local" AddressNotLocal ["address"]
    /// The port could not be opened for another reason.
    "listen-failed" ListenFailed ["address", "reason"]
    /// Other machines could reach the gateway, and `missing` (`client-key`, `require-key`,
    /// `admin-password`, separated by commas) is needed for that.
    "refused-unsafe-listen" RefusedUnsafeListen ["host", "missing"]
    /// No server is running for these settings.
    "not-running" NotRunning []
    /// The running server could not be asked.
    "server-unreachable" ServerUnreachable ["reason"]
    /// The provider did not do what was asked.
    "upstream-refused" UpstreamRefused ["provider", "reason"]
    /// The command line or the environment sets this and goes before the settings.
    "setting-overridden" SettingOverridden ["key"]
    /// A provider of this id exists already.
    "provider-exists" ProviderExists ["provider"]
    /// Accounts use this provider.
    "provider-in-use" ProviderInUse ["provider", "account"]
    /// The settings do not define this provider, so there is nothing to remove.
    "provider-not-own" ProviderNotOwn ["provider"]
    /// A trial is under way, and there is one at a time.
    "trial-under-way" TrialUnderWay []
    /// No trial has this id; a later one took its place.
    "no-such-trial" NoSuchTrial []
    /// No request of this id is in the activity.
    "no-such-request" NoSuchRequest ["id"]
    /// The activity's file could not be read.
    "activity-failed" ActivityFailed ["file", "reason"]
    /// Nobody is signed in to the web admin, or no longer.
    "admin-signed-out" AdminSignedOut []
    /// The web admin has no password yet, so nobody can sign in.
    "admin-no-password" AdminNoPassword []
    /// The web admin's password is another one.
    "admin-password-wrong" AdminPasswordWrong []
    /// A password of the web admin has `least` characters at least and `most` at most.
    "admin-password-length" AdminPasswordLength ["least", "most"]
    /// A password of the web admin may not be easy to guess.
    "admin-password-weak" AdminPasswordWeak []
    /// There were too many tries, or too many at once; the next is possible in `seconds`.
    "admin-too-many-tries" AdminTooManyTries ["seconds"]
    /// This needs the password once more, for it was not given of late.
    "admin-confirm" AdminConfirm []
    /// The link was used, is too old, or never was one.
    "admin-link-invalid" AdminLinkInvalid []
    /// The request does not come from the web admin's own page.
    "admin-foreign-request" AdminForeignRequest []
    /// This is not to be had over the web.
    "admin-not-here" AdminNotHere ["method"]
    /// The file of the web admin's password or of its record could not be read or written.
    "admin-file-failed" AdminFileFailed ["file", "reason"]
    /// No newer version was found, so there is none to install.
    "no-update" NoUpdate []
    /// What was offered as an update is not what the builder of this program signed.
    "update-unsigned" UpdateUnsigned ["reason"]
    /// What is told of the newest version was good until a time that is over: newer news are held back, or
    /// this machine's clock is wrong.
    "update-expired" UpdateExpired ["until"]
    /// What is told of the newest version is older than what was told before.
    "update-replayed" UpdateReplayed ["signed", "newest"]
    /// An update could not be looked for, fetched or installed.
    "update-failed" UpdateFailed ["reason"]
    /// The method was called with parameters that it does not take.
    "invalid-params" InvalidParams ["method", "reason"]
    /// A program left nothing in this folder of the user's home that can be taken over.
    "nothing-to-import" NothingToImport ["folder"]
    /// A program's file is broken, so that nothing of it can be taken over.
    "import-file-unusable" ImportFileUnusable ["file", "reason"]
    /// There is no such method; `nearest` is a similar one, or empty.
    "unknown-method" UnknownMethod ["method", "nearest"]
    /// This program broke.
    "internal" Internal ["reason"]
}

impl Code {
    /// The id of the message that tells it to people.
    #[must_use]
    pub fn message_id(self) -> String {
        format!("error-{}", self.as_str())
    }

    /// Whether a [`crate::Reason`] tells why; its text is the argument `reason` of the message.
    #[must_use]
    pub fn has_reason(self) -> bool {
        self.arguments().contains(&"reason")
    }

    /// How a command ends that fails with it: 1 failed, 2 wrong use, 78 refused for safety.
    #[must_use]
    pub fn exit_status(self) -> u8 {
        if self == Self::RefusedUnsafeListen {
            78
        } else if matches!(self, Self::InvalidParams | Self::UnknownMethod) {
            2
        } else {
            1
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|code| code.as_str() == text);
        found.ok_or_else(|| UnknownCode(text.to_owned()))
    }
}

/// The text is none of the codes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown error code \"{0}\"")]
pub struct UnknownCode(String);

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::collections::BTreeSet;

    use super::Code;

    #[test]
    fn codes_are_kebab_case_and_read_back() {
        let letter = |c: char| c.is_ascii_lowercase();
        for &code in Code::ALL {
            let text = code.as_str();
            assert!(
                text.split('-')
                    .all(|word| !word.is_empty() && word.chars().all(letter))
            );
            assert_eq!(text.parse(), Ok(code));
            let json = serde_json::to_string(&code).unwrap();
            assert_eq!(serde_json::from_str::<Code>(&json).unwrap(), code);
        }
        assert!("no-such-code".parse::<Code>().is_err());
    }

    #[test]
    fn codes_are_told_apart() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
    }

    #[test]
    fn safety_has_its_own_exit_status() {
        assert_eq!(Code::RefusedUnsafeListen.exit_status(), 78);
        assert_eq!(Code::SettingsInvalid.exit_status(), 1);
        assert_eq!(Code::InvalidParams.exit_status(), 2);
    }
}
