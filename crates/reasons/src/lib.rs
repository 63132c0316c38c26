//! What other crates say went wrong, in the contract's closed list.

use accounts::{
    CredentialError, KeySource, LockedReason, RenewalError, RenewalFailure, SecretError,
    SecretFileError, SignedOut, UnavailableReason, VaultError,
};
use catalog::{AddressError, NotAProxy, ProblemKind};
use contract::Reason;
use dialect::{Fault, FaultKind, Origin};

/// The largest file that is read as a key, in bytes.
const LARGEST: u64 = accounts::LARGEST_SECRET_FILE;

/// What is wrong with a text that was to be a secret.
#[must_use]
pub fn secret_reason(error: &SecretError) -> Reason {
    match error {
        SecretError::Empty => Reason::SecretEmpty {},
        SecretError::ControlCharacter => Reason::SecretControlCharacter {},
    }
}

/// What is wrong with a file that was to hold a secret.
#[must_use]
pub fn secret_file_reason(file: String, error: &SecretFileError) -> Reason {
    match error {
        SecretFileError::Read(error) => Reason::KeyFileUnreadable {
            file,
            words: error.to_string(),
        },
        SecretFileError::TooLarge => Reason::KeyFileTooLarge {
            file,
            bytes: LARGEST.to_string(),
        },
        SecretFileError::NotText => Reason::KeyFileNotText { file },
        SecretFileError::Secret(SecretError::Empty) => Reason::KeyFileEmpty { file },
        SecretFileError::Secret(SecretError::ControlCharacter) => {
            Reason::KeyFileControlCharacter { file }
        }
    }
}

/// Why an account has no secret.
pub fn credential_reason(error: &CredentialError) -> Reason {
    match error {
        CredentialError::EnvironmentUnset { variable } => Reason::EnvironmentUnset {
            variable: variable.clone(),
        },
        CredentialError::Environment { variable, source } => {
            let variable = variable.clone();
            match source {
                SecretError::Empty => Reason::EnvironmentEmpty { variable },
                SecretError::ControlCharacter => Reason::EnvironmentControlCharacter { variable },
            }
        }
        CredentialError::File { path, source } => {
            secret_file_reason(path.display().to_string(), source)
        }
        CredentialError::NotStored => Reason::KeyNotStored {},
        CredentialError::SignedOut(why) => signed_out_reason(*why),
        CredentialError::NewerFormat(version) => Reason::SignInNewer {
            version: version.to_string(),
        },
        CredentialError::Vault(error) => vault_reason(error),
    }
}

fn signed_out_reason(why: SignedOut) -> Reason {
    match why {
        SignedOut::Expired => Reason::SignInRanOut {},
        SignedOut::Refused => Reason::SignInRefused {},
        SignedOut::Lost => Reason::SignInLost {},
    }
}

/// Why a sign-in was not renewed.
pub fn renewal_reason(error: &RenewalError) -> Reason {
    match error {
        RenewalError::SignedOut(why) => signed_out_reason(*why),
        RenewalError::Busy => Reason::SignInRenewedElsewhere {},
        RenewalError::Vault(error) => vault_reason(error),
        RenewalError::Failed(RenewalFailure::Silent) => Reason::ProviderSilent {},
        RenewalError::Failed(RenewalFailure::Unreachable(words)) => Reason::ProviderUnreachable {
            words: words.clone(),
        },
        RenewalError::Failed(RenewalFailure::Status(status)) => Reason::SignInStatus {
            status: status.to_string(),
        },
        RenewalError::Failed(RenewalFailure::Said(words)) => Reason::said(words),
        RenewalError::Failed(RenewalFailure::Unreadable) => Reason::SignInUnreadable {},
        RenewalError::Failed(RenewalFailure::Here(words)) => Reason::said(words),
    }
}

/// Why the vault did not do what was asked.
pub fn vault_reason(error: &VaultError) -> Reason {
    match error {
        VaultError::Locked(reason) => locked_reason(reason),
        VaultError::Unavailable(reason) => unavailable_reason(reason),
        VaultError::Undecryptable { name } => Reason::VaultRecordChanged {
            record: name.clone(),
        },
        VaultError::Damaged { name } => Reason::VaultRecordLost {
            record: name.clone(),
        },
        VaultError::Older { found, expected } => older(*found, *expected),
        VaultError::Busy => Reason::VaultBusy {},
        VaultError::Disk { action: _, source } => Reason::VaultDisk {
            words: source.to_string(),
        },
        VaultError::Key(words) => Reason::VaultKeyFailed {
            words: words.clone(),
        },
    }
}

/// The vault's file is not the one that was seen last.
pub fn older(found: u64, expected: u64) -> Reason {
    Reason::VaultOlder {
        found: found.to_string(),
        expected: expected.to_string(),
    }
}

/// Why the vault is locked.
pub fn locked_reason(reason: &LockedReason) -> Reason {
    match reason {
        LockedReason::KeyringLocked => Reason::KeyringLocked {},
        LockedReason::KeyringSilent => Reason::KeyringSilent {},
        LockedReason::KeyMissing => Reason::KeyringWithoutKey {},
        LockedReason::KeyUnreadable => Reason::KeyringNotAKey {},
        LockedReason::WrongKey { given } => Reason::VaultKeyWrong {
            given: key_source(*given),
        },
        LockedReason::OtherKeySource { sealed, given } => Reason::VaultKeyOther {
            sealed: key_source(*sealed),
            given: key_source(*given),
        },
    }
}

/// Why there is no vault.
pub fn unavailable_reason(reason: &UnavailableReason) -> Reason {
    match reason {
        UnavailableReason::NoKeyring { detail } => Reason::KeyringMissing {
            words: detail.clone(),
        },
        UnavailableReason::KeyringFailed { detail } => Reason::KeyringFailed {
            words: detail.clone(),
        },
        UnavailableReason::MasterKeyTooShort { length } => Reason::MasterKeyShort {
            length: length.to_string(),
            least: accounts::MASTER_KEY_LENGTH.to_string(),
        },
        UnavailableReason::NewerFormat { version } => Reason::VaultNewer {
            version: version.to_string(),
        },
        UnavailableReason::NotAVault => Reason::VaultUnreadable {},
        UnavailableReason::Folder { detail } => Reason::VaultFolder {
            words: detail.clone(),
        },
    }
}

fn key_source(source: KeySource) -> String {
    let word = match source {
        KeySource::Keyring => "keyring",
        KeySource::MasterKey => "master-key",
        KeySource::Passphrase => "passphrase",
    };
    word.to_owned()
}

/// What is wrong with a block `[provider.x]`.
pub fn problem_reason(kind: ProblemKind) -> Reason {
    match kind {
        ProblemKind::Id => Reason::NotAnId {
            found: String::new(),
        },
        ProblemKind::BuiltIn(provider) => Reason::ProviderBuiltIn { provider },
        ProblemKind::Shown => Reason::TextNotShown {},
        ProblemKind::ModelId => Reason::NotAModel {},
        ProblemKind::Twice(name) => Reason::ListedTwice { name },
        ProblemKind::Choice { found, choices } => Reason::NotOneOf {
            found,
            choices: choices.join(", "),
        },
        ProblemKind::Header(header) => Reason::HeaderUnusable { header },
        ProblemKind::Prefix => Reason::PrefixUnusable {},
        ProblemKind::ClientId => Reason::ClientIdUnusable {},
        ProblemKind::Scope => Reason::ScopeUnusable {},
        ProblemKind::NoSignIn => Reason::SignInMissing {},
        ProblemKind::OwnSignIn(provider) => Reason::SignInOfItsOwn { provider },
        ProblemKind::NoEndpoints => Reason::EndpointsMissing {
            example: "endpoints = { openai-chat = \"https://example.com/v1\" }".to_owned(),
        },
        ProblemKind::Address(error) => address_reason(error),
        ProblemKind::Proxy(error) => proxy_reason(error),
        ProblemKind::NoCommand => Reason::CommandMissing {
            example: "agent = { command = \"qwen\", arguments = [\"--acp\"] }".to_owned(),
        },
        ProblemKind::Argument => Reason::ArgumentUnusable {},
        ProblemKind::AgentAndEndpoints => Reason::AgentAndEndpoints {},
        ProblemKind::NotAbsolute => Reason::NotAbsolute {},
        ProblemKind::Variable => Reason::NotAVariable {},
        ProblemKind::OwnVariable(variable) => Reason::OwnVariable { variable },
        ProblemKind::Zero => Reason::OutOfRange {
            found: 0.to_string(),
            least: 1.to_string(),
            most: u32::MAX.to_string(),
        },
        // A block of the settings makes none of these.
        ProblemKind::Manifest(words) => Reason::Said { words },
    }
}

fn address_reason(error: AddressError) -> Reason {
    match error {
        AddressError::Unreadable => Reason::AddressUnreadable {},
        AddressError::UserInfo => Reason::AddressUser {},
        AddressError::Query => Reason::AddressQuery {},
        AddressError::Fragment => Reason::AddressFragment {},
        AddressError::Plain => Reason::NeedsAllowPrivatePlain {},
        AddressError::Private(host) => Reason::NeedsAllowPrivate { host },
        AddressError::NotAPage => Reason::AddressNotAPage {},
    }
}

/// Why a text names no proxy.
pub fn proxy_reason(error: NotAProxy) -> Reason {
    match error {
        NotAProxy::Unknown => Reason::NotAProxy {},
        NotAProxy::Secret => Reason::ProxySecret {},
    }
}

/// Why a provider did not give its list of models.
pub fn fault_reason(fault: &Fault) -> Reason {
    match fault.kind {
        FaultKind::Authentication => Reason::ProviderRefusedKey {},
        FaultKind::Permission => Reason::ProviderForbids {},
        FaultKind::Billing | FaultKind::Quota => Reason::ProviderUnpaid {},
        FaultKind::RateLimit => Reason::ProviderLimits {},
        FaultKind::Timeout => Reason::ProviderSilent {},
        FaultKind::NotFound | FaultKind::MethodNotAllowed | FaultKind::Unsupported => {
            Reason::ProviderWithoutList {}
        }
        FaultKind::NoAccount => Reason::KeyNotStored {},
        FaultKind::Stopped => Reason::GatewayStopped {},
        FaultKind::BadGateway if fault.origin == Origin::Gateway => Reason::ProviderUnreachable {
            words: cause(&fault.message).to_owned(),
        },
        FaultKind::InvalidRequest
        | FaultKind::ContextTooLong
        | FaultKind::Conflict
        | FaultKind::TooLarge
        | FaultKind::UnsupportedMediaType
        | FaultKind::Misdirected
        | FaultKind::ContentPolicy
        | FaultKind::Internal
        | FaultKind::Overloaded
        | FaultKind::BadGateway
        | FaultKind::Truncated => Reason::ProviderBroken {
            words: fault.message.clone(),
        },
    }
}

/// What the network said, which stands in brackets behind the fault's own words.
fn cause(message: &str) -> &str {
    let inside = message
        .split_once(" (")
        .and_then(|(_, rest)| rest.strip_suffix(')'));
    inside.unwrap_or(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_network_said_is_taken_out_of_the_brackets() {
        let said = "Own: cannot be reached (tcp connect error: refused (os error 111))";
        assert_eq!(cause(said), "tcp connect error: refused (os error 111)");
        assert_eq!(cause("nothing in brackets"), "nothing in brackets");
    }

    #[test]
    fn an_upstream_that_answers_nonsense_is_not_unreachable() {
        let of = |origin| fault_reason(&Fault::new(origin, FaultKind::BadGateway, "x"));
        assert_eq!(of(Origin::Upstream).code(), "provider-broken");
        assert_eq!(of(Origin::Gateway).code(), "provider-unreachable");
    }
}
