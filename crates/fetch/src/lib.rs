//! Fetches pictures from the web for providers that fetch none, and from nowhere else.
//!
//! An address comes from a client, and a client may have it from a stranger: so it is read once,
//! its name is resolved here, and only the addresses that passed are connected to.

mod address;
mod fetcher;
mod guard;
mod inline;
mod picture;
mod place;
mod refusal;
mod rules;

pub use fetcher::{Bounds, Fetcher};
pub use guard::{LookingUp, Lookup, system_lookup};
pub use inline::inline;
pub use picture::Picture;
pub use refusal::Refusal;
pub use rules::Rules;
