//! The question for the person that a sign-in leads to, and the secret for requests in its answer.

use catalog::UserQuestion;
use serde_json::Value;
use zeroize::Zeroize as _;

use super::exchange::{PAUSES, failure};
use super::{Http, SignInError};
use crate::secret::Secret;

/// Asks with what a sign-in gave for the secret that requests carry; again where the provider fails
/// for now.
pub(crate) async fn ask(
    user: &UserQuestion,
    access: &Secret,
    http: &dyn Http,
) -> Result<Secret, SignInError> {
    let mut url = user.url.clone();
    url.query_pairs_mut()
        .append_pair(&user.parameter, access.expose());
    let mut pauses = PAUSES.into_iter();
    let answered = loop {
        let error = match http.get(&url).await {
            Ok(reply) if reply.status == 200 => match failure(&reply.body) {
                None => break read(user, &reply.body),
                Some(words) => SignInError::Failed(words),
            },
            Ok(reply) if matches!(reply.status, 408 | 429 | 500..) => SignInError::Refused {
                status: reply.status,
            },
            Ok(reply) => {
                break Err(SignInError::Refused {
                    status: reply.status,
                });
            }
            Err(failure) => SignInError::Unreachable(failure),
        };
        match pauses.next() {
            Some(pause) => tokio::time::sleep(pause).await,
            None => break Err(error),
        }
    };
    String::from(url).zeroize();
    answered
}

fn read(user: &UserQuestion, body: &[u8]) -> Result<Secret, SignInError> {
    let answer: Value = serde_json::from_slice(body).map_err(|_| SignInError::Unreadable)?;
    let found = user
        .secret
        .iter()
        .try_fold(&answer, |value, name| value.get(name))
        .and_then(Value::as_str)
        .ok_or(SignInError::Unreadable)?;
    Secret::new(found.to_owned()).map_err(|_| SignInError::Unreadable)
}
