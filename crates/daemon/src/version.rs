//! Which program this is.

/// The version.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The commit that it was built from, where the build says so in `PORTOLAN_COMMIT`.
pub(crate) const COMMIT: Option<&str> = option_env!("PORTOLAN_COMMIT");
/// The platform that it was built for.
pub(crate) const TARGET: &str = env!("PORTOLAN_TARGET");
