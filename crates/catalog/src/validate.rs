//! From a manifest as written to a provider.

use dialect::{Dialect, Operation};
use url::Url;

use crate::address::{base_url, page_url};
use crate::auth::Auth;
use crate::checks::Checks;
use crate::date::Date;
use crate::endpoint::{Endpoint, Versions};
use crate::model::{Abilities, Limits, Model, Price};
use crate::path::further;
use crate::problem::{KeyPath, Problem};
use crate::provider::{Builtin, KeyAdvice, Provider};
use crate::raw::{
    RawAbilities, RawEndpoint, RawKey, RawLimits, RawManifest, RawModel, RawPrice, RawTerms,
};
use crate::terms::Terms;

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
    let models = raw
        .models
        .iter()
        .enumerate()
        .map(|(at, written)| model(&mut checks, at, written))
        .collect();
    let provider = Provider {
        id: raw.id.clone(),
        name: raw.name.clone(),
        website,
        local: raw.local,
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
        terms: raw
            .terms
            .as_ref()
            .and_then(|written| terms(&mut checks, written)),
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
            if raw.endpoints.is_empty() {
                checks.wrong(
                    KeyPath::of("endpoints"),
                    "a provider needs at least one endpoint",
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

fn endpoint(
    checks: &mut Checks,
    name: &str,
    written: &RawEndpoint,
    allow_private: bool,
    usual: Option<&Auth>,
) -> Option<Endpoint> {
    let key = KeyPath::of("endpoints").key(name);
    let dialect = checks.take(&key, name.parse::<Dialect>());
    let base = checks.take(
        &key.key("base_url"),
        base_url(&written.base_url, allow_private),
    );
    let own = written
        .auth
        .as_ref()
        .map(|auth| checks.took(auth.check(&key.key("auth"))));
    let dialect = dialect?;
    let operations = operations(checks, &key.key("operations"), dialect, &written.operations);
    let versions = versions(checks, &key, dialect, written);
    let auth = match own {
        Some(checked) => checked?,
        None => usual.cloned().unwrap_or_else(|| Auth::usual(dialect)),
    };
    Some(Endpoint {
        dialect,
        base: base?,
        operations,
        auth,
        versions,
    })
}

fn operations(
    checks: &mut Checks,
    key: &KeyPath,
    dialect: Dialect,
    names: &[String],
) -> Vec<Operation> {
    let known = further(dialect);
    let mut operations = Vec::new();
    for (index, name) in names.iter().enumerate() {
        match known.iter().find(|operation| operation.as_str() == name) {
            None => {
                let list = known
                    .iter()
                    .map(|operation| operation.as_str())
                    .collect::<Vec<_>>()
                    .join(", ");
                let message =
                    format!("{dialect} has no operation \"{name}\" beside chat; it has: {list}");
                checks.wrong(key.index(index), message);
            }
            Some(operation) if operations.contains(operation) => {
                checks.wrong(key.index(index), format!("\"{name}\" is listed twice"));
            }
            Some(operation) => operations.push(*operation),
        }
    }
    operations
}

fn versions(
    checks: &mut Checks,
    key: &KeyPath,
    dialect: Dialect,
    written: &RawEndpoint,
) -> Versions {
    let is_anthropic = dialect == Dialect::AnthropicMessages;
    let list = key.key("versions");
    if is_anthropic && written.versions.is_empty() {
        checks.wrong(
            key.clone(),
            "anthropic-messages needs the versions that are taken",
        );
    }
    if !is_anthropic && !written.versions.is_empty() {
        checks.wrong(list.clone(), format!("{dialect} has no versions"));
    }
    if !is_anthropic && written.forward_version {
        checks.wrong(
            key.key("forward_version"),
            format!("{dialect} has no versions"),
        );
    }
    for (index, version) in written.versions.iter().enumerate() {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
        if version.is_empty() || !version.bytes().all(fits) {
            checks.wrong(
                list.index(index),
                "a version is meant here, as in 2023-06-01",
            );
        } else if written
            .versions
            .iter()
            .take(index)
            .any(|earlier| earlier == version)
        {
            checks.wrong(list.index(index), format!("\"{version}\" is listed twice"));
        }
    }
    Versions {
        listed: written.versions.clone(),
        forward: written.forward_version,
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

fn model(checks: &mut Checks, at: usize, written: &RawModel) -> Model {
    let key = KeyPath::of("model").index(at);
    if let Some(name) = &written.name {
        checks.shown(&key.key("name"), name);
    }
    Model {
        id: written.id.clone(),
        name: written.name.clone(),
        limits: written
            .limits
            .as_ref()
            .and_then(|limits| check_limits(checks, &key.key("limits"), limits)),
        abilities: abilities(&written.abilities),
        price: written
            .price
            .as_ref()
            .and_then(|price| check_price(checks, &key.key("price"), price)),
    }
}

fn check_limits(checks: &mut Checks, key: &KeyPath, written: &RawLimits) -> Option<Limits> {
    let numbers = [("context", written.context), ("output", written.output)];
    if numbers.iter().all(|(_, number)| number.is_none()) {
        checks.wrong(key.clone(), "a source without a number");
    }
    for (name, number) in numbers {
        if number == Some(0) {
            checks.wrong(key.key(name), "a limit is at least 1 token");
        }
    }
    let source = page(checks, &key.key("source"), &written.source);
    let date = checks.take(&key.key("date"), Date::from_toml(written.date));
    Some(Limits {
        context: written.context,
        output: written.output,
        source: source?,
        date: date?,
    })
}

fn check_price(checks: &mut Checks, key: &KeyPath, written: &RawPrice) -> Option<Price> {
    let RawPrice {
        input,
        cached_read,
        cache_write,
        output,
        ..
    } = *written;
    let numbers = [
        ("input", input),
        ("cached_read", cached_read),
        ("cache_write", cache_write),
        ("output", output),
    ];
    if numbers.iter().all(|(_, number)| number.is_none()) {
        checks.wrong(key.clone(), "a source without a number");
    }
    for (name, number) in numbers {
        if number.is_some_and(|number| !number.is_finite() || number < 0.0) {
            checks.wrong(
                key.key(name),
                "a price is a number of US dollars, at least 0",
            );
        }
    }
    let source = page(checks, &key.key("source"), &written.source);
    let date = checks.take(&key.key("date"), Date::from_toml(written.date));
    Some(Price {
        input,
        cached_read,
        cache_write,
        output,
        source: source?,
        date: date?,
    })
}

fn abilities(written: &RawAbilities) -> Abilities {
    let RawAbilities {
        tools,
        images,
        documents,
        reasoning,
        structured_output,
        sampling,
    } = *written;
    Abilities {
        tools,
        images,
        documents,
        reasoning,
        structured_output,
        sampling,
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
