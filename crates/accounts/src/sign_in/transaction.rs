//! One pending sign-in: what was asked, and whether an answer belongs to it.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use catalog::{Flow, FlowHost, FlowQuirk, FlowState};
use oauth2::{CsrfToken, PkceCodeChallenge, PkceCodeVerifier};
use subtle::ConstantTimeEq as _;
use url::Url;

use super::{Grant, SignInError};
use crate::secret::Secret;

/// The bytes of the random value that ties an answer to its question.
const STATE_LENGTH: u32 = 32;

/// One pending sign-in. It is used up by the first answer that belongs to it.
pub struct Transaction {
    pub(super) flow: Flow,
    pub(super) client: Option<String>,
    /// The client's own secret, where it has one.
    pub(super) client_secret: Option<Secret>,
    pub(super) verifier: PkceCodeVerifier,
    challenge: PkceCodeChallenge,
    state: CsrfToken,
    /// Ties an id token to its question;
    /// <https://openid.net/specs/openid-connect-core-1_0.html#NonceNotes>.
    nonce: Option<CsrfToken>,
    issuer: Option<String>,
    /// Whether an answer that does not name its issuer is refused.
    names_issuer: bool,
    pub(super) redirect: Option<Url>,
}

/// What an answer gave, to be exchanged for the secret.
pub struct Code {
    pub(super) transaction: Arc<Transaction>,
    pub(super) code: Secret,
}

impl Transaction {
    /// Begins a sign-in with a new random state (256 bits) and PKCE verifier (32 bytes).
    ///
    /// `client` is the public client id that is set, if any. `issuer` is what the answer has to
    /// name, if it names one; <https://www.rfc-editor.org/rfc/rfc9207>.
    ///
    /// # Errors
    /// [`SignInError::NoClient`].
    pub fn begin(
        flow: Flow,
        client: Option<String>,
        issuer: Option<String>,
    ) -> Result<Self, SignInError> {
        let client = super::client::client(flow.client, client)?;
        let asks_who = flow.scopes.iter().any(|scope| scope == "openid");
        let nonce = (asks_who && issuer.is_some()).then(|| CsrfToken::new_random_len(STATE_LENGTH));
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        Ok(Self {
            flow,
            client,
            client_secret: None,
            verifier,
            challenge,
            state: CsrfToken::new_random_len(STATE_LENGTH),
            nonce,
            issuer,
            names_issuer: false,
            redirect: None,
        })
    }

    /// With the client's own secret.
    #[must_use]
    pub fn with_secret(mut self, secret: Option<Secret>) -> Self {
        self.client_secret = secret;
        self
    }

    pub(super) fn has(&self, quirk: FlowQuirk) -> bool {
        self.flow.quirks.contains(&quirk)
    }

    /// Refuses an answer that does not name its issuer, for one that says that its answers do;
    /// <https://www.rfc-editor.org/rfc/rfc9207#section-2.4>.
    pub(super) fn issuer_is_named(mut self, named: bool) -> Self {
        self.names_issuer = named;
        self
    }

    /// The port that the provider redirects to, where it is not free to choose.
    pub(super) fn port(&self) -> Option<u16> {
        self.flow.port
    }

    /// How the redirect names this computer.
    pub(super) fn host(&self) -> FlowHost {
        self.flow.host
    }

    /// The one path that the answer comes to.
    pub(super) fn path(&self) -> String {
        match self.flow.state {
            FlowState::Parameter => "/callback".to_owned(),
            FlowState::Path => format!("/callback/{}", self.state.secret()),
        }
    }

    /// Fixes the redirect's address.
    pub(super) fn redirect_to(&mut self, redirect: Url) {
        self.redirect = Some(redirect);
    }

    /// The address that the person's browser opens.
    pub(super) fn question(&self, redirect: &Url) -> Url {
        let mut url = self.flow.authorize.clone();
        let mut query = url.query_pairs_mut();
        if let Some(client) = &self.client {
            if !self.has(FlowQuirk::NoResponseType) {
                query.append_pair("response_type", "code");
            }
            query.append_pair("client_id", client);
        }
        query.append_pair(&self.flow.redirect_parameter, redirect.as_str());
        if !self.flow.scopes.is_empty() {
            query.append_pair("scope", &self.flow.scopes.join(" "));
        }
        if !self.has(FlowQuirk::NoPkce) {
            query.append_pair("code_challenge", self.challenge.as_str());
            query.append_pair("code_challenge_method", self.challenge.method().as_str());
        }
        query.extend_pairs(&self.flow.query);
        if let Some(nonce) = &self.nonce {
            query.append_pair("nonce", nonce.secret());
        }
        if self
            .flow
            .scopes
            .iter()
            .any(|scope| scope == "offline_access")
        {
            // https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess
            query.append_pair("prompt", "consent");
        }
        match self.flow.state {
            FlowState::Parameter => {
                query.append_pair("state", self.state.secret());
            }
            FlowState::Path => {}
        }
        drop(query);
        url
    }

    /// The code in an answer that came to the redirect's address; what is wrong with any other.
    ///
    /// [`SignInError::WrongState`] says that the answer has nothing to do with this sign-in, and so
    /// changes nothing; every other error ends it.
    pub(super) fn answer(&self, answer: &Url) -> Result<Secret, SignInError> {
        let value = |name: &str| {
            let mut values = answer.query_pairs().filter(|(key, _)| key == name);
            let first = values.next().map(|(_, value)| value.into_owned());
            // A parameter that is there twice is not to be trusted; RFC 6749, section 3.1.
            first.filter(|_| values.next().is_none())
        };
        if !same(answer.path(), &self.path()) {
            return Err(SignInError::WrongState);
        }
        match self.flow.state {
            FlowState::Parameter => {
                if !same(&value("state").unwrap_or_default(), self.state.secret()) {
                    return Err(SignInError::WrongState);
                }
            }
            // The path holds it.
            FlowState::Path => {}
        }
        let named = value("iss");
        let told = named.is_some() || self.names_issuer;
        if self.issuer.is_some() && told && named != self.issuer {
            return Err(SignInError::WrongIssuer);
        }
        if let Some(code) = value("error") {
            return Err(SignInError::Denied { code: plain(&code) });
        }
        let code = value("code").ok_or(SignInError::NoCode)?;
        Secret::new(code).map_err(|_| SignInError::NoCode)
    }

    /// Checks that a grant is the answer to this question.
    pub(super) fn check(&self, grant: &Grant, now: SystemTime) -> Result<(), SignInError> {
        let nonce = self.nonce.as_ref().map(|nonce| nonce.secret().as_str());
        grant.check(self.issuer.as_deref(), self.client.as_deref(), nonce, now)
    }

    /// The code in what a person copied: the whole address that the browser was redirected to, or
    /// the code alone. A code alone is bound to this sign-in by its PKCE verifier, where there is one.
    pub(super) fn pasted(&self, text: &str) -> Result<Secret, SignInError> {
        let text = text.trim();
        match Url::parse(text) {
            Ok(url) => {
                let ours = self.redirect.as_ref().map(Url::origin);
                if ours.is_some_and(|origin| origin != url.origin()) {
                    return Err(SignInError::WrongState);
                }
                self.answer(&url)
            }
            // Of what a code is made: RFC 6749, appendix A.11, without what an address has.
            Err(_) if text.contains(|letter: char| !letter.is_ascii_graphic() || letter == '=') => {
                Err(SignInError::NoCode)
            }
            Err(_) => Secret::new(text.to_owned()).map_err(|_| SignInError::NoCode),
        }
    }
}

/// Whether the texts are the same, told in a time that does not depend on where they differ.
fn same(found: &str, expected: &str) -> bool {
    bool::from(found.as_bytes().ct_eq(expected.as_bytes()))
}

/// The provider's code, as far as it looks like one: it is shown and logged.
fn plain(code: &str) -> String {
    let fits = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
    code.chars().take(64).filter(fits).collect()
}

impl fmt::Debug for Transaction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Transaction")
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Code(redacted)")
    }
}
