//! Errors: the many shapes that upstreams of this dialect answer with, and the one written here.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use crate::{Fault, FaultKind, Origin};

/// The longest message that is passed on, in characters: some upstreams echo the request.
const LONGEST: usize = 1000;

/// What an error body says, wherever it says it.
#[derive(Debug, Default)]
struct Said {
    message: Option<String>,
    code: Option<String>,
    kind: Option<String>,
    param: Option<String>,
    status: Option<u16>,
    retry_after: Option<Duration>,
}

/// Reads an upstream's error body; `status` is 200 for an error inside a success.
pub(super) fn decode(status: u16, body: &[u8]) -> Fault {
    let said = match serde_json::from_slice(body) {
        Ok(value) => said(&value),
        Err(_) => Said {
            message: plain(body),
            ..Said::default()
        },
    };
    let status = if status < 400 {
        said.status
    } else {
        Some(status)
    };
    let kind = kind(status, &said);
    let message = said.message.unwrap_or_else(|| match status {
        Some(status) => format!("the provider answered with status {status} and no explanation"),
        None => "the provider reported an error and no explanation".to_owned(),
    });
    let mut fault = Fault::new(Origin::Upstream, kind, message);
    fault.status = status;
    fault.code = said.code;
    fault.wire_type = said.kind;
    fault.param = said.param;
    fault.retry_after = said.retry_after;
    fault
}

/// Whether a body is an error in one of the known shapes.
pub(super) fn is_error(body: &[u8]) -> bool {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return false;
    };
    let value = value.get(0).unwrap_or(&value);
    value.get("error").is_some_and(|error| !error.is_null())
}

/// The words of a body that explains itself without being an error in form.
pub(super) fn words(body: &[u8]) -> Option<String> {
    said(&serde_json::from_slice(body).ok()?).message
}

fn said(value: &Value) -> Said {
    // Google's surface wraps its errors in a list of one.
    let value = value.get(0).unwrap_or(value);
    let error = match value.get("error") {
        Some(error @ Value::Object(_)) => error,
        Some(Value::String(text)) => {
            let mut said = fields(value);
            // Spring's shape has a short word in `error` and the explanation in `message`.
            said.message = said.message.or_else(|| short(text));
            return said;
        }
        Some(_) | None => value,
    };
    let mut said = fields(error);
    if said.message.is_none() {
        said.message = fields(value).message;
    }
    said
}

fn fields(error: &Value) -> Said {
    let text = |key: &str| match error.get(key) {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(_) | None => None,
    };
    let code = text("code");
    let number = |text: &Option<String>| {
        text.as_deref()
            .and_then(|text| text.parse::<u16>().ok())
            .filter(|status| (400..=599).contains(status))
    };
    let status = number(&code).or_else(|| number(&text("status")));
    let message = explanation(error);
    Said {
        message: match raw(error) {
            // OpenRouter's own words are "Provider returned error"; the provider's stand inside.
            Some(inner) => match (message, inner.message) {
                (Some(outer), Some(inner)) if outer != inner => short(&format!("{outer}: {inner}")),
                (outer, inner) => inner.or(outer),
            },
            None => message,
        },
        code: code.filter(|code| code.parse::<u16>().is_err()),
        kind: text("type").or_else(|| text("status").filter(|word| word.parse::<u16>().is_err())),
        param: text("param"),
        status,
        retry_after: error.get("details").and_then(retry_delay),
    }
}

/// The words of an error in any of the fields that have them.
fn explanation(error: &Value) -> Option<String> {
    ["message", "detail", "msg", "error_msg", "errors"]
        .into_iter()
        .find_map(|key| {
            match error.get(key)? {
                Value::String(text) => short(text),
                object @ Value::Object(_) => explanation(object),
                // FastAPI lists what is wrong with each field.
                Value::Array(list) => match list.first()? {
                    Value::String(text) => short(text),
                    first => explanation(first),
                },
                Value::Null | Value::Bool(_) | Value::Number(_) => None,
            }
        })
}

/// What OpenRouter carries in `metadata.raw`: the provider's own body, as text or as JSON.
fn raw(error: &Value) -> Option<Said> {
    match error.get("metadata")?.get("raw")? {
        Value::String(text) => Some(match serde_json::from_str::<Value>(text) {
            Ok(value) if value.is_object() => said(&value),
            Ok(_) | Err(_) => Said {
                message: plain(text.as_bytes()),
                ..Said::default()
            },
        }),
        value @ Value::Object(_) => Some(said(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

/// Google's `RetryInfo.retryDelay`, a text such as `34.4s`.
fn retry_delay(details: &Value) -> Option<Duration> {
    details.as_array()?.iter().find_map(|detail| {
        let seconds = detail.get("retryDelay")?.as_str()?.strip_suffix('s')?;
        Duration::try_from_secs_f64(seconds.parse().ok()?).ok()
    })
}

/// The words of a body that is not JSON; a web page has none.
fn plain(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    if text.starts_with('<') {
        return Some("the provider answered with a web page instead of an explanation".to_owned());
    }
    short(text)
}

fn short(text: &str) -> Option<String> {
    let text = text.trim();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => Some(format!("{}…", &text[..end])),
        None => (!text.is_empty()).then(|| text.to_owned()),
    }
}

/// The kind: the code decides, then the words, then the status.
fn kind(status: Option<u16>, said: &Said) -> FaultKind {
    let code = said.code.as_deref().unwrap_or_default();
    let word = said.kind.as_deref().unwrap_or_default();
    [code, word]
        .into_iter()
        .find_map(|word| known(word, status))
        .or_else(|| worded(said.message.as_deref()?, status))
        .or_else(|| status.map(FaultKind::from_status))
        .unwrap_or(match word {
            "invalid_request_error" => FaultKind::InvalidRequest,
            _ => FaultKind::Internal,
        })
}

/// The kind that a code or type stands for, in OpenAI's words, those of services that speak its
/// dialect, and Google's.
fn known(word: &str, status: Option<u16>) -> Option<FaultKind> {
    Some(match word {
        "context_length_exceeded" | "string_above_max_length" | "context_window_exceeded" => {
            FaultKind::ContextTooLong
        }
        "invalid_api_key"
        | "authentication_error"
        | "invalid_authentication_error"
        | "UNAUTHENTICATED" => FaultKind::Authentication,
        "permission_error"
        | "permission_denied"
        | "unsupported_country_region_territory"
        | "PERMISSION_DENIED" => FaultKind::Permission,
        "credit_balance_exhausted" | "billing_not_active" | "billing_error" => FaultKind::Billing,
        "insufficient_quota" | "billing_hard_limit_reached" | "quota_exceeded"
            if status == Some(402) =>
        {
            FaultKind::Billing
        }
        "insufficient_quota"
        | "billing_hard_limit_reached"
        | "quota_exceeded"
        | "exceeded_current_quota_error" => FaultKind::Quota,
        "rate_limit_exceeded"
        | "rate_limit_error"
        | "rate_limit_reached_error"
        | "requests"
        | "tokens"
        | "RESOURCE_EXHAUSTED" => FaultKind::RateLimit,
        "model_not_found" | "not_found_error" | "NOT_FOUND" => FaultKind::NotFound,
        "content_policy_violation" | "content_filter" | "data_inspection_failed" => {
            FaultKind::ContentPolicy
        }
        "unsupported_parameter" | "unsupported_value" => FaultKind::Unsupported,
        "server_is_overloaded"
        | "slow_down"
        | "overloaded_error"
        | "engine_overloaded_error"
        | "service_unavailable_error"
        | "UNAVAILABLE" => FaultKind::Overloaded,
        "timeout" | "timeout_error" | "DEADLINE_EXCEEDED" => FaultKind::Timeout,
        "INTERNAL" => FaultKind::Internal,
        "request_too_large" => FaultKind::TooLarge,
        _ => return None,
    })
}

/// The kind that only the words tell, for upstreams without codes.
fn worded(message: &str, status: Option<u16>) -> Option<FaultKind> {
    let message = message.to_ascii_lowercase();
    let says = |needles: &[&str]| needles.iter().any(|needle| message.contains(needle));
    let client_error = status.is_none_or(|status| matches!(status, 400 | 413 | 422 | 500));
    if client_error
        && says(&[
            "maximum context length",
            "context length exceeded",
            "exceeds the context window",
            "context window exceeds",
            "prompt is too long",
            "exceeds the available context size",
            "input is too long",
        ])
    {
        return Some(FaultKind::ContextTooLong);
    }
    if status == Some(400) && says(&["api key not valid", "invalid api key", "incorrect api key"]) {
        return Some(FaultKind::Authentication);
    }
    if matches!(status, Some(429 | 403))
        && says(&["insufficient balance", "exceeded your current quota"])
    {
        return Some(FaultKind::Quota);
    }
    None
}

#[derive(Serialize)]
struct Body<'a> {
    error: ErrorOut<'a>,
}

#[derive(Serialize)]
struct ErrorOut<'a> {
    message: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    param: Option<&'a str>,
    code: &'a str,
}

/// Writes an error body.
pub(super) fn encode(fault: &Fault) -> Vec<u8> {
    let own = fault
        .wire_type
        .as_deref()
        .filter(|word| TYPES.contains(word));
    let body = Body {
        error: ErrorOut {
            message: &fault.message,
            kind: own.unwrap_or_else(|| type_word(fault.kind)),
            param: fault.param.as_deref(),
            code: fault.code(),
        },
    };
    let mut out = Vec::new();
    let _infallible = serde_json::to_writer(&mut out, &body);
    out
}

/// The `type` words of this dialect; another dialect's are not passed on.
const TYPES: [&str; 6] = [
    "invalid_request_error",
    "requests",
    "tokens",
    "insufficient_quota",
    "server_error",
    "service_unavailable_error",
];

fn type_word(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::InvalidRequest
        | FaultKind::Unsupported
        | FaultKind::ContextTooLong
        | FaultKind::Authentication
        | FaultKind::Permission
        | FaultKind::NotFound
        | FaultKind::MethodNotAllowed
        | FaultKind::Conflict
        | FaultKind::TooLarge
        | FaultKind::UnsupportedMediaType
        | FaultKind::Misdirected
        | FaultKind::ContentPolicy => "invalid_request_error",
        FaultKind::Billing | FaultKind::Quota => "insufficient_quota",
        FaultKind::RateLimit => "requests",
        FaultKind::Overloaded | FaultKind::NoAccount | FaultKind::Stopped => {
            "service_unavailable_error"
        }
        FaultKind::Internal | FaultKind::BadGateway | FaultKind::Truncated | FaultKind::Timeout => {
            "server_error"
        }
    }
}
