//! A simulator of iFlow as its public clients describe it: sign-in, keys, signatures, errors, streams.

mod chat;
mod sign_in;
mod stream;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;

use crate::recorded::Recorded;
use crate::script::Script;
use crate::upstream::Upstream;

/// The client that the simulator knows.
pub const IFLOW_CLIENT: &str = "10000000001";
/// That client's secret.
pub const IFLOW_CLIENT_SECRET: &str = "canary-client-secret-51c0";
/// A key that is good from the beginning, for accounts without a sign-in.
pub const IFLOW_KEY: &str = "sk-iflow";
/// Models that are served to signed requests alone.
pub const IFLOW_SIGNED_MODELS: [&str; 3] = ["glm-5", "kimi-k2.5", "deepseek-v3.2-reasoner"];

/// What goes otherwise than well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IflowTrouble {
    /// Every chat fails with this status and these words, inside HTTP 200.
    Status(u32, &'static str),
    /// The same, as the first event of a stream.
    StatusEvent(u32, &'static str),
    /// The same, after the first words of a stream.
    StatusLater(u32, &'static str),
    /// The account is banned.
    Banned,
    /// Signed requests are refused with 406.
    RefusesSignatures,
    /// Its clock is so many seconds ahead, so that what is signed now is too old for it.
    ClockAhead(u64),
    /// It knows the key with another secret than its owner, so that no signature fits.
    OtherSecret,
    /// Every chat with this model fails with this status and these words, inside HTTP 200.
    StatusOf(&'static str, u32, &'static str),
    /// Chats with this model are never answered.
    SilenceOf(&'static str),
    /// This model has nothing to say.
    MuteOf(&'static str),
    /// Requests with `stream_options` are refused with 406.
    RefusesStreamOptions,
    /// HTTP 200 without choices.
    NoChoices,
    /// A stream without any event.
    EmptyStream,
    /// A stream without `[DONE]`.
    NoDone,
    /// A stream that never says why it ended.
    NoFinish,
    /// A stream that breaks off with the word `network_error` before anything was said.
    NetworkError,
    /// A whole answer where a stream was asked for.
    WholeAnswer,
    /// No counts of tokens.
    NoUsage,
    /// An empty object of counts.
    EmptyUsage,
    /// Calls of tools in pieces without ids, with wrong numbers, and an end called `stop`.
    LooseCalls,
    /// There is no list of models.
    NoModels,
    /// The next so many answers of the token endpoint are HTTP 200 and a failure inside.
    Busy(usize),
    /// The next so many questions for the user are answered with status 503.
    NoUser(usize),
    /// The token endpoint gives no new refresh token.
    KeepsRefresh,
}

/// A simulated iFlow on loopback.
#[derive(Debug)]
pub struct Iflow {
    upstream: Upstream,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    troubles: Vec<IflowTrouble>,
    /// How long an access token lives, in seconds.
    lifetime: u64,
    issued: usize,
    /// Code → the redirect that it was given to.
    codes: HashMap<String, String>,
    accesses: HashSet<String>,
    /// Refresh token → whether it is still good.
    refreshes: HashMap<String, bool>,
    keys: HashSet<String>,
    over: HashSet<String>,
    redeemed: usize,
    reused: usize,
}

impl Iflow {
    /// Starts one whose access tokens live so many seconds.
    ///
    /// # Panics
    /// Where no port can be had.
    #[must_use]
    pub fn start(lifetime: u64) -> Self {
        let state = Arc::new(Mutex::new(State {
            lifetime,
            keys: HashSet::from([IFLOW_KEY.to_owned()]),
            ..State::default()
        }));
        let shared = Arc::clone(&state);
        let upstream = Upstream::start(move |request| lock(&shared).answer(request));
        Self { upstream, state }
    }

    /// One with which something goes wrong.
    ///
    /// # Panics
    /// Where no port can be had.
    #[must_use]
    pub fn with(trouble: IflowTrouble) -> Self {
        let iflow = Self::start(3 * 24 * 3600);
        iflow.trouble(trouble);
        iflow
    }

    /// From now on this goes wrong too.
    pub fn trouble(&self, trouble: IflowTrouble) {
        lock(&self.state).troubles.push(trouble);
    }

    /// All is well again.
    pub fn well(&self) {
        lock(&self.state).troubles.clear();
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        self.upstream.url()
    }

    /// The time of every key that was given is over; the next sign-in or renewal gives another.
    pub fn expire_keys(&self) {
        let mut state = lock(&self.state);
        let keys = std::mem::take(&mut state.keys);
        state.over.extend(keys);
    }

    /// Ends every sign-in: no refresh token is good any more.
    pub fn end_sign_ins(&self) {
        lock(&self.state)
            .refreshes
            .values_mut()
            .for_each(|good| *good = false);
    }

    /// Signs somebody in without a browser: the access token, the refresh token and the key.
    #[must_use]
    pub fn signed_in(&self) -> (String, String, String) {
        let mut state = lock(&self.state);
        let (access, refresh) = state.issue();
        let key = state.key();
        (access, refresh, key)
    }

    /// How often a refresh token was redeemed.
    #[must_use]
    pub fn redeemed(&self) -> usize {
        lock(&self.state).redeemed
    }

    /// How often a spent refresh token was presented.
    #[must_use]
    pub fn reused(&self) -> usize {
        lock(&self.state).reused
    }

    /// The server behind it.
    #[must_use]
    pub fn upstream(&self) -> &Upstream {
        &self.upstream
    }

    /// Every request that arrived.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.upstream.requests()
    }

    /// Every chat that arrived.
    #[must_use]
    pub fn chats(&self) -> Vec<Recorded> {
        let mut requests = self.requests();
        requests.retain(|request| request.path() == "/v1/chat/completions");
        requests
    }
}

impl State {
    fn answer(&mut self, request: &Recorded) -> Script {
        match (request.method.as_str(), request.path()) {
            ("GET", "/oauth") => self.authorize(request),
            ("POST", "/oauth/token") => self.token(request),
            ("GET", "/api/oauth/getUserInfo") => self.user(request),
            ("GET", "/v1/models") if !self.has(&IflowTrouble::NoModels) => {
                let models = ["glm-4.7", "glm-5", "of-the-list"];
                let list = models.map(|id| json!({"id": id, "object": "model"}));
                Script::json(200, &json!({"object": "list", "data": list}))
            }
            ("POST", "/v1/chat/completions") => self.chat(request),
            _ => Script::status(404),
        }
    }

    fn has(&self, trouble: &IflowTrouble) -> bool {
        self.troubles.contains(trouble)
    }

    /// A new key.
    fn key(&mut self) -> String {
        self.issued += 1;
        let key = format!("sk-iflow-canary-{}", self.issued);
        self.keys.insert(key.clone());
        key
    }
}

/// Its form of an error.
fn status(number: u32, words: &str) -> serde_json::Value {
    json!({"status": number.to_string(), "msg": words, "body": null})
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
