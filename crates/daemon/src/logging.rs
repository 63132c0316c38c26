//! The log: events to stderr, never what was asked or answered.

use std::io::{IsTerminal as _, stderr};

use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// Hands every event to what the window lists.
struct Window;

impl<S: Subscriber> Layer<S> for Window {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        control::logs().take(event);
    }
}

/// Starts the log. `directives` is a level or a list as [`Targets`] takes it; what it cannot
/// understand is returned, and the usual level is used in its place.
pub(crate) fn start(directives: Option<&str>) -> Option<String> {
    let usual = || Targets::new().with_default(LevelFilter::INFO);
    let (filter, misunderstood) = match directives.map(str::parse::<Targets>) {
        None => (usual(), None),
        Some(Ok(filter)) => (filter, None),
        Some(Err(error)) => (usual(), Some(error.to_string())),
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal());
    let started = tracing_subscriber::registry()
        .with(lines)
        .with(Window)
        .with(filter)
        .try_init();
    // A second log in one process: the first one stays.
    drop(started);
    misunderstood
}
