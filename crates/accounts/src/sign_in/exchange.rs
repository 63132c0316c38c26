//! The exchange of a code for a secret.

use std::time::{Duration, SystemTime};

use catalog::{FlowExchange, FlowQuirk};
use serde_json::Value;

use super::grant::Beside;
use super::{Code, Grant, Http, Origin, Post, Reply, SignInError, user};
use crate::secret::Secret;

/// How long is waited after each failure that may pass.
pub(super) const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(2)];

impl Code {
    /// Exchanges the code for the secret; a code is good for one exchange.
    ///
    /// # Errors
    /// The provider was not reached, refused, or answered something else than it documents.
    pub async fn exchange(self, http: &dyn Http) -> Result<Grant, SignInError> {
        let reply = self.ask(http).await?;
        let flow = &self.transaction.flow;
        let origin = Origin {
            token: Some(flow.token.clone()),
            revoke: flow.revoke.clone(),
            client: self.transaction.client.clone(),
            field: flow.secret.clone(),
            beside: Beside::of(flow, self.transaction.client_secret.as_ref()),
        };
        let mut grant = Grant::read(&reply.body, origin).ok_or(SignInError::Unreadable)?;
        self.transaction.check(&grant, SystemTime::now())?;
        if let Some(user) = &flow.user {
            grant.secret = user::ask(user, &grant.secret, http).await?;
        }
        Ok(grant)
    }

    /// Asks for the secret; again, after a pause, where the provider says that it failed for now.
    async fn ask(&self, http: &dyn Http) -> Result<Reply, SignInError> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let reply = http.post(self.post()).await?;
            if reply.status != 200 {
                return Err(SignInError::Refused {
                    status: reply.status,
                });
            }
            let is_told = self.transaction.has(FlowQuirk::SuccessInBody);
            match (failure(&reply.body).filter(|_| is_told), pauses.next()) {
                (None, _) => return Ok(reply),
                (Some(words), None) => return Err(SignInError::Failed(words)),
                (Some(_), Some(pause)) => tokio::time::sleep(pause).await,
            }
        }
    }

    fn post(&self) -> Post {
        let transaction = &self.transaction;
        let flow = &transaction.flow;
        let verifier = transaction.verifier.secret().as_str();
        let verifier = Some(verifier).filter(|_| !transaction.has(FlowQuirk::NoPkce));
        let secret = transaction.client_secret.as_ref().map(Secret::expose);
        let redirect = if transaction.has(FlowQuirk::RedirectUriInExchange) {
            "redirect_uri"
        } else {
            &flow.redirect_parameter
        };
        let url = flow.token.clone();
        let code = self.code.expose();
        let post = match flow.exchange {
            FlowExchange::Json => Post::json(
                url,
                &[
                    ("code", Some(code)),
                    ("code_verifier", verifier),
                    ("code_challenge_method", Some("S256")),
                ],
            ),
            FlowExchange::JsonGrant => Post::json(
                url,
                &[
                    ("grant_type", Some("authorization_code")),
                    ("code", Some(code)),
                    ("code_verifier", verifier),
                ],
            ),
            FlowExchange::Form => Post::form(
                url,
                &[
                    ("grant_type", Some("authorization_code")),
                    ("code", Some(code)),
                    ("code_verifier", verifier),
                    ("client_id", transaction.client.as_deref()),
                    ("client_secret", secret),
                    (
                        redirect,
                        transaction.redirect.as_ref().map(url::Url::as_str),
                    ),
                ],
            ),
        };
        post.signed(transaction.client.as_deref(), secret)
    }
}

/// The words of an answer that says inside that it is a failure, as iFlow's under load does.
pub(crate) fn failure(body: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    if answer.get("success")? != &Value::Bool(false) {
        return None;
    }
    let words = answer.get("message").and_then(Value::as_str);
    let words = words.unwrap_or("it failed");
    let shown = words.chars().filter(|letter| !letter.is_control());
    Some(shown.take(200).collect())
}
