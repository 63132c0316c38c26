//! What is done about a provider's departures from its dialect, in requests and in refusals.

mod replay;
pub(crate) mod shape;
pub(crate) mod sign;
pub(crate) mod status;
