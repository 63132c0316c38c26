//! The log: events to stderr, never what was asked or answered.

use std::io::{IsTerminal as _, stderr};

use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// Hears of every event that passes the filter, beside standard error.
pub type Listener = fn(&Event<'_>);

/// Hands every event to its listener.
struct Heard(Listener);

impl<S: Subscriber> Layer<S> for Heard {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        (self.0)(event);
    }
}

/// Starts the log. `directives` is a level or a list as [`Targets`] takes it; what it cannot
/// understand is returned, and the usual level is used in its place.
pub fn start_log(directives: Option<&str>, listener: Option<Listener>) -> Option<String> {
    let (filter, misunderstood) = filter(directives);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal());
    let started = tracing_subscriber::registry()
        .with(lines)
        .with(listener.map(Heard))
        .with(filter)
        .try_init();
    // A second log in one process: the first one stays.
    drop(started);
    misunderstood
}

fn filter(directives: Option<&str>) -> (Targets, Option<String>) {
    let usual = || Targets::new().with_default(LevelFilter::INFO);
    match directives.map(str::parse::<Targets>) {
        None => (usual(), None),
        Some(Ok(filter)) => (filter, None),
        Some(Err(error)) => (usual(), Some(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::sync::Mutex;

    use tracing::Level;

    use super::*;

    static HEARD: Mutex<Vec<Level>> = Mutex::new(Vec::new());

    fn hear(event: &Event<'_>) {
        HEARD.lock().unwrap().push(*event.metadata().level());
    }

    #[test]
    fn what_is_wanted_is_heard_and_nothing_else() {
        let (quiet, misunderstood) = filter(Some("warn"));
        assert_eq!(misunderstood, None);
        let log = tracing_subscriber::registry()
            .with(Some(Heard(hear)))
            .with(quiet);
        tracing::subscriber::with_default(log, || {
            tracing::info!("nobody wants to know");
            tracing::warn!("somebody does");
        });
        assert_eq!(*HEARD.lock().unwrap(), [Level::WARN]);
    }

    #[test]
    fn what_is_not_understood_is_told_and_the_log_is_as_usual() {
        let (filter, misunderstood) = filter(Some("portolan=loud"));
        assert!(misunderstood.is_some());
        assert!(filter.would_enable("portolan", &Level::INFO));
        assert!(!filter.would_enable("portolan", &Level::DEBUG));
    }
}
