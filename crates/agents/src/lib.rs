//! Local command-line agents as upstreams: programs of the user's own that speak the Agent Client
//! Protocol, started when they are asked and ended when nobody asks them.
//!
//! A request comes in as a canonical chat and goes out as a stream of OpenAI's chat, so that the data
//! plane treats an agent as it treats every other upstream.

mod agents;
mod answer;
mod connection;
mod conversation;
pub mod demo;
mod fault;
mod heard;
mod opening;
mod permission;
mod process;
mod prompt;
mod running;
mod socket;
mod turn;

pub use agents::{Agents, Asked};
pub use answer::AnswerBody;
pub use prompt::losses;
