//! Providers of the user's own, and changes to built-in ones: `[provider.x]` of `config.toml`.

use std::collections::BTreeMap;

use dialect::Dialect;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::address::{AddressError, base_url, is_loopback, permitted};
use crate::agent::AgentSetting;
use crate::auth::{Auth, AuthSetting};
use crate::checks::Checks;
use crate::endpoint::{Endpoint, Versions};
use crate::flow::{FlowClient, Flows, is_client_id, is_scope};
use crate::kind::ProblemKind;
use crate::model::Model;
use crate::path::further;
use crate::problem::{KeyPath, Problem};
use crate::provider::Provider;
use crate::proxy::Proxy;
use crate::validate::in_order;

/// The version sent to an endpoint of which nothing is known: the one that every
/// Anthropic-compatible server was built against.
const USUAL_VERSION: &str = "2023-06-01";

/// A block `[provider.x]`. What is left out stays as the built-in provider `x` has it, or as is
/// usual where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UserProvider {
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether `http://` and private addresses may be called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_private: Option<bool>,
    /// The models there are, so that the endpoint is not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub models: Option<Vec<String>>,
    /// Names of quirks, in place of those known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quirks: Option<Vec<String>>,
    /// The model that says in words what is on a picture, for those of the models that see none: what
    /// is known of a model counts, and else that `models` lists it. Empty: nobody says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pictures_by: Option<String>,
    /// `direct`, `system`, `environment` or a proxy's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// Base URL per dialect, as the dialect's own SDK takes it. Takes the place of all endpoints
    /// of a built-in provider, so that a key meant for one address does not go to another.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub endpoints: BTreeMap<String, String>,
    /// The program of the user's own that answers, in place of endpoints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentSetting>,
    /// How a key is presented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<AuthSetting>,
    /// The public client id with which people sign in. It is no secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// A file that holds the secret of that client, where the provider wants a client of the user's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret_file: Option<String>,
    /// The OpenID Connect provider at which people sign in for endpoints of the user's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The server at which people sign in, in place of a built-in one: for those alone who bring a
    /// client id and secret of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in_at: Option<String>,
    /// What a sign-in asks for, in place of what is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
}

/// Checks the block of the provider `id` and lays it over the built-in one of that id.
pub(crate) fn define(
    id: &str,
    settings: &UserProvider,
    known: Option<&Provider>,
) -> Result<Provider, Vec<Problem>> {
    let mut checks = Checks::default();
    checks.id(&KeyPath::root(), id);
    if known.is_some_and(|known| known.builtin.is_some()) {
        checks.wrong(KeyPath::root(), ProblemKind::BuiltIn(id.to_owned()));
    }
    let mut provider = known.cloned().unwrap_or_else(|| blank(id));
    if let Some(name) = &settings.name {
        checks.shown(&KeyPath::of("name"), name);
        provider.name.clone_from(name);
    }
    provider.allow_private = settings.allow_private.unwrap_or(provider.allow_private);
    let key = KeyPath::of("auth");
    let auth = settings
        .auth
        .as_ref()
        .and_then(|auth| checks.took(auth.check(&key)));
    if let Some(agent) = &settings.agent {
        set_agent(&mut checks, &mut provider, settings, agent);
    } else if settings.endpoints.is_empty() {
        if provider.agent.is_none() {
            keep_endpoints(&mut checks, &mut provider, auth.as_ref());
        }
    } else {
        provider.endpoints = endpoints(&mut checks, settings, &provider, auth.as_ref());
        provider.agent = None;
        provider.closed = None;
        provider.local |= provider
            .endpoints
            .iter()
            .all(|endpoint| is_loopback(&endpoint.base));
    }
    if settings.agent.is_none() {
        set_sign_in(&mut checks, &mut provider, settings);
    }
    if let Some(ids) = &settings.models {
        set_models(&mut checks, &mut provider, ids);
    }
    if let Some(seer) = &settings.pictures_by {
        set_seer(&mut checks, &mut provider, seer, settings.models.is_some());
    }
    if let Some(names) = &settings.quirks {
        provider.quirks = checks.quirks(names);
    }
    if let Some(text) = &settings.proxy {
        provider.proxy = checks.take(&KeyPath::of("proxy"), text.parse::<Proxy>());
    }
    checks.finish(Some(provider))
}

fn blank(id: &str) -> Provider {
    Provider {
        id: id.to_owned(),
        name: id.to_owned(),
        website: None,
        local: false,
        builtin: None,
        endpoints: Vec::new(),
        allow_private: false,
        probe: None,
        key: None,
        list_models: true,
        models: Vec::new(),
        quirks: Vec::new(),
        closed: None,
        pictures_by: None,
        user_agent: None,
        agent: None,
        rules: Vec::new(),
        sign_in: None,
        terms: None,
        proxy: None,
    }
}

/// Leaves the built-in endpoints where they are.
fn keep_endpoints(checks: &mut Checks, provider: &mut Provider, auth: Option<&Auth>) {
    if provider.endpoints.is_empty() && provider.builtin.is_none() {
        checks.wrong(KeyPath::of("endpoints"), ProblemKind::NoEndpoints);
    }
    if !provider.allow_private {
        for endpoint in &provider.endpoints {
            checks.take(&KeyPath::of("allow_private"), permitted(&endpoint.base));
        }
    }
    if let Some(auth) = auth {
        for endpoint in &mut provider.endpoints {
            endpoint.auth = auth.clone();
        }
    }
}

/// Puts a program in the place of endpoints, or changes the one that is known.
fn set_agent(
    checks: &mut Checks,
    provider: &mut Provider,
    settings: &UserProvider,
    written: &AgentSetting,
) {
    let serves = !provider.endpoints.is_empty() && provider.agent.is_none();
    if serves || !settings.endpoints.is_empty() {
        checks.wrong(KeyPath::of("agent"), ProblemKind::AgentAndEndpoints);
        return;
    }
    if let Some(agent) = written.check(checks, provider.agent.as_ref()) {
        provider.endpoints = agent.endpoint(&provider.id).into_iter().collect();
        provider.agent = Some(agent);
        provider.local = true;
        provider.list_models = false;
        if provider.models.is_empty() {
            provider.models = vec![Model::unknown(&provider.id)];
        }
    }
}

fn endpoints(
    checks: &mut Checks,
    settings: &UserProvider,
    provider: &Provider,
    auth: Option<&Auth>,
) -> Vec<Endpoint> {
    let mut endpoints = Vec::new();
    for (name, text) in &settings.endpoints {
        let key = KeyPath::of("endpoints").key(name);
        let parsed = name.parse().map_err(|_| ProblemKind::dialect(name));
        let dialect: Option<Dialect> = checks.take(&key, parsed);
        let base = checks.take(&key, base_url(text, provider.allow_private));
        if let (Some(dialect), Some(base)) = (dialect, base) {
            endpoints.push(endpoint(dialect, base, provider.endpoint(dialect), auth));
        }
    }
    in_order(&mut endpoints);
    endpoints
}

fn endpoint(
    dialect: Dialect,
    base: Url,
    known: Option<&Endpoint>,
    auth: Option<&Auth>,
) -> Endpoint {
    let usual = || known.map_or_else(|| Auth::usual(dialect), |known| known.auth.clone());
    let operations = known.map_or_else(|| further(dialect), |known| known.operations.clone());
    let versions = versions(dialect, &base, known);
    let auth = auth.cloned().unwrap_or_else(usual);
    Endpoint::new(dialect, base, operations, auth, versions)
}

/// Only the address of which it is known gets a caller's own version; any other may refuse it.
fn versions(dialect: Dialect, base: &Url, known: Option<&Endpoint>) -> Versions {
    match known {
        Some(known) => Versions {
            listed: known.versions.listed.clone(),
            forward: known.versions.forward && known.base.origin() == base.origin(),
        },
        None if dialect == Dialect::AnthropicMessages => Versions {
            listed: vec![USUAL_VERSION.to_owned()],
            forward: false,
        },
        None => Versions::default(),
    }
}

/// Lays the settings of the sign-in over the built-in one. A token for one address is never meant
/// for another: endpoints of the user's own leave the built-in sign-in behind.
fn set_sign_in(checks: &mut Checks, provider: &mut Provider, settings: &UserProvider) {
    let key = KeyPath::of("sign_in_at");
    let own = |flows: &Flows| flows.client() == FlowClient::Secret;
    match (&settings.sign_in_at, &mut provider.sign_in) {
        (Some(text), Some(flows)) if own(flows) => {
            if let Some(server) = checks.take(&key, issuer(text, provider.allow_private)) {
                flows.move_to(&server);
            }
        }
        (Some(_), _) => checks.wrong(key, ProblemKind::NoSignIn),
        (None, _) if !settings.endpoints.is_empty() => provider.sign_in = None,
        (None, _) => {}
    }
    if let Some(text) = &settings.issuer {
        let key = KeyPath::of("issuer");
        if provider.sign_in.is_some() {
            checks.wrong(key, ProblemKind::OwnSignIn(provider.id.clone()));
        } else if let Some(issuer) = checks.take(&key, issuer(text, provider.allow_private)) {
            provider.sign_in = Some(Flows::of_issuer(issuer, None));
        }
    }
    if let Some(id) = &settings.client_id {
        let key = KeyPath::of("client_id");
        if !is_client_id(id) {
            checks.wrong(key, ProblemKind::ClientId);
        } else if let Some(flows) = &mut provider.sign_in {
            flows.client_id = Some(id.clone());
        } else if settings.issuer.is_none() {
            checks.wrong(key, ProblemKind::NoSignIn);
        }
    }
    if let Some(scopes) = &settings.scopes {
        let key = KeyPath::of("scopes");
        for (at, _) in scopes
            .iter()
            .enumerate()
            .filter(|(_, scope)| !is_scope(scope))
        {
            checks.wrong(key.index(at), ProblemKind::Scope);
        }
        match &mut provider.sign_in {
            Some(flows) => flows.ask_for(scopes),
            None if settings.issuer.is_none() => checks.wrong(key, ProblemKind::NoSignIn),
            None => {}
        }
    }
}

/// Tokens come over TLS alone, save from this computer.
fn issuer(text: &str, allow_private: bool) -> Result<Url, AddressError> {
    let url = base_url(text, allow_private)?;
    if url.scheme() != "https" && !is_loopback(&url) {
        return Err(AddressError::Plain);
    }
    Ok(url)
}

/// Sets who looks at pictures. Of models that the user lists, those of which nothing is known see none.
fn set_seer(checks: &mut Checks, provider: &mut Provider, seer: &str, is_listed: bool) {
    if seer.is_empty() {
        provider.pictures_by = None;
        return;
    }
    let key = KeyPath::of("pictures_by");
    checks.model_ids([(key, seer)].into_iter());
    let others = provider.models.iter_mut().filter(|model| model.id != seer);
    for model in others.filter(|_| is_listed) {
        model.abilities.images.get_or_insert(false);
    }
    provider.pictures_by = Some(seer.to_owned());
}

/// Fixes the list of models, keeping what is known of those listed.
fn set_models(checks: &mut Checks, provider: &mut Provider, ids: &[String]) {
    let keys = (0..).map(|at| KeyPath::of("models").index(at));
    checks.model_ids(keys.zip(ids.iter().map(String::as_str)));
    let models = ids.iter().map(|id| {
        provider
            .model(id)
            .cloned()
            .unwrap_or_else(|| Model::unknown(id))
    });
    provider.models = models.collect();
    provider.list_models = false;
}
