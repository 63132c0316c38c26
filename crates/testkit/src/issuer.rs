//! A fake OpenID provider that is strict: every code and refresh token is good once, and a second use
//! of a refresh token ends the whole sign-in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::recorded::Recorded;
use crate::script::Script;
use crate::upstream::Upstream;

/// How a fake issuer behaves; what is not said is as the standards want it.
#[derive(Clone, Debug)]
pub struct IssuerOptions {
    /// How long an access token lives, in seconds.
    pub lifetime: u64,
    /// Whether a refresh token is replaced when it is used.
    pub rotates: bool,
    /// What the device endpoint answers before the grant, one word for each question.
    pub device: Vec<&'static str>,
    /// The interval that a device is told, in seconds.
    pub interval: u64,
    /// What an id token says otherwise.
    pub claims: Value,
    /// What the description says otherwise.
    pub description: Value,
    /// Whether an answer names the issuer.
    pub names_itself: bool,
    /// How long the token endpoint thinks.
    pub delay: Duration,
}

impl Default for IssuerOptions {
    fn default() -> Self {
        Self {
            lifetime: 3600,
            rotates: true,
            device: Vec::new(),
            interval: 1,
            claims: json!({}),
            description: json!({}),
            names_itself: true,
            delay: Duration::ZERO,
        }
    }
}

/// A fake OpenID provider on loopback.
#[derive(Debug)]
pub struct Issuer {
    upstream: Upstream,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    options: IssuerOptions,
    url: String,
    issued: usize,
    /// Code → challenge and nonce.
    codes: HashMap<String, (String, Option<String>)>,
    /// The refresh tokens of the sign-in, and whether each is still good.
    refreshes: HashMap<String, bool>,
    redeemed: usize,
    reused: usize,
    revoked: Vec<String>,
    polls: usize,
    broken: bool,
}

impl Issuer {
    /// Starts one.
    ///
    /// # Panics
    /// Where no port can be had.
    #[must_use]
    pub fn start(options: IssuerOptions) -> Self {
        let state = Arc::new(Mutex::new(State {
            options,
            ..State::default()
        }));
        let shared = Arc::clone(&state);
        let upstream = Upstream::start(move |request| {
            let mut state = shared.lock().unwrap_or_else(PoisonError::into_inner);
            state.answer(request)
        });
        lock(&state).url = upstream.url();
        Self { upstream, state }
    }

    /// Its address, which is also its name.
    #[must_use]
    pub fn url(&self) -> String {
        self.upstream.url()
    }

    /// How often a refresh token was redeemed.
    #[must_use]
    pub fn redeemed(&self) -> usize {
        lock(&self.state).redeemed
    }

    /// How often a spent refresh token was presented.
    #[must_use]
    pub fn reused(&self) -> usize {
        lock(&self.state).reused
    }

    /// What was given up, in order.
    #[must_use]
    pub fn revoked(&self) -> Vec<String> {
        lock(&self.state).revoked.clone()
    }

    /// Ends the sign-in: no refresh token is good any more.
    pub fn end(&self) {
        lock(&self.state).end();
    }

    /// Lets the token endpoint answer 503, or mend.
    pub fn break_down(&self, broken: bool) {
        lock(&self.state).broken = broken;
    }

    /// A refresh token as if a person had signed in.
    #[must_use]
    pub fn grant(&self) -> String {
        lock(&self.state).refresh()
    }

    /// Every request that arrived.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.upstream.requests()
    }
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn answer(&mut self, request: &Recorded) -> Script {
        match (request.method.as_str(), request.path()) {
            ("GET", "/.well-known/openid-configuration") => self.description(),
            ("GET", "/authorize") => self.authorize(request),
            ("POST", "/device") => self.device(),
            ("POST", "/token") => self.token(&form(request)).delay(self.options.delay),
            ("POST", "/revoke") => {
                let token = form(request).remove("token").unwrap_or_default();
                self.refreshes.insert(token.clone(), false);
                self.revoked.push(token);
                Script::status(200)
            }
            _ => Script::status(404),
        }
    }

    fn description(&self) -> Script {
        let at = |path: &str| format!("{}{path}", self.url);
        let mut said = json!({
            "issuer": self.url,
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "device_authorization_endpoint": at("/device"),
            "revocation_endpoint": at("/revoke"),
            "scopes_supported": ["openid", "offline_access"],
            "code_challenge_methods_supported": ["S256"],
        });
        merge(&mut said, &self.options.description);
        Script::json(200, &said)
    }

    fn authorize(&mut self, request: &Recorded) -> Script {
        let asked = query(&request.target);
        let text = |name: &str| asked.get(name).cloned().unwrap_or_default();
        let Ok(mut back) = Url::parse(&text("redirect_uri")) else {
            return Script::status(400);
        };
        if text("code_challenge_method") != "S256" || text("response_type") != "code" {
            return Script::status(400);
        }
        self.issued += 1;
        let code = format!("code-{}", self.issued);
        let question = (text("code_challenge"), asked.get("nonce").cloned());
        self.codes.insert(code.clone(), question);
        back.query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("state", &text("state"));
        if self.options.names_itself {
            back.query_pairs_mut().append_pair("iss", &self.url);
        }
        Script::status(302).header("location", back.as_str())
    }

    fn device(&self) -> Script {
        let page = format!("{}/activate", self.url);
        Script::json(
            200,
            &json!({
                "device_code": "device-1",
                "user_code": "WDJB-MJHT",
                "verification_uri": page,
                "verification_uri_complete": format!("{page}?user_code=WDJB-MJHT"),
                "expires_in": 900,
                "interval": self.options.interval,
            }),
        )
    }

    fn token(&mut self, form: &HashMap<String, String>) -> Script {
        let text = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        if self.broken {
            return Script::status(503);
        }
        match text("grant_type") {
            "authorization_code" => {
                let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(text("code_verifier")));
                match self.codes.remove(text("code")) {
                    Some((challenge, nonce)) if challenge == digest => {
                        self.granted(text("client_id"), nonce.as_deref())
                    }
                    Some(_) | None => refused("invalid_grant"),
                }
            }
            "urn:ietf:params:oauth:grant-type:device_code" => {
                if text("device_code") != "device-1" {
                    return refused("invalid_grant");
                }
                let word = self.options.device.get(self.polls).copied();
                self.polls += 1;
                match word {
                    Some(word) => refused(word),
                    None => self.granted(text("client_id"), None),
                }
            }
            "refresh_token" => match self.refreshes.get(text("refresh_token")).copied() {
                Some(true) => {
                    self.redeemed += 1;
                    if self.options.rotates {
                        let token = text("refresh_token").to_owned();
                        self.refreshes.insert(token, false);
                    }
                    self.granted(text("client_id"), None)
                }
                Some(false) => {
                    // RFC 9700, section 4.14.2: whoever comes second may be the thief, or the owner.
                    self.reused += 1;
                    self.end();
                    refused("invalid_grant")
                }
                None => refused("invalid_grant"),
            },
            _ => refused("unsupported_grant_type"),
        }
    }

    fn granted(&mut self, client: &str, nonce: Option<&str>) -> Script {
        self.issued += 1;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let mut claims = json!({
            "iss": self.url,
            "aud": client,
            "sub": "person-1",
            "exp": now.unwrap_or_default().as_secs() + 600,
            "nonce": nonce,
        });
        merge(&mut claims, &self.options.claims);
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let head = json!({"alg": "RS256", "typ": "JWT"});
        let mut answer = json!({
            "access_token": format!("access-canary-{}", self.issued),
            "token_type": "Bearer",
            "expires_in": self.options.lifetime,
            "id_token": format!("{}.{}.c2ln", part(&head), part(&claims)),
        });
        if self.options.rotates || self.refreshes.is_empty() {
            answer["refresh_token"] = self.refresh().into();
        }
        Script::json(200, &answer)
    }

    fn refresh(&mut self) -> String {
        self.issued += 1;
        let token = format!("refresh-canary-{}", self.issued);
        self.refreshes.insert(token.clone(), true);
        token
    }

    fn end(&mut self) {
        for good in self.refreshes.values_mut() {
            *good = false;
        }
    }
}

fn refused(error: &str) -> Script {
    Script::json(400, &json!({ "error": error }))
}

fn form(request: &Recorded) -> HashMap<String, String> {
    url::form_urlencoded::parse(&request.body)
        .into_owned()
        .collect()
}

fn query(target: &str) -> HashMap<String, String> {
    Url::parse(&format!("http://fake{target}"))
        .map(|url| url.query_pairs().into_owned().collect())
        .unwrap_or_default()
}

fn merge(base: &mut Value, other: &Value) {
    for (name, value) in other.as_object().into_iter().flatten() {
        base[name] = value.clone();
    }
}
