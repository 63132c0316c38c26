//! What the web admin answers: JSON, with the status that fits its code.

use contract::{ApiError, Code};
use gateway::Said;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

/// An answer of the web admin.
pub(super) type Answer = Response<Said>;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A good answer.
pub(super) fn json(value: &impl Serialize) -> Answer {
    with_status(StatusCode::OK, value)
}

/// A failure, as the contract writes it.
pub(super) fn failure(error: &ApiError) -> Answer {
    let mut answer = with_status(status(error.code), error);
    if error.code == Code::AdminTooManyTries
        && let Ok(seconds) = HeaderValue::from_str(error.argument("seconds"))
    {
        answer.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    answer
}

/// An empty answer, or a line of text for who looks at it.
pub(super) fn plain(status: StatusCode, text: &'static str) -> Answer {
    let mut answer = Response::new(Said::Whole(text.into()));
    *answer.status_mut() = status;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    answer
}

/// The path does not take this HTTP method.
pub(super) fn other_method(allowed: &'static str) -> Answer {
    let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "");
    let allowed = HeaderValue::from_static(allowed);
    answer.headers_mut().insert(header::ALLOW, allowed);
    answer
}

fn with_status(status: StatusCode, value: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(value).unwrap_or_default();
    let mut answer = Response::new(Said::Whole(body.into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, JSON);
    answer
}

/// The code decides; what the page shows comes from the code and not from the status.
fn status(code: Code) -> StatusCode {
    match code {
        Code::AdminSignedOut => StatusCode::UNAUTHORIZED,
        Code::AdminPasswordWrong
        | Code::AdminConfirm
        | Code::AdminForeignRequest
        | Code::AdminLinkInvalid
        | Code::AdminNoPassword
        | Code::AdminNotHere => StatusCode::FORBIDDEN,
        Code::AdminTooManyTries => StatusCode::TOO_MANY_REQUESTS,
        Code::UnknownMethod => StatusCode::NOT_FOUND,
        Code::InvalidParams => StatusCode::BAD_REQUEST,
        Code::Internal | Code::AdminFileFailed => StatusCode::INTERNAL_SERVER_ERROR,
        // What was asked for is understood and cannot be done now.
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
