//! Lists the providers, and adds and removes those of one's own.

use std::collections::BTreeSet;

use contract::{
    ApiError, ClientNeed, Code, Flow, FlowKind, Provider, ProviderAdd, ProviderChoice, ProviderSet,
    SignIn, Terms, TermsSummary,
};

use crate::control::Inner;
use crate::nearest::nearest;
use crate::settings::{add_provider, remove_provider, set_provider};

impl Inner {
    /// The providers that an account can be made at, by their ids.
    pub(crate) fn list_providers(&self) -> Vec<Provider> {
        let offered = self.plane.models();
        let state = self.state();
        let read = &state.loaded.read;
        let shown = |provider: &catalog::Provider| {
            let accounts = state.configured.iter();
            let accounts = accounts.filter(|one| one.account.provider == provider.id);
            let listed: BTreeSet<&str> = offered
                .iter()
                .filter(|model| model.provider == provider.id)
                .map(|model| model.id.as_str())
                .collect();
            let known = listed.len().max(provider.models.len());
            Provider {
                id: provider.id.clone(),
                name: provider.name.clone(),
                own: read.settings.provider.contains_key(&provider.id),
                dialects: provider
                    .endpoints
                    .iter()
                    .map(|endpoint| endpoint.dialect.to_string())
                    .collect(),
                address: match (&provider.agent, provider.endpoints.first()) {
                    (Some(agent), _) => agent.line(),
                    (None, Some(endpoint)) => endpoint.base.to_string(),
                    (None, None) => String::new(),
                },
                sign_in: if provider.needs_key() {
                    SignIn::Key
                } else {
                    SignIn::None
                },
                flows: flows(provider, {
                    let own = read.settings.provider.get(&provider.id);
                    own.is_some_and(|own| own.client_secret_file.is_some())
                }),
                key_name: provider
                    .key
                    .as_ref()
                    .and_then(|key| key.env.first().cloned()),
                models: (known > 0).then_some(known),
                closed: provider.closed.map(|day| day.to_string()),
                terms: provider.terms.as_ref().map(|terms| Terms {
                    summary: TermsSummary {
                        en: terms.en.clone(),
                        zh_cn: terms.zh_cn.clone(),
                    },
                    url: terms.url.to_string(),
                    checked: terms.checked.to_string(),
                }),
                accounts: accounts.count(),
            }
        };
        let providers = read.catalog.providers();
        providers
            .filter(|provider| provider.builtin.is_none())
            .map(|provider| shown(provider))
            .collect()
    }

    pub(crate) fn add_provider(&self, add: &ProviderAdd) -> Result<Provider, ApiError> {
        let (loaded, ()) = self.file.change(
            &self.builtin,
            &|settings| self.permit(settings),
            |document, read| {
                if read.catalog.provider(&add.id).is_some() {
                    return Err(ApiError::new(Code::ProviderExists, [&add.id]));
                }
                add_provider(document, add).map_err(|error| self.inline(error))
            },
        )?;
        self.adopt(loaded)?;
        self.shown_provider(&add.id)
    }

    /// Points a provider at other addresses. Those accounts of it that there are go along: a person
    /// who says where it is says so for them.
    pub(crate) fn set_provider(&self, set: &ProviderSet) -> Result<Provider, ApiError> {
        let id = &set.id;
        let (loaded, ()) = self.file.change(
            &self.builtin,
            &|settings| self.permit(settings),
            |document, read| {
                crate::account_edits::provider(read, id)?;
                set_provider(document, set).map_err(|error| self.inline(error))
            },
        )?;
        self.adopt(loaded)?;
        self.shown_provider(id)
    }

    fn shown_provider(&self, id: &str) -> Result<Provider, ApiError> {
        let mut all = self.list_providers().into_iter();
        all.find(|provider| provider.id == id)
            .ok_or_else(|| ApiError::new(Code::NoSuchProvider, [&id]))
    }

    pub(crate) fn remove_provider(&self, choice: &ProviderChoice) -> Result<(), ApiError> {
        let id = &choice.id;
        let (loaded, ()) = self.file.change(
            &self.builtin,
            &|settings| self.permit(settings),
            |document, read| {
                let ids = read.catalog.providers().map(|known| known.id.as_str());
                if read.catalog.provider(id).is_none() {
                    let nearest = nearest(id, ids).unwrap_or_default();
                    return Err(ApiError::new(Code::NoSuchProvider, [id, &nearest]));
                }
                if !read.settings.provider.contains_key(id) {
                    return Err(ApiError::new(Code::ProviderNotOwn, [id]));
                }
                let mut accounts = read.settings.account.iter();
                if let Some(user) = accounts.find(|account| account.provider == *id) {
                    let account = user.id.as_deref().unwrap_or(&user.provider);
                    return Err(ApiError::new(Code::ProviderInUse, [id, &account]));
                }
                remove_provider(document, id).map_err(|error| self.inline(error))
            },
        )?;
        self.adopt(loaded)
    }
}

/// How a person can sign in there; `has_secret`: a file with the secret of their client is named.
fn flows(provider: &catalog::Provider, has_secret: bool) -> Vec<Flow> {
    let Some(flows) = &provider.sign_in else {
        return Vec::new();
    };
    let client = match flows.client() {
        catalog::FlowClient::None => ClientNeed::None,
        catalog::FlowClient::Setting | catalog::FlowClient::Secret if flows.client_id.is_some() => {
            ClientNeed::Set
        }
        catalog::FlowClient::Setting | catalog::FlowClient::Secret => ClientNeed::Missing,
    };
    let client_secret = match flows.client() {
        catalog::FlowClient::Secret if has_secret => ClientNeed::Set,
        catalog::FlowClient::Secret => ClientNeed::Missing,
        catalog::FlowClient::None | catalog::FlowClient::Setting => ClientNeed::None,
    };
    let flow = |kind| Flow {
        kind: match kind {
            catalog::FlowKind::Browser => FlowKind::Browser,
            catalog::FlowKind::Device => FlowKind::Device,
        },
        client,
        client_secret,
        issuer_needed: false,
    };
    flows.kinds().into_iter().map(flow).collect()
}
