//! Who may call what, with which secret: accounts, credentials, the vault that seals them, their health.
//!
//! Everything but the sign-in is synchronous. The calls that may wait (the [`Vault`], [`Accounts::new`],
//! [`Accounts::replace`], [`Accounts::reload`]) say so and belong on a thread that may block; those
//! that the data plane makes for each request ([`Accounts::lease`], [`Accounts::order`],
//! [`Lease::report`]) only hold a small lock for a moment.

mod account;
mod credential;
mod health;
mod lease;
mod record;
mod registry;
mod renewal;
mod secret;
mod sign_in;
mod vault;

pub use account::{Account, AccountId, AccountIdError, CredentialSource};
pub use credential::{Credential, CredentialError, CredentialKind, Resolver};
pub use health::{Health, Outcome, Standing};
pub use lease::{Lease, LeaseError};
pub use record::SignedOut;
pub use registry::{Accounts, SignedIn};
pub use renewal::{HttpOf, RenewalError, RenewalFailure, RenewalOptions, RenewalTrouble};
pub use secret::{LARGEST_SECRET_FILE, Secret, SecretError, SecretFileError, read_secret_file};
pub use sign_in::{
    Answered, Code, GivenUp, Grant, Http, HttpFailure, IssuerFault, Loopback, Pages, Paste,
    PendingSignIn, Post, Reply, Replying, SignInError, Transaction, revoke,
};
pub use vault::{
    FileVault, Journal, KeySource, KeyringChoice, LockedReason, MASTER_KEY_LENGTH, MemoryVault,
    UnavailableReason, Vault, VaultError, VaultOptions, VaultState,
};
