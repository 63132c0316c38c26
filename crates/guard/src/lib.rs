//! Whether a request may be meant for this program at all: the host that it names, and the page that
//! sends it.
//!
//! It reads header fields and nothing else; who a client is, and what it may, is the gateway's.

mod host;
mod origin;

pub use host::{HostVerdict, check_host};
pub use origin::{Origin, OriginVerdict, preflight};
