//! `getAIResponse`: one question to a model, through the same path as `POST /`, whose defaults hold.

use async_graphql::{InputObject, SimpleObject};
use ledger::Message;
use serde_json::{Map, Value, json};

use crate::asking::{Caller, Refusal, ask};
use crate::sessions::{Shelf, stamp};

/// Where chat is asked.
const PATH: &str = "/";

/// What is asked of a model; each field is that of OpenAI's interface of the same name.
#[derive(Debug, InputObject)]
pub(crate) struct ChatInput {
    /// Whom to ask; gpt-3.5-turbo where it is left out.
    model: Option<String>,
    /// What was said so far; may be left out where the session has it.
    #[graphql(default)]
    messages: Vec<ChatMessageInput>,
    /// 0.7 where it is left out.
    temperature: Option<f64>,
    /// 1000 where it is left out.
    #[graphql(name = "max_tokens")]
    max_tokens: Option<u32>,
    #[graphql(name = "top_p")]
    top_p: Option<f64>,
    #[graphql(name = "frequency_penalty")]
    frequency_penalty: Option<f64>,
    #[graphql(name = "presence_penalty")]
    presence_penalty: Option<f64>,
    /// GraphQL answers as a whole: only false is taken.
    stream: Option<bool>,
    /// The session that the answer is kept in.
    session_id: Option<String>,
}

/// One message of a conversation.
#[derive(Debug, InputObject)]
pub(crate) struct ChatMessageInput {
    role: String,
    content: String,
}

/// What somebody said.
#[derive(Debug, SimpleObject)]
pub(crate) struct ChatMessage {
    id: String,
    content: Option<String>,
    /// Whether a person said it, and not a model.
    is_user: bool,
    /// When, as ISO 8601 writes it.
    timestamp: String,
    success: bool,
    error: Option<String>,
    /// The session that it is kept in.
    session_id: Option<String>,
}

impl ChatMessage {
    pub(crate) fn stored(message: Message) -> Self {
        Self {
            id: message.id,
            is_user: message.role == "user",
            content: Some(message.content),
            timestamp: stamp(message.at),
            success: true,
            error: None,
            session_id: None,
        }
    }

    pub(crate) fn within(mut self, session: Option<String>) -> Self {
        self.session_id = session;
        self
    }

    pub(crate) fn failed(reason: String, timestamp: String) -> Self {
        Self {
            id: String::new(),
            content: None,
            is_user: false,
            timestamp,
            success: false,
            error: Some(reason),
            session_id: None,
        }
    }
}

/// Asks, and keeps what was said where that is wanted.
pub(crate) async fn answer(
    caller: &Caller,
    shelf: &Shelf,
    input: ChatInput,
) -> Result<ChatMessage, Refusal> {
    if input.stream == Some(true) {
        let message = "GraphQL answers as a whole: leave stream out, or ask /v1/chat/completions";
        return Err(Refusal::invalid(message));
    }
    let session = input.session_id.clone();
    let mut said = match &session {
        Some(id) => shelf.read(caller, Some(id.clone())).await?,
        None => Vec::new(),
    };
    let new = shelf.messages(input.messages.iter().map(|message| {
        let (role, content) = (message.role.as_str(), message.content.as_str());
        (role, content)
    }))?;
    said.extend(new.iter().cloned());
    if said.is_empty() {
        let message = "there is nothing to answer: messages is empty";
        return Err(Refusal::invalid(message));
    }
    let told = ask(caller, PATH, &body(&input, &said)).await?;
    let content = told
        .pointer("/choices/0/message/content")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let mut kept = shelf.messages(std::iter::once(("assistant", content)))?;
    if let Some(id) = told.get("id").and_then(Value::as_str) {
        for message in &mut kept {
            id.clone_into(&mut message.id);
        }
    }
    let answer = kept.last().cloned();
    if session.is_some() {
        let all = new.into_iter().chain(kept).collect();
        shelf.add(caller, session.clone(), all).await?;
    }
    let answer = answer.ok_or_else(|| Refusal::invalid("there is no answer"))?;
    Ok(ChatMessage::stored(answer).within(session))
}

/// The body for `POST /`: what is left out here has its default there.
fn body(input: &ChatInput, said: &[Message]) -> Value {
    let messages: Vec<Value> = said
        .iter()
        .map(|message| json!({ "role": message.role, "content": message.content }))
        .collect();
    let given = [
        ("model", json!(input.model)),
        ("temperature", json!(input.temperature)),
        ("max_tokens", json!(input.max_tokens)),
        ("top_p", json!(input.top_p)),
        ("frequency_penalty", json!(input.frequency_penalty)),
        ("presence_penalty", json!(input.presence_penalty)),
        ("messages", json!(messages)),
    ];
    let given = given.into_iter().filter(|(_, value)| !value.is_null());
    let body: Map<String, Value> = given
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    Value::Object(body)
}
