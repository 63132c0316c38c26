//! Errors: Anthropic's shape both ways, and the foreign shapes that compatible upstreams answer.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::read::Words;
use crate::{Fault, FaultKind, Origin};

/// The longest message that is passed on, in bytes.
const LONGEST: usize = 2000;

/// Any error body that has been seen at this kind of upstream.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Outer<'a> {
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    msg: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Inner<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    code: Option<&'a RawValue>,
    #[serde(borrow)]
    param: Option<&'a RawValue>,
    #[serde(borrow)]
    details: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details<'a> {
    #[serde(borrow)]
    error_code: Option<Words<'a>>,
}

/// One complaint in FastAPI's `detail` list.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Complaint<'a> {
    #[serde(borrow)]
    msg: Option<Words<'a>>,
}

fn text(raw: Option<&RawValue>) -> Option<String> {
    let text: String = serde_json::from_str(raw?.get()).ok()?;
    (!text.trim().is_empty()).then_some(text)
}

/// Reads an error answer, or an error that came in a stream under the status of success.
pub(super) fn decode(status: u16, body: &[u8]) -> Fault {
    let body = body.trim_ascii();
    // Some upstreams wrap the object in a list of one.
    let inner = body
        .strip_prefix(b"[")
        .and_then(|body| body.strip_suffix(b"]"))
        .unwrap_or(body);
    match serde_json::from_slice::<Outer<'_>>(inner) {
        Ok(outer) => known_shape(status, &outer),
        Err(_) => unknown_shape(status, body),
    }
}

fn known_shape(status: u16, outer: &Outer<'_>) -> Fault {
    let inner: Inner<'_> = outer
        .error
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default();
    let message = text(inner.message)
        .or_else(|| text(outer.error))
        .or_else(|| complaints(outer.detail))
        .or_else(|| text(outer.message))
        .or_else(|| text(outer.msg))
        .unwrap_or_else(|| format!("the upstream answered with status {status} and no reason"));
    let wire_type = text(inner.kind);
    let details: Details<'_> = inner
        .details
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default();
    let code = details
        .error_code
        .map(|code| code.0.into_owned())
        .or_else(|| text(inner.code));
    let kind = kind(status, wire_type.as_deref(), code.as_deref(), &message);
    let mut fault = Fault::new(Origin::Upstream, kind, cut(message));
    fault.status = error_status(status);
    fault.code = code;
    fault.wire_type = wire_type;
    fault.param = text(inner.param);
    fault
}

fn unknown_shape(status: u16, body: &[u8]) -> Fault {
    let message = if body.starts_with(b"<") {
        format!("the upstream answered with status {status} and a web page")
    } else if body.is_empty() {
        format!("the upstream answered with status {status} and nothing else")
    } else {
        format!("the upstream answered with status {status} and something that is not JSON")
    };
    let kind = match error_status(status) {
        Some(status) => FaultKind::from_status(status),
        None => FaultKind::BadGateway,
    };
    let mut fault = Fault::new(Origin::Upstream, kind, message);
    fault.status = error_status(status);
    fault
}

/// FastAPI says `detail` as a text, or as a list of complaints, each with a `msg`.
fn complaints(raw: Option<&RawValue>) -> Option<String> {
    text(raw).or_else(|| {
        let list: Vec<Complaint<'_>> = serde_json::from_str(raw?.get()).ok()?;
        let words: Vec<&str> = list
            .iter()
            .filter_map(|complaint| Some(complaint.msg.as_ref()?.as_str()))
            .collect();
        (!words.is_empty()).then(|| words.join("; "))
    })
}

fn error_status(status: u16) -> Option<u16> {
    (400..=599).contains(&status).then_some(status)
}

fn cut(mut message: String) -> String {
    if message.len() > LONGEST {
        message.truncate(message.floor_char_boundary(LONGEST));
    }
    message
}

/// What kind of failure it is: the exact code first, then the type, then the words, then the
/// status. Types and the codes of spend limits (also under status 400) as in Anthropic's
/// documentation of errors; the others are OpenAI's, which compatible upstreams use.
fn kind(status: u16, wire_type: Option<&str>, code: Option<&str>, message: &str) -> FaultKind {
    let words = message.to_ascii_lowercase();
    for word in [code, wire_type].into_iter().flatten() {
        match word {
            "insufficient_quota" | "quota_exceeded" => return FaultKind::Quota,
            "context_length_exceeded" => return FaultKind::ContextTooLong,
            "credit_balance_exhausted" | "credit_balance_too_low" => return FaultKind::Billing,
            "invalid_api_key" => return FaultKind::Authentication,
            "model_not_found" => return FaultKind::NotFound,
            "rate_limit_exceeded" => return FaultKind::RateLimit,
            word if word.contains("spend_limit") || word.contains("usage_limit") => {
                return FaultKind::Quota;
            }
            _ => {}
        }
    }
    match wire_type {
        Some("invalid_request_error") => {
            if words.contains("prompt is too long")
                || words.contains("exceed context limit")
                || words.contains("context window")
                || words.contains("maximum context length")
            {
                FaultKind::ContextTooLong
            } else if words.contains("credit balance is too low") {
                FaultKind::Billing
            } else if words.contains("usage limits") || words.contains("spend limit") {
                FaultKind::Quota
            } else {
                match error_status(status).map(FaultKind::from_status) {
                    // The type of every fault of the client's, where a status can be more exact.
                    Some(
                        kind @ (FaultKind::Authentication
                        | FaultKind::Permission
                        | FaultKind::NotFound
                        | FaultKind::TooLarge
                        | FaultKind::RateLimit),
                    ) => kind,
                    Some(_) | None => FaultKind::InvalidRequest,
                }
            }
        }
        Some("authentication_error") => FaultKind::Authentication,
        Some("permission_error") => FaultKind::Permission,
        Some("billing_error") => FaultKind::Billing,
        Some("not_found_error") => FaultKind::NotFound,
        Some("conflict_error") => FaultKind::Conflict,
        Some("request_too_large") => FaultKind::TooLarge,
        Some("rate_limit_error") => FaultKind::RateLimit,
        Some("overloaded_error" | "service_unavailable_error") => FaultKind::Overloaded,
        Some("timeout_error") => FaultKind::Timeout,
        Some("api_error" | "server_error") => match error_status(status) {
            Some(status @ 500..) => FaultKind::from_status(status),
            Some(_) | None => FaultKind::Internal,
        },
        Some(_) | None => error_status(status).map_or(FaultKind::Internal, FaultKind::from_status),
    }
}

#[derive(Serialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    error: Told<'a>,
    request_id: &'a str,
}

#[derive(Serialize)]
struct Told<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<ToldDetails<'a>>,
}

#[derive(Serialize)]
struct ToldDetails<'a> {
    error_code: &'a str,
}

/// The error types that Anthropic's clients know.
const TYPES: [&str; 11] = [
    "invalid_request_error",
    "authentication_error",
    "billing_error",
    "permission_error",
    "not_found_error",
    "conflict_error",
    "request_too_large",
    "rate_limit_error",
    "timeout_error",
    "api_error",
    "overloaded_error",
];

/// Writes an error body.
pub(super) fn encode(fault: &Fault, request_id: &str, out: &mut Vec<u8>) {
    let own = fault
        .wire_type
        .as_deref()
        .filter(|word| TYPES.contains(word));
    let envelope = Envelope {
        kind: "error",
        error: Told {
            kind: own.unwrap_or_else(|| type_of(fault.kind)),
            message: message(fault),
            details: fault
                .code
                .as_deref()
                .map(|error_code| ToldDetails { error_code }),
        },
        request_id,
    };
    let _infallible = serde_json::to_writer(out, &envelope);
}

/// The words. The dialect has no place for the field at fault, so it is named in front; and
/// clients know an overlong prompt by the words alone (Claude Code then compacts).
fn message(fault: &Fault) -> String {
    const TOO_LONG: &str = "prompt is too long";
    if fault.kind == FaultKind::ContextTooLong && !fault.message.contains(TOO_LONG) {
        return format!("{TOO_LONG}: {}", fault.message);
    }
    match &fault.param {
        Some(param) if !fault.message.contains(param.as_str()) => {
            format!("{param}: {}", fault.message)
        }
        Some(_) | None => fault.message.clone(),
    }
}

fn type_of(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::InvalidRequest
        | FaultKind::Unsupported
        | FaultKind::ContextTooLong
        | FaultKind::ContentPolicy
        | FaultKind::MethodNotAllowed
        | FaultKind::UnsupportedMediaType
        | FaultKind::Misdirected => "invalid_request_error",
        FaultKind::Authentication => "authentication_error",
        FaultKind::Permission => "permission_error",
        FaultKind::Billing => "billing_error",
        FaultKind::NotFound => "not_found_error",
        FaultKind::Conflict => "conflict_error",
        FaultKind::TooLarge => "request_too_large",
        FaultKind::RateLimit | FaultKind::Quota => "rate_limit_error",
        FaultKind::Internal | FaultKind::BadGateway | FaultKind::Truncated => "api_error",
        FaultKind::Overloaded | FaultKind::NoAccount | FaultKind::Stopped => "overloaded_error",
        FaultKind::Timeout => "timeout_error",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{decode, encode};
    use crate::{Dialect, Fault, FaultKind};

    fn kind(status: u16, body: &str) -> FaultKind {
        decode(status, body.as_bytes()).kind
    }

    fn typed(kind: &str, message: &str) -> String {
        format!(
            "{{\"type\":\"error\",\"error\":{{\"type\":\"{kind}\",\"message\":\"{message}\"}}}}"
        )
    }

    #[test]
    fn types_tell_the_kind() {
        for (status, word, expected) in [
            (400, "invalid_request_error", FaultKind::InvalidRequest),
            (401, "authentication_error", FaultKind::Authentication),
            (402, "billing_error", FaultKind::Billing),
            (403, "permission_error", FaultKind::Permission),
            (404, "not_found_error", FaultKind::NotFound),
            (409, "conflict_error", FaultKind::Conflict),
            (413, "request_too_large", FaultKind::TooLarge),
            (429, "rate_limit_error", FaultKind::RateLimit),
            (500, "api_error", FaultKind::Internal),
            (502, "api_error", FaultKind::BadGateway),
            (504, "timeout_error", FaultKind::Timeout),
            (529, "overloaded_error", FaultKind::Overloaded),
            (200, "overloaded_error", FaultKind::Overloaded),
            (418, "teapot_error", FaultKind::InvalidRequest),
        ] {
            assert_eq!(kind(status, &typed(word, "x")), expected, "{status} {word}");
        }
    }

    #[test]
    fn words_and_codes_are_more_exact_than_types() {
        let invalid = |message: &str| kind(400, &typed("invalid_request_error", message));
        assert_eq!(
            invalid("prompt is too long: 9 tokens > 8"),
            FaultKind::ContextTooLong
        );
        assert_eq!(
            invalid("Your credit balance is too low"),
            FaultKind::Billing
        );
        let spent = r#"{"type":"error","error":{"type":"invalid_request_error","message":"no",
            "details":{"error_code":"enforced_spend_limit_reached"}},"request_id":"req_1"}"#;
        let fault = decode(400, spent.as_bytes());
        assert_eq!(fault.kind, FaultKind::Quota);
        assert_eq!(fault.code.as_deref(), Some("enforced_spend_limit_reached"));
        assert_eq!(fault.status, Some(400));
    }

    #[test]
    fn foreign_shapes_are_understood() {
        for (status, body, expected, words) in [
            (
                429,
                r#"{"error":{"message":"m","type":"insufficient_quota","code":"insufficient_quota"}}"#,
                FaultKind::Quota,
                "m",
            ),
            (
                404,
                r#"{"error":"model \"x\" not found"}"#,
                FaultKind::NotFound,
                "model \"x\" not found",
            ),
            (
                422,
                r#"{"detail":[{"loc":["body"],"msg":"field required"}]}"#,
                FaultKind::InvalidRequest,
                "field required",
            ),
            (401, r#"{"detail":"no"}"#, FaultKind::Authentication, "no"),
            (
                500,
                r#"[{"error":{"message":"m"}}]"#,
                FaultKind::Internal,
                "m",
            ),
            (
                502,
                "<html>",
                FaultKind::BadGateway,
                "the upstream answered with status 502 and a web page",
            ),
            (
                503,
                "",
                FaultKind::Overloaded,
                "the upstream answered with status 503 and nothing else",
            ),
            (
                400,
                r#"{"error":{"message":7,"type":[],"code":{}}}"#,
                FaultKind::InvalidRequest,
                "the upstream answered with status 400 and no reason",
            ),
        ] {
            let fault = decode(status, body.as_bytes());
            assert_eq!(
                (fault.kind, fault.message.as_str()),
                (expected, words),
                "{body}"
            );
        }
    }

    #[test]
    fn what_is_written_can_be_read_again() {
        let mut fault = Fault::invalid("messages[0].role", "it is wrong");
        fault.code = Some("own_code".to_owned());
        let mut body = Vec::new();
        encode(&fault, "req_7", &mut body);
        let text = String::from_utf8(body.clone()).unwrap();
        assert_eq!(
            text,
            "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\
             \"message\":\"messages[0].role: it is wrong\",\
             \"details\":{\"error_code\":\"own_code\"}},\"request_id\":\"req_7\"}"
        );
        let again = decode(fault.status_for(Dialect::AnthropicMessages), &body);
        assert_eq!(
            (again.kind, again.code),
            (FaultKind::InvalidRequest, fault.code)
        );
    }

    #[test]
    fn an_overlong_prompt_is_said_in_the_words_that_clients_know() {
        let fault = Fault::new(
            crate::Origin::Upstream,
            FaultKind::ContextTooLong,
            "8193 tokens",
        );
        let mut body = Vec::new();
        encode(&fault, "", &mut body);
        assert!(
            String::from_utf8(body)
                .unwrap()
                .contains("prompt is too long: 8193 tokens")
        );
    }
}
