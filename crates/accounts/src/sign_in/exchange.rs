//! The exchange of a code for a secret.

use std::time::SystemTime;

use catalog::FlowExchange;

use super::{Code, Grant, Http, Origin, Post, SignInError};

impl Code {
    /// Exchanges the code for the secret; a code is good for one exchange.
    ///
    /// # Errors
    /// The provider was not reached, refused, or answered something else than it documents.
    pub async fn exchange(self, http: &dyn Http) -> Result<Grant, SignInError> {
        let reply = http.post(self.post()).await?;
        if reply.status != 200 {
            return Err(SignInError::Refused {
                status: reply.status,
            });
        }
        let flow = &self.transaction.flow;
        let origin = Origin {
            token: Some(flow.token.clone()),
            revoke: flow.revoke.clone(),
            client: self.transaction.client.clone(),
            field: flow.secret.clone(),
        };
        let grant = Grant::read(&reply.body, origin).ok_or(SignInError::Unreadable)?;
        self.transaction.check(&grant, SystemTime::now())?;
        Ok(grant)
    }

    fn post(&self) -> Post {
        let transaction = &self.transaction;
        let flow = &transaction.flow;
        let verifier = transaction.verifier.secret().as_str();
        let url = flow.token.clone();
        let code = self.code.expose();
        match flow.exchange {
            FlowExchange::Json => Post::json(
                url,
                &[
                    ("code", Some(code)),
                    ("code_verifier", Some(verifier)),
                    ("code_challenge_method", Some("S256")),
                ],
            ),
            FlowExchange::JsonGrant => Post::json(
                url,
                &[
                    ("grant_type", Some("authorization_code")),
                    ("code", Some(code)),
                    ("code_verifier", Some(verifier)),
                ],
            ),
            FlowExchange::Form => Post::form(
                url,
                &[
                    ("grant_type", Some("authorization_code")),
                    ("code", Some(code)),
                    ("code_verifier", Some(verifier)),
                    ("client_id", transaction.client.as_deref()),
                    (
                        &flow.redirect_parameter,
                        transaction.redirect.as_ref().map(url::Url::as_str),
                    ),
                ],
            ),
        }
    }
}
