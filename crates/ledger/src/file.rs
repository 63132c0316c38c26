//! The ledger's file: made, brought up to date, and set aside where it is damaged.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

/// How long one connection waits for another.
const PATIENCE: Duration = Duration::from_secs(5);

/// What each version of a file's tables adds to the one before. A file of a newer version is left
/// alone.
pub(crate) type Tables = &'static [&'static str];

/// The requests that are over.
pub(crate) const ACTIVITY: Tables = &["
CREATE TABLE exchange (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    began INTEGER NOT NULL,
    took INTEGER NOT NULL,
    first_byte INTEGER,
    instance TEXT NOT NULL,
    key TEXT,
    client TEXT,
    dialect TEXT NOT NULL,
    operation TEXT NOT NULL,
    model TEXT,
    streamed INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    fault TEXT,
    has_usage INTEGER NOT NULL,
    input INTEGER,
    output INTEGER,
    cached INTEGER,
    reasoning INTEGER,
    provider TEXT,
    account TEXT,
    upstream_model TEXT,
    attempts TEXT NOT NULL,
    losses TEXT NOT NULL
) STRICT;
CREATE INDEX exchange_began ON exchange (began);
", "
-- The last try is in columns of its own and `attempts` holds those before it, for nearly always there
-- are none; a row of version 1 has none of these, and all tries in `attempts`.
ALTER TABLE exchange ADD COLUMN last_dialect TEXT;
ALTER TABLE exchange ADD COLUMN last_status INTEGER;
ALTER TABLE exchange ADD COLUMN last_first_byte INTEGER;
ALTER TABLE exchange ADD COLUMN last_fault TEXT;
"];

/// Why the ledger could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The folder or the file could not be used.
    #[error("open the file: {0}")]
    File(#[from] io::Error),
    /// The database said no.
    #[error("use the database: {0}")]
    Database(#[from] rusqlite::Error),
    /// A newer program wrote it.
    #[error("read the file: a newer program wrote it (version {0})")]
    Newer(i64),
    /// What it holds is not what was written.
    #[error("read the file: it is damaged ({0})")]
    Damaged(String),
}

impl LedgerError {
    /// Whether the file itself is beyond use.
    pub(crate) fn is_damage(&self) -> bool {
        match self {
            Self::Damaged(_) => true,
            Self::Database(error) => matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
            ),
            Self::File(_) | Self::Newer(_) => false,
        }
    }
}

/// Opens the file to write, makes it where there is none, and brings its tables up to date.
pub(crate) fn open_to_write(path: &Path, tables: Tables) -> Result<Connection, LedgerError> {
    make_private(path)?;
    let mut connection = connect(path)?;
    // Space that was given up must come back, and hold nothing that can be read.
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A power cut may cost the last requests, never the file: https://sqlite.org/wal.html.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "journal_size_limit", 1 << 20)?;
    let found: String = connection.query_row("PRAGMA quick_check(1)", (), |row| row.get(0))?;
    if found != "ok" {
        return Err(LedgerError::Damaged(found));
    }
    migrate(&mut connection, tables)?;
    Ok(connection)
}

/// Opens the file to read; `None` where there is none.
pub(crate) fn open_to_read(path: &Path, tables: Tables) -> Result<Option<Connection>, LedgerError> {
    if !path.try_exists()? {
        return Ok(None);
    }
    let mut connection = connect(path)?;
    if version(&connection)? == 0 {
        return Ok(None);
    }
    // The writer may not have come to it yet.
    migrate(&mut connection, tables)?;
    connection.pragma_update(None, "query_only", "ON")?;
    Ok(Some(connection))
}

fn connect(path: &Path) -> Result<Connection, LedgerError> {
    // One that only reads could not open a file whose last writer has closed it, for it must be
    // able to make the index of the write-ahead log.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    // In KiB: what is read once need not stay in memory.
    connection.pragma_update(None, "cache_size", -256)?;
    Ok(connection)
}

fn version(connection: &Connection) -> Result<i64, LedgerError> {
    Ok(connection.query_row("PRAGMA user_version", (), |row| row.get(0))?)
}

/// The version that this program writes.
fn newest(tables: Tables) -> i64 {
    i64::try_from(tables.len()).unwrap_or(i64::MAX)
}

fn migrate(connection: &mut Connection, tables: Tables) -> Result<(), LedgerError> {
    if version(connection)? == newest(tables) {
        return Ok(());
    }
    // One who reads and one who writes may both come to it.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    let Some(missing) = usize::try_from(found)
        .ok()
        .and_then(|done| tables.get(done..))
    else {
        return Err(LedgerError::Newer(found));
    };
    for sql in missing {
        transaction.execute_batch(sql)?;
    }
    transaction.pragma_update(None, "user_version", newest(tables))?;
    Ok(transaction.commit()?)
}

/// The file is there and its owner's alone; what SQLite puts beside it gets the same rights. Its
/// folder is made too, but none above that: where they are missing, a disk may be.
fn make_private(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        #[cfg_attr(not(unix), expect(unused_mut, reason = "rights are Unix's"))]
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(folder) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    drop(file);
    Ok(())
}

/// Puts a damaged file aside, in the place of one that was put there before; its new name.
pub(crate) fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let aside = path.with_extension("damaged.db");
    for suffix in ["-wal", "-shm", ""] {
        let (from, to) = (beside(path, suffix), beside(&aside, suffix));
        match fs::remove_file(&to) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        match fs::rename(&from, &to) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(aside)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
