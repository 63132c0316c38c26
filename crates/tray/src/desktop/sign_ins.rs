//! The sign-ins that were begun here, whose addresses the system's browser may be sent to.

use std::collections::VecDeque;

use contract::{ApiError, SignInTurn, Status};
use face::may_sign_in;
use serde_json::{Value, json};
use url::Url;

use super::{Desktop, held};

/// How many are remembered; a provider has one at a time.
const REMEMBERED: usize = 16;

/// Their ids, the latest first.
#[derive(Debug, Default)]
pub(super) struct SignIns(VecDeque<String>);

impl SignIns {
    /// Remembers the one that an answer tells of, if it was begun by that method.
    pub(super) fn note(&mut self, method: &str, answer: &Result<Value, ApiError>) {
        let id = match answer {
            Ok(turn) if method == "sign_in.start" => turn.get("id").and_then(Value::as_str),
            _ => None,
        };
        if let Some(id) = id {
            self.0.push_front(id.to_owned());
            self.0.truncate(REMEMBERED);
        }
    }
}

impl Desktop {
    /// Whether a sign-in waits for somebody to go to that address now.
    pub async fn waits_at(&self, url: &Url) -> bool {
        let Some(Status { listeners, .. }) = self.ask("status.get", Value::Null).await else {
            return false;
        };
        let begun = held(&self.0.sign_ins).0.clone();
        for id in begun {
            let turn: Option<SignInTurn> = self.ask("sign_in.get", json!({ "id": id })).await;
            if turn.is_some_and(|turn| may_sign_in(url, &turn, &listeners)) {
                return true;
            }
        }
        false
    }

    pub(super) async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        method: &str,
        params: Value,
    ) -> Option<T> {
        let answer = self.call(method, params).await.ok()?;
        serde_json::from_value(answer).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_begun_is_remembered_and_not_for_ever() {
        let mut begun = SignIns::default();
        let turn = |number: usize| Ok(json!({ "id": number.to_string() }));
        begun.note("sign_in.get", &turn(0));
        begun.note("sign_in.start", &Ok(Value::Null));
        assert!(begun.0.is_empty());
        for number in 0..2 * REMEMBERED {
            begun.note("sign_in.start", &turn(number));
        }
        assert_eq!(begun.0.len(), REMEMBERED);
        assert_eq!(begun.0.front().map(String::as_str), Some("31"));
    }
}
