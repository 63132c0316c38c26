//! The settings as the data plane reads them: immutable, one per request.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use accounts::{AccountId, Accounts};
use catalog::{Provider, Proxy};
use dialect::Losses;
use fetch::Fetcher;

use crate::key::ClientKeys;
use crate::route::Route;

/// Everything that decides about a request, as one immutable value. The data plane takes one per
/// request, so that no request sees half of a change.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The keys that clients may present.
    pub keys: ClientKeys,
    /// Whether a client needs a key at all; `false` is only sensible on loopback.
    pub require_key: bool,
    /// Web origins that may call, as browsers send them (`https://example.com`).
    pub allowed_origins: Vec<String>,
    /// Host names, beside the loopback ones, under which this gateway may be addressed; lower case.
    pub allowed_hosts: Vec<String>,
    /// The listeners' own settings, by their name.
    pub instances: HashMap<String, Instance>,
    /// Public model names and patterns, in the order of the settings.
    pub routes: Vec<Route>,
    /// The accounts that can be asked, in the order of the settings.
    pub offers: Vec<Offer>,
    /// Where `claude-*` names that nobody offers go (`provider/model`, a route or a model id).
    pub default_model: Option<String>,
    /// What happens to a request that loses something in translation.
    pub on_loss: OnLoss,
    /// How to reach providers that have no proxy of their own.
    pub proxy: Proxy,
    /// The accounts' secrets and health.
    pub accounts: Arc<Accounts>,
    /// How long to wait in each phase.
    pub timeouts: Timeouts,
    /// How much to read.
    pub limits: Limits,
    /// Fetches the pictures of requests for providers that fetch none.
    pub pictures: Fetcher,
    /// One English sentence that says where a client's key is found; ends every 401.
    pub key_advice: String,
}

impl Snapshot {
    /// Settings with nothing in them but defaults: no keys, no accounts, `demo` alone.
    #[must_use]
    pub fn empty(accounts: Arc<Accounts>) -> Self {
        Self {
            keys: ClientKeys::default(),
            require_key: true,
            allowed_origins: Vec::new(),
            allowed_hosts: Vec::new(),
            instances: HashMap::new(),
            routes: Vec::new(),
            offers: Vec::new(),
            default_model: None,
            on_loss: OnLoss::Report,
            proxy: Proxy::System,
            accounts,
            timeouts: Timeouts::default(),
            limits: Limits::default(),
            pictures: Fetcher::default(),
            key_advice: String::new(),
        }
    }

    /// The default model of a listener: its own, or that of the settings.
    #[must_use]
    pub fn default_model(&self, instance: &str) -> Option<&str> {
        self.instances
            .get(instance)
            .and_then(|instance| instance.default_model.as_deref())
            .or(self.default_model.as_deref())
    }
}

/// A named listener's own settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instance {
    /// The names of the keys that it takes; empty: all.
    pub keys: Vec<String>,
    /// Its own default model.
    pub default_model: Option<String>,
}

impl Instance {
    /// Whether it takes the key of that name.
    pub(crate) fn takes(&self, key: &str) -> bool {
        self.keys.is_empty() || self.keys.iter().any(|name| name == key)
    }
}

/// An account together with the provider that it is at: what the data plane can ask.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The account.
    pub account: AccountId,
    /// Its provider.
    pub provider: Arc<Provider>,
}

/// What happens to a request that loses something in translation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnLoss {
    /// It is served, and the loss is reported in `x-portolan-loss`.
    #[default]
    Report,
    /// A loss that can change the answer's meaning refuses the request.
    Reject,
}

impl OnLoss {
    /// Whether these losses refuse the request, and which one does.
    #[must_use]
    pub fn refuses(self, losses: &Losses) -> Option<&dialect::Loss> {
        match self {
            Self::Report => None,
            Self::Reject => losses.first_semantic(),
        }
    }
}

/// How long to wait in each phase of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For the name, the connection and TLS together.
    pub connect: Duration,
    /// From the request sent to the first byte of a stream.
    pub first_byte: Duration,
    /// The same where the request asks for reasoning, or for an answer in one piece.
    pub first_byte_reasoning: Duration,
    /// Between two pieces of an answer.
    pub idle: Duration,
    /// The same where the request asks for reasoning.
    pub idle_reasoning: Duration,
    /// Silence after which a client's stream gets a sign of life.
    pub keep_alive: Duration,
    /// For a client to send the head of a request.
    pub head: Duration,
    /// Between two pieces of a client's body.
    pub body: Duration,
    /// How long a client's connection may rest between requests.
    pub rest: Duration,
    /// How long a client may refuse to take the next piece of its answer.
    pub stalled_client: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            connect: seconds(5),
            first_byte: seconds(120),
            first_byte_reasoning: seconds(600),
            idle: seconds(90),
            idle_reasoning: seconds(300),
            keep_alive: seconds(15),
            head: seconds(10),
            body: seconds(30),
            rest: seconds(75),
            stalled_client: seconds(60),
        }
    }
}

/// How much to read of what others send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest request body, in bytes, also after decompression.
    pub request_body: usize,
    /// The largest request body of several parts, which is kept in a file, in bytes.
    pub form_body: usize,
    /// The largest answer that is held as a whole, in bytes.
    pub answer_body: usize,
    /// The longest request target, in bytes.
    pub target: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_body: 32 * 1024 * 1024,
            form_body: 100 * 1024 * 1024,
            answer_body: 32 * 1024 * 1024,
            target: 8 * 1024,
        }
    }
}

/// An address to listen on, and the name of the listener that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// The listener's name; `default` for the one of `[listen]`.
    pub instance: String,
    /// A host name or an IP address; `localhost` is both loopback addresses.
    pub host: String,
    /// The port; 0 takes a free one.
    pub port: u16,
}
