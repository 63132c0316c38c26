//! The requests that are over, in SQLite: stored by a writer that nobody waits for, read by pages; and
//! beside them the conversations that clients have kept.

mod entry;
mod file;
mod ledger;
mod reading;
mod sessions;
mod writer;

pub use entry::{Attempt, Entry, Outcome, Usage};
pub use file::LedgerError;
pub use ledger::Ledger;
pub use reading::{KeyUse, Page, Query};
pub use sessions::{Message, SessionError, Sessions};
