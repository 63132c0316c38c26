//! Who may speak to this gateway: host, origin, key, rate, and how much they may send.

pub(crate) mod body;
mod credential;
mod decompress;
mod host;
mod origin;
mod refused;

pub(crate) use credential::{Admitted, admit};
pub(crate) use host::{HostVerdict, check_host};
pub(crate) use origin::{Origin, OriginVerdict, preflight};
pub use refused::Refused;
pub(crate) use refused::RefusedList;
