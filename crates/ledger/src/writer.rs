//! The one thread that writes: it sleeps while there is nothing, and writes by the handful.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, Statement, ToSql};

use crate::entry::{Attempt, Entry};
use crate::file::{ACTIVITY, LedgerError, open_to_write, set_aside};

/// How often old requests are taken out.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a file that could not be opened is left alone.
const PAUSE: Duration = Duration::from_secs(60);
/// How many requests are kept until they can be stored.
const MOST_KEPT: usize = 8192;

/// What a row has, in the order in which it is bound, and whether that is each request's own: the rest
/// is the same for most that come together.
const COLUMNS: [(&str, bool); 27] = [
    ("id", true),
    ("began", true),
    ("took", true),
    ("first_byte", true),
    ("instance", false),
    ("key", false),
    ("client", false),
    ("dialect", false),
    ("operation", false),
    ("model", false),
    ("streamed", false),
    ("outcome", false),
    ("fault", false),
    ("has_usage", false),
    ("input", true),
    ("output", true),
    ("cached", true),
    ("reasoning", true),
    ("provider", false),
    ("account", false),
    ("upstream_model", false),
    ("last_dialect", false),
    ("last_status", false),
    ("last_first_byte", true),
    ("last_fault", false),
    ("attempts", false),
    ("losses", false),
];

/// How many rows one statement writes where so many wait: what SQLite does once per statement, the
/// counter of rows above all, costs it as much as a row.
const ROWS: usize = 16;

/// What the writer is told.
pub(crate) enum Word {
    /// Store these.
    Store(Vec<Arc<Entry>>),
    /// Keep requests for this many days.
    Keep(u32),
    /// Come to an end.
    End,
}

/// What the writer and those who give it work both count.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Requests that wait to be stored.
    pub(crate) waiting: AtomicUsize,
    /// Requests that were not stored.
    pub(crate) dropped: AtomicU64,
}

/// The writer's work.
pub(crate) struct Writer {
    pub(crate) path: PathBuf,
    /// For how many days requests are kept; 0: none is stored.
    pub(crate) days: u32,
    pub(crate) counts: Arc<Counts>,
    /// Called after the file has changed.
    pub(crate) on_change: Box<dyn Fn() + Send>,
    pub(crate) connection: Option<Connection>,
    /// When the file could not be opened or written last, until it can be again.
    pub(crate) failed: Option<Instant>,
    /// What could not be stored yet, as where the disk is full.
    pub(crate) kept: Vec<Arc<Entry>>,
}

impl Writer {
    /// Writes until it is told to end, or until nobody is left who could tell it anything.
    pub(crate) fn work(mut self, words: &Receiver<Word>) {
        self.purge();
        let mut next = Instant::now() + DAY;
        loop {
            let mut patience = next.saturating_duration_since(Instant::now());
            if !self.kept.is_empty() {
                patience = patience.min(PAUSE);
            }
            match words.recv_timeout(patience) {
                Ok(Word::Store(entries)) => {
                    self.counts
                        .waiting
                        .fetch_sub(entries.len(), Ordering::Relaxed);
                    self.store(entries);
                }
                Ok(Word::Keep(days)) => {
                    self.days = days;
                    self.purge();
                }
                Ok(Word::End) | Err(RecvTimeoutError::Disconnected) => return self.end(),
                Err(RecvTimeoutError::Timeout) => {
                    if Instant::now() >= next {
                        self.purge();
                        next = Instant::now() + DAY;
                    }
                    self.store(Vec::new());
                }
            }
        }
    }

    /// Stores these, and before them what is still kept.
    fn store(&mut self, entries: Vec<Arc<Entry>>) {
        let mut all = entries;
        all.splice(..0, std::mem::take(&mut self.kept));
        if self.days == 0 || all.is_empty() {
            return;
        }
        // A full disk is not asked again for every request.
        let is_resting = self.failed.is_some_and(|failed| failed.elapsed() < PAUSE);
        let stored = if is_resting {
            Err(None)
        } else {
            self.attempt(|connection| insert(connection, &all))
        };
        match stored {
            Ok(()) => {
                self.failed = None;
                (self.on_change)();
            }
            Err(error) => {
                self.failed = self
                    .failed
                    .filter(|_| is_resting)
                    .or_else(|| Some(Instant::now()));
                self.drop_some(all.len().saturating_sub(MOST_KEPT));
                all.truncate(MOST_KEPT);
                self.kept = all;
                if let Some(error) = error {
                    tracing::warn!(%error, "requests were not stored yet");
                }
            }
        }
    }

    /// Tries once more to store what is kept.
    fn end(&mut self) {
        self.failed = None;
        if !self.kept.is_empty() {
            self.store(Vec::new());
        }
        self.drop_some(self.kept.len());
    }

    fn drop_some(&self, count: usize) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.counts.dropped.fetch_add(count, Ordering::Relaxed);
    }

    /// Takes out what is older than it is to be.
    fn purge(&mut self) {
        let kept = Duration::from_secs(u64::from(self.days) * DAY.as_secs());
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let before = if self.days == 0 {
            now + DAY
        } else {
            now.saturating_sub(kept)
        };
        let before = i64::try_from(before.as_millis()).unwrap_or(i64::MAX);
        match self.attempt(|connection| delete(connection, before)) {
            Ok(0) | Err(None) => {}
            Ok(count) => {
                tracing::debug!(count, "old requests were taken out");
                (self.on_change)();
            }
            Err(Some(error)) => tracing::warn!(%error, "old requests were not taken out"),
        }
    }

    /// Does the work; a damaged file is set aside, and the work done once more in a new one. `None`
    /// as the error: the file could not be opened a moment ago, and that was told.
    fn attempt<T>(
        &mut self,
        work: impl Fn(&mut Connection) -> Result<T, LedgerError>,
    ) -> Result<T, Option<LedgerError>> {
        match self.once(&work) {
            Err(Some(error)) if error.is_damage() => {
                self.connection = None;
                match set_aside(&self.path) {
                    Ok(aside) => {
                        let aside = aside.display();
                        tracing::warn!(%error, %aside, "the activity's file is damaged and was set aside; a new one is begun");
                    }
                    Err(error) => return Err(Some(error.into())),
                }
                self.failed = None;
                self.once(&work)
            }
            done => done,
        }
    }

    fn once<T>(
        &mut self,
        work: impl Fn(&mut Connection) -> Result<T, LedgerError>,
    ) -> Result<T, Option<LedgerError>> {
        if self.connection.is_none() {
            if self.failed.is_some_and(|failed| failed.elapsed() < PAUSE) {
                return Err(None);
            }
            match open_to_write(&self.path, ACTIVITY) {
                Ok(connection) => self.connection = Some(connection),
                Err(error) => {
                    self.failed = Some(Instant::now());
                    return Err(Some(error));
                }
            }
        }
        match &mut self.connection {
            Some(connection) => work(connection).map_err(Some),
            None => Err(None),
        }
    }
}

/// What writes rows that are alike, rows that are not, and one row.
static ALIKE: LazyLock<String> = LazyLock::new(|| statement(ROWS, true));
static UNLIKE: LazyLock<String> = LazyLock::new(|| statement(ROWS, false));
static SINGLE: LazyLock<String> = LazyLock::new(|| statement(1, false));

fn insert(connection: &mut Connection, entries: &[Arc<Entry>]) -> Result<(), LedgerError> {
    let transaction = connection.transaction()?;
    let (groups, rest) = entries.as_chunks::<ROWS>();
    if !groups.is_empty() {
        let mut alike = transaction.prepare_cached(&ALIKE)?;
        let mut unlike = transaction.prepare_cached(&UNLIKE)?;
        for group in groups {
            let [first, others @ ..] = group;
            if others.iter().all(|other| is_alike(first, other)) {
                write(&mut alike, group, true)?;
            } else {
                write(&mut unlike, group, false)?;
            }
        }
    }
    if !rest.is_empty() {
        let mut single = transaction.prepare_cached(&SINGLE)?;
        rest.chunks(1)
            .try_for_each(|row| write(&mut single, row, false))?;
    }
    Ok(transaction.commit()?)
}

/// The statement that writes so many rows. Where they are alike, what is not each one's own is taken
/// from the first of them: to bind a text costs as much as to store it.
fn statement(rows: usize, are_alike: bool) -> String {
    let names = COLUMNS.map(|(name, _)| name).join(", ");
    let mut sql = format!("INSERT OR IGNORE INTO exchange ({names}) VALUES ");
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for (column, (_, is_own)) in COLUMNS.iter().enumerate() {
            let of = if are_alike && !is_own { 0 } else { row };
            let comma = if column == 0 { "" } else { ", " };
            sql.push_str(&format!("{comma}?{}", parameter(of, column)));
        }
        sql.push(')');
    }
    sql
}

/// The number of a row's parameter.
fn parameter(row: usize, column: usize) -> usize {
    row * COLUMNS.len() + column + 1
}

/// Whether two requests differ in nothing but what is each one's own.
fn is_alike(one: &Entry, other: &Entry) -> bool {
    let of = |entry: &Entry| (entry.streamed, entry.outcome, entry.usage.is_some());
    let same_attempt = |(one, other): (&Attempt, &Attempt)| {
        one.status == other.status
            && one.provider == other.provider
            && one.account == other.account
            && one.model == other.model
            && one.dialect == other.dialect
            && one.fault == other.fault
    };
    of(one) == of(other)
        && one.model == other.model
        && one.key == other.key
        && one.client == other.client
        && one.instance == other.instance
        && one.dialect == other.dialect
        && one.operation == other.operation
        && one.fault == other.fault
        && one.losses == other.losses
        && one.attempts.len() == other.attempts.len()
        // those before the last are stored whole
        && one.attempts.len() < 2
        && one.attempts.iter().zip(&other.attempts).all(same_attempt)
}

/// Writes as many rows as the statement has.
fn write(
    statement: &mut Statement<'_>,
    entries: &[Arc<Entry>],
    are_alike: bool,
) -> Result<(), LedgerError> {
    for (row, entry) in entries.iter().enumerate() {
        bind(statement, row, entry, are_alike && row > 0)?;
    }
    statement.raw_execute()?;
    Ok(())
}

/// Binds an entry's values, or only its own.
fn bind(
    statement: &mut Statement<'_>,
    row: usize,
    entry: &Entry,
    only_own: bool,
) -> Result<(), LedgerError> {
    let usage = entry.usage.unwrap_or_default();
    let (last, earlier) = match entry.attempts.split_last() {
        Some((last, earlier)) => (Some(last), earlier),
        None => (None, [].as_slice()),
    };
    let values: &[&dyn ToSql; COLUMNS.len()] = &[
        &entry.id,
        &entry.began,
        &entry.took,
        &entry.first_byte,
        &entry.instance,
        &entry.key,
        &entry.client,
        &entry.dialect,
        &entry.operation,
        &entry.model,
        &entry.streamed,
        &entry.outcome.as_str(),
        &entry.fault,
        &entry.usage.is_some(),
        &usage.input,
        &usage.output,
        &usage.cached,
        &usage.reasoning,
        &last.map(|attempt| &attempt.provider),
        &last.and_then(|attempt| attempt.account.as_ref()),
        &last.map(|attempt| &attempt.model),
        &last.map(|attempt| &attempt.dialect),
        &last.and_then(|attempt| attempt.status),
        &last.and_then(|attempt| attempt.first_byte),
        &last.and_then(|attempt| attempt.fault.as_ref()),
        &json(earlier),
        &json(&entry.losses),
    ];
    for (column, (value, (_, is_own))) in values.iter().zip(COLUMNS).enumerate() {
        if is_own || !only_own {
            statement.raw_bind_parameter(parameter(row, column), value)?;
        }
    }
    Ok(())
}

fn json(list: &[impl serde::Serialize]) -> Cow<'static, str> {
    const NONE: &str = "[]";
    if list.is_empty() {
        return NONE.into();
    }
    // Lists of texts and numbers can always be written.
    serde_json::to_string(list).map_or(NONE.into(), Cow::Owned)
}

fn delete(connection: &mut Connection, before: i64) -> Result<usize, LedgerError> {
    let count = connection.execute("DELETE FROM exchange WHERE began < ?1", [before])?;
    if count > 0 {
        connection.execute_batch("PRAGMA incremental_vacuum")?;
        // The log still holds what the file has given up.
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))?;
    }
    Ok(count)
}
