//! How a query asks models: by a function of its caller, at the paths that everybody asks.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use async_graphql::ErrorExtensions as _;
use serde_json::Value;

/// An answer on its way; `None` where nobody is there to answer.
pub type Asking = Pin<Box<dyn Future<Output = Option<Told>> + Send>>;
/// Sends JSON to a path of the gateway, as the client that the query came from.
pub type Ask = Box<dyn Fn(&'static str, Vec<u8>) -> Asking + Send + Sync>;

/// What the gateway told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The HTTP status.
    pub status: u16,
    /// The body, whole.
    pub body: Vec<u8>,
}

/// Who sends a query.
pub struct Caller {
    /// Whose conversations it sees.
    pub owner: String,
    /// Asks models for it.
    pub ask: Ask,
    /// Whether it may read the schema.
    pub may_look: bool,
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("may_look", &self.may_look)
            .finish_non_exhaustive()
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refusal {
    pub(crate) message: String,
    /// A stable word.
    pub(crate) code: String,
    /// The HTTP status that the same request would have had outside of GraphQL.
    pub(crate) status: u16,
}

impl Refusal {
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: "invalid_request".to_owned(),
            status: 400,
        }
    }

    pub(crate) fn extended(&self) -> async_graphql::Error {
        async_graphql::Error::new(&self.message).extend_with(|_, extensions| {
            extensions.set("code", self.code.clone());
            extensions.set("status", self.status);
        })
    }
}

/// Asks, and reads the answer.
pub(crate) async fn ask(
    caller: &Caller,
    path: &'static str,
    body: &Value,
) -> Result<Value, Refusal> {
    let told = (caller.ask)(path, body.to_string().into_bytes()).await;
    let told = told.ok_or_else(|| Refusal {
        message: "nobody can answer this now; try again in a moment".to_owned(),
        code: "stopped".to_owned(),
        status: 503,
    })?;
    let said: Value = serde_json::from_slice(&told.body).unwrap_or_default();
    if told.status == 200 {
        return Ok(said);
    }
    let word = |name: &str| said.get(name).and_then(Value::as_str).map(str::to_owned);
    Err(Refusal {
        message: word("message").unwrap_or_else(|| format!("the status {}", told.status)),
        code: word("type").unwrap_or_else(|| "internal".to_owned()),
        status: told.status,
    })
}
