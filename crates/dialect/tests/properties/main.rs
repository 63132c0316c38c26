//! What the two dialects share survives any way through them; what they do not share, and what is
//! nobody's language, never breaks a decoder. `PROPTEST_CASES` sets how often each is tried.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

#[path = "../common/mod.rs"]
mod common;

mod answers;
mod noise;
mod requests;

use proptest::test_runner::Config;

/// How often each property is tried: few by default, as this runs with every change.
fn cases() -> Config {
    let given = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    Config {
        failure_persistence: None,
        ..Config::with_cases(given.unwrap_or(64))
    }
}
