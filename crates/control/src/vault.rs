//! What the vault says, in the words of the contract.

use accounts::{LockedReason, UnavailableReason, VaultError};
use contract::{ApiError, Code, VaultState, VaultStatus};

/// Why the vault did not do what was asked.
pub(crate) fn vault_error(error: VaultError) -> ApiError {
    match error {
        VaultError::Locked(reason) => ApiError::new(Code::VaultLocked, [&reason]),
        VaultError::Unavailable(reason) => ApiError::new(Code::VaultUnavailable, [&reason]),
        other @ (VaultError::Undecryptable { .. }
        | VaultError::Damaged { .. }
        | VaultError::Older { .. }
        | VaultError::Busy
        | VaultError::Disk { .. }
        | VaultError::Key(_)) => ApiError::new(Code::VaultFailed, [&other]),
    }
}

/// Whether the vault can be used.
pub(crate) fn vault_status(state: accounts::VaultState) -> VaultStatus {
    let (state, reason) = match state {
        accounts::VaultState::Ready => (VaultState::Ready, None),
        accounts::VaultState::Older { found, expected } => {
            let reason = format!("it is older ({found}) than the last one seen ({expected})");
            (VaultState::Older, Some(reason))
        }
        accounts::VaultState::Damaged => (
            VaultState::Damaged,
            Some("its file was changed by something else".to_owned()),
        ),
        accounts::VaultState::Locked { reason } => {
            (VaultState::Locked, Some(LockedReason::to_string(&reason)))
        }
        accounts::VaultState::Unavailable { reason } => (
            VaultState::Unavailable,
            Some(UnavailableReason::to_string(&reason)),
        ),
    };
    VaultStatus { state, reason }
}
