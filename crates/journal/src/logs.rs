//! The last lines of the program's own log, for the window and the command line.

use std::collections::VecDeque;
use std::fmt::{self, Write as _};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use contract::{LogLevel, LogLine, LogsChoice};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::watch;
use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use crate::redact::redacted;

/// How many lines are kept.
const KEPT: usize = 2000;
/// The longest message that is kept, in bytes.
const LONGEST: usize = 2048;

/// The log is the process', as `tracing`'s is.
static LOGS: LazyLock<Logs> = LazyLock::new(Logs::default);

/// The last lines of the program's own log. Whoever starts the log hands it every event that is
/// written elsewhere too.
#[derive(Debug, Default)]
pub struct Logs {
    lines: Mutex<VecDeque<Line>>,
    count: watch::Sender<u64>,
}

#[derive(Debug)]
struct Line {
    number: u64,
    time: SystemTime,
    level: LogLevel,
    target: String,
    message: String,
}

/// The log of this process.
#[must_use]
pub fn logs() -> &'static Logs {
    &LOGS
}

impl Logs {
    /// Keeps an event, and lets the oldest one go.
    pub fn take(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let mut message = Message::default();
        event.record(&mut message);
        let mut line = Line {
            number: 1,
            time: SystemTime::now(),
            level: level(*metadata.level()),
            target: metadata.target().to_owned(),
            message: redacted(&message.0),
        };
        {
            let mut lines = self.lock();
            line.number += lines.back().map_or(0, |last| last.number);
            if lines.len() == KEPT {
                lines.pop_front();
            }
            lines.push_back(line);
        }
        self.count.send_modify(|count| *count += 1);
    }

    /// Those that are wanted, the newest first.
    #[must_use]
    pub fn list(&self, choice: &LogsChoice) -> Vec<LogLine> {
        let wanted = choice.search.as_deref().unwrap_or_default().to_lowercase();
        let fits = |line: &&Line| {
            choice.level.is_none_or(|least| line.level <= least)
                && choice.after.is_none_or(|after| line.number > after)
                && (line.message.to_lowercase().contains(&wanted)
                    || line.target.to_lowercase().contains(&wanted))
        };
        let lines = self.lock();
        let most = choice.most.map_or(usize::MAX, |most| most as usize);
        let found = lines.iter().rev().filter(fits).take(most);
        let shown = found.map(|line| LogLine {
            number: line.number,
            // Only years beyond 9999 cannot be written.
            time: OffsetDateTime::from(line.time)
                .format(&Rfc3339)
                .unwrap_or_default(),
            level: line.level,
            target: line.target.clone(),
            message: line.message.clone(),
        });
        shown.collect()
    }

    /// Changes with every line.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.count.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn level(level: Level) -> LogLevel {
    match level {
        Level::ERROR => LogLevel::Error,
        Level::WARN => LogLevel::Warn,
        Level::INFO => LogLevel::Info,
        Level::DEBUG => LogLevel::Debug,
        Level::TRACE => LogLevel::Trace,
    }
}

/// What an event says, with its details behind it.
#[derive(Default)]
struct Message(String);

impl Message {
    fn add(&mut self, name: &str, value: fmt::Arguments<'_>) {
        if self.0.len() >= LONGEST {
            return;
        }
        let _infallible = if name == "message" {
            let details = std::mem::take(&mut self.0);
            write!(self.0, "{value}{details}")
        } else {
            write!(self.0, " {name}={value}")
        };
        if self.0.len() > LONGEST {
            let end = self.0.floor_char_boundary(LONGEST);
            self.0.truncate(end);
            self.0.push('…');
        }
    }
}

impl Visit for Message {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field.name(), format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field.name(), format_args!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use contract::{LogLevel, LogsChoice};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};

    use super::{KEPT, LONGEST, logs};

    /// Hands every event on, as the program's log does.
    struct Handing;

    impl Subscriber for Handing {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }
        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }
        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, event: &Event<'_>) {
            logs().take(event);
        }
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    #[test]
    fn the_last_lines_are_kept_and_chosen_from() {
        tracing::subscriber::with_default(Handing, || {
            tracing::warn!(port = 28000, "the PORT is taken");
            tracing::warn!("a careless library says: Bearer canary-0123456789");
            tracing::info!(target: "elsewhere", "{}", "é".repeat(LONGEST));
        });
        let all = |level, search: &str| {
            let search = Some(search.to_owned());
            logs().list(&LogsChoice {
                level,
                search,
                ..LogsChoice::default()
            })
        };
        let found = all(Some(LogLevel::Warn), "port is");
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].message, "the PORT is taken port=28000");
        assert!(found[0].time.ends_with('Z') && found[0].target.contains("logs"));
        assert!(all(Some(LogLevel::Error), "port is").is_empty());
        let choice = LogsChoice {
            after: Some(found[0].number),
            ..LogsChoice::default()
        };
        let later = logs().list(&choice);
        assert!(later.iter().all(|line| line.number > found[0].number));
        assert!(later.iter().any(|line| line.target == "elsewhere"));
        let most = Some(1);
        let newest = logs().list(&LogsChoice { most, ..choice });
        assert_eq!(newest, later[..1]);
        let hidden = &all(None, "careless")[0].message;
        assert!(hidden.ends_with("[redacted]"), "{hidden}");
        let long = all(None, "elsewhere");
        assert!(long[0].message.len() <= LONGEST + 3 && long[0].message.ends_with('…'));
        assert!(*logs().changes().borrow() >= 2);
        tracing::subscriber::with_default(Handing, || {
            for number in 0..KEPT {
                tracing::debug!(number, "filler");
            }
        });
        assert_eq!(logs().list(&LogsChoice::default()).len(), KEPT);
        assert!(all(None, "elsewhere").is_empty(), "the oldest goes first");
    }
}
