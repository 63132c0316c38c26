//! The log: events to stderr, never what was asked or answered.

use std::io::{IsTerminal as _, stderr};

use tracing_subscriber::EnvFilter;

/// What is logged when nobody says otherwise.
const USUAL: &str = "info";

/// Starts the log. `directives` is a level or a list as [`EnvFilter`] takes it; what it cannot
/// understand is returned, and the usual level is used in its place.
pub(crate) fn start(directives: Option<&str>) -> Option<String> {
    let (filter, misunderstood) = match directives.map(EnvFilter::try_new) {
        None => (EnvFilter::new(USUAL), None),
        Some(Ok(filter)) => (filter, None),
        Some(Err(error)) => (EnvFilter::new(USUAL), Some(error.to_string())),
    };
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .try_init();
    // A second log in one process: the first one stays.
    drop(started);
    misunderstood
}
