//! What is done about a provider's departures from its dialect, in requests and in refusals.

mod replay;
pub(crate) mod status;

pub(crate) use quirks::{pictures, shape, sign};
