//! Where each request of the web admin is looked at: its path, where it comes from, who sends it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use contract::{ApiError, Code};
use control::{AdminAct, Control};
use graphql::Graph;
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::{Mutex, Semaphore};

use super::answer::{Answer, failure, json, other_method, plain};
use super::limit::Limits;
use super::origin::{is_foreign, is_secure};
use super::session::{Carrier, Found, Sessions};
use super::{PATH, pages};

/// How many passwords are hashed at once: each takes 64 MiB.
const HASHES: usize = 2;
/// How many pages may hear of changes at once.
const STREAMS: usize = 16;
/// What the page repeats with each call of a cookie's session; another page cannot know it.
pub(super) const CSRF: &str = "x-portolan-csrf";
/// How the cookie's name begins; then comes the port, for cookies know none (RFC 6265, 8.5), and two
/// Portolans under one name would take each other's place.
const COOKIE: &str = "portolan-admin";
/// What stands before it over TLS: browsers then take it from there alone (RFC 6265bis, 4.1.3.1).
const SECURE: &str = "__Secure-";

/// Tells the time.
pub(super) type Clock = Box<dyn Fn() -> Instant + Send + Sync>;

/// What all requests share.
pub(super) struct Desk {
    pub(super) control: Arc<Control>,
    pub(super) graph: Arc<Graph>,
    pub(super) sessions: Sessions,
    pub(super) limits: Limits,
    pub(super) hashing: Semaphore,
    pub(super) streams: Arc<Semaphore>,
    /// The sign-in that was begun by its address, and where it is to be called back at.
    pub(super) started: Mutex<Option<(String, String)>>,
    clock: Clock,
}

/// A request whose path is known, and that its own page or a program sent.
pub(super) struct Visit<'a> {
    pub(super) fields: &'a HeaderMap,
    pub(super) body: &'a Bytes,
    pub(super) from: IpAddr,
}

impl Desk {
    pub(super) fn new(control: Arc<Control>, graph: Arc<Graph>, clock: Clock) -> Self {
        Self {
            control,
            graph,
            sessions: Sessions::default(),
            limits: Limits::default(),
            hashing: Semaphore::new(HASHES),
            streams: Arc::new(Semaphore::new(STREAMS)),
            started: Mutex::default(),
            clock,
        }
    }

    pub(super) fn now(&self) -> Instant {
        (self.clock)()
    }

    /// Answers a request.
    pub(super) async fn answer(self: &Arc<Self>, request: Request<Bytes>, from: IpAddr) -> Answer {
        let (head, body) = request.into_parts();
        let path = head.uri.path().strip_prefix(PATH).unwrap_or_default();
        let visit = Visit {
            fields: &head.headers,
            body: &body,
            from,
        };
        if let Some(answer) = self.oauth(&head.method, &head.uri, &visit).await {
            return answer;
        }
        let Some(name) = path.strip_prefix("/api/") else {
            if let Some(answer) = self.graphiql(path, &head.method, &visit) {
                return answer;
            }
            return match head.method {
                Method::GET | Method::HEAD => pages::page(path, visit.fields),
                _ => other_method("GET, HEAD"),
            };
        };
        // S-06, S-07: before anything else is looked at.
        if is_foreign(visit.fields) {
            return failure(&ApiError::new(Code::AdminForeignRequest, []));
        }
        match (name, &head.method) {
            ("events", &Method::GET) => self.events(&visit),
            ("session", &Method::GET) => json(&self.standing(self.session(&visit).as_ref())),
            ("events" | "session", _) => other_method("GET"),
            (_, &Method::POST) if !visit.is_json() => plain(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "send the body as Content-Type: application/json\n",
            ),
            (name, &Method::POST) => {
                let done = match name.strip_prefix("session.") {
                    Some(verb) => self.session_method(verb, &visit).await,
                    None if name == "graphql" => self.graphql(&visit).await,
                    None => self.contract_method(name, &visit).await,
                };
                done.unwrap_or_else(|error| failure(&error))
            }
            _ => other_method("POST"),
        }
    }

    /// The session that the request belongs to.
    pub(super) fn session(&self, visit: &Visit<'_>) -> Option<Found> {
        let now = self.now();
        if let Some(token) = visit.bearer() {
            return self.sessions.find(token, Carrier::Bearer, now);
        }
        // A cookie of the other kind that is left from before is no reason to sign anybody out.
        let found = |secure| {
            let mut tokens = visit.cookies(secure);
            tokens.find_map(|token| self.sessions.find(token, Carrier::Cookie { secure }, now))
        };
        found(true).or_else(|| found(false))
    }

    /// The session of a request that changes something: its page has repeated the secret.
    ///
    /// # Errors
    /// `admin-signed-out`, `admin-foreign-request`.
    pub(super) fn acting(&self, visit: &Visit<'_>) -> Result<Found, ApiError> {
        let found = self
            .session(visit)
            .ok_or_else(|| ApiError::new(Code::AdminSignedOut, []))?;
        // No browser sends this field by itself.
        let is_repeated = visit
            .fields
            .get(CSRF)
            .is_some_and(|given| given.as_bytes() == found.csrf.as_bytes());
        if visit.bearer().is_some() || is_repeated {
            Ok(found)
        } else {
            Err(ApiError::new(Code::AdminForeignRequest, []))
        }
    }

    /// Writes down what is done, before it is done.
    ///
    /// # Errors
    /// It cannot be written down, so that it must not be done.
    pub(super) async fn record(
        &self,
        visit: &Visit<'_>,
        found: Option<&Found>,
        did: &str,
        params: &Value,
        failed: Option<Code>,
    ) -> Result<(), ApiError> {
        let act = AdminAct {
            from: visit.from.to_canonical().to_string(),
            session: found.map(|found| found.id.short()).unwrap_or_default(),
            did: did.to_owned(),
            with: AdminAct::telling(params),
            failed: failed.map(|code| code.as_str().to_owned()),
        };
        self.control.record_admin(act).await
    }
}

impl Visit<'_> {
    /// A page cannot send this type to another origin without asking first.
    fn is_json(&self) -> bool {
        let mut kinds = self.fields.get_all(header::CONTENT_TYPE).iter();
        let (Some(kind), None) = (kinds.next(), kinds.next()) else {
            return false;
        };
        let kind = kind.to_str().unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/json")
    }

    /// The parameters; an empty body stands for none.
    ///
    /// # Errors
    /// They are not what the method takes.
    pub(super) fn params<P: DeserializeOwned>(&self, method: &str) -> Result<P, ApiError> {
        let text: &[u8] = if self.body.is_empty() {
            b"null"
        } else {
            self.body
        };
        serde_json::from_slice(text).map_err(|error| {
            ApiError::new(Code::InvalidParams, [&method]).because(contract::Reason::said(&error))
        })
    }

    pub(super) fn is_secure(&self) -> bool {
        is_secure(self.fields)
    }

    fn bearer(&self) -> Option<&str> {
        let field = self.fields.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = field.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// The cookie's name for the address that the browser sees.
    pub(super) fn cookie_name(&self, secure: bool) -> String {
        let host = self.fields.get(header::HOST);
        let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
        let port = host.rsplit_once(':').map(|(_, port)| port);
        let port = port.and_then(|port| port.parse::<u16>().ok());
        let prefix = if secure { SECURE } else { "" };
        match port {
            Some(port) => format!("{prefix}{COOKIE}-{port}"),
            None => format!("{prefix}{COOKIE}"),
        }
    }

    /// What may be tokens of ours: those of the other Portolans under this name open nothing here.
    fn cookies(&self, secure: bool) -> impl Iterator<Item = &str> {
        let all = self.fields.get_all(header::COOKIE).iter();
        let pairs = all
            .filter_map(|field| field.to_str().ok())
            .flat_map(|field| field.split(';'));
        pairs.filter_map(move |pair| {
            let (name, value) = pair.trim().split_once('=')?;
            let name = if secure {
                name.strip_prefix(SECURE)?
            } else {
                name
            };
            let rest = name.strip_prefix(COOKIE)?;
            (rest.is_empty() || rest.starts_with('-')).then_some(value)
        })
    }
}
