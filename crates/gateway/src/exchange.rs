//! The record of one client request: handed over once, when it is over.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use accounts::AccountId;
use dialect::chat::Usage;
use dialect::{Dialect, Fault, Losses, Operation};

/// One client request from beginning to end. It holds counts and names, never a prompt.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The id in `x-request-id`.
    pub id: Arc<str>,
    /// When it began.
    pub began: SystemTime,
    /// How long it took, to the last byte.
    pub took: Duration,
    /// From its beginning until the upstream that answered began to.
    pub first_byte: Option<Duration>,
    /// The listener that took it.
    pub instance: Arc<str>,
    /// The name of the client's key; `None` where none was needed.
    pub key: Option<Arc<str>>,
    /// What the client calls itself, in short: 64 printable characters at most.
    pub client: Option<String>,
    /// The dialect that the client spoke.
    pub dialect: Dialect,
    /// What was asked.
    pub operation: Operation,
    /// The model as the client named it.
    pub model: Option<String>,
    /// Whether the answer was streamed.
    pub streamed: bool,
    /// Every try at an upstream, in order.
    pub attempts: Vec<Attempt>,
    /// How it ended.
    pub outcome: Outcome,
    /// Token counts as the provider reported them.
    pub usage: Usage,
    /// What a translation could not carry over.
    pub losses: Losses,
}

/// One try at an upstream.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The account that was used; `None` for the built-in demo.
    pub account: Option<AccountId>,
    /// Its provider.
    pub provider: String,
    /// The model as the provider calls it.
    pub model: String,
    /// The dialect that the upstream was spoken to in.
    pub dialect: Dialect,
    /// From the beginning of the try to the upstream's first byte.
    pub first_byte: Option<Duration>,
    /// The upstream's HTTP status.
    pub status: Option<u16>,
    /// Why it failed, if it did.
    pub fault: Option<Fault>,
}

/// How an exchange ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The client got a whole answer.
    Completed,
    /// The client got an error.
    Failed(Fault),
    /// The client left first.
    Cancelled,
    /// The answer broke off after the client had got some of it.
    Truncated(Fault),
}
