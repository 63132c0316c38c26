//! How a person signs in at a provider and a program receives a secret: one flow, as data.

use serde::Deserialize;
use url::Url;

use crate::address::base_url;
use crate::checks::Checks;
use crate::problem::KeyPath;

/// An authorization code flow with PKCE (S256) and a redirect to 127.0.0.1;
/// <https://www.rfc-editor.org/rfc/rfc8252> and <https://www.rfc-editor.org/rfc/rfc7636>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// The page that the person's browser opens.
    pub authorize: Url,
    /// Where the code is exchanged; secrets go to no other address.
    pub token: Url,
    /// How the program says who it is.
    pub client: FlowClient,
    /// What is asked for; empty where the provider knows no scopes.
    pub scopes: Vec<String>,
    /// The name of the parameter that carries the redirect address.
    pub redirect_parameter: String,
    /// The one port that the provider redirects to; `None`: any free one.
    pub port: Option<u16>,
    /// Where the random value travels that ties the answer to the question.
    pub state: FlowState,
    /// How the exchange is written.
    pub exchange: FlowExchange,
    /// The field of the exchange's answer that holds the secret.
    pub secret: String,
}

/// How a program says who it is. No secret of a client is ever part of a flow: what a program on
/// other people's computers holds is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowClient {
    /// The provider asks for no registration.
    None,
    /// A public client id, which is a setting, since somebody has to register it.
    Setting,
}

/// Where the random value travels that ties the answer to the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowState {
    /// In the parameter `state`; <https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1>.
    Parameter,
    /// In the redirect's path, for providers that know no such parameter.
    Path,
}

/// How the exchange is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowExchange {
    /// As a form; <https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3>.
    Form,
    /// As a JSON object of `code`, `code_verifier` and `code_challenge_method`.
    Json,
}

/// A flow as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFlow {
    authorize: String,
    token: String,
    client: FlowClient,
    #[serde(default)]
    scopes: Vec<String>,
    redirect_parameter: String,
    port: Option<u16>,
    state: FlowState,
    exchange: FlowExchange,
    secret: String,
}

/// Checks the table `sign_in`; `allowed`: whether the provider's terms are known to allow it.
pub(crate) fn flow(checks: &mut Checks, written: &RawFlow, allowed: bool) -> Option<Flow> {
    let key = KeyPath::of("sign_in");
    if !allowed {
        let message = "a sign-in is offered only where terms.sign_in is \"allowed\"";
        checks.wrong(key.clone(), message);
    }
    let authorize = checks.take(&key.key("authorize"), base_url(&written.authorize, false));
    let token = checks.take(&key.key("token"), base_url(&written.token, false));
    for (name, word) in [
        ("redirect_parameter", &written.redirect_parameter),
        ("secret", &written.secret),
    ] {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        if word.is_empty() || !word.bytes().all(fits) {
            checks.wrong(
                key.key(name),
                "a name is made of lower case letters and underscores",
            );
        }
    }
    if written.port.is_some_and(|port| port < 1024) {
        checks.wrong(key.key("port"), "a port below 1024 needs rights");
    }
    for (at, scope) in written.scopes.iter().enumerate() {
        if scope.is_empty() || !scope.bytes().all(|byte| byte.is_ascii_graphic()) {
            checks.wrong(key.key("scopes").index(at), "a scope is one printable word");
        }
    }
    Some(Flow {
        authorize: authorize?,
        token: token?,
        client: written.client,
        scopes: written.scopes.clone(),
        redirect_parameter: written.redirect_parameter.clone(),
        port: written.port,
        state: written.state,
        exchange: written.exchange,
        secret: written.secret.clone(),
    })
}
