//! The exchange of a refresh token for the next secret.

use std::time::Duration;

use catalog::FlowQuirk;
use serde_json::Value;

use super::trouble::RenewalFailure;
use crate::record::Record;
use crate::sign_in::{Beside, Grant, Http, Post, Reply, failure};

/// How long the provider may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// How it ended.
#[derive(Debug)]
pub(super) enum Redeemed {
    /// There is a new secret, and perhaps a new refresh token.
    Granted(Box<Grant>),
    /// The refresh token is good no more.
    Refused,
    /// Nothing is known of the refresh token.
    Failed(RenewalFailure),
}

/// Redeems the record's refresh token; <https://www.rfc-editor.org/rfc/rfc6749#section-6>.
pub(super) async fn redeem(record: &Record, http: &dyn Http) -> Redeemed {
    let Some((url, refresh)) = record.renewal() else {
        return Redeemed::Refused;
    };
    let secret = record.beside.as_ref().and_then(Beside::client_secret);
    let values = [
        ("grant_type", Some("refresh_token")),
        ("refresh_token", Some(refresh)),
        ("client_id", record.client()),
        ("client_secret", secret),
    ];
    let post = Post::form(url.clone(), &values).signed(record.client(), secret);
    let asked = http.post(post);
    match tokio::time::timeout(PATIENCE, asked).await {
        Err(_) => Redeemed::Failed(RenewalFailure::Silent),
        Ok(Err(failure)) => Redeemed::Failed(RenewalFailure::Unreachable(failure.0)),
        Ok(Ok(reply)) => read(record, &reply),
    }
}

fn read(record: &Record, reply: &Reply) -> Redeemed {
    let status = reply.status;
    let beside = record.beside.as_ref();
    if status == 200 {
        if beside.is_some_and(|beside| beside.has(FlowQuirk::SuccessInBody))
            && let Some(words) = failure(&reply.body)
        {
            return Redeemed::Failed(RenewalFailure::Said(words));
        }
        let asks_user = beside.is_some_and(|beside| beside.user.is_some());
        return match (Grant::read(&reply.body, record.origin()), record.secret()) {
            (Some(grant), Some(until_now)) if asks_user => {
                Redeemed::Granted(Box::new(grant.holding_back(until_now)))
            }
            (Some(grant), _) => Redeemed::Granted(Box::new(grant)),
            (None, _) => Redeemed::Failed(RenewalFailure::Unreadable),
        };
    }
    let answer: Option<Value> = serde_json::from_slice(&reply.body).ok();
    let error = answer
        .as_ref()
        .and_then(|answer| answer.get("error")?.as_str());
    // Of all errors of RFC 6749, section 5.2, this one alone says that the token is spent.
    if (400..=401).contains(&status) && error == Some("invalid_grant") {
        return Redeemed::Refused;
    }
    Redeemed::Failed(RenewalFailure::Status(status))
}
