//! The exchange of a code for a secret, over a client that the caller gives.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use catalog::FlowExchange;
use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;
use zeroize::Zeroizing;

use super::{Code, SignInError};
use crate::secret::Secret;

/// A request to a provider's token endpoint. It must not follow redirects, since its body holds
/// secrets, and has to end within a time of the client's choice.
pub struct Post {
    /// Where it goes.
    pub url: Url,
    /// The media type of the body.
    pub content_type: &'static str,
    /// The body, which holds secrets.
    pub body: Zeroizing<String>,
}

/// What a provider answered.
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body, which may hold secrets; the client bounds its size.
    pub body: Zeroizing<Vec<u8>>,
}

/// The provider could not be reached, or did not answer; the text quotes no secret.
#[derive(Debug, thiserror::Error)]
#[error("reach the provider: {0}")]
pub struct HttpFailure(pub String);

/// A client that posts to token endpoints.
pub trait Http: Send + Sync {
    /// Sends the request and reads the whole answer, without following redirects.
    fn post<'a>(
        &'a self,
        post: Post,
    ) -> Pin<Box<dyn Future<Output = Result<Reply, HttpFailure>> + Send + 'a>>;
}

/// What a sign-in gave; to be kept in the vault under [`crate::Account::record`].
#[derive(Debug)]
pub struct Grant {
    /// The secret that requests carry.
    pub secret: Secret,
    /// How long it lives from now; `None`: until it is revoked, or not said.
    pub expires_in: Option<Duration>,
}

impl Code {
    /// Exchanges the code for the secret; a code is good for one exchange.
    ///
    /// # Errors
    /// The provider was not reached, refused, or answered something else than it documents.
    pub async fn exchange(self, http: &dyn Http) -> Result<Grant, SignInError> {
        let field = self.transaction.flow.secret.clone();
        let reply = http.post(self.post()).await?;
        if reply.status != 200 {
            return Err(SignInError::Refused {
                status: reply.status,
            });
        }
        grant(&reply.body, &field).ok_or(SignInError::Unreadable)
    }

    fn post(self) -> Post {
        let transaction = self.transaction;
        let verifier = transaction.verifier.secret();
        let (content_type, body) = match transaction.flow.exchange {
            FlowExchange::Json => {
                let body = serde_json::json!({
                    "code": self.code.expose(),
                    "code_verifier": verifier,
                    "code_challenge_method": "S256",
                });
                ("application/json", body.to_string())
            }
            FlowExchange::Form => {
                let mut form = Serializer::new(String::new());
                form.append_pair("grant_type", "authorization_code");
                form.append_pair("code", self.code.expose());
                form.append_pair("code_verifier", verifier);
                if let Some(client) = &transaction.client {
                    form.append_pair("client_id", client);
                }
                if let Some(redirect) = &transaction.redirect {
                    form.append_pair(&transaction.flow.redirect_parameter, redirect.as_str());
                }
                ("application/x-www-form-urlencoded", form.finish())
            }
        };
        Post {
            url: transaction.flow.token,
            content_type,
            body: Zeroizing::new(body),
        }
    }
}

fn grant(body: &[u8], field: &str) -> Option<Grant> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let secret = Secret::new(answer.get(field)?.as_str()?.to_owned()).ok()?;
    let expires_in = answer
        .get("expires_in")
        .and_then(Value::as_u64)
        .map(Duration::from_secs);
    Some(Grant { secret, expires_in })
}

impl fmt::Debug for Post {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Post")
            .field("url", &self.url.as_str())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Reply")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
