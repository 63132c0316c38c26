//! From a manifest as written to a provider.

mod endpoint;
mod model;

use dialect::Dialect;
use url::Url;

use self::endpoint::endpoint;
use self::model::model;
use crate::address::page_url;
use crate::checks::Checks;
use crate::date::Date;
use crate::endpoint::Endpoint;
use crate::flow::flows;
use crate::model::Model;
use crate::problem::{KeyPath, Problem};
use crate::provider::{Builtin, KeyAdvice, Provider};
use crate::raw::{RawKey, RawManifest, RawTerms};
use crate::rule::rules;
use crate::terms::{SignIn, Terms};

/// Checks a manifest, noting everything that is wrong with it.
pub(crate) fn validate(raw: &RawManifest) -> Result<Provider, Vec<Problem>> {
    let mut checks = Checks::default();
    checks.id(&KeyPath::of("id"), &raw.id);
    checks.shown(&KeyPath::of("name"), &raw.name);
    let builtin = builtin(&mut checks, raw);
    let website = raw
        .website
        .as_deref()
        .and_then(|text| page(&mut checks, &KeyPath::of("website"), text));
    let usual = raw
        .auth
        .as_ref()
        .and_then(|auth| checks.took(auth.check(&KeyPath::of("auth"))));
    let mut endpoints = Vec::new();
    for (name, written) in &raw.endpoints {
        let endpoint = endpoint(
            &mut checks,
            name,
            written,
            raw.allow_private,
            usual.as_ref(),
        );
        endpoints.extend(endpoint);
    }
    in_order(&mut endpoints);
    if let Some(probe) = &raw.probe {
        check_probe(&mut checks, probe);
    }
    let ids = raw.models.iter().enumerate();
    checks.model_ids(
        ids.map(|(at, model)| (KeyPath::of("model").index(at).key("id"), model.id.as_str())),
    );
    let models: Vec<Model> = raw
        .models
        .iter()
        .enumerate()
        .map(|(at, written)| model(&mut checks, at, written))
        .collect();
    if let Some(seer) = &raw.pictures_by {
        let sees = |model: &Model| model.id == *seer && model.abilities.images == Some(true);
        if !models.iter().any(sees) {
            let what = "this is none of the models below that see pictures";
            checks.wrong(KeyPath::of("pictures_by"), what);
        }
    }
    if let Some(agent) = &raw.user_agent {
        checks.shown(&KeyPath::of("user_agent"), agent);
    }
    let agent = raw
        .agent
        .as_ref()
        .and_then(|written| written.check(&mut checks, None));
    if let Some(agent) = &agent {
        endpoints.extend(agent.endpoint(&raw.id));
    }
    rules(&mut checks, &raw.rules);
    let provider = Provider {
        id: raw.id.clone(),
        name: raw.name.clone(),
        website,
        local: raw.local || agent.is_some(),
        builtin,
        endpoints,
        allow_private: raw.allow_private,
        probe: raw.probe.clone(),
        key: raw
            .key
            .as_ref()
            .map(|written| key_advice(&mut checks, written)),
        list_models: raw.list_models,
        models,
        quirks: checks.quirks(&raw.quirks),
        closed: raw.closed.and_then(|day| {
            let key = KeyPath::of("closed");
            checks.take(&key, Date::from_toml(day))
        }),
        pictures_by: raw.pictures_by.clone(),
        user_agent: raw.user_agent.clone(),
        agent,
        rules: raw.rules.clone(),
        terms: raw
            .terms
            .as_ref()
            .and_then(|written| terms(&mut checks, written)),
        sign_in: raw.sign_in.as_ref().and_then(|written| {
            let allows = |terms: &RawTerms| match terms.sign_in {
                SignIn::Allowed => !written.is_of_own_client(),
                SignIn::OwnClient => written.is_of_own_client(),
                SignIn::Forbidden | SignIn::Unknown => false,
            };
            flows(&mut checks, written, raw.terms.as_ref().is_some_and(allows))
        }),
        proxy: None,
    };
    checks.finish(Some(provider))
}

/// Puts endpoints in the order of preference of their dialects.
pub(crate) fn in_order(endpoints: &mut [Endpoint]) {
    endpoints.sort_by_key(|endpoint| {
        Dialect::ALL
            .iter()
            .position(|dialect| *dialect == endpoint.dialect)
    });
}

fn builtin(checks: &mut Checks, raw: &RawManifest) -> Option<Builtin> {
    let key = KeyPath::of("builtin");
    match raw.builtin.as_deref() {
        None => {
            if raw.endpoints.is_empty() == raw.agent.is_none() {
                checks.wrong(
                    KeyPath::of("endpoints"),
                    "a provider needs at least one endpoint, or else an agent",
                );
            }
            None
        }
        Some("demo") => {
            if !raw.endpoints.is_empty() || raw.list_models {
                checks.wrong(key, "what the gateway answers itself has no endpoints");
            }
            Some(Builtin::Demo)
        }
        Some(other) => {
            checks.wrong(
                key,
                format!("\"{other}\" is nothing that the gateway answers itself; only demo"),
            );
            None
        }
    }
}

fn page(checks: &mut Checks, key: &KeyPath, text: &str) -> Option<Url> {
    checks.take(key, page_url(text))
}

fn check_probe(checks: &mut Checks, probe: &str) {
    let odd = |c: char| !c.is_ascii_graphic() || matches!(c, '?' | '#' | '\\' | '%');
    if !probe.starts_with('/') || probe.starts_with("//") || probe.contains(odd) {
        checks.wrong(
            KeyPath::of("probe"),
            "a path is meant here, as in /v1/models",
        );
    }
}

fn key_advice(checks: &mut Checks, written: &RawKey) -> KeyAdvice {
    let key = KeyPath::of("key");
    for (index, name) in written.env.iter().enumerate() {
        let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        if name.is_empty() || !name.bytes().all(fits) {
            let message = "a variable's name is made of capital letters, digits and underscores";
            checks.wrong(key.key("env").index(index), message);
        }
    }
    let page = written
        .page
        .as_deref()
        .and_then(|text| page(checks, &key.key("page"), text));
    KeyAdvice {
        env: written.env.clone(),
        page,
    }
}

fn terms(checks: &mut Checks, written: &RawTerms) -> Option<Terms> {
    let key = KeyPath::of("terms");
    checks.shown(&key.key("en"), &written.en);
    checks.shown(&key.key("zh-CN"), &written.zh_cn);
    let url = page(checks, &key.key("url"), &written.url);
    let checked = checks.take(&key.key("checked"), Date::from_toml(written.checked));
    Some(Terms {
        en: written.en.clone(),
        zh_cn: written.zh_cn.clone(),
        url: url?,
        checked: checked?,
        sign_in: written.sign_in,
    })
}
