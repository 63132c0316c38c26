//! What became of the requests since the start: counts, and the last of them.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use contract::{Outcomes, Recent};
use dialect::Fault;
use gateway::{Attempt, Exchange, Outcome};
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
    /// As they are stored: most are gone again before anybody asks for them.
    recent: VecDeque<Arc<Entry>>,
}

impl Activity {
    /// Takes in a request that is over.
    pub(crate) fn record(&mut self, entry: &Arc<Entry>) {
        let count = match entry.outcome {
            ledger::Outcome::Completed => &mut self.outcomes.completed,
            ledger::Outcome::Failed => &mut self.outcomes.failed,
            ledger::Outcome::Cancelled => &mut self.outcomes.cancelled,
            ledger::Outcome::Truncated => &mut self.outcomes.truncated,
        };
        *count += 1;
        self.recent.truncate(KEPT - 1);
        self.recent.push_front(Arc::clone(entry));
    }

    /// How many ended how.
    pub(crate) fn outcomes(&self) -> Outcomes {
        self.outcomes
    }

    /// The last requests, the newest first.
    pub(crate) fn recent(&self) -> Vec<Recent> {
        self.recent.iter().map(|entry| recent(entry)).collect()
    }
}

fn recent(entry: &Entry) -> Recent {
    let last = entry.attempts.last();
    let outcome = match entry.outcome {
        ledger::Outcome::Completed => contract::Outcome::Completed,
        ledger::Outcome::Failed => contract::Outcome::Failed,
        ledger::Outcome::Cancelled => contract::Outcome::Cancelled,
        ledger::Outcome::Truncated => contract::Outcome::Truncated,
    };
    let count = |milliseconds: i64| u64::try_from(milliseconds).unwrap_or_default();
    Recent {
        id: entry.id.to_string(),
        began: count(entry.began / 1000),
        took: count(entry.took),
        instance: entry.instance.to_string(),
        key: entry.key.as_ref().map(ToString::to_string),
        model: entry.model.clone(),
        upstream: last.map(|attempt| format!("{}/{}", attempt.provider, attempt.model)),
        attempts: entry.attempts.len(),
        outcome,
        fault: entry.fault.as_ref().map(ToString::to_string),
    }
}

/// What the ledger stores of a request.
pub(crate) fn entry(exchange: Exchange) -> Entry {
    let (outcome, fault) = match &exchange.outcome {
        Outcome::Completed => (ledger::Outcome::Completed, None),
        Outcome::Failed(fault) => (ledger::Outcome::Failed, Some(fault)),
        Outcome::Cancelled => (ledger::Outcome::Cancelled, None),
        Outcome::Truncated(fault) => (ledger::Outcome::Truncated, Some(fault)),
    };
    let count = |count: Option<u64>| count.map(|count| i64::try_from(count).unwrap_or(i64::MAX));
    let usage = &exchange.usage;
    let since = exchange.began.duration_since(UNIX_EPOCH);
    // Collected it would be put where the tries lie, and moved to where it fits.
    let mut attempts = Vec::with_capacity(exchange.attempts.len());
    attempts.extend(exchange.attempts.into_iter().map(attempt));
    Entry {
        id: exchange.id,
        began: milliseconds(since.unwrap_or_default()),
        took: milliseconds(exchange.took),
        first_byte: exchange.first_byte.map(milliseconds),
        instance: exchange.instance,
        key: exchange.key,
        client: exchange.client,
        dialect: exchange.dialect.as_str().into(),
        operation: exchange.operation.as_str().into(),
        model: exchange.model.map(short),
        streamed: exchange.streamed,
        outcome,
        fault: fault.map(code),
        usage: (!usage.is_empty()).then(|| ledger::Usage {
            input: count(usage.input),
            output: count(usage.output),
            cached: count(usage.cache_read),
            reasoning: count(usage.reasoning),
        }),
        attempts,
        losses: exchange
            .losses
            .iter()
            .take(MOST_LOSSES)
            .map(|loss| format!("{}={}", short(loss.path.clone()), loss.kind.as_str()))
            .collect(),
    }
}

fn attempt(attempt: Attempt) -> ledger::Attempt {
    ledger::Attempt {
        provider: attempt.provider,
        account: attempt.account.map(|account| account.to_string()),
        model: short(attempt.model),
        dialect: attempt.dialect.as_str().into(),
        status: attempt.status,
        first_byte: attempt.first_byte.map(milliseconds),
        fault: attempt.fault.as_ref().map(code),
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn short(mut name: String) -> String {
    if name.len() > LONGEST
        && let Some((end, _)) = name.char_indices().nth(LONGEST)
    {
        name.truncate(end);
        name.shrink_to_fit();
    }
    name
}

/// What a fault says may quote what was asked; its kind does not.
fn code(fault: &Fault) -> Cow<'static, str> {
    fault.kind.code().into()
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

    use super::*;

    fn taken(number: u64, outcome: Outcome) -> Arc<Entry> {
        Arc::new(entry(exchange(number, outcome)))
    }

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
            id: number.to_string().into(),
            began: UNIX_EPOCH + Duration::from_secs(number),
            took: Duration::from_millis(1500),
            first_byte: None,
            client: Some("curl/8.5".to_owned()),
            instance: "default".into(),
            key: Some("laptop".into()),
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
        activity.record(&taken(1, Outcome::Completed));
        activity.record(&taken(2, Outcome::Failed(fault())));
        activity.record(&taken(3, Outcome::Cancelled));
        activity.record(&taken(4, Outcome::Truncated(fault())));
        activity.record(&taken(5, Outcome::Truncated(fault())));
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
            activity.record(&taken(number, Outcome::Completed));
        }
        let recent = activity.recent();
        assert_eq!((recent.len(), activity.outcomes().completed), (KEPT, 250));
        assert_eq!(
            (recent[0].id.as_str(), recent[99].id.as_str()),
            ("249", "150")
        );
    }
}
