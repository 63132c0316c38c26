//! Errors, as upstreams write them and as clients want them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::openai_chat::OpenAiChat;
use crate::{Codec, Dialect, Fault, FaultKind, Origin};

fn read(status: u16, body: &str) -> Fault {
    OpenAiChat.decode_fault(status, body.as_bytes())
}

#[test]
fn the_kind_is_found_in_code_type_words_or_status() {
    use FaultKind::{
        Authentication, Billing, ContentPolicy, ContextTooLong, Internal, InvalidRequest, NotFound,
        Overloaded, Permission, Quota, RateLimit, Timeout, Unsupported,
    };
    let cases: [(u16, &str, FaultKind); 24] = [
        (
            400,
            r#"{"error":{"message":"x","code":"context_length_exceeded"}}"#,
            ContextTooLong,
        ),
        (
            400,
            r#"{"error":{"message":"This model's maximum context length is 8 tokens"}}"#,
            ContextTooLong,
        ),
        (
            400,
            r#"{"error":{"message":"x","type":"invalid_request_error"}}"#,
            InvalidRequest,
        ),
        (
            400,
            r#"{"error":{"message":"x","code":"unsupported_parameter","param":"top_k"}}"#,
            Unsupported,
        ),
        (
            400,
            r#"{"error":{"message":"x","code":"content_filter"}}"#,
            ContentPolicy,
        ),
        (
            400,
            r#"{"error":{"message":"API key not valid. Please pass one.","status":"INVALID_ARGUMENT"}}"#,
            Authentication,
        ),
        (
            401,
            r#"{"error":{"message":"x","code":"invalid_api_key"}}"#,
            Authentication,
        ),
        (401, "", Authentication),
        (
            402,
            r#"{"error":{"message":"Insufficient Balance","code":"insufficient_quota"}}"#,
            Billing,
        ),
        (
            403,
            r#"{"error":{"code":"unsupported_country_region_territory","message":"x"}}"#,
            Permission,
        ),
        (
            404,
            r#"{"error":{"message":"x","code":"model_not_found"}}"#,
            NotFound,
        ),
        (
            400,
            r#"{"error":{"message":"x","code":"model_not_found"}}"#,
            NotFound,
        ),
        (
            429,
            r#"{"error":{"message":"x","code":"insufficient_quota"}}"#,
            Quota,
        ),
        (
            429,
            r#"{"error":{"message":"x","type":"tokens"}}"#,
            RateLimit,
        ),
        (
            429,
            r#"{"error":{"message":"x","code":"credit_balance_exhausted"}}"#,
            Billing,
        ),
        (429, "Too Many Requests", RateLimit),
        (
            500,
            r#"{"error":{"message":"x","type":"server_error"}}"#,
            Internal,
        ),
        (
            503,
            r#"{"error":{"message":"x","code":"slow_down"}}"#,
            Overloaded,
        ),
        (503, "<html>", Overloaded),
        (504, "", Timeout),
        (200, r#"{"error":{"message":"x","code":429}}"#, RateLimit),
        (
            200,
            r#"{"error":{"message":"x","type":"invalid_request_error"}}"#,
            InvalidRequest,
        ),
        (200, r#"{"error":"x"}"#, Internal),
        (
            200,
            r#"{"error":{"message":"prompt is too long: 9 > 8"}}"#,
            ContextTooLong,
        ),
    ];
    for (status, body, kind) in cases {
        let fault = read(status, body);
        assert_eq!(fault.kind, kind, "{status} {body}");
        assert_eq!(fault.origin, Origin::Upstream);
        assert!(!fault.message.is_empty());
    }
}

#[test]
fn the_words_are_found_wherever_they_are() {
    let cases = [
        (r#"{"error":"plain"}"#, "plain"),
        (r#"{"error":"Unauthorized","message":"longer"}"#, "longer"),
        (r#"{"detail":"Not found"}"#, "Not found"),
        (
            r#"{"detail":[{"loc":["body","model"],"msg":"field required"}]}"#,
            "field required",
        ),
        (r#"{"message":"top"}"#, "top"),
        (r#"[{"error":{"message":"in a list"}}]"#, "in a list"),
        (r#"{"errors":[{"message":"one of many"}]}"#, "one of many"),
        (
            r#"{"error":{"message":"Provider returned error","metadata":{"raw":"{\"error\":{\"message\":\"inner\"}}"}}}"#,
            "Provider returned error: inner",
        ),
        (r#"{"error":{"metadata":{"raw":"just text"}}}"#, "just text"),
        ("upstream connect error", "upstream connect error"),
        (
            "{}",
            "the provider answered with status 418 and no explanation",
        ),
        (
            "",
            "the provider answered with status 418 and no explanation",
        ),
        (
            "<html>secret page</html>",
            "the provider answered with a web page instead of an explanation",
        ),
    ];
    for (body, words) in cases {
        assert_eq!(read(418, body).message, words, "{body}");
    }
    let long = read(400, &format!("{{\"error\":\"{}\"}}", "船".repeat(5000))).message;
    assert_eq!(long.chars().count(), 1001);
    for body in [
        "[]",
        "[[]]",
        "null",
        "1",
        "\"x\"",
        "{\"error\":[]}",
        "{\"error\":{\"message\":{}}}",
        "\u{0}",
    ] {
        assert!(!read(500, body).message.is_empty(), "{body}");
    }
}

#[test]
fn details_are_kept() {
    let body = r#"{"error":{"message":"m","type":"requests","param":"messages[0]","code":"rate_limit_exceeded"}}"#;
    let fault = read(429, body);
    assert_eq!(fault.status, Some(429));
    assert_eq!(fault.code.as_deref(), Some("rate_limit_exceeded"));
    assert_eq!(fault.wire_type.as_deref(), Some("requests"));
    assert_eq!(fault.param.as_deref(), Some("messages[0]"));
    let google = r#"[{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"@type":"x"},{"retryDelay":"34.4s"}]}}]"#;
    let fault = read(429, google);
    assert_eq!(fault.retry_after, Some(Duration::from_secs_f64(34.4)));
    assert_eq!(fault.kind, FaultKind::RateLimit);
    assert_eq!(
        read(200, r#"{"error":{"message":"m","code":503}}"#).status,
        Some(503)
    );
}

#[test]
fn errors_are_written_in_one_shape() {
    let written = |fault: &Fault| -> Value {
        serde_json::from_slice(&OpenAiChat.encode_fault(fault, "r")).unwrap()
    };
    let invalid = Fault::invalid("messages[2].content", "a \"quoted\" word");
    let expected = json!({ "error": { "message": "a \"quoted\" word", "param": "messages[2].content",
        "type": "invalid_request_error", "code": "invalid_request" } });
    assert_eq!(written(&invalid), expected);
    let types = [
        (
            FaultKind::Authentication,
            "invalid_request_error",
            "invalid_api_key",
        ),
        (FaultKind::RateLimit, "requests", "rate_limit_exceeded"),
        (FaultKind::Quota, "insufficient_quota", "insufficient_quota"),
        (
            FaultKind::Overloaded,
            "service_unavailable_error",
            "overloaded",
        ),
        (
            FaultKind::NoAccount,
            "service_unavailable_error",
            "no_account",
        ),
        (FaultKind::Timeout, "server_error", "timeout"),
        (FaultKind::BadGateway, "server_error", "bad_gateway"),
        (
            FaultKind::ContextTooLong,
            "invalid_request_error",
            "context_length_exceeded",
        ),
    ];
    for (kind, word, code) in types {
        let error = &written(&Fault::new(Origin::Gateway, kind, "m"))["error"];
        assert_eq!(
            (&error["type"], &error["code"]),
            (&json!(word), &json!(code))
        );
        assert_eq!(error["param"], Value::Null);
    }
    // Another dialect's words stay where they are.
    let mut foreign = Fault::new(Origin::Upstream, FaultKind::Overloaded, "m");
    foreign.wire_type = Some("overloaded_error".to_owned());
    foreign.status = Some(529);
    assert_eq!(
        written(&foreign)["error"]["type"],
        "service_unavailable_error"
    );
    assert_eq!(foreign.status_for(Dialect::OpenAiChat), 503);
}
