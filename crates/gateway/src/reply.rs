//! Answers that this program writes itself: errors in the client's dialect, small JSON.

use std::time::Duration;

use axum::body::Body;
use dialect::{Codec, Dialect, Fault, FaultKind, Operation, codec};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use crate::ingress::Words;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A JSON answer.
pub(crate) fn json(status: StatusCode, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}

/// The codec in which a client of the dialect is answered. Those without one of their own yet get
/// OpenAI's shape.
pub(crate) fn codec_for(dialect: Dialect) -> &'static dyn Codec {
    codec(dialect).unwrap_or(&dialect::openai_chat::OpenAiChat)
}

/// A fault as a whole answer in the client's dialect.
pub(crate) fn fault(fault: &Fault, dialect: Dialect, request_id: &str) -> Response<Body> {
    let status = StatusCode::from_u16(fault.status_for(dialect))
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = match dialect {
        Dialect::Gemini => google(fault, status),
        Dialect::OpenAiChat
        | Dialect::OpenAiResponses
        | Dialect::AnthropicMessages
        | Dialect::Ollama => codec_for(dialect).encode_fault(fault, request_id),
    };
    let mut response = json(status, body);
    response.extensions_mut().insert(fault.clone());
    let headers = response.headers_mut();
    if let Some(wait) = fault.retry_after {
        retry_after(headers, wait);
    }
    if !is_worth_repeating(fault.kind) {
        // Both vendors' SDKs obey it; without it they would repeat what cannot succeed.
        headers.insert("x-should-retry", HeaderValue::from_static("false"));
    }
    response
}

/// The operation that an error is told to, where the path alone does not say it.
#[derive(Clone, Copy)]
struct To(Operation);

/// Notes with an answer that is an error what was asked for.
pub(crate) fn note(response: &mut Response<Body>, operation: Operation) {
    let extensions = response.extensions_mut();
    if extensions.get::<Fault>().is_some() {
        extensions.insert(To(operation));
    }
}

/// Puts the error that an answer holds into the words that its client expects.
pub(crate) fn in_words(words: Words, response: &mut Response<Body>) {
    let Some(fault) = response.extensions().get::<Fault>() else {
        return;
    };
    let to = response.extensions().get::<To>();
    let is_picture = to.is_some_and(|To(operation)| *operation == Operation::Image);
    let error = match words {
        Words::Dialect => return,
        Words::Worker => intake::worker::error(fault, response.status().as_u16(), is_picture),
        Words::Graphql => serde_json::json!({ "errors": [{
            "message": fault.message,
            "extensions": { "code": fault.code.as_deref().unwrap_or(fault.kind.code()) },
        }] })
        .to_string(),
    };
    *response.body_mut() = Body::from(error);
}

/// Google's shape of an error, which its clients insist on.
fn google(fault: &Fault, status: StatusCode) -> Vec<u8> {
    let word = match fault.kind {
        FaultKind::Authentication => "UNAUTHENTICATED",
        FaultKind::Permission => "PERMISSION_DENIED",
        FaultKind::NotFound => "NOT_FOUND",
        FaultKind::Conflict => "ABORTED",
        FaultKind::RateLimit | FaultKind::Quota => "RESOURCE_EXHAUSTED",
        FaultKind::Timeout => "DEADLINE_EXCEEDED",
        FaultKind::Internal => "INTERNAL",
        FaultKind::Overloaded
        | FaultKind::BadGateway
        | FaultKind::Truncated
        | FaultKind::NoAccount
        | FaultKind::Stopped => "UNAVAILABLE",
        FaultKind::Billing => "FAILED_PRECONDITION",
        FaultKind::InvalidRequest
        | FaultKind::Unsupported
        | FaultKind::ContextTooLong
        | FaultKind::MethodNotAllowed
        | FaultKind::TooLarge
        | FaultKind::UnsupportedMediaType
        | FaultKind::Misdirected
        | FaultKind::ContentPolicy => "INVALID_ARGUMENT",
    };
    serde_json::json!({
        "error": { "code": status.as_u16(), "message": fault.message, "status": word }
    })
    .to_string()
    .into_bytes()
}

/// Whether the very same request could succeed a little later.
fn is_worth_repeating(kind: FaultKind) -> bool {
    match kind {
        FaultKind::RateLimit
        | FaultKind::Conflict
        | FaultKind::Internal
        | FaultKind::Overloaded
        | FaultKind::BadGateway
        | FaultKind::Truncated
        | FaultKind::Timeout
        | FaultKind::NoAccount
        | FaultKind::Stopped => true,
        FaultKind::InvalidRequest
        | FaultKind::Unsupported
        | FaultKind::ContextTooLong
        | FaultKind::Authentication
        | FaultKind::Permission
        | FaultKind::Billing
        | FaultKind::NotFound
        | FaultKind::MethodNotAllowed
        | FaultKind::TooLarge
        | FaultKind::UnsupportedMediaType
        | FaultKind::Misdirected
        | FaultKind::Quota
        | FaultKind::ContentPolicy => false,
    }
}

/// Says how long to wait: in whole seconds for everyone, in milliseconds for the SDKs.
fn retry_after(headers: &mut HeaderMap, wait: Duration) {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    if let Ok(milliseconds) = u64::try_from(wait.as_millis()) {
        headers.insert("retry-after-ms", HeaderValue::from(milliseconds));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::time::Duration;

    use dialect::{Dialect, Fault, FaultKind, Origin};
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn an_error_says_how_long_to_wait_and_whether_to_try_again() {
        let mut fault = Fault::new(Origin::Upstream, FaultKind::RateLimit, "slow down");
        fault.retry_after = Some(Duration::from_millis(1500));
        let response = super::fault(&fault, Dialect::Gemini, "id");
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()["retry-after"], "2");
        assert_eq!(response.headers()["retry-after-ms"], "1500");
        assert!(!response.headers().contains_key("x-should-retry"));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["error"]["status"], "RESOURCE_EXHAUSTED");

        let fault = Fault::invalid("model", "no");
        let response = super::fault(&fault, Dialect::AnthropicMessages, "id");
        assert_eq!(response.headers()["x-should-retry"], "false");
    }
}
