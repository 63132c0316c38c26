//! Who may speak to this gateway: host, origin, key, rate, and how much they may send.

pub(crate) mod body;
mod credential;
mod refused;

pub(crate) use ::guard::{HostVerdict, Origin, OriginVerdict, check_host, preflight};
pub(crate) use credential::{Admitted, admit, hash_of};
pub use refused::Refused;
pub(crate) use refused::RefusedList;
