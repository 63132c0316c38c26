//! The activity as callers see it, read from the ledger.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use contract::{
    ActivityAttempt, ActivityChoice, ActivityDetail, ActivityPage, ActivityRow, AnsweredBy,
    ApiError, Code, FaultShown, Outcome, Reason, TokenCounts,
};
use dialect::FaultKind;
use ledger::{Entry, LedgerError, Query};

use crate::activity::rfc3339;
use crate::control::{Control, Inner, internal};

/// How many requests are listed where nobody says how many.
const USUAL: usize = 50;
/// How many are listed at most.
const MOST: usize = 500;

/// What each kind of failure means, in English.
const SENTENCES: [(FaultKind, &str); 22] = [
    (
        FaultKind::InvalidRequest,
        "The request is malformed or contradicts itself.",
    ),
    (
        FaultKind::Unsupported,
        "The request asks for something that the model's provider cannot do.",
    ),
    (
        FaultKind::ContextTooLong,
        "The conversation is longer than the model can read.",
    ),
    (FaultKind::Authentication, "The key is missing or wrong."),
    (FaultKind::Permission, "The key may not do this."),
    (FaultKind::Billing, "The provider wants to be paid first."),
    (FaultKind::NotFound, "There is no such model or path."),
    (
        FaultKind::MethodNotAllowed,
        "The path does not take this method.",
    ),
    (
        FaultKind::Conflict,
        "The request collides with another one.",
    ),
    (FaultKind::TooLarge, "The request is larger than allowed."),
    (
        FaultKind::UnsupportedMediaType,
        "The request's content type is not read here.",
    ),
    (
        FaultKind::Misdirected,
        "The request was meant for another host.",
    ),
    (
        FaultKind::RateLimit,
        "There were too many requests for now.",
    ),
    (FaultKind::Quota, "The quota is used up."),
    (
        FaultKind::ContentPolicy,
        "The provider declined the content.",
    ),
    (FaultKind::Internal, "The provider, or Portolan, broke."),
    (FaultKind::Overloaded, "The provider is overloaded."),
    (
        FaultKind::BadGateway,
        "The provider could not be reached, or sent what cannot be read.",
    ),
    (
        FaultKind::Truncated,
        "The answer ended before it was complete.",
    ),
    (FaultKind::Timeout, "Nothing came in time."),
    (
        FaultKind::NoAccount,
        "No account can serve the request now.",
    ),
    (FaultKind::Stopped, "Portolan was stopped or stopping."),
];

impl Control {
    /// Reads the ledger on a thread that may wait.
    pub(crate) async fn read_ledger<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Inner) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let inner = Arc::clone(&self.0);
        let read = tokio::task::spawn_blocking(move || read(&inner)).await;
        read.map_err(|error| internal(&error))?
    }
}

impl Inner {
    pub(crate) fn list_activity(&self, choice: ActivityChoice) -> Result<ActivityPage, ApiError> {
        let query = Query {
            limit: choice.limit.unwrap_or(USUAL).clamp(1, MOST),
            before: choice.before,
            failed_only: choice.failed_only.unwrap_or(false),
            search: choice.search.filter(|text| !text.is_empty()),
        };
        let page = self
            .ledger
            .page(&query)
            .map_err(|error| self.unread(&error))?;
        Ok(ActivityPage {
            rows: page.entries.iter().map(row).collect(),
            more: page.more,
        })
    }

    pub(crate) fn get_activity(&self, id: &str) -> Result<ActivityDetail, ApiError> {
        let found = self.ledger.find(id).map_err(|error| self.unread(&error))?;
        let entry = found.ok_or_else(|| ApiError::new(Code::NoSuchRequest, [&id]))?;
        let attempts = entry.attempts.iter().map(|attempt| ActivityAttempt {
            provider: attempt.provider.clone(),
            account: attempt.account.clone(),
            model: attempt.model.clone(),
            dialect: attempt.dialect.to_string(),
            status: attempt.status,
            first_byte_ms: attempt.first_byte.map(count),
            fault: attempt.fault.as_deref().map(fault),
        });
        Ok(ActivityDetail {
            row: row(&entry),
            attempts: attempts.collect(),
            losses: entry.losses,
        })
    }

    fn unread(&self, error: &LedgerError) -> ApiError {
        let file = self.ledger.path().display();
        ApiError::new(Code::ActivityFailed, [&file]).because(Reason::said(error))
    }
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

fn fault(code: &str) -> FaultShown {
    let known = SENTENCES.iter().find(|(kind, _)| kind.code() == code);
    FaultShown {
        code: code.to_owned(),
        message: known.map_or("", |(_, sentence)| sentence).to_owned(),
    }
}

fn row(entry: &Entry) -> ActivityRow {
    let began = UNIX_EPOCH + Duration::from_millis(count(entry.began));
    let last = entry.attempts.last();
    ActivityRow {
        id: entry.id.to_string(),
        began: rfc3339(began),
        took_ms: count(entry.took),
        first_byte_ms: entry.first_byte.map(count),
        instance: entry.instance.to_string(),
        key: entry.key.as_ref().map(ToString::to_string),
        client: entry.client.clone(),
        dialect: entry.dialect.to_string(),
        operation: entry.operation.to_string(),
        model: entry.model.clone(),
        answered_by: last.map(|attempt| AnsweredBy {
            provider: attempt.provider.clone(),
            account: attempt.account.clone(),
            model: attempt.model.clone(),
        }),
        streamed: entry.streamed,
        outcome: match entry.outcome {
            ledger::Outcome::Completed => Outcome::Completed,
            ledger::Outcome::Failed => Outcome::Failed,
            ledger::Outcome::Cancelled => Outcome::Cancelled,
            ledger::Outcome::Truncated => Outcome::Truncated,
        },
        fault: entry.fault.as_deref().map(fault),
        usage: entry.usage.map(|usage| TokenCounts {
            input: usage.input.map(count),
            output: usage.output.map(count),
            cached: usage.cached.map(count),
            reasoning: usage.reasoning.map(count),
        }),
    }
}

#[cfg(test)]
mod tests {
    use contract::FAULT_CODES;

    use super::SENTENCES;

    #[test]
    fn every_code_has_its_sentence() {
        let known: Vec<&str> = SENTENCES.iter().map(|(kind, _)| kind.code()).collect();
        assert_eq!(known, FAULT_CODES);
    }
}
