//! Failures that iFlow names by numbers of its own, most of them inside an answer with status 200.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use dialect::{Fault, FaultKind, Origin};
use http_body_util::BodyExt;
use outbound::Received;
use serde::Deserialize;
use serde_json::Value;

use super::replay::Replay;

/// How much of an answer is searched for a failure, in bytes: one is short, and comes first.
const SHORT: usize = 8 * 1024;

/// The form of a failure.
#[derive(Deserialize)]
struct Body {
    status: Option<Value>,
    error_code: Option<Value>,
    msg: Option<String>,
    message: Option<String>,
    choices: Option<Vec<serde::de::IgnoredAny>>,
}

/// What a number means: the kind, the status to answer with, and what else there is to say.
fn meaning(number: u32, words: &str) -> Option<(FaultKind, u16, &'static str)> {
    Some(match number {
        434 | 438 if words.contains("has been blocked") => (
            FaultKind::Permission,
            403,
            "the provider has banned this account; another key or account is needed",
        ),
        434 | 438 => (FaultKind::Authentication, 401, "the key is not valid"),
        435 => (
            FaultKind::NotFound,
            404,
            "the model is not served, or only to the provider's own program",
        ),
        439 => (FaultKind::Authentication, 401, "the sign-in has run out"),
        406 => (
            FaultKind::Permission,
            403,
            "the model is only for the provider's own program, the key has run out, or the \
             signature was not taken",
        ),
        429 | 449 | 8211 => (FaultKind::RateLimit, 429, "too many requests"),
        413 | 511 => (
            FaultKind::ContextTooLong,
            400,
            "the conversation is too long for the model",
        ),
        514 => (FaultKind::BadGateway, 502, "the model failed"),
        _ => return None,
    })
}

/// The failure in a body, or in one event of a stream; `None` where it is something else.
pub(crate) fn fault(body: &[u8]) -> Option<Fault> {
    let body: Body = serde_json::from_slice(body).ok()?;
    if body.choices.is_some_and(|choices| !choices.is_empty()) {
        return None;
    }
    let number = body.error_code.or(body.status)?;
    let number = match &number {
        Value::String(text) => text.trim().parse().ok()?,
        Value::Number(number) => u32::try_from(number.as_u64()?).ok()?,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    if matches!(number, 0 | 200) {
        return None;
    }
    let words = body.msg.or(body.message).unwrap_or_default();
    Some(of_number(number, &words))
}

/// Whether an HTTP status is one of the numbers that mean something here alone.
pub(crate) fn is_own(status: u32) -> bool {
    !matches!(status, 413 | 429) && meaning(status, "").is_some()
}

/// The failure that a number and its words are.
pub(crate) fn of_number(number: u32, words: &str) -> Fault {
    let (kind, status, advice) = meaning(number, words).unwrap_or((
        FaultKind::BadGateway,
        502,
        "the provider failed and did not say how",
    ));
    let said: String = words.trim().chars().take(1000).collect();
    let message = if said.is_empty() {
        format!("{advice} ({number})")
    } else {
        format!("{said} ({number}: {advice})")
    };
    let mut fault = Fault::new(Origin::Upstream, kind, message);
    fault.status = Some(status);
    fault
}

/// The same fault, where its code is one of the numbers, as what that number means.
pub(crate) fn told(fault: Fault) -> Fault {
    let number = fault.code.as_deref().and_then(|code| code.parse().ok());
    match number {
        Some(number) => of_number(number, &fault.message),
        None => fault,
    }
}

/// Looks at how an answer begins. Gives the answer back as it was, or the failure that it is.
pub(crate) async fn look(
    response: http::Response<Received>,
    patience: Duration,
) -> Result<http::Response<Received>, Fault> {
    let (head, mut body) = response.into_parts();
    let mut read: VecDeque<Bytes> = VecDeque::new();
    let mut seen = BytesMut::new();
    let looking = async {
        loop {
            let Some(frame) = body.frame().await else {
                return judge(&seen, true);
            };
            let frame = frame
                .map_err(|failure| Fault::truncated(format!("the answer broke off ({failure})")))?;
            let Ok(bytes) = frame.into_data() else {
                continue;
            };
            seen.extend_from_slice(&bytes);
            read.push_back(bytes);
            match judge(&seen, seen.len() >= SHORT) {
                Ok(false) => {}
                judged => return judged,
            }
        }
    };
    let looked = tokio::time::timeout(patience, looking).await;
    looked.map_err(|_| {
        let message = format!("nothing came for {} seconds", patience.as_secs());
        Fault::new(Origin::Upstream, FaultKind::Timeout, message)
    })??;
    let body = Received::made(Replay { read, rest: body });
    Ok(http::Response::from_parts(head, body))
}

/// Whether the beginning of an answer says that it is none; `Ok(false)`: more has to come first.
fn judge(seen: &[u8], is_all: bool) -> Result<bool, Fault> {
    let start = seen.trim_ascii_start();
    let found = if start.first() == Some(&b'{') {
        Some(start)
    } else {
        first_event(start, is_all)
    };
    match found {
        None => Ok(is_all),
        Some(event) => match fault(event) {
            Some(fault) => Err(fault),
            // What can be read and is no failure is an answer; what cannot may not be all of it.
            None => Ok(is_all || serde_json::from_slice::<serde::de::IgnoredAny>(event).is_ok()),
        },
    }
}

/// What the first event of a stream carries, once all of its line is there.
fn first_event(stream: &[u8], is_all: bool) -> Option<&[u8]> {
    let mut rest = stream;
    while !rest.is_empty() {
        let end = memchr::memchr2(b'\n', b'\r', rest);
        let (line, after) = match end {
            Some(end) => (&rest[..end], &rest[end + 1..]),
            None if is_all => (rest, &rest[rest.len()..]),
            None => return None,
        };
        if let Some(value) = line.strip_prefix(b"data:") {
            return Some(value.trim_ascii());
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use dialect::Dialect;

    use super::*;

    #[test]
    fn every_number_has_its_meaning() {
        let blocked = "access to the current AK has been blocked due to unauthorized requests";
        for (number, words, status, kind) in [
            (434, "invalid apiKey", 401, FaultKind::Authentication),
            (434, blocked, 403, FaultKind::Permission),
            (438, blocked, 403, FaultKind::Permission),
            (435, "Model not support", 404, FaultKind::NotFound),
            (439, "token has expired", 401, FaultKind::Authentication),
            (449, "rate limit", 429, FaultKind::RateLimit),
            (429, "", 429, FaultKind::RateLimit),
            (8211, "", 429, FaultKind::RateLimit),
            (413, "", 400, FaultKind::ContextTooLong),
            (511, "too long", 400, FaultKind::ContextTooLong),
            (514, "model error", 502, FaultKind::BadGateway),
            (406, "", 403, FaultKind::Permission),
            (999, "odd", 502, FaultKind::BadGateway),
        ] {
            let body = format!("{{\"status\":\"{number}\",\"msg\":\"{words}\",\"body\":null}}");
            let found = fault(body.as_bytes()).unwrap();
            assert_eq!(found.kind, kind, "{number} {words}");
            assert_eq!(found.status_for(Dialect::OpenAiChat), status, "{number}");
            assert!(found.message.contains(words), "{}", found.message);
            let body = format!("{{\"error_code\":{number},\"msg\":\"{words}\"}}");
            assert_eq!(fault(body.as_bytes()), Some(found));
        }
    }

    #[test]
    fn an_answer_is_no_failure() {
        for body in [
            r#"{"status":"449","choices":[{"index":0}]}"#,
            r#"{"status":"200","msg":"ok"}"#,
            r#"{"choices":[],"usage":{}}"#,
            r#"{"status":"fine"}"#,
            "[]",
            "",
        ] {
            assert_eq!(fault(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn the_beginning_is_enough_and_no_less_than_that() {
        let failed = |seen: &str, is_all| judge(seen.as_bytes(), is_all).is_err();
        let body = r#"{"status":"449","msg":"x"}"#;
        for stream in [
            body.to_owned(),
            format!("data:{body}\n\n"),
            format!(": hi\r\n\r\nevent: x\r\ndata: {body}\r\n"),
        ] {
            assert!(failed(&stream, false), "{stream}");
        }
        assert!(!failed(&format!("data:{body}"), false));
        assert!(failed(&format!("data:{body}"), true));
        assert_eq!(judge(br#"{"choices":[{"#, false), Ok(false));
        assert_eq!(
            judge(br#"data: {"choices":[{"index":0}]}"#, false),
            Ok(false)
        );
        assert_eq!(judge(b"data: {\"choices\":[]}\n", false), Ok(true));
        assert_eq!(judge(b"data: [DONE]\n", true), Ok(true));
        assert_eq!(judge(b"", true), Ok(true));
    }
}
