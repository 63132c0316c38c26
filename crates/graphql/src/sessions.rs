//! `createSession`, `sendMessage`, `chatHistory`: conversations that the ledger keeps, each key's own.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_graphql::{InputObject, SimpleObject};
use ledger::{Message, SessionError, Sessions};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::asking::{Caller, Refusal};
use crate::chat::ChatMessage;

/// What a person says.
#[derive(Debug, InputObject)]
pub(crate) struct MessageInput {
    content: String,
    /// The session that it is kept in.
    session_id: Option<String>,
}

/// A session that was begun.
#[derive(Debug, SimpleObject)]
pub(crate) struct Session {
    session_id: Option<String>,
    success: bool,
    error: Option<String>,
}

impl Session {
    pub(crate) fn failed(reason: String) -> Self {
        Self {
            session_id: None,
            success: false,
            error: Some(reason),
        }
    }
}

/// The stored conversations, asked on threads that may wait.
pub(crate) struct Shelf {
    sessions: Arc<Sessions>,
    clock: fn() -> SystemTime,
}

impl Shelf {
    pub(crate) fn new(sessions: Arc<Sessions>, clock: fn() -> SystemTime) -> Self {
        Self { sessions, clock }
    }

    fn now(&self) -> i64 {
        milliseconds((self.clock)())
    }

    /// The present moment as clients read it.
    pub(crate) fn stamp(&self) -> String {
        stamp(self.now())
    }

    /// Messages that are said now, by their roles and contents.
    pub(crate) fn messages<'a>(
        &self,
        said: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<Vec<Message>, Refusal> {
        let at = self.now();
        said.map(|(role, content)| {
            Ok(Message {
                id: id("msg")?,
                role: role.to_owned(),
                content: content.to_owned(),
                at,
            })
        })
        .collect()
    }

    pub(crate) async fn begin(&self, caller: &Caller) -> Result<Session, Refusal> {
        let (owner, new, now) = (caller.owner.clone(), id("session")?, self.now());
        let begun = new.clone();
        self.work(move |sessions| sessions.begin(&owner, &new, now))
            .await?;
        Ok(Session {
            session_id: Some(begun),
            success: true,
            error: None,
        })
    }

    pub(crate) async fn add(
        &self,
        caller: &Caller,
        session: Option<String>,
        messages: Vec<Message>,
    ) -> Result<String, Refusal> {
        let (owner, new, now) = (caller.owner.clone(), id("session")?, self.now());
        self.work(move |sessions| sessions.add(&owner, session.as_deref(), &new, &messages, now))
            .await
    }

    /// Keeps what a person says.
    pub(crate) async fn say(
        &self,
        caller: &Caller,
        input: MessageInput,
    ) -> Result<ChatMessage, Refusal> {
        let messages = self.messages(std::iter::once(("user", input.content.as_str())))?;
        let said = messages.first().cloned();
        let session = self.add(caller, input.session_id, messages).await?;
        let said = said.ok_or_else(|| Refusal::invalid("nothing was said"))?;
        Ok(ChatMessage::stored(said).within(Some(session)))
    }

    pub(crate) async fn read(
        &self,
        caller: &Caller,
        session: Option<String>,
    ) -> Result<Vec<Message>, Refusal> {
        let (owner, now) = (caller.owner.clone(), self.now());
        self.work(move |sessions| sessions.read(&owner, session.as_deref(), now))
            .await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Sessions) -> Result<T, SessionError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let sessions = Arc::clone(&self.sessions);
        let done = tokio::task::spawn_blocking(move || work(&sessions)).await;
        match done {
            Ok(done) => done.map_err(|error| refusal(&error)),
            Err(error) => Err(internal(&error)),
        }
    }
}

fn refusal(error: &SessionError) -> Refusal {
    let (code, status) = match error {
        SessionError::NoSuch => ("no_such_session", 404),
        SessionError::Full => ("session_full", 409),
        SessionError::NotKept => ("nothing_is_kept", 409),
        SessionError::File(reason) => {
            tracing::error!(%reason, "the stored sessions cannot be used");
            return internal(&"the stored sessions cannot be used; the log says why");
        }
    };
    Refusal {
        message: error.to_string(),
        code: code.to_owned(),
        status,
    }
}

fn internal(words: &dyn std::fmt::Display) -> Refusal {
    Refusal {
        message: words.to_string(),
        code: "internal".to_owned(),
        status: 500,
    }
}

/// An id that nobody guesses: 128 random bits.
pub(crate) fn id(kind: &str) -> Result<String, Refusal> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).map_err(|error| internal(&error))?;
    let mut id = format!("{kind}_");
    for byte in bits {
        let _infallible = write!(id, "{byte:02x}");
    }
    Ok(id)
}

fn milliseconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A moment in milliseconds since 1970, as ISO 8601 writes it.
pub(crate) fn stamp(at: i64) -> String {
    let since = Duration::from_millis(u64::try_from(at).unwrap_or_default());
    let moment = OffsetDateTime::UNIX_EPOCH + since;
    moment.format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::{id, stamp};

    #[test]
    fn moments_are_iso_and_ids_are_long_and_unlike() {
        assert_eq!(stamp(1_756_900_000_123), "2025-09-03T11:46:40.123Z");
        let (one, two) = (id("session").unwrap(), id("session").unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), "session_".len() + 32);
    }
}
