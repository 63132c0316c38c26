//! A fake identity provider: authorization code with PKCE on loopback, and its faults.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::recorded::Recorded;
use crate::script::Script;
use crate::upstream::Upstream;

/// The secret that a good exchange gives.
pub const IDENTITY_SECRET: &str = "sk-fake-canary-6f1d";

/// What goes wrong at a fake identity provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityFault {
    /// Nothing.
    None,
    /// The person refuses.
    Denied,
    /// The answer's state is another one.
    WrongState,
    /// The answer says that it comes from somebody else.
    WrongIssuer,
    /// The code was exchanged before.
    ReplayedCode,
    /// The token endpoint answers a page.
    Garbage,
    /// The token endpoint never answers.
    Hangs,
}

/// A fake identity provider: `/authorize` redirects at once, `/token` takes each code once, and only
/// with the verifier of its challenge.
#[derive(Debug)]
pub struct Identity {
    upstream: Upstream,
}

#[derive(Default)]
struct Codes {
    issued: usize,
    challenges: HashMap<String, String>,
}

impl Identity {
    /// Starts one whose redirect parameter and secret's field have these names.
    ///
    /// # Panics
    /// Where no port can be had.
    pub fn start(redirect: &'static str, secret: &'static str, fault: IdentityFault) -> Self {
        let codes = Arc::new(Mutex::new(Codes::default()));
        let upstream = Upstream::start(move |request| {
            let mut codes = codes.lock().unwrap_or_else(PoisonError::into_inner);
            match (request.method.as_str(), request.path()) {
                ("GET", "/authorize") => authorize(&mut codes, request, redirect, fault),
                ("POST", "/token") => token(&mut codes, request, secret, fault),
                _ => Script::status(404),
            }
        });
        Self { upstream }
    }

    /// The page that a browser opens.
    #[must_use]
    pub fn authorize_url(&self) -> String {
        format!("{}/authorize", self.upstream.url())
    }

    /// Where codes are exchanged.
    #[must_use]
    pub fn token_url(&self) -> String {
        format!("{}/token", self.upstream.url())
    }

    /// Every request that arrived.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.upstream.requests()
    }
}

fn authorize(
    codes: &mut Codes,
    request: &Recorded,
    redirect: &str,
    fault: IdentityFault,
) -> Script {
    let asked: HashMap<String, String> = Url::parse(&format!("http://fake{}", request.target))
        .map(|url| url.query_pairs().into_owned().collect())
        .unwrap_or_default();
    let text = |name: &str| asked.get(name).cloned().unwrap_or_default();
    let Ok(mut back) = Url::parse(&text(redirect)) else {
        return Script::status(400);
    };
    if text("code_challenge_method") != "S256" || text("code_challenge").len() != 43 {
        return Script::status(400);
    }
    codes.issued += 1;
    let code = format!("code-{}", codes.issued);
    if fault != IdentityFault::ReplayedCode {
        codes
            .challenges
            .insert(code.clone(), text("code_challenge"));
    }
    let mut query = back.query_pairs_mut();
    match fault {
        IdentityFault::Denied => query.append_pair("error", "access_denied"),
        IdentityFault::None
        | IdentityFault::WrongState
        | IdentityFault::WrongIssuer
        | IdentityFault::ReplayedCode
        | IdentityFault::Garbage
        | IdentityFault::Hangs => query.append_pair("code", &code),
    };
    if fault == IdentityFault::WrongIssuer {
        query.append_pair("iss", "https://evil.example");
    }
    if let Some(state) = asked.get("state") {
        let wrong = fault == IdentityFault::WrongState;
        query.append_pair("state", if wrong { "another" } else { state });
    }
    drop(query);
    Script::status(302).header("location", back.as_str())
}

fn token(codes: &mut Codes, request: &Recorded, secret: &str, fault: IdentityFault) -> Script {
    match fault {
        IdentityFault::Garbage => return Script::html(200),
        IdentityFault::Hangs => return Script::silence(),
        IdentityFault::None
        | IdentityFault::Denied
        | IdentityFault::WrongState
        | IdentityFault::WrongIssuer
        | IdentityFault::ReplayedCode => {}
    }
    let json: Value = request.json();
    let form: HashMap<String, String> = url::form_urlencoded::parse(&request.body)
        .into_owned()
        .collect();
    let field = |name: &str| match json.get(name).and_then(Value::as_str) {
        Some(text) => text.to_owned(),
        None => form.get(name).cloned().unwrap_or_default(),
    };
    let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier")));
    if codes.challenges.remove(&field("code")) == Some(digest) {
        Script::json(200, &json!({secret: IDENTITY_SECRET, "expires_in": 3600}))
    } else {
        Script::json(400, &json!({"error": "invalid_grant"}))
    }
}
