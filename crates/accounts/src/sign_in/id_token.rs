//! What an id token has to say. Its signature is not checked: it comes over TLS from the token
//! endpoint itself, which <https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation>,
//! item 6, takes in place of the signature.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use subtle::ConstantTimeEq as _;

use super::SignInError;

/// How far the clocks of two computers may be apart.
const CLOCKS_APART: Duration = Duration::from_secs(300);

/// Checks that the token is `issuer`'s, for `client`, not over, and the answer to our question.
pub(super) fn check(
    token: &str,
    issuer: &str,
    client: &str,
    nonce: Option<&str>,
    now: SystemTime,
) -> Result<(), SignInError> {
    let claims = claims(token).ok_or(SignInError::Unreadable)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(issuer) {
        return Err(SignInError::WrongIssuer);
    }
    let audience = match claims.get("aud") {
        Some(Value::String(one)) => one == client,
        Some(Value::Array(all)) => {
            let named = all.iter().any(|one| one.as_str() == Some(client));
            // Of several audiences one is the party that asked.
            named && (all.len() == 1 || text("azp") == Some(client))
        }
        Some(_) | None => false,
    };
    if !audience || text("azp").is_some_and(|party| party != client) {
        return Err(SignInError::WrongAudience);
    }
    let ends = claims
        .get("exp")
        .and_then(Value::as_f64)
        .unwrap_or_default();
    let ends = Duration::try_from_secs_f64(ends).unwrap_or_default();
    let ends = SystemTime::UNIX_EPOCH.checked_add(ends.saturating_add(CLOCKS_APART));
    if ends.is_some_and(|ends| ends <= now) {
        return Err(SignInError::WrongTime);
    }
    if let Some(nonce) = nonce {
        let found = text("nonce").unwrap_or_default();
        if !bool::from(found.as_bytes().ct_eq(nonce.as_bytes())) {
            return Err(SignInError::WrongNonce);
        }
    }
    Ok(())
}

fn claims(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    parts.next().is_none().then_some(())?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use serde_json::json;

    use super::*;

    fn verdict(claims: &Value, now: u64) -> Result<(), SignInError> {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let token = format!("{}.{}.c2ln", part(&json!({"alg": "RS256"})), part(claims));
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(now);
        check(&token, "https://id.example", "me", Some("n-1"), now)
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = json!({
            "iss": "https://id.example", "aud": "me", "exp": 1000, "nonce": "n-1", "sub": "x",
        });
        claims[name] = value;
        claims
    }

    #[test]
    fn s56_a_token_of_another_sign_in_is_refused() {
        assert!(verdict(&with("aud", json!("me")), 999).is_ok());
        assert!(verdict(&with("aud", json!(["me"])), 999).is_ok());
        let fits = |result: Result<(), SignInError>, expected: &str| {
            let name = format!("{:?}", result.unwrap_err());
            assert_eq!(name, expected);
        };
        for issuer in [
            json!("https://id.example/"),
            json!("https://evil.example"),
            json!(null),
        ] {
            fits(verdict(&with("iss", issuer), 0), "WrongIssuer");
        }
        for audience in [
            json!("you"),
            json!(["you"]),
            json!(["me", "you"]),
            json!(null),
            json!([]),
        ] {
            fits(verdict(&with("aud", audience), 0), "WrongAudience");
        }
        fits(verdict(&with("azp", json!("you")), 0), "WrongAudience");
        for nonce in [json!("n-2"), json!(null), json!("")] {
            fits(verdict(&with("nonce", nonce), 0), "WrongNonce");
        }
        fits(verdict(&with("aud", json!("me")), 1300), "WrongTime");
        fits(verdict(&with("exp", json!(null)), 1300), "WrongTime");
    }

    #[test]
    fn what_is_no_token_is_told() {
        for odd in ["", "a.b", "a.b.c.d", "a.!.c", "a.e30"] {
            let verdict = check(odd, "i", "c", None, SystemTime::UNIX_EPOCH);
            assert!(matches!(verdict, Err(SignInError::Unreadable)), "{odd}");
        }
    }
}
