//! What is fetched and what is not, over real sockets: a name server, servers of pictures, and
//! listeners that nobody may reach.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod answers;
mod corpus;
mod inline;
mod ranges;
// macOS listens on 127.0.0.1 alone of its loopback addresses.
#[cfg(not(target_os = "macos"))]
mod rebinding;
#[cfg(not(target_os = "macos"))]
mod redirects;
mod support;
