//! Giving a sign-in up at the provider.

use super::{Http, Post, SignInError};
use crate::record::{Kept, Record};
use crate::secret::Secret;

/// Gives up what the vault kept of a sign-in, at the provider that gave it;
/// <https://www.rfc-editor.org/rfc/rfc7009>. Whether there was something to give up: a plain key, or
/// a provider without an address for it, has nothing.
///
/// # Errors
/// The provider was not reached, or refused.
pub async fn revoke(kept: &Secret, http: &dyn Http) -> Result<bool, SignInError> {
    let record = match Record::read(kept) {
        Kept::SignIn(record) => record,
        Kept::Key | Kept::Newer(_) => return Ok(false),
    };
    let Some(url) = record.revocation() else {
        return Ok(false);
    };
    for (kind, secret) in record.secrets() {
        let values = [
            ("token", Some(secret)),
            ("token_type_hint", Some(kind)),
            ("client_id", record.client()),
        ];
        let reply = http.post(Post::form(url.clone(), &values)).await?;
        if reply.status != 200 {
            return Err(SignInError::Refused {
                status: reply.status,
            });
        }
    }
    Ok(true)
}
