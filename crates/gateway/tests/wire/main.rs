//! The data plane over real sockets, in front of scripted upstreams.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::large_futures,
    reason = "tests"
)]

mod bad_requests;
mod cancel;
mod demo;
mod errors;
mod failover;
mod guard;
mod limits;
mod listing;
mod paths;
mod relay_same;
mod relay_translated;
mod smuggling;
mod support;
mod timeouts;
mod whole;
