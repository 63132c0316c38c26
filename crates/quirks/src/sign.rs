//! Requests that name their session and are signed with the key, as iFlow's own command line does.

use std::fmt::Write as _;
use std::time::SystemTime;

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;

const SESSION: HeaderName = HeaderName::from_static("session-id");
const CONVERSATION: HeaderName = HeaderName::from_static("conversation-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("x-iflow-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("x-iflow-signature");

/// Adds the session, the conversation, the time and the signature to a request's fields. Without a
/// key nothing is added: there is nothing to sign with.
pub fn sign(fields: &mut HeaderMap, agent: &str, key: Option<&str>, now: SystemTime) {
    let Some(key) = key.filter(|key| !key.is_empty()) else {
        return;
    };
    // Each request is a session of its own: nothing ties one to the next.
    let (Some(session), Some(conversation)) = (uuid(), uuid()) else {
        return;
    };
    let session = format!("session-{session}");
    let since = now.duration_since(SystemTime::UNIX_EPOCH);
    let time = since.unwrap_or_default().as_millis().to_string();
    let signature = signature(key, agent, &session, &time);
    let values = [
        (SESSION, session),
        (CONVERSATION, conversation),
        (TIMESTAMP, time),
        (SIGNATURE, signature),
    ];
    for (name, value) in values {
        if let Ok(value) = HeaderValue::try_from(value) {
            fields.insert(name, value);
        }
    }
}

/// The HMAC-SHA256 under the key of agent, session and time, joined by colons, as hexadecimal digits.
fn signature(key: &str, agent: &str, session: &str, time: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else {
        // A key of any length is taken: RFC 2104, section 2.
        return String::new();
    };
    mac.update(format!("{agent}:{session}:{time}").as_bytes());
    let digest = mac.finalize().into_bytes();
    digest.iter().fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

/// A random identifier; <https://www.rfc-editor.org/rfc/rfc9562#section-5.4>.
fn uuid() -> Option<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).ok()?;
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let _infallible = write!(text, "{byte:02x}");
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::time::Duration;

    use super::*;

    #[test]
    fn the_signature_is_that_of_the_protocol() {
        // Made with `printf 'iFlow-Cli:session-1:1700000000000' | openssl dgst -sha256 -hmac sk-1`.
        assert_eq!(
            signature("sk-1", "iFlow-Cli", "session-1", "1700000000000"),
            "05f3d5ab5af418ac031091b593bd422dd8d31dc0f0f872f710a355291c7fc564"
        );
    }

    #[test]
    fn the_fields_belong_together_and_are_new_each_time() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_123);
        let signed = || {
            let mut fields = HeaderMap::new();
            sign(&mut fields, "a", Some("k"), now);
            fields
        };
        let (one, two) = (signed(), signed());
        assert_eq!(one[&TIMESTAMP], "1700000000123");
        let session = one[&SESSION].to_str().unwrap();
        assert_eq!(session.len(), "session-".len() + 36);
        assert_eq!(&session[8 + 14..8 + 15], "4", "{session}");
        assert_eq!(
            one[&SIGNATURE].to_str().unwrap(),
            signature("k", "a", session, "1700000000123")
        );
        assert_ne!(one[&SESSION], two[&SESSION]);
        assert_ne!(one[&CONVERSATION], two[&CONVERSATION]);
        let mut without = HeaderMap::new();
        sign(&mut without, "a", None, now);
        sign(&mut without, "a", Some(""), now);
        assert!(without.is_empty());
    }
}
