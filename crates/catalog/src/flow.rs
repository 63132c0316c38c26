//! How a person signs in at a provider and a program receives a secret, as data.

mod written;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

pub(crate) use self::written::{RawFlows, flows, is_client_id, is_scope};

/// The ways in which a person signs in at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flows {
    /// In a browser on this computer.
    pub browser: Option<Flow>,
    /// In a browser anywhere, with a code that is typed there.
    pub device: Option<DeviceFlow>,
    /// Set where the addresses are asked of the issuer, for a provider of the user's own.
    pub discovery: Option<Discovery>,
    /// Who answers, as its tokens and answers name it; <https://www.rfc-editor.org/rfc/rfc9207>.
    pub issuer: Option<String>,
    /// The public client id that is set.
    pub client_id: Option<String>,
}

impl Flows {
    /// The ways that an issuer itself describes, for the client that is set.
    #[must_use]
    pub fn of_issuer(issuer: Url, scopes: Option<Vec<String>>) -> Self {
        Self {
            browser: None,
            device: None,
            discovery: Some(Discovery {
                issuer,
                scopes: scopes.unwrap_or_else(|| vec!["openid".to_owned()]),
            }),
            issuer: None,
            client_id: None,
        }
    }

    /// Whether a client id has to be set before a sign-in can begin.
    #[must_use]
    pub fn client(&self) -> FlowClient {
        let browser = self.browser.as_ref().map(|flow| flow.client);
        let device = self.device.as_ref().map(|flow| flow.client);
        browser.or(device).unwrap_or(FlowClient::Setting)
    }

    /// The ways known before anything is asked, the one to offer first first.
    #[must_use]
    pub fn kinds(&self) -> Vec<FlowKind> {
        let mut kinds = Vec::new();
        if self.browser.is_some() || self.discovery.is_some() {
            kinds.push(FlowKind::Browser);
        }
        if self.device.is_some() {
            kinds.push(FlowKind::Device);
        }
        kinds
    }

    /// The same ways at another server: paths and all else stay, secrets go nowhere but there.
    pub(crate) fn move_to(&mut self, server: &Url) {
        let mut addresses: Vec<&mut Url> = Vec::new();
        if let Some(flow) = &mut self.browser {
            addresses.extend([&mut flow.authorize, &mut flow.token]);
            addresses.extend(flow.user.as_mut().map(|user| &mut user.url));
            flow.revoke = None;
        }
        for address in addresses {
            let mut moved = server.clone();
            moved.set_path(address.path());
            moved.set_query(address.query());
            *address = moved;
        }
        self.device = None;
    }

    /// Asks for these scopes in place of those known.
    pub(crate) fn ask_for(&mut self, scopes: &[String]) {
        let places = [
            self.browser.as_mut().map(|flow| &mut flow.scopes),
            self.device.as_mut().map(|flow| &mut flow.scopes),
            self.discovery.as_mut().map(|flow| &mut flow.scopes),
        ];
        for place in places.into_iter().flatten() {
            *place = scopes.to_vec();
        }
    }
}

/// One way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowKind {
    /// A browser on this computer, which is redirected to 127.0.0.1.
    Browser,
    /// A browser anywhere, and a code that is typed there.
    Device,
}

/// An authorization code flow with PKCE (S256) and a redirect to this computer;
/// <https://www.rfc-editor.org/rfc/rfc8252> and <https://www.rfc-editor.org/rfc/rfc7636>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// The page that the person's browser opens.
    pub authorize: Url,
    /// Where the code is exchanged; secrets go to no other address.
    pub token: Url,
    /// Where a secret is given up; <https://www.rfc-editor.org/rfc/rfc7009>.
    pub revoke: Option<Url>,
    /// How the program says who it is.
    pub client: FlowClient,
    /// What is asked for; empty where the provider knows no scopes.
    pub scopes: Vec<String>,
    /// The name of the parameter that carries the redirect address.
    pub redirect_parameter: String,
    /// How the redirect names this computer.
    pub host: FlowHost,
    /// The one port that the provider redirects to; `None`: any free one.
    pub port: Option<u16>,
    /// Where the random value travels that ties the answer to the question.
    pub state: FlowState,
    /// How the exchange is written.
    pub exchange: FlowExchange,
    /// The field of the exchange's answer that holds the secret.
    pub secret: String,
    /// In what it departs from the standards.
    pub quirks: Vec<FlowQuirk>,
    /// What the question says beside what every question says.
    pub query: BTreeMap<String, String>,
    /// Where the secret for requests is asked for with the one that the exchange gave.
    pub user: Option<UserQuestion>,
    /// How long before its end a secret is renewed, in hours; `None`: minutes.
    pub ahead: Option<u64>,
}

/// One way in which a sign-in departs from the standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowQuirk {
    /// No challenge and no verifier is sent: the provider knows no PKCE. Only the state ties an answer
    /// to its question then.
    NoPkce,
    /// The question has no `response_type`.
    NoResponseType,
    /// The exchange calls the redirect `redirect_uri`, whatever the question calls it.
    RedirectUriInExchange,
    /// Status 200 with `success: false` is a failure, which passes.
    SuccessInBody,
}

/// The question for the person that is asked with what a sign-in gave, and answered with the secret
/// that requests carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserQuestion {
    /// Where it is asked.
    pub url: Url,
    /// The parameter of the address that carries what the sign-in gave.
    pub parameter: String,
    /// The names that lead to the secret in the answer, the outermost first.
    pub secret: Vec<String>,
}

/// A device authorization: the program shows a code, the person types it in a browser anywhere, and
/// the program asks until the answer is there; <https://www.rfc-editor.org/rfc/rfc8628>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceFlow {
    /// Where the code is asked for.
    pub start: Url,
    /// Where the answer is asked for; secrets come from no other address.
    pub poll: Url,
    /// Where a refresh token is redeemed; `None`: nowhere.
    pub token: Option<Url>,
    /// Where a secret is given up; <https://www.rfc-editor.org/rfc/rfc7009>.
    pub revoke: Option<Url>,
    /// How the program says who it is.
    pub client: FlowClient,
    /// The name of the parameter that carries this program's name, where there is one.
    pub name_parameter: Option<String>,
    /// What is asked for; empty where the provider knows no scopes.
    pub scopes: Vec<String>,
    /// How the questions are written.
    pub exchange: FlowExchange,
    /// What the answers mean.
    pub words: DeviceWords,
    /// The field of the answer that holds the secret.
    pub secret: String,
}

/// The words in which a provider says how a device authorization stands.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeviceWords {
    /// The field that holds the word.
    pub field: String,
    /// The person has not answered yet.
    pub pending: String,
    /// The same, and the program asks too often.
    pub slow_down: String,
    /// The person did not answer in time.
    pub expired: String,
    /// The person refused.
    pub denied: String,
}

impl Default for DeviceWords {
    /// Those of <https://www.rfc-editor.org/rfc/rfc8628#section-3.5>.
    fn default() -> Self {
        Self {
            field: "error".to_owned(),
            pending: "authorization_pending".to_owned(),
            slow_down: "slow_down".to_owned(),
            expired: "expired_token".to_owned(),
            denied: "access_denied".to_owned(),
        }
    }
}

/// Where the addresses of a sign-in are found;
/// <https://openid.net/specs/openid-connect-discovery-1_0.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery {
    /// Who is asked.
    pub issuer: Url,
    /// What is asked for.
    pub scopes: Vec<String>,
}

/// How a program says who it is. No secret of a client is ever part of a manifest: what a program on
/// other people's computers holds is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowClient {
    /// The provider asks for no registration.
    None,
    /// A public client id, which is a setting, since somebody has to register it.
    Setting,
    /// A client id and its secret, both of the user's own: the secret is typed in and sealed, and goes
    /// with every exchange, in the form and as HTTP Basic.
    Secret,
}

/// How a redirect names this computer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowHost {
    /// `127.0.0.1`, as <https://www.rfc-editor.org/rfc/rfc8252#section-8.3> recommends.
    #[default]
    Address,
    /// `localhost`, for providers that document this name alone.
    Name,
}

/// Where the random value travels that ties the answer to the question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowState {
    /// In the parameter `state`; <https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1>.
    #[default]
    Parameter,
    /// In the redirect's path, for providers that know no such parameter.
    Path,
}

/// How an exchange is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowExchange {
    /// As a form; <https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3>.
    #[default]
    Form,
    /// As a JSON object of what the one question needs; a code goes with its verifier and
    /// `code_challenge_method`.
    Json,
    /// As a JSON object, in which a code goes with its verifier and `grant_type`.
    JsonGrant,
}
