//! Which header fields cross: a short list each way, everything else stays where it is.

use std::time::{Duration, SystemTime};

use dialect::Dialect;
use http::{HeaderMap, HeaderName, HeaderValue, header};

/// The id of a request, as Portolan, OpenAI and many others call it.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The same, as Anthropic calls it.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
/// Who answered: provider and model.
pub(crate) const UPSTREAM: HeaderName = HeaderName::from_static("x-portolan-upstream");
/// How many tries that took.
pub(crate) const ATTEMPTS: HeaderName = HeaderName::from_static("x-portolan-attempts");
/// What a translation lost.
pub(crate) const LOSS: HeaderName = HeaderName::from_static("x-portolan-loss");
/// What the client calls its conversation.
pub(crate) const SESSION: HeaderName = HeaderName::from_static("x-portolan-session");
/// The version of Anthropic's protocol.
pub(crate) const ANTHROPIC_VERSION: HeaderName = HeaderName::from_static("anthropic-version");
/// Where a client's key may stand beside `authorization`.
pub(crate) const KEYS: [HeaderName; 3] = [
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("api-key"),
    GOOGLE_KEY,
];
/// Where Google's clients put their key.
pub(crate) const GOOGLE_KEY: HeaderName = HeaderName::from_static("x-goog-api-key");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Fields of a client's request that the upstream of the same dialect gets as they are.
const TO_UPSTREAM: [(Dialect, HeaderName); 3] = [
    (Dialect::OpenAiChat, HeaderName::from_static("openai-beta")),
    (
        Dialect::OpenAiChat,
        HeaderName::from_static("idempotency-key"),
    ),
    (
        Dialect::AnthropicMessages,
        HeaderName::from_static("anthropic-beta"),
    ),
];

/// Fields of an upstream's answer that the client gets as they are.
const TO_CLIENT: [HeaderName; 1] = [header::CONTENT_TYPE];
/// The same, by how their names begin: what is left of a rate limit, and when it starts anew.
const TO_CLIENT_PREFIXES: [&str; 3] =
    ["x-ratelimit-", "anthropic-ratelimit-", "openai-processing-"];

/// What of a client's fields is needed after its request was read. The values are copies: those of
/// the request keep the buffer alive that they were read into, for as long as the answer takes.
pub(crate) fn kept(from: &HeaderMap) -> HeaderMap {
    let mut kept = HeaderMap::new();
    for (name, value) in from {
        let is_listed = TO_UPSTREAM.iter().any(|(_, listed)| name == listed);
        if (is_listed || name == ANTHROPIC_VERSION || name == SESSION)
            && let Ok(value) = HeaderValue::from_bytes(value.as_bytes())
        {
            kept.append(name, value);
        }
    }
    kept
}

/// Copies what an upstream of the same dialect should see.
pub(crate) fn to_upstream(dialect: Dialect, from: &HeaderMap, to: &mut HeaderMap) {
    for (speaks, name) in TO_UPSTREAM {
        if speaks == dialect {
            for value in from.get_all(&name) {
                to.append(&name, value.clone());
            }
        }
    }
}

/// Copies what a client should see of an upstream's answer.
pub(crate) fn to_client(from: &HeaderMap, to: &mut HeaderMap) {
    for name in TO_CLIENT {
        if let Some(value) = from.get(&name) {
            to.insert(name, value.clone());
        }
    }
    for (name, value) in from {
        if TO_CLIENT_PREFIXES
            .iter()
            .any(|prefix| name.as_str().starts_with(prefix))
        {
            to.append(name, value.clone());
        }
    }
}

/// Says on every answer that it is for its caller alone, and what it is.
pub(crate) fn protect(headers: &mut HeaderMap) {
    let fixed = |value| HeaderValue::from_static(value);
    headers.insert(RESOURCE_POLICY, fixed("same-origin"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    headers.insert(header::REFERRER_POLICY, fixed("no-referrer"));
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(fixed("default-src 'none'; frame-ancestors 'none'"));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(fixed("no-store"));
}

/// What the fields say of the body's type, without its parameters; empty where they say nothing.
pub(crate) fn content_type(headers: &HeaderMap) -> &[u8] {
    let value = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    let mut parts = value.unwrap_or_default().split(|byte| *byte == b';');
    parts.next().unwrap_or_default().trim_ascii()
}

/// Whether a content type is JSON's, or of a format that is written in it.
pub(crate) fn is_json(content_type: &[u8]) -> bool {
    let end = content_type.len().saturating_sub(5);
    content_type.eq_ignore_ascii_case(b"application/json")
        || content_type[end..].eq_ignore_ascii_case(b"+json")
}

/// How long an upstream asks to wait, from its header fields: milliseconds, seconds (perhaps with
/// a fraction), a date, or the time at which a spent limit starts anew.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    };
    let number = |text: &str| {
        text.parse::<f64>()
            .ok()
            .filter(|n| n.is_finite() && *n >= 0.0)
    };
    if let Some(milliseconds) = text("retry-after-ms").and_then(number) {
        return Duration::try_from_secs_f64(milliseconds / 1000.0).ok();
    }
    let stated = text("retry-after")?;
    if let Some(seconds) = number(stated) {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = httpdate::parse_http_date(stated).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::time::{Duration, SystemTime};

    use dialect::Dialect;
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::{kept, protect, retry_after, to_client, to_upstream};

    fn map(fields: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn s42_only_listed_fields_reach_the_upstream() {
        let from = map(&[
            ("authorization", "Bearer pk"),
            ("x-api-key", "pk"),
            ("cookie", "a=b"),
            ("host", "localhost"),
            ("origin", "http://localhost"),
            ("referer", "x"),
            ("x-forwarded-for", "1.2.3.4"),
            ("accept-encoding", "br"),
            ("x-stainless-lang", "js"),
            ("user-agent", "claude-cli"),
            ("connection", "openai-beta"),
            ("te", "trailers"),
            ("proxy-authorization", "x"),
            ("upgrade", "h2c"),
            ("anthropic-beta", "a,b"),
            ("anthropic-beta", "c"),
            ("anthropic-version", "2023-06-01"),
            ("openai-beta", "x"),
        ]);
        let kept = kept(&from);
        assert_eq!(kept.len(), 4, "{kept:?}");
        let mut to = HeaderMap::new();
        to_upstream(Dialect::AnthropicMessages, &kept, &mut to);
        assert_eq!(
            to,
            map(&[("anthropic-beta", "a,b"), ("anthropic-beta", "c")])
        );
    }

    #[test]
    fn s42_only_listed_fields_reach_the_client() {
        let from = map(&[
            ("content-type", "text/event-stream"),
            ("set-cookie", "a=b"),
            ("server", "x"),
            ("location", "http://evil"),
            ("access-control-allow-origin", "*"),
            ("connection", "close"),
            ("transfer-encoding", "chunked"),
            ("content-length", "5"),
            ("x-ratelimit-remaining-tokens", "7"),
            ("anthropic-ratelimit-requests-reset", "t"),
            ("alt-svc", "h3"),
            ("strict-transport-security", "x"),
        ]);
        let mut to = HeaderMap::new();
        to_client(&from, &mut to);
        let mut names: Vec<_> = to.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "anthropic-ratelimit-requests-reset",
                "content-type",
                "x-ratelimit-remaining-tokens"
            ]
        );
    }

    #[test]
    fn s09_every_answer_is_protected() {
        let mut headers = HeaderMap::new();
        protect(&mut headers);
        for (name, value) in [
            ("cross-origin-resource-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
        ] {
            assert_eq!(headers[name], value);
        }
    }

    #[test]
    fn waiting_times_are_read_in_every_form() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let read = |fields: &[(&str, &str)]| retry_after(&map(fields), now);
        assert_eq!(
            read(&[("retry-after", "2.5")]),
            Some(Duration::from_millis(2500))
        );
        assert_eq!(
            read(&[("retry-after-ms", "40"), ("retry-after", "9")]),
            Some(Duration::from_millis(40))
        );
        let date = httpdate::fmt_http_date(now + Duration::from_secs(30));
        assert_eq!(
            read(&[("retry-after", &date)]),
            Some(Duration::from_secs(30))
        );
        let past = httpdate::fmt_http_date(now - Duration::from_secs(30));
        assert_eq!(read(&[("retry-after", &past)]), Some(Duration::ZERO));
        for wrong in ["-1", "soon", "NaN", "inf", "1e400", ""] {
            assert_eq!(read(&[("retry-after", wrong)]), None, "{wrong}");
        }
        assert_eq!(read(&[]), None);
    }
}
