//! The data plane over real sockets, in front of scripted upstreams.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::large_futures,
    reason = "tests"
)]

mod agents;
mod annex;
mod bad_requests;
mod brought;
mod cancel;
mod compression;
mod demo;
mod disguises;
mod door;
mod errors;
mod failover;
mod fields;
mod forms;
mod hosts;
mod iflow;
mod iflow_pictures;
mod key_limits;
mod keys;
mod limits;
mod listing;
mod own;
mod pages;
mod paths;
mod proxies;
mod reasoning;
mod relay_same;
mod relay_translated;
mod sign_in;
mod slow_clients;
mod smuggling;
mod smuggling_cases;
mod structure;
mod support;
mod timeouts;
mod vision;
mod whole;
mod worker;
