//! The data plane: one client request in, one answer out.

mod exchange;
mod key;
mod route;
mod snapshot;

pub use exchange::{Attempt, Exchange, Outcome};
pub use key::{ClientKey, ClientKeys, KeyHash};
pub use route::{Destination, Route, Strategy, matches};
pub use snapshot::{Address, Instance, Limits, Offer, OnLoss, Snapshot, Timeouts};
