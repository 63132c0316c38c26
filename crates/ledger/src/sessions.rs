//! Stored conversations: what clients asked to have kept, each for its own key alone, in a file of
//! their own, for the ledger itself never holds what was said.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use crate::file::{LedgerError, Tables, open_to_write, set_aside};

const TABLES: Tables = &["
CREATE TABLE session (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    used INTEGER NOT NULL
) STRICT;
CREATE INDEX session_owner ON session (owner, used);
CREATE TABLE message (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    session TEXT NOT NULL,
    role TEXT NOT NULL,
    content TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX message_session ON message (session, sequence);
"];

/// A day, in milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;
/// The most conversations that are kept for a key; the one that was used longest ago makes room.
const MOST_SESSIONS: i64 = 256;
/// The most messages of a conversation.
const MOST_MESSAGES: i64 = 1000;
/// The most that is kept for a key, in bytes.
const MOST_BYTES: i64 = 16 * 1024 * 1024;

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id, unlike any other's.
    pub id: String,
    /// Who speaks, in the words of OpenAI's interface: `user`, `assistant`, `system`.
    pub role: String,
    /// What is said.
    pub content: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
}

/// Why a conversation could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// There is none of that id, or it is somebody else's.
    #[error("there is no such session")]
    NoSuch,
    /// It would be larger than one may be.
    #[error("the session is full: begin a new one")]
    Full,
    /// The user has nothing kept.
    #[error("nothing is kept here: retention_days is 0 in the settings")]
    NotKept,
    /// The file.
    #[error("the stored sessions cannot be used: {0}")]
    File(#[from] LedgerError),
}

impl From<rusqlite::Error> for SessionError {
    fn from(error: rusqlite::Error) -> Self {
        Self::File(error.into())
    }
}

/// The conversations. Nothing is opened before the first is begun or read.
#[derive(Debug)]
pub struct Sessions {
    path: PathBuf,
    days: AtomicU32,
    connection: Mutex<Option<Connection>>,
}

impl Sessions {
    /// The conversations in that file, which need not be there.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self {
            path,
            days: AtomicU32::new(0),
            connection: Mutex::default(),
        }
    }

    /// Keeps each for so many days after its last use; with 0, none. `now` is in milliseconds since
    /// 1970.
    pub fn keep(&self, days: u32, now: i64) {
        self.days.store(days, Ordering::Relaxed);
        if let Err(error) = self.with(false, now, |_| Ok(())) {
            tracing::warn!(%error, "old sessions were not taken out");
        }
        // Most who have a file never ask it again.
        *self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Begins a conversation of that id for whoever has the key.
    ///
    /// # Errors
    /// Nothing is kept, or the file cannot be used.
    pub fn begin(&self, owner: &str, id: &str, now: i64) -> Result<(), SessionError> {
        self.with(true, now, |transaction| {
            begin(transaction, owner, id, now)?;
            Ok(())
        })?
        .ok_or(SessionError::NotKept)
    }

    /// Adds to a conversation; without an id to the one that was used last, and where there is
    /// none to a new one of the id `new`. The conversation's id.
    ///
    /// # Errors
    /// It is nobody's or somebody else's, it is full, nothing is kept, or the file cannot be used.
    pub fn add(
        &self,
        owner: &str,
        session: Option<&str>,
        new: &str,
        messages: &[Message],
        now: i64,
    ) -> Result<String, SessionError> {
        self.with(true, now, |transaction| {
            let id = match find(transaction, owner, session)? {
                Some(id) => id,
                None if session.is_some() => return Err(SessionError::NoSuch),
                None => {
                    begin(transaction, owner, new, now)?;
                    new.to_owned()
                }
            };
            transaction.execute(
                "UPDATE session SET used = ?2 WHERE id = ?1",
                params![id, now],
            )?;
            for message in messages {
                transaction.execute(
                    "INSERT INTO message (id, session, role, content, at) \
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![message.id, id, message.role, message.content, message.at],
                )?;
            }
            let count: i64 = transaction.query_row(
                "SELECT COUNT(*) FROM message WHERE session = ?1",
                [&id],
                |row| row.get(0),
            )?;
            if count > MOST_MESSAGES || !make_room(transaction, owner, &id)? {
                return Err(SessionError::Full);
            }
            Ok(id)
        })?
        .ok_or(SessionError::NotKept)
    }

    /// What was said in a conversation, the oldest first; without an id in the one that was used
    /// last, and nothing where there is none.
    ///
    /// # Errors
    /// It is nobody's or somebody else's, or the file cannot be used.
    pub fn read(
        &self,
        owner: &str,
        session: Option<&str>,
        now: i64,
    ) -> Result<Vec<Message>, SessionError> {
        let read = self.with(false, now, |transaction| {
            let Some(id) = find(transaction, owner, session)? else {
                return Ok(None);
            };
            let mut statement = transaction.prepare(
                "SELECT id, role, content, at FROM message WHERE session = ?1 ORDER BY sequence",
            )?;
            let rows = statement.query_map([id], |row| {
                Ok(Message {
                    id: row.get(0)?,
                    role: row.get(1)?,
                    content: row.get(2)?,
                    at: row.get(3)?,
                })
            })?;
            Ok(Some(rows.collect::<Result<Vec<_>, _>>()?))
        })?;
        match read.flatten() {
            Some(messages) => Ok(messages),
            None if session.is_some() => Err(SessionError::NoSuch),
            None => Ok(Vec::new()),
        }
    }

    /// Works on the file, as a whole or not at all, once what is too old is taken out. `None` where
    /// there is no file and none is made.
    fn with<T>(
        &self,
        makes: bool,
        now: i64,
        work: impl Fn(&Transaction<'_>) -> Result<T, SessionError>,
    ) -> Result<Option<T>, SessionError> {
        let days = i64::from(self.days.load(Ordering::Relaxed));
        let mut held = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let makes = makes && days > 0;
        if !makes && !self.path.try_exists().map_err(LedgerError::from)? {
            return Ok(None);
        }
        let done = self.once(&mut held, now - days * DAY, &work);
        let done = match done {
            Err(SessionError::File(error)) if error.is_damage() => {
                *held = None;
                let aside = set_aside(&self.path).map_err(LedgerError::from)?;
                let aside = aside.display();
                tracing::warn!(%error, %aside, "the sessions' file is damaged and was set aside; a new one is begun");
                self.once(&mut held, now - days * DAY, &work)
            }
            done => done,
        };
        if matches!(done, Err(SessionError::File(_))) {
            *held = None;
        }
        done.map(|done| (days > 0).then_some(done))
    }

    fn once<T>(
        &self,
        held: &mut Option<Connection>,
        oldest: i64,
        work: &impl Fn(&Transaction<'_>) -> Result<T, SessionError>,
    ) -> Result<T, SessionError> {
        let connection = match held {
            Some(connection) => connection,
            None => held.insert(open_to_write(&self.path, TABLES)?),
        };
        let transaction = connection.transaction()?;
        let old = "SELECT id FROM session WHERE used <= ?1";
        let removed = remove(&transaction, old, params![oldest])?;
        let done = work(&transaction);
        match &done {
            Ok(_) => transaction.commit()?,
            Err(_) => transaction.rollback()?,
        }
        if removed > 0 && done.is_ok() {
            connection.execute_batch("PRAGMA incremental_vacuum")?;
            // The log still holds what the file has given up.
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))?;
        }
        done
    }
}

fn begin(
    transaction: &Transaction<'_>,
    owner: &str,
    id: &str,
    now: i64,
) -> Result<(), SessionError> {
    transaction.execute(
        "INSERT INTO session (id, owner, used) VALUES (?1, ?2, ?3)",
        params![id, owner, now],
    )?;
    let surplus = "SELECT id FROM session WHERE owner = ?1 ORDER BY used DESC, rowid DESC \
                   LIMIT -1 OFFSET ?2";
    remove(transaction, surplus, params![owner, MOST_SESSIONS])?;
    Ok(())
}

/// The conversation of that id where it is the owner's; without an id the one that was used last.
fn find(
    transaction: &Transaction<'_>,
    owner: &str,
    session: Option<&str>,
) -> Result<Option<String>, SessionError> {
    let found = transaction.query_row(
        "SELECT id FROM session WHERE owner = ?1 AND (?2 IS NULL OR id = ?2) \
         ORDER BY used DESC, rowid DESC LIMIT 1",
        params![owner, session],
        |row| row.get(0),
    );
    Ok(found.optional()?)
}

/// Takes out the owner's oldest conversations until the rest is small enough; false where this one
/// alone is too large.
fn make_room(transaction: &Transaction<'_>, owner: &str, id: &str) -> Result<bool, SessionError> {
    loop {
        let bytes: i64 = transaction.query_row(
            "SELECT IFNULL(SUM(LENGTH(CAST(content AS BLOB))), 0) FROM message \
             JOIN session ON session.id = message.session WHERE owner = ?1",
            [owner],
            |row| row.get(0),
        )?;
        if bytes <= MOST_BYTES {
            return Ok(true);
        }
        let oldest = "SELECT id FROM session WHERE owner = ?1 AND id <> ?2 \
                      ORDER BY used, rowid LIMIT 1";
        if remove(transaction, oldest, params![owner, id])? == 0 {
            return Ok(false);
        }
    }
}

/// Takes out the conversations that are chosen; their number.
fn remove(
    transaction: &Transaction<'_>,
    chosen: &str,
    parameters: &[&dyn rusqlite::ToSql],
) -> Result<usize, SessionError> {
    let mut statement = transaction.prepare(chosen)?;
    let chosen: Vec<String> = statement
        .query_map(parameters, |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for id in &chosen {
        transaction.execute("DELETE FROM message WHERE session = ?1", [id])?;
        transaction.execute("DELETE FROM session WHERE id = ?1", [id])?;
    }
    Ok(chosen.len())
}
