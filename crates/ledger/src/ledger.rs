//! The ledger as others hold it: records go in without waiting, pages come out.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crate::entry::Entry;
use crate::file::{ACTIVITY, LedgerError, open_to_read};
use crate::reading::{self, KeyUse, Page, Query};
use crate::writer::{Counts, Word, Writer};

/// How many requests may wait to be stored, at most a few megabytes.
const WAITING: usize = 8192;

/// The requests that are over. Nothing is opened before the first is stored or read.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    counts: Arc<Counts>,
    writer: Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    words: Sender<Word>,
    thread: JoinHandle<()>,
}

impl Ledger {
    /// The ledger in that file, which need not be there.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self {
            path,
            counts: Arc::default(),
            writer: Mutex::default(),
        }
    }

    /// Its file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Starts the writer, where there is none yet. Requests are kept for so many `days`; with 0
    /// none is stored. `on_change` is called on the writer's thread each time that the file changed.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn begin(&self, days: u32, on_change: impl Fn() + Send + 'static) -> io::Result<()> {
        let mut writer = self.writer();
        if writer.is_some() {
            return Ok(());
        }
        let (words, told) = channel();
        let work = Writer {
            path: self.path.clone(),
            days,
            counts: Arc::clone(&self.counts),
            on_change: Box::new(on_change),
            connection: None,
            failed: None,
            kept: Vec::new(),
        };
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || work.work(&told))?;
        *writer = Some(Running { words, thread });
        Ok(())
    }

    /// Has these stored; never waits. Where too many wait already, or nobody writes, they are
    /// counted and dropped.
    pub fn store<E: Into<Arc<Entry>>>(&self, entries: Vec<E>) {
        let entries: Vec<Arc<Entry>> = entries.into_iter().map(Into::into).collect();
        let count = entries.len();
        if count == 0 {
            return;
        }
        let counts = &self.counts;
        let taken = counts.waiting.fetch_add(count, Ordering::Relaxed) + count <= WAITING
            && self.tell(Word::Store(entries));
        if !taken {
            counts.waiting.fetch_sub(count, Ordering::Relaxed);
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            counts.dropped.fetch_add(count, Ordering::Relaxed);
        }
    }

    /// Keeps requests for so many days from now on.
    pub fn keep(&self, days: u32) {
        // One that has no writer is told the days when it begins.
        let _told = self.tell(Word::Keep(days));
    }

    /// How many requests were not stored.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.counts.dropped.load(Ordering::Relaxed)
    }

    /// Waits until everything is stored, and ends the writer.
    pub fn end(&self) {
        let running = self.writer().take();
        if let Some(Running { words, thread }) = running {
            let _gone = words.send(Word::End);
            if thread.join().is_err() {
                tracing::error!("the ledger's writer broke");
            }
        }
    }

    /// A page of the requests that are over.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn page(&self, query: &Query) -> Result<Page, LedgerError> {
        match open_to_read(&self.path, ACTIVITY)? {
            Some(connection) => reading::page(&connection, query),
            None => Ok(Page::default()),
        }
    }

    /// The request of that id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn find(&self, id: &str) -> Result<Option<Entry>, LedgerError> {
        match open_to_read(&self.path, ACTIVITY)? {
            Some(connection) => reading::find(&connection, id),
            None => Ok(None),
        }
    }

    /// What each key used from the moment `from` on, of the requests that began before `until`; both
    /// in milliseconds since 1970. A request counts where it began, its tokens where it ended.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn used(&self, from: i64, until: i64) -> Result<Vec<KeyUse>, LedgerError> {
        match open_to_read(&self.path, ACTIVITY)? {
            Some(connection) => reading::used(&connection, from, until),
            None => Ok(Vec::new()),
        }
    }

    fn tell(&self, word: Word) -> bool {
        let writer = self.writer();
        writer
            .as_ref()
            .is_some_and(|running| running.words.send(word).is_ok())
    }

    fn writer(&self) -> MutexGuard<'_, Option<Running>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
