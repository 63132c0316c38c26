//! Which program this is.

/// The version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The commit that it was built from, where the build says so in `PORTOLAN_COMMIT`.
pub const COMMIT: Option<&str> = option_env!("PORTOLAN_COMMIT");
/// The platform that it was built for.
pub const TARGET: &str = env!("PORTOLAN_TARGET");
