//! What this crate's tests share.

use std::sync::Arc;

use accounts::{MemoryVault, Resolver};

/// A resolver with an empty vault and no environment.
pub(crate) fn resolver() -> Resolver {
    Resolver::new(Arc::new(MemoryVault::new()), |_| None)
}
