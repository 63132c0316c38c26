//! The last lines of the program's own log: kept without secrets, and chosen from.

mod logs;
mod redact;

pub use logs::{Logs, logs};
pub use redact::redacted;
