//! Giving a sign-in up at the provider.

use serde_json::Value;

use super::{Http, Post, SignInError};
use crate::record::{Kept, Record};
use crate::secret::Secret;

/// What giving a sign-in up came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenUp {
    /// The provider took it back.
    Done,
    /// There was no sign-in, but a plain key.
    Nothing,
    /// The provider has no address for it, or none that this program can read.
    Unsupported,
}

/// Gives up what the vault kept of a sign-in, at the provider that gave it;
/// <https://www.rfc-editor.org/rfc/rfc7009>.
///
/// # Errors
/// The provider was not reached, or refused.
pub async fn revoke(kept: &Secret, http: &dyn Http) -> Result<GivenUp, SignInError> {
    let record = match Record::read(kept) {
        Kept::SignIn(record) => record,
        Kept::Key => return Ok(GivenUp::Nothing),
        Kept::Newer(_) => return Ok(GivenUp::Unsupported),
    };
    let Some(url) = record.revocation() else {
        return Ok(GivenUp::Unsupported);
    };
    let mut is_over = false;
    for (kind, secret) in record.secrets() {
        let values = [
            ("token", Some(secret)),
            ("token_type_hint", Some(kind)),
            ("client_id", record.client()),
        ];
        let reply = http.post(Post::form(url.clone(), &values)).await?;
        // With the refresh token the others are over; a provider need not take those by themselves.
        if reply.status != 200 && !(is_over && is_of_no_kind(&reply.body)) {
            return Err(SignInError::Refused {
                status: reply.status,
            });
        }
        is_over = true;
    }
    Ok(GivenUp::Done)
}

/// Whether the answer says that tokens of that kind are not taken;
/// <https://www.rfc-editor.org/rfc/rfc7009#section-2.2.1>.
fn is_of_no_kind(body: &[u8]) -> bool {
    let answer: Option<Value> = serde_json::from_slice(body).ok();
    let error = answer.as_ref().and_then(|it| it.get("error")?.as_str());
    error == Some("unsupported_token_type")
}
