//! `/oauth/login` and `/oauth/callback`, the addresses by which small proxies let anybody sign in. Here
//! they lead beneath `/admin`, where the cookie of whoever is signed in goes, and do nothing for others.

use contract::{ApiError, Code, SignInTurn};
use http::{HeaderValue, Method, StatusCode, Uri, header};
use serde_json::json;
use url::Url;

use super::PATH;
use super::answer::{Answer, failure, other_method, plain};
use super::desk::{Desk, Visit};
use super::origin::is_foreign;
use super::session::Found;

/// What lies outside of [`PATH`].
pub(super) const OUTSIDE: &[&str] = &[LOGIN, CALLBACK];
const LOGIN: &str = "/oauth/login";
const CALLBACK: &str = "/oauth/callback";
/// Whose sign-in it is where none is named: of the one that had these addresses.
const USUAL: &str = "iflow";

impl Desk {
    /// Answers a request for one of these addresses; `None`: it is for another.
    pub(super) async fn oauth(
        &self,
        method: &Method,
        uri: &Uri,
        visit: &Visit<'_>,
    ) -> Option<Answer> {
        let (path, query) = (uri.path(), uri.query().unwrap_or_default());
        let within = path.strip_prefix(PATH);
        let name = within.unwrap_or(path);
        if !OUTSIDE.contains(&name) {
            return None;
        }
        if method != Method::GET {
            return Some(other_method("GET"));
        }
        Some(match within {
            None if is_page(visit) => led(name, query),
            None | Some(_) => match self.signed_in_here(visit) {
                Ok(found) if name == LOGIN => self.login(query, visit, &found).await,
                Ok(found) => self.called_back(query, visit, &found).await,
                Err(error) => failure(&error),
            },
        })
    }

    /// The session of a page that was opened. No other site can open it with the cookie
    /// (`SameSite=Strict`), and what its browser says of where it comes from is looked at all the same.
    fn signed_in_here(&self, visit: &Visit<'_>) -> Result<Found, ApiError> {
        let signed_out = || ApiError::new(Code::AdminSignedOut, []);
        let found = self.session(visit).ok_or_else(signed_out)?;
        if is_foreign(visit.fields) {
            return Err(ApiError::new(Code::AdminForeignRequest, []));
        }
        Ok(found)
    }

    /// Begins a sign-in at `?provider=…` and leads the browser there.
    async fn login(&self, query: &str, visit: &Visit<'_>, found: &Found) -> Answer {
        let mut pairs = query.split('&');
        let named = pairs.find_map(|pair| pair.strip_prefix("provider="));
        let params = json!({ "provider": named.unwrap_or(USUAL) });
        let started = self.carry_out("sign_in.start", params, visit, found).await;
        let turn = match started.and_then(|turn| {
            serde_json::from_value::<SignInTurn>(turn)
                .map_err(|_| ApiError::new(Code::Internal, []))
        }) {
            Ok(turn) => turn,
            Err(error) => return failure(&error),
        };
        // A code has to be read from the window before the provider's page asks for it.
        if turn.code.is_some() {
            return elsewhere(&format!("{PATH}/"));
        }
        *self.started.lock().await = redirect(&turn.address).map(|to| (turn.id, to));
        elsewhere(&turn.address)
    }

    /// Finishes the sign-in that was begun here, if the answer is to it.
    async fn called_back(&self, query: &str, visit: &Visit<'_>, found: &Found) -> Answer {
        let mut started = self.started.lock().await;
        let Some((id, redirect)) = started.as_ref() else {
            return failure(&ApiError::new(Code::NoSuchSignIn, []));
        };
        // The whole address, as the provider would have called it back at: its `state` is compared with
        // that of the sign-in.
        let params = json!({ "id": id, "answer": format!("{redirect}?{query}") });
        match self.carry_out("sign_in.answer", params, visit, found).await {
            Ok(_) => {
                *started = None;
                elsewhere(&format!("{PATH}/"))
            }
            Err(error) => failure(&error),
        }
    }
}

/// Where a provider's page is told to lead the browser in the end, on this computer; `None` where the
/// sign-in has no `state`, by which alone an answer that comes elsewhere could be known.
fn redirect(address: &str) -> Option<String> {
    let address = Url::parse(address).ok()?;
    let values = || address.query_pairs();
    let has_state = values().any(|(name, value)| name == "state" && !value.is_empty());
    let to = values().find_map(|(_, value)| {
        let here = ["http://localhost:", "http://127.0.0.1:", "http://[::1]:"];
        here.iter()
            .any(|start| value.starts_with(start))
            .then(|| value.into_owned())
    });
    to.filter(|to| has_state && !to.contains('?'))
}

/// Whether a browser wants to show the answer to a person. A program says who it is by itself.
fn is_page(visit: &Visit<'_>) -> bool {
    let accepted = visit.fields.get(header::ACCEPT);
    accepted.is_some_and(|field| field.to_str().unwrap_or_default().contains("text/html"))
}

/// Leads to the same name beneath [`PATH`], as a page of ours and not as a redirect: a browser that
/// another site has sent here would leave the cookie behind.
fn led(name: &str, query: &str) -> Answer {
    let to = match query {
        "" => format!("0; url={PATH}{name}"),
        query => format!("0; url={PATH}{name}?{query}"),
    };
    let mut answer = plain(StatusCode::OK, "One moment …\n");
    if let Ok(to) = HeaderValue::try_from(to) {
        answer.headers_mut().insert(header::REFRESH, to);
    }
    answer
}

fn elsewhere(address: &str) -> Answer {
    let mut answer = plain(StatusCode::SEE_OTHER, "");
    if let Ok(address) = HeaderValue::try_from(address) {
        answer.headers_mut().insert(header::LOCATION, address);
    }
    answer
}
