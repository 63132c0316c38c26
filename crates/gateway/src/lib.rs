//! The data plane: one client request in, one answer out.
//!
//! guard → ingress → plan → attempt → relay, with a record of it all. It knows nothing of windows,
//! files or settings: it reads a [`Snapshot`], and hands over finished [`Exchange`]s.

mod agent;
mod annex;
mod answer;
mod ask;
mod attempt;
mod brought;
mod call;
mod door;
mod exchange;
mod guard;
mod handle;
mod headers;
mod ingress;
mod key;
mod listing;
mod load;
mod models;
mod own;
mod patience;
mod pictures;
mod plan;
mod plane;
mod public;
mod quirk;
mod record;
mod relay;
mod reply;
mod route;
mod serve;
mod snapshot;
#[cfg(test)]
mod testing;
mod tokens;

pub use annex::{Guest, Visitor};
pub use door::{Door, Knock, Said};
pub use exchange::{Attempt, Exchange, Outcome};
pub use fetch::{Fetcher, Rules as FetchRules};
pub use guard::Refused;
pub use key::{ClientKey, ClientKeys, KeyHash};
pub use limits::{KeyLimits, day_of};
pub use load::Load;
pub use models::PublicModel;
pub use outbound::{Outbound, ProxyInForce, ProxyOrigin, ProxyRules, ReadSystem, SystemProxy};
pub use own::{BrokeOff, OwnAnswer};
pub use plan::{Explained, Explanation, FoundBy};
pub use plane::DataPlane;
pub use public::{Unread, read_public};
pub use route::{Destination, Route, Strategy, Working, matches};
pub use serve::{ListenError, ListenErrorKind};
pub use snapshot::{Address, Instance, Limits, Offer, OnLoss, Snapshot, Timeouts};
pub use tokens::TokenClient;
