//! What became of the requests since the start: counts, and the last of them.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use contract::{Outcomes, Recent};
use dialect::Fault;
use gateway::{Exchange, Outcome};
use ledger::Entry;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How many of the last requests are kept.
const KEPT: usize = 100;

/// The longest name that is stored, in characters; a client may call a model anything.
const LONGEST: usize = 200;
/// How many losses of one request are stored.
const MOST_LOSSES: usize = 100;

/// Counts by outcome, and the last requests.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    outcomes: Outcomes,
    /// As they were handed over: most are gone again before anybody asks for them.
    recent: VecDeque<Box<Exchange>>,
}

impl Activity {
    /// Takes in a request that is over.
    pub(crate) fn record(&mut self, exchange: Box<Exchange>) {
        let count = match exchange.outcome {
            Outcome::Completed => &mut self.outcomes.completed,
            Outcome::Failed(_) => &mut self.outcomes.failed,
            Outcome::Cancelled => &mut self.outcomes.cancelled,
            Outcome::Truncated(_) => &mut self.outcomes.truncated,
        };
        *count += 1;
        self.recent.truncate(KEPT - 1);
        self.recent.push_front(exchange);
    }

    /// How many ended how.
    pub(crate) fn outcomes(&self) -> Outcomes {
        self.outcomes
    }

    /// The last requests, the newest first.
    pub(crate) fn recent(&self) -> Vec<Recent> {
        self.recent
            .iter()
            .map(|exchange| recent(exchange))
            .collect()
    }
}

fn recent(exchange: &Exchange) -> Recent {
    let last = exchange.attempts.last();
    let upstream = last.map(|attempt| format!("{}/{}", attempt.provider, attempt.model));
    let (outcome, fault) = match &exchange.outcome {
        Outcome::Completed => (contract::Outcome::Completed, None),
        Outcome::Failed(fault) => (contract::Outcome::Failed, Some(fault)),
        Outcome::Cancelled => (contract::Outcome::Cancelled, None),
        Outcome::Truncated(fault) => (contract::Outcome::Truncated, Some(fault)),
    };
    Recent {
        id: exchange.id.clone(),
        began: seconds(exchange.began),
        took: u64::try_from(exchange.took.as_millis()).unwrap_or(u64::MAX),
        instance: exchange.instance.clone(),
        key: exchange.key.clone(),
        model: exchange.model.clone(),
        upstream,
        attempts: exchange.attempts.len(),
        outcome,
        fault: fault.map(|fault| fault.kind.code().to_owned()),
    }
}

/// What the ledger stores of a request.
pub(crate) fn entry(exchange: &Exchange) -> Entry {
    let milliseconds = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    let short = |text: &str| match text.char_indices().nth(LONGEST) {
        Some((end, _)) => text[..end].to_owned(),
        None => text.to_owned(),
    };
    let (outcome, fault) = match &exchange.outcome {
        Outcome::Completed => (ledger::Outcome::Completed, None),
        Outcome::Failed(fault) => (ledger::Outcome::Failed, Some(fault)),
        Outcome::Cancelled => (ledger::Outcome::Cancelled, None),
        Outcome::Truncated(fault) => (ledger::Outcome::Truncated, Some(fault)),
    };
    // What a fault says may quote what was asked; its kind does not.
    let code = |fault: &Fault| fault.kind.code().to_owned();
    let count = |count: Option<u64>| count.map(|count| i64::try_from(count).unwrap_or(i64::MAX));
    let usage = &exchange.usage;
    let since = exchange.began.duration_since(UNIX_EPOCH);
    Entry {
        id: exchange.id.clone(),
        began: milliseconds(since.unwrap_or_default()),
        took: milliseconds(exchange.took),
        first_byte: exchange.first_byte.map(milliseconds),
        instance: exchange.instance.clone(),
        key: exchange.key.clone(),
        client: exchange.client.clone(),
        dialect: exchange.dialect.to_string(),
        operation: exchange.operation.to_string(),
        model: exchange.model.as_deref().map(short),
        streamed: exchange.streamed,
        outcome,
        fault: fault.map(code),
        usage: (!usage.is_empty()).then(|| ledger::Usage {
            input: count(usage.input),
            output: count(usage.output),
            cached: count(usage.cache_read),
            reasoning: count(usage.reasoning),
        }),
        attempts: exchange
            .attempts
            .iter()
            .map(|attempt| ledger::Attempt {
                provider: attempt.provider.clone(),
                account: attempt.account.as_ref().map(ToString::to_string),
                model: short(&attempt.model),
                dialect: attempt.dialect.to_string(),
                status: attempt.status,
                first_byte: attempt.first_byte.map(milliseconds),
                fault: attempt.fault.as_ref().map(code),
            })
            .collect(),
        losses: exchange
            .losses
            .iter()
            .take(MOST_LOSSES)
            .map(|loss| format!("{}={}", short(&loss.path), loss.kind.as_str()))
            .collect(),
    }
}

/// A moment as RFC 3339 writes it, in UTC.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time);
    // Only years beyond 9999 cannot be written.
    time.format(&Rfc3339).unwrap_or_default()
}

/// Seconds since 1970; 0 for a time before.
pub(crate) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO)
        .as_secs()
}

#[cfg(test)]
mod tests {
    use dialect::chat::Usage;
    use dialect::{Dialect, Fault, FaultKind, Losses, Operation, Origin};
    use gateway::Attempt;

    use super::*;

    fn exchange(number: u64, outcome: Outcome) -> Exchange {
        let attempt = Attempt {
            account: None,
            provider: "mock".to_owned(),
            model: "a/b".to_owned(),
            dialect: Dialect::OpenAiChat,
            first_byte: None,
            status: Some(200),
            fault: None,
        };
        Exchange {
            id: number.to_string(),
            began: UNIX_EPOCH + Duration::from_secs(number),
            took: Duration::from_millis(1500),
            first_byte: None,
            client: Some("curl/8.5".to_owned()),
            instance: "default".to_owned(),
            key: Some("laptop".to_owned()),
            dialect: Dialect::OpenAiChat,
            operation: Operation::Chat,
            model: Some("m".to_owned()),
            streamed: true,
            attempts: vec![attempt],
            outcome,
            usage: Usage::default(),
            losses: Losses::default(),
        }
    }

    #[test]
    fn every_outcome_is_counted() {
        let mut activity = Activity::default();
        let fault = || Fault::new(Origin::Upstream, FaultKind::RateLimit, "no");
        activity.record(Box::new(exchange(1, Outcome::Completed)));
        activity.record(Box::new(exchange(2, Outcome::Failed(fault()))));
        activity.record(Box::new(exchange(3, Outcome::Cancelled)));
        activity.record(Box::new(exchange(4, Outcome::Truncated(fault()))));
        activity.record(Box::new(exchange(5, Outcome::Truncated(fault()))));
        let outcomes = Outcomes {
            completed: 1,
            failed: 1,
            cancelled: 1,
            truncated: 2,
        };
        assert_eq!(activity.outcomes(), outcomes);
        let newest = &activity.recent()[0];
        assert_eq!((newest.began, newest.took, newest.attempts), (5, 1500, 1));
        assert_eq!(newest.upstream.as_deref(), Some("mock/a/b"));
        assert_eq!(newest.fault.as_deref(), Some(FaultKind::RateLimit.code()));
    }

    #[test]
    fn the_last_hundred_are_kept() {
        let mut activity = Activity::default();
        for number in 0..250 {
            activity.record(Box::new(exchange(number, Outcome::Completed)));
        }
        let recent = activity.recent();
        assert_eq!((recent.len(), activity.outcomes().completed), (KEPT, 250));
        assert_eq!(
            (recent[0].id.as_str(), recent[99].id.as_str()),
            ("249", "150")
        );
    }
}
