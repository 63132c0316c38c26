//! What the vault says, in the words of the contract.

use accounts::VaultError;
use contract::{ApiError, Code, Reason, VaultState, VaultStatus};

use reasons::{locked_reason, older, unavailable_reason, vault_reason};

/// Why the vault did not do what was asked.
pub(crate) fn vault_error(error: &VaultError) -> ApiError {
    let code = match error {
        VaultError::Locked(_) => Code::VaultLocked,
        VaultError::Unavailable(_) => Code::VaultUnavailable,
        VaultError::Undecryptable { .. }
        | VaultError::Damaged { .. }
        | VaultError::Older { .. }
        | VaultError::Busy
        | VaultError::Disk { .. }
        | VaultError::Key(_) => Code::VaultFailed,
    };
    ApiError::new(code, []).because(vault_reason(error))
}

/// Whether the vault can be used.
pub(crate) fn vault_status(state: &accounts::VaultState) -> VaultStatus {
    let (state, reason) = match state {
        accounts::VaultState::Ready => (VaultState::Ready, None),
        accounts::VaultState::Older { found, expected } => {
            (VaultState::Older, Some(older(*found, *expected)))
        }
        accounts::VaultState::Damaged => (VaultState::Damaged, Some(Reason::VaultChanged {})),
        accounts::VaultState::Locked { reason } => {
            (VaultState::Locked, Some(locked_reason(reason)))
        }
        accounts::VaultState::Unavailable { reason } => {
            (VaultState::Unavailable, Some(unavailable_reason(reason)))
        }
    };
    VaultStatus { state, reason }
}

/// Why a vault in this state takes no secret.
pub(crate) fn vault_refusal(state: &accounts::VaultState) -> ApiError {
    let code = match state {
        accounts::VaultState::Locked { .. } => Code::VaultLocked,
        accounts::VaultState::Unavailable { .. } => Code::VaultUnavailable,
        accounts::VaultState::Ready
        | accounts::VaultState::Older { .. }
        | accounts::VaultState::Damaged => Code::VaultFailed,
    };
    let reason = vault_status(state).reason;
    ApiError::new(code, []).because(reason.unwrap_or(Reason::VaultChanged {}))
}
