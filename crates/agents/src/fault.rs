//! Why an agent did not answer, for whoever asked it.

use std::time::Duration;

use dialect::{Fault, FaultKind, Origin};
use serde_json::Value;

use crate::heard::text;

/// The protocol's number for a sign-in that is missing.
const AUTH_REQUIRED: i64 = -32000;

/// The program could not be started.
pub(crate) fn not_started(command: &str, error: &std::io::Error) -> Fault {
    let message = format!(
        "the agent cannot be started ({error}); is \"{command}\" installed, and in the PATH that \
         Portolan was started with?"
    );
    Fault::new(Origin::Gateway, FaultKind::BadGateway, message).with_code("agent_not_started")
}

/// It was started and does not speak.
pub(crate) fn silent_start(line: &str, patience: Duration) -> Fault {
    let message = format!(
        "the agent was started and said nothing for {} seconds; start it by hand to see why: {line}",
        patience.as_secs()
    );
    Fault::new(Origin::Upstream, FaultKind::Timeout, message).with_code("agent_silent")
}

/// It said nothing for too long in the middle of its work.
pub(crate) fn silent(patience: Duration) -> Fault {
    let message = format!("the agent said nothing for {} seconds", patience.as_secs());
    Fault::new(Origin::Upstream, FaultKind::Timeout, message).with_code("agent_silent")
}

/// The program ended.
pub(crate) fn gone() -> Fault {
    Fault::truncated("the agent ended; the next request starts it again").with_code("agent_ended")
}

/// Its words came faster than the client took them.
pub(crate) fn overrun() -> Fault {
    let message = "the agent says more than the client takes";
    Fault::new(Origin::Client, FaultKind::Timeout, message).with_code("agent_overrun")
}

/// It speaks, but not what it should.
pub(crate) fn unreadable(what: &str) -> Fault {
    Fault::unreadable(format!("the agent {what}")).with_code("agent_unreadable")
}

/// It wants somebody to sign in.
pub(crate) fn signed_out(line: &str) -> Fault {
    let message = format!("the agent wants a sign-in: start it by hand and sign in there: {line}");
    Fault::new(Origin::Upstream, FaultKind::Authentication, message).with_code("agent_signed_out")
}

/// It answered with an error of JSON-RPC.
pub(crate) fn said(error: &Value, line: &str) -> Fault {
    let number = error.get("code").and_then(Value::as_i64);
    if number == Some(AUTH_REQUIRED) {
        return signed_out(line);
    }
    let mut words = text(error, "message").unwrap_or("no reason").to_owned();
    let details = error.get("data").and_then(|data| {
        data.as_str()
            .or_else(|| text(data, "details"))
            .or_else(|| text(data, "message"))
    });
    if let Some(details) = details {
        words = format!("{words}: {details}");
    }
    let kind = match number {
        Some(429) => FaultKind::RateLimit,
        Some(401) => FaultKind::Authentication,
        _ => FaultKind::BadGateway,
    };
    Fault::new(Origin::Upstream, kind, format!("the agent failed: {words}"))
        .with_code("agent_failed")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn errors_are_told_by_their_numbers_and_words() {
        let fault = said(
            &json!({"code": -32603, "message": "Internal error", "data": {"details": "no key"}}),
            "x",
        );
        assert_eq!(fault.kind, FaultKind::BadGateway);
        assert_eq!(fault.message, "the agent failed: Internal error: no key");
        let fault = said(
            &json!({"code": -32000, "message": "Authentication required"}),
            "qwen --acp",
        );
        assert_eq!(
            (fault.kind, fault.code()),
            (FaultKind::Authentication, "agent_signed_out")
        );
        assert!(fault.message.ends_with("qwen --acp"));
        assert_eq!(said(&json!({"code": 429}), "x").kind, FaultKind::RateLimit);
    }
}
