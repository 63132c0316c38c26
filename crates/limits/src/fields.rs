//! What is left of a key's limits, in the header fields that OpenAI's and Anthropic's clients read.

use std::time::{Duration, SystemTime};

use dialect::Dialect;
use http::{HeaderMap, HeaderName, HeaderValue};
use time::OffsetDateTime;

/// What is put before the name of an upstream's field, which tells of somebody else's limits.
const OF_UPSTREAM: &str = "x-portolan-upstream-";
/// How the names of such fields begin.
const OURS: [&str; 2] = ["x-ratelimit-", "anthropic-ratelimit-"];

/// One limit as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// How many are allowed.
    pub(crate) limit: u64,
    /// How many are left.
    pub(crate) left: u64,
    /// How long until all are there again.
    pub(crate) reset: Duration,
}

/// What is limited, as the fields call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// Requests.
    Requests,
    /// Tokens.
    Tokens,
}

/// The three fields of one limit, in one dialect.
struct Names([HeaderName; 3]);

impl Names {
    /// <https://platform.openai.com/docs/guides/rate-limits> and
    /// <https://docs.anthropic.com/en/api/rate-limits>.
    fn of(dialect: Dialect, what: What) -> Self {
        let named = HeaderName::from_static;
        Self(match (dialect, what) {
            (Dialect::AnthropicMessages, What::Requests) => [
                named("anthropic-ratelimit-requests-limit"),
                named("anthropic-ratelimit-requests-remaining"),
                named("anthropic-ratelimit-requests-reset"),
            ],
            (Dialect::AnthropicMessages, What::Tokens) => [
                named("anthropic-ratelimit-tokens-limit"),
                named("anthropic-ratelimit-tokens-remaining"),
                named("anthropic-ratelimit-tokens-reset"),
            ],
            (
                Dialect::OpenAiChat | Dialect::OpenAiResponses | Dialect::Gemini | Dialect::Ollama,
                What::Requests,
            ) => [
                named("x-ratelimit-limit-requests"),
                named("x-ratelimit-remaining-requests"),
                named("x-ratelimit-reset-requests"),
            ],
            (
                Dialect::OpenAiChat | Dialect::OpenAiResponses | Dialect::Gemini | Dialect::Ollama,
                What::Tokens,
            ) => [
                named("x-ratelimit-limit-tokens"),
                named("x-ratelimit-remaining-tokens"),
                named("x-ratelimit-reset-tokens"),
            ],
        })
    }
}

/// Gives what an upstream said of its own limits a name that nobody takes for ours.
pub(crate) fn set_aside(headers: &mut HeaderMap) {
    let is_one = |name: &&HeaderName| OURS.iter().any(|start| name.as_str().starts_with(start));
    let names: Vec<HeaderName> = headers.keys().filter(is_one).cloned().collect();
    for name in names {
        let value = headers.remove(&name);
        let moved = HeaderName::try_from(format!("{OF_UPSTREAM}{name}"));
        if let (Some(value), Ok(moved)) = (value, moved) {
            headers.insert(moved, value);
        }
    }
}

/// Says how a limit stands.
pub(crate) fn tell(
    headers: &mut HeaderMap,
    dialect: Dialect,
    what: What,
    standing: Standing,
    clock: SystemTime,
) {
    let Names([limit, left, reset]) = Names::of(dialect, what);
    headers.insert(limit, HeaderValue::from(standing.limit));
    headers.insert(left, HeaderValue::from(standing.left));
    let time = match dialect {
        Dialect::AnthropicMessages => moment(clock + standing.reset),
        Dialect::OpenAiChat | Dialect::OpenAiResponses | Dialect::Gemini | Dialect::Ollama => {
            span(standing.reset)
        }
    };
    if let Ok(time) = HeaderValue::try_from(time) {
        headers.insert(reset, time);
    }
}

/// As OpenAI writes it: `0s`, `120ms`, `6m0s`, `1h2m3s`.
fn span(span: Duration) -> String {
    if !span.is_zero() && span < Duration::from_secs(1) {
        return format!("{}ms", span.as_millis().max(1));
    }
    let seconds = whole_seconds(span);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, _) => format!("{minutes}m{seconds}s"),
        (_, _) => format!("{hours}h{minutes}m{seconds}s"),
    }
}

/// As Anthropic writes it: a moment of RFC 3339, in whole seconds.
fn moment(at: SystemTime) -> String {
    let since = at
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let seconds = i64::try_from(whole_seconds(since)).unwrap_or(i64::MAX);
    let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

/// No moment is told before it has come.
fn whole_seconds(span: Duration) -> u64 {
    span.as_secs() + u64::from(span.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use dialect::Dialect;
    use http::{HeaderMap, HeaderValue};

    use super::{Standing, What, set_aside, span, tell};

    #[test]
    fn each_dialect_has_its_own_names_and_times() {
        let mut headers = HeaderMap::new();
        let clock = SystemTime::UNIX_EPOCH + Duration::from_millis(1_790_000_000_200);
        let standing = Standing {
            limit: 60,
            left: 7,
            reset: Duration::from_secs(53),
        };
        let anthropic = Dialect::AnthropicMessages;
        tell(&mut headers, anthropic, What::Requests, standing, clock);
        tell(&mut headers, Dialect::Gemini, What::Tokens, standing, clock);
        for (name, value) in [
            ("anthropic-ratelimit-requests-limit", "60"),
            ("anthropic-ratelimit-requests-remaining", "7"),
            ("anthropic-ratelimit-requests-reset", "2026-09-21T14:14:14Z"),
            ("x-ratelimit-limit-tokens", "60"),
            ("x-ratelimit-remaining-tokens", "7"),
            ("x-ratelimit-reset-tokens", "53s"),
        ] {
            assert_eq!(
                headers.get(name).map(HeaderValue::as_bytes),
                Some(value.as_bytes()),
                "{name}"
            );
        }
        assert_eq!(headers.len(), 6);
    }

    #[test]
    fn spans_are_written_as_openai_writes_them() {
        for (milliseconds, written) in [
            (0, "0s"),
            (1, "1ms"),
            (999, "999ms"),
            (1001, "2s"),
            (360_000, "6m0s"),
            (3_723_000, "1h2m3s"),
        ] {
            assert_eq!(span(Duration::from_millis(milliseconds)), written);
        }
    }

    #[test]
    fn an_upstreams_limits_get_another_name() {
        let mut headers = HeaderMap::new();
        for name in ["x-ratelimit-remaining-tokens", "x-request-id"] {
            headers.insert(name, HeaderValue::from_static("1"));
        }
        set_aside(&mut headers);
        assert!(headers.contains_key("x-portolan-upstream-x-ratelimit-remaining-tokens"));
        assert!(headers.contains_key("x-request-id"));
        assert_eq!(headers.len(), 2);
    }
}
