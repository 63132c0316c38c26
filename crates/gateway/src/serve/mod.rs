//! The accept loop: listeners, connections, and their end.

mod connection;
mod listener;
mod watch;

pub(crate) use connection::Peer;
pub(crate) use listener::{Bound, accept, bind};
pub use listener::{ListenError, ListenErrorKind};
