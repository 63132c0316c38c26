//! The contract over a transport: calls a running server as if it were in the process.

use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::code::Code;
use crate::error::ApiError;
use crate::reason::Reason;

/// Carries a call to a running server.
pub trait Transport {
    /// Sends the method's name and parameters (null where it takes none), and waits for the answer.
    ///
    /// # Errors
    /// What the server answered, or that it could not be asked.
    fn call(
        &self,
        method: &str,
        params: Value,
    ) -> impl Future<Output = Result<Value, ApiError>> + Send;
}

/// Implements [`crate::Api`] by calling a running server.
#[derive(Clone, Debug)]
pub struct Remote<T>(T);

impl<T: Transport + Sync> Remote<T> {
    /// Calls over this transport.
    #[must_use]
    pub fn new(transport: T) -> Self {
        Self(transport)
    }

    pub(crate) async fn call<A: DeserializeOwned>(
        &self,
        method: &'static str,
        params: Option<impl Serialize + Send>,
    ) -> Result<A, ApiError> {
        let params = params.map_or(Ok(Value::Null), serde_json::to_value);
        let params = params.map_err(|error| {
            ApiError::new(Code::InvalidParams, [&method]).because(Reason::said(&error))
        })?;
        let answer = self.0.call(method, params).await?;
        serde_json::from_value(answer).map_err(|error| {
            let reason = Reason::AnswerUnreadable {
                words: error.to_string(),
            };
            ApiError::new(Code::ServerUnreachable, []).because(reason)
        })
    }
}
