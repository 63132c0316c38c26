//! A scripted agent that speaks the Agent Client Protocol over standard input and output, or as iFlow's
//! command line did, over a WebSocket: what it is told says what it does.

mod act;
mod form;

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc, oneshot};

/// How the agent was started.
#[derive(Clone, Debug, Default)]
struct Options {
    /// Where to listen; `None`: on standard input.
    port: Option<u16>,
    /// Gets a line for each method that is asked.
    log: Option<PathBuf>,
    /// Never says anything.
    mute: bool,
    /// Wants a sign-in first.
    signed_out: bool,
    /// Speaks another version.
    old: bool,
}

impl Options {
    fn read(arguments: impl IntoIterator<Item = String>) -> Self {
        let mut options = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--port" => options.port = arguments.next().and_then(|port| port.parse().ok()),
                "--log" => options.log = arguments.next().map(PathBuf::from),
                "--mute" => options.mute = true,
                "--signed-out" => options.signed_out = true,
                "--old" => options.old = true,
                // A test's own arguments, and those that an agent's command line has.
                _ => {}
            }
        }
        options
    }
}

/// What the agent knows of one session.
struct Session {
    folder: String,
    heard: Vec<String>,
    cancelled: Arc<Notify>,
}

/// The agent at one end of a line.
struct Agent {
    options: Options,
    out: mpsc::UnboundedSender<String>,
    sessions: Mutex<HashMap<String, Session>>,
    waiting: Mutex<HashMap<u64, oneshot::Sender<Value>>>,
    signed_in: Mutex<bool>,
}

/// Acts as an agent until its input ends; `arguments` are those of the process.
///
/// A test's own program can be started again to act as one: see [`agent_arguments`].
#[allow(
    clippy::disallowed_methods,
    reason = "a read of standard input cannot be called off, and would keep the process"
)]
pub fn act_as_agent(arguments: impl IntoIterator<Item = String>) -> ! {
    let options = Options::read(arguments);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        match options.port {
            Some(port) => form::listen(port, &options).await,
            None => form::lines(&options).await,
        }
    });
    std::process::exit(0);
}

/// What a test's own program is started with to run the one ignored test of that name, in which it acts
/// as an agent; `more` is for the agent.
#[must_use]
pub fn agent_arguments(test: &str, more: &[&str]) -> Vec<String> {
    let usual = [
        "--ignored",
        "--exact",
        test,
        "--nocapture",
        "--test-threads=1",
        "--",
    ];
    // What follows `--` names further tests, of which there are none.
    let all = usual.iter().chain(more);
    all.map(|&word| word.to_owned()).collect()
}

impl Agent {
    fn new(options: &Options, out: mpsc::UnboundedSender<String>) -> Arc<Self> {
        Arc::new(Self {
            options: options.clone(),
            out,
            sessions: Mutex::default(),
            waiting: Mutex::default(),
            signed_in: Mutex::new(false),
        })
    }

    fn send(&self, message: &Value) {
        if !self.options.mute {
            let _gone = self.out.send(message.to_string());
        }
    }

    fn answer(&self, id: &Value, result: &Value) {
        self.send(&json!({"jsonrpc": "2.0", "id": id, "result": result}));
    }

    fn refuse(&self, id: &Value, code: i64, message: &str) {
        let error = json!({"code": code, "message": message});
        self.send(&json!({"jsonrpc": "2.0", "id": id, "error": error}));
    }

    fn note(&self, method: &str) {
        if let Some(path) = &self.options.log {
            let file = OpenOptions::new().append(true).create(true).open(path);
            let _not_kept = file.and_then(|mut file| writeln!(file, "{method}"));
        }
    }

    /// Takes one message.
    fn hear(self: &Arc<Self>, text: &str) {
        let Ok(message) = serde_json::from_str::<Value>(text) else {
            return;
        };
        let id = message["id"].clone();
        let Some(method) = message["method"].as_str() else {
            let waiting = id.as_u64().and_then(|id| lock(&self.waiting).remove(&id));
            if let Some(waiting) = waiting {
                let _gone = waiting.send(message);
            }
            return;
        };
        self.note(method);
        let parameters = &message["params"];
        match method {
            "initialize" => self.answer(&id, &self.greeting()),
            "authenticate" => {
                *lock(&self.signed_in) = true;
                self.answer(&id, &json!({"methodId": parameters["methodId"]}));
            }
            "session/new" => self.open(&id, parameters),
            "session/cancel" => {
                let session = parameters["sessionId"].as_str().unwrap_or_default();
                if let Some(session) = lock(&self.sessions).get(session) {
                    session.cancelled.notify_one();
                }
                // iFlow's own client asks for it, where the protocol only tells.
                if !id.is_null() {
                    self.answer(&id, &Value::Null);
                }
            }
            "session/prompt" => {
                let agent = Arc::clone(self);
                let parameters = parameters.clone();
                tokio::spawn(async move { act::prompt(&agent, &id, &parameters).await });
            }
            other => self.refuse(&id, -32601, &format!("{other} is not known")),
        }
    }

    fn greeting(&self) -> Value {
        let version = if self.options.old { 0 } else { 1 };
        let mut greeting = json!({
            "protocolVersion": version,
            "agentCapabilities": {"loadSession": false, "promptCapabilities": {"image": true}},
            "authMethods": [{"id": "iflow", "name": "iFlow", "description": null}],
        });
        if self.options.port.is_some() {
            greeting["isAuthenticated"] = json!(!self.options.signed_out);
        }
        greeting
    }

    fn open(&self, id: &Value, parameters: &Value) {
        if self.options.signed_out && !*lock(&self.signed_in) {
            self.refuse(id, -32000, "Authentication required");
            return;
        }
        let mut sessions = lock(&self.sessions);
        let name = format!("session-{}-{}", std::process::id(), sessions.len());
        let session = Session {
            folder: parameters["cwd"].as_str().unwrap_or_default().to_owned(),
            heard: Vec::new(),
            cancelled: Arc::default(),
        };
        sessions.insert(name.clone(), session);
        drop(sessions);
        self.answer(id, &json!({"sessionId": name}));
    }

    fn update(&self, session: &str, update: &Value) {
        let parameters = json!({"sessionId": session, "update": update});
        self.send(&json!({"jsonrpc": "2.0", "method": "session/update", "params": parameters}));
    }

    fn say(&self, session: &str, text: &str) {
        let content = json!({"type": "text", "text": text});
        let update = json!({"sessionUpdate": "agent_message_chunk", "content": content});
        self.update(session, &update);
    }

    fn think(&self, session: &str, text: &str) {
        let content = json!({"type": "text", "text": text});
        let update = json!({"sessionUpdate": "agent_thought_chunk", "content": content});
        self.update(session, &update);
    }

    /// Asks the client for something.
    async fn ask(&self, method: &str, parameters: &Value) -> Value {
        let (sender, answer) = oneshot::channel();
        let id = {
            let mut waiting = lock(&self.waiting);
            let id = 1000 + waiting.len() as u64;
            waiting.insert(id, sender);
            id
        };
        let message = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": parameters});
        self.send(&message);
        answer.await.unwrap_or_default()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
