//! For tests only: scripted upstreams, a recorder, fault injection, a clock that tests turn.
#![allow(
    clippy::expect_used,
    reason = "tests only: a stand-in that cannot start has to fail its test at once"
)]

mod agent;
pub mod anthropic;
mod client;
mod clock;
mod connection;
mod example;
mod fault;
mod identity;
mod iflow;
mod issuer;
mod log;
mod names;
pub mod openai_chat;
mod recorded;
mod reply;
pub mod scenario;
mod script;
pub mod timing;
mod upstream;
mod wire;

pub use agent::{act_as_agent, agent_arguments};
pub use client::{Answer, Client, SseEvent};
pub use clock::FakeClock;
pub use example::example;
pub use fault::{FaultProxy, Faults};
pub use identity::{IDENTITY_SECRET, Identity, IdentityFault};
pub use iflow::{
    IFLOW_CLIENT, IFLOW_CLIENT_SECRET, IFLOW_KEY, IFLOW_SIGNED_MODELS, Iflow, IflowTrouble,
};
pub use issuer::{Issuer, IssuerOptions};
pub use log::Log;
pub use names::{Names, look_up};
pub use recorded::{Ended, Recorded};
pub use reply::{Part, Reply, Stop, Usage};
pub use script::{End, Framing, Script, Step};
pub use upstream::Upstream;
pub use wire::{Head, Headers};
