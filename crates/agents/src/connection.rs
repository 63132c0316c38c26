//! One agent's end of the line: JSON-RPC 2.0 in both directions, whatever carries it;
//! <https://www.jsonrpc.org/specification>.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use catalog::Tools;
use dialect::Fault;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use crate::fault;
use crate::heard::{self, Ended, Heard, text};
use crate::permission;

/// JSON-RPC's number for a method that there is not.
const NO_SUCH_METHOD: i64 = -32601;
/// How much of what an agent said may wait for a client that reads slowly, in bytes.
const HELD: usize = 32 * 1024 * 1024;

/// What comes out of a prompt.
#[derive(Debug)]
pub(crate) enum Said {
    /// Something that the agent said.
    Heard(Heard),
    /// It is done, or why it is not.
    Ended(Result<Ended, Fault>),
}

/// Where a prompt's answer arrives.
pub(crate) struct Inbox {
    receiver: mpsc::UnboundedReceiver<(usize, Said)>,
    held: Arc<AtomicUsize>,
}

impl Inbox {
    /// The next thing said; `None` once the session has been forgotten.
    pub(crate) async fn next(&mut self) -> Option<Said> {
        let (size, said) = self.receiver.recv().await?;
        self.held.fetch_sub(size, Ordering::Relaxed);
        Some(said)
    }
}

/// Who listens to a session.
struct Listener {
    sender: mpsc::UnboundedSender<(usize, Said)>,
    held: Arc<AtomicUsize>,
    tools: Tools,
}

impl Listener {
    /// Whether there was room for it.
    fn tell(&self, size: usize, said: Said) -> bool {
        if self.held.fetch_add(size, Ordering::Relaxed) > HELD {
            let over = Said::Ended(Err(fault::overrun()));
            let _nobody_listens = self.sender.send((0, over));
            return false;
        }
        let _nobody_listens = self.sender.send((size, said));
        true
    }
}

enum Waiting {
    Call(oneshot::Sender<Result<Value, Fault>>),
    /// The end of what is said in this session.
    Prompt(String),
}

#[derive(Default)]
struct State {
    /// Where messages go out; `None`: nothing more is said.
    outgoing: Option<mpsc::UnboundedSender<String>>,
    next: u64,
    waiting: HashMap<u64, Waiting>,
    sessions: HashMap<String, Listener>,
}

/// A line to an agent.
pub(crate) struct Connection {
    state: Mutex<State>,
    /// How the agent is started, for people.
    line: String,
}

impl Connection {
    /// A line, and what is to be carried to the agent.
    pub(crate) fn new(line: String) -> (Self, mpsc::UnboundedReceiver<String>) {
        let (outgoing, messages) = mpsc::unbounded_channel();
        let state = State {
            outgoing: Some(outgoing),
            ..State::default()
        };
        let state = Mutex::new(state);
        (Self { state, line }, messages)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for something and waits for the answer.
    pub(crate) async fn call(&self, method: &str, parameters: &Value) -> Result<Value, Fault> {
        let (sender, answer) = oneshot::channel();
        self.ask(method, parameters, Waiting::Call(sender))?;
        answer.await.unwrap_or_else(|_| Err(fault::gone()))
    }

    /// Sends a prompt into a session; what is said there arrives in the inbox.
    pub(crate) fn prompt(
        &self,
        session: &str,
        tools: Tools,
        prompt: &[Value],
    ) -> Result<Inbox, Fault> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let held = Arc::new(AtomicUsize::new(0));
        let listener = Listener {
            sender,
            held: Arc::clone(&held),
            tools,
        };
        self.state().sessions.insert(session.to_owned(), listener);
        let parameters = json!({"sessionId": session, "prompt": prompt});
        let waiting = Waiting::Prompt(session.to_owned());
        self.ask("session/prompt", &parameters, waiting)
            .inspect_err(|_| self.forget(session))?;
        Ok(Inbox { receiver, held })
    }

    /// Asks the agent to stop what it does in a session.
    pub(crate) fn cancel(&self, session: &str) {
        let message =
            json!({"jsonrpc": "2.0", "method": "session/cancel", "params": {"sessionId": session}});
        self.send(&message);
    }

    /// Listens to a session no more.
    pub(crate) fn forget(&self, session: &str) {
        self.state().sessions.remove(session);
    }

    /// Says nothing more: an agent on standard input sees its end.
    pub(crate) fn hang_up(&self) {
        self.state().outgoing = None;
    }

    /// The agent is gone: whoever waits for it learns so.
    pub(crate) fn close(&self) {
        let (waiting, sessions) = {
            let mut state = self.state();
            state.outgoing = None;
            (
                std::mem::take(&mut state.waiting),
                std::mem::take(&mut state.sessions),
            )
        };
        for waiting in waiting.into_values() {
            if let Waiting::Call(sender) = waiting {
                let _nobody_waits = sender.send(Err(fault::gone()));
            }
        }
        for listener in sessions.into_values() {
            listener.tell(0, Said::Ended(Err(fault::gone())));
        }
    }

    /// Whether nothing can be said any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.state().outgoing.is_none()
    }

    fn ask(&self, method: &str, parameters: &Value, waiting: Waiting) -> Result<(), Fault> {
        let mut state = self.state();
        let Some(outgoing) = state.outgoing.clone() else {
            return Err(fault::gone());
        };
        let id = state.next;
        state.next += 1;
        state.waiting.insert(id, waiting);
        let message = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": parameters});
        outgoing
            .send(message.to_string())
            .map_err(|_| fault::gone())
    }

    fn send(&self, message: &Value) {
        if let Some(outgoing) = &self.state().outgoing {
            let _nobody_carries = outgoing.send(message.to_string());
        }
    }

    /// Takes what the agent said: one message. What is none (a greeting on standard output, a line of
    /// iFlow's that begins with `//`) is passed over.
    pub(crate) fn hear(&self, message: &[u8]) {
        let Ok(Value::Object(mut message)) = serde_json::from_slice(message) else {
            return;
        };
        let size = message.get("params").map_or(0, size);
        let id = message.remove("id").filter(|id| !id.is_null());
        let method = message.remove("method");
        let parameters = message.remove("params").unwrap_or(Value::Null);
        match (method.as_ref().and_then(Value::as_str), id) {
            (Some("session/update"), _) => self.update(&parameters, size),
            (Some("session/request_permission"), Some(id)) => self.permission(&parameters, &id),
            // Files and terminals are the agent's own affair: none are offered, so none are given.
            (Some(method), Some(id)) => {
                let error =
                    json!({"code": NO_SUCH_METHOD, "message": format!("{method} is not offered")});
                self.send(&json!({"jsonrpc": "2.0", "id": id, "error": error}));
            }
            (None, Some(id)) => {
                let answer = match message.remove("error") {
                    Some(error) => Err(fault::said(&error, &self.line)),
                    None => Ok(message.remove("result").unwrap_or(Value::Null)),
                };
                self.answered(&id, answer);
            }
            (Some(_), None) | (None, None) => {}
        }
    }

    fn update(&self, parameters: &Value, size: usize) {
        let Some(session) = text(parameters, "sessionId") else {
            return;
        };
        let heard = parameters.get("update").and_then(heard::update);
        if let Some(heard) = heard {
            self.tell(session, size, Said::Heard(heard));
        }
    }

    fn tell(&self, session: &str, size: usize, said: Said) {
        let mut state = self.state();
        let told = state.sessions.get(session).map(|one| one.tell(size, said));
        if told == Some(false) {
            state.sessions.remove(session);
        }
    }

    fn permission(&self, parameters: &Value, id: &Value) {
        let session = text(parameters, "sessionId").unwrap_or_default();
        // An agent's agents work in sessions that nobody here opened: nothing is allowed there.
        let tools = self
            .state()
            .sessions
            .get(session)
            .map(|one| one.tools.clone());
        let (answer, told) = permission::judge(parameters, &tools.unwrap_or_default());
        self.send(&json!({"jsonrpc": "2.0", "id": id, "result": answer}));
        self.tell(session, 0, Said::Heard(told));
    }

    fn answered(&self, id: &Value, answer: Result<Value, Fault>) {
        let waiting = id.as_u64().and_then(|id| self.state().waiting.remove(&id));
        match waiting {
            Some(Waiting::Call(sender)) => {
                let _nobody_waits = sender.send(answer);
            }
            Some(Waiting::Prompt(session)) => {
                let ended = answer.map(|result| heard::ended(&result));
                self.tell(&session, 0, Said::Ended(ended));
                self.forget(&session);
            }
            None => {}
        }
    }
}

/// About how much room a value takes, in bytes.
fn size(value: &Value) -> usize {
    const SMALL: usize = 32;
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => SMALL,
        Value::String(text) => SMALL + text.len(),
        Value::Array(list) => SMALL + list.iter().map(size).sum::<usize>(),
        Value::Object(fields) => {
            let field = |(key, value): (&String, &Value)| key.len() + size(value);
            SMALL + fields.iter().map(field).sum::<usize>()
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use super::*;

    fn chunk(session: &str, text: &str) -> Vec<u8> {
        let update = json!({"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}});
        let parameters = json!({"sessionId": session, "update": update});
        let message = json!({"jsonrpc": "2.0", "method": "session/update", "params": parameters});
        message.to_string().into_bytes()
    }

    fn sent(messages: &mut mpsc::UnboundedReceiver<String>) -> Value {
        serde_json::from_str(&messages.try_recv().unwrap()).unwrap()
    }

    async fn words(inbox: &mut Inbox) -> Option<String> {
        match inbox.next().await? {
            Said::Heard(Heard::Text(text)) => Some(text),
            _ => None,
        }
    }

    #[tokio::test]
    async fn each_session_hears_its_own_words_alone() {
        let (connection, mut messages) = Connection::new("x".to_owned());
        let mut first = connection.prompt("1", Tools::default(), &[]).unwrap();
        let mut second = connection.prompt("2", Tools::default(), &[]).unwrap();
        connection.hear(&chunk("2", "for the second"));
        connection.hear(&chunk("1", "for the first"));
        connection.hear(&chunk("3", "for nobody"));
        assert_eq!(words(&mut first).await.as_deref(), Some("for the first"));
        assert_eq!(words(&mut second).await.as_deref(), Some("for the second"));
        let id = &sent(&mut messages)["id"];
        connection.hear(
            json!({"id": id, "result": {"stopReason": "end_turn"}})
                .to_string()
                .as_bytes(),
        );
        assert!(matches!(first.next().await, Some(Said::Ended(Ok(_)))));
        // What comes after the end is for nobody.
        connection.hear(&chunk("1", "too late"));
        assert!(first.next().await.is_none());
    }

    #[tokio::test]
    async fn files_and_terminals_are_not_given() {
        let (connection, mut messages) = Connection::new("x".to_owned());
        for method in [
            "fs/read_text_file",
            "fs/write_text_file",
            "terminal/create",
            "x",
        ] {
            let asked = json!({"jsonrpc": "2.0", "id": "a-1", "method": method, "params": {"path": "/etc/passwd"}});
            connection.hear(asked.to_string().as_bytes());
            let answer = sent(&mut messages);
            assert_eq!(
                (&answer["id"], &answer["error"]["code"]),
                (&json!("a-1"), &json!(-32601)),
                "{method}"
            );
        }
    }

    #[tokio::test]
    async fn s28_leave_is_asked_by_sessions_that_were_opened_here() {
        let (connection, mut messages) = Connection::new("x".to_owned());
        let tools = Tools::of(&["read".to_owned()]);
        let mut inbox = connection.prompt("1", tools, &[]).unwrap();
        let _prompt = sent(&mut messages);
        for (session, chosen) in [("1", "yes"), ("child-of-1", "no")] {
            let options = json!([{"optionId": "yes", "kind": "allow_once"}, {"optionId": "no", "kind": "reject_once"}]);
            let asked = json!({"sessionId": session, "toolCall": {"title": "t", "kind": "read"}, "options": options});
            let asked = json!({"jsonrpc": "2.0", "id": 7, "method": "session/request_permission", "params": asked});
            connection.hear(asked.to_string().as_bytes());
            assert_eq!(
                sent(&mut messages)["result"]["outcome"]["optionId"],
                chosen,
                "{session}"
            );
        }
        let told = inbox.next().await;
        assert!(matches!(
            told,
            Some(Said::Heard(Heard::Permission { granted: true, .. }))
        ));
    }

    #[tokio::test]
    async fn whoever_waits_learns_that_the_agent_is_gone() {
        let (connection, _messages) = Connection::new("x".to_owned());
        let mut inbox = connection.prompt("1", Tools::default(), &[]).unwrap();
        let (called, ()) = tokio::join!(connection.call("initialize", &Value::Null), async {
            connection.close();
        });
        assert_eq!(called.unwrap_err().code(), "agent_ended");
        let Some(Said::Ended(Err(fault))) = inbox.next().await else {
            panic!("an end was expected");
        };
        assert_eq!(fault.code(), "agent_ended");
        assert!(connection.prompt("2", Tools::default(), &[]).is_err());
    }

    #[tokio::test]
    async fn a_flood_that_nobody_reads_is_cut_off() {
        let (connection, _messages) = Connection::new("x".to_owned());
        let mut inbox = connection.prompt("1", Tools::default(), &[]).unwrap();
        let flood = chunk("1", &"x".repeat(1024 * 1024));
        for _ in 0..40 {
            connection.hear(&flood);
        }
        let mut taken = 0;
        let end = loop {
            match inbox.next().await {
                Some(Said::Heard(_)) => taken += 1,
                other => break other,
            }
        };
        assert!((30..36).contains(&taken), "{taken}");
        assert!(matches!(end, Some(Said::Ended(Err(_)))));
    }

    #[tokio::test]
    async fn noise_is_passed_over() {
        let (connection, mut messages) = Connection::new("x".to_owned());
        for noise in [
            "",
            "//ready",
            "Welcome!",
            "[1]",
            "{}",
            "{\"id\": 99, \"result\": 1}",
            "{\"method\": \"x\"}",
        ] {
            connection.hear(noise.as_bytes());
        }
        assert!(messages.try_recv().is_err());
    }
}
