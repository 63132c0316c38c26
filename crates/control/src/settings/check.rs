//! What the settings may say beyond their types, and what is worth a warning.

use std::collections::BTreeSet;
use std::net::IpAddr;

use accounts::AccountId;
use catalog::{Catalog, KeyPath, Places, Proxy};
use contract::{Reason, Warning};
use gateway::Destination;
use url::Url;

use super::{DEFAULT_INSTANCE, ProxyMode, RouteAgent, Settings, Target, VERSION};
use reasons::proxy_reason;

type Wrong = (KeyPath, Reason);
type Checked = Result<(), Wrong>;

/// Checks the settings; the first problem is told.
pub(super) fn check(settings: &Settings) -> Checked {
    demand(settings.version == VERSION, &KeyPath::of("version"), || {
        Reason::NotOneOf {
            found: settings.version.to_string(),
            choices: VERSION.to_string(),
        }
    })?;
    listen(settings)?;
    accounts(settings)?;
    routes(settings)?;
    instances(settings)?;
    keys(settings)?;
    proxy(settings)?;
    images(settings)?;
    let found = settings.desktop.language.clone();
    let sound = found.is_empty() || is_language(&found);
    demand(sound, &KeyPath::of("desktop").key("language"), || {
        Reason::NotALanguage { found }
    })
}

fn demand(holds: bool, key: &KeyPath, reason: impl FnOnce() -> Reason) -> Checked {
    if holds {
        Ok(())
    } else {
        Err((key.clone(), reason()))
    }
}

fn listen(settings: &Settings) -> Checked {
    let key = KeyPath::of("listen");
    let found = settings.listen.host.clone();
    demand(is_host(&found), &key.key("host"), || Reason::NotAHost {
        found: found.clone(),
    })?;
    for (index, origin) in settings.listen.allowed_origins.iter().enumerate() {
        let key = key.key("allowed_origins").index(index);
        let found = origin.clone();
        demand(is_origin(origin), &key, || Reason::NotAnOrigin { found })?;
    }
    for (index, host) in settings.listen.allowed_hosts.iter().enumerate() {
        let key = key.key("allowed_hosts").index(index);
        let found = host.clone();
        demand(is_host_name(host), &key, || Reason::NotAHostName { found })?;
    }
    Ok(())
}

fn images(settings: &Settings) -> Checked {
    let key = KeyPath::of("images").key("allow_addresses");
    for (index, address) in settings.images.allow_addresses.iter().enumerate() {
        let (sound, found) = (address.parse::<IpAddr>().is_ok(), address.clone());
        demand(sound, &key.index(index), || Reason::NotAnAddress { found })?;
    }
    Ok(())
}

fn accounts(settings: &Settings) -> Checked {
    let empty = || Reason::Empty {};
    let mut seen = BTreeSet::new();
    for (index, account) in settings.account.iter().enumerate() {
        let key = KeyPath::of("account").index(index);
        demand(!account.provider.is_empty(), &key.key("provider"), empty)?;
        if let Some(id) = &account.id {
            let key = key.key("id");
            let found = id.clone();
            demand(AccountId::new(id).is_ok(), &key, || Reason::NotAnId {
                found,
            })?;
            demand(seen.insert(id), &key, || Reason::Duplicate {})?;
        }
        if let Some(variable) = &account.key_env {
            let sound = is_variable_name(variable);
            demand(sound, &key.key("key_env"), || Reason::NotAVariable {})?;
            let alone = account.key_file.is_none();
            demand(alone, &key.key("key_file"), || Reason::KeyTwice {})?;
        }
        let named = account
            .key_file
            .as_ref()
            .is_none_or(|path| !path.as_os_str().is_empty());
        demand(named, &key.key("key_file"), empty)?;
    }
    Ok(())
}

fn routes(settings: &Settings) -> Checked {
    for (index, route) in settings.route.iter().enumerate() {
        let key = KeyPath::of("route").index(index);
        demand(!route.pattern.is_empty(), &key.key("match"), || {
            Reason::Empty {}
        })?;
        demand(!route.targets.is_empty(), &key.key("targets"), || {
            Reason::NoTargets {}
        })?;
        let folder = route.agent.folder.as_ref();
        let sound = folder.is_none_or(|folder| folder.is_absolute());
        demand(sound, &key.key("agent").key("folder"), || {
            Reason::NotAbsolute {}
        })?;
        for (index, target) in route.targets.iter().enumerate() {
            let key = key.key("targets").index(index);
            let sound = Destination::parse(&target.model).is_some();
            let found = target.model.clone();
            demand(sound, &key, || Reason::NotATarget { found })?;
            demand(target.weight > 0, &key, || Reason::OutOfRange {
                found: target.weight.to_string(),
                least: 1.to_string(),
                most: u32::MAX.to_string(),
            })?;
        }
    }
    Ok(())
}

fn instances(settings: &Settings) -> Checked {
    let duplicate = || Reason::Duplicate {};
    let mut names = BTreeSet::from([DEFAULT_INSTANCE]);
    let mut ports = BTreeSet::from([settings.listen.port]);
    for (index, instance) in settings.instance.iter().enumerate() {
        let key = KeyPath::of("instance").index(index);
        let (sound, found) = (AccountId::new(&instance.name), instance.name.clone());
        demand(sound.is_ok(), &key.key("name"), || Reason::NotAnId {
            found,
        })?;
        demand(names.insert(&instance.name), &key.key("name"), duplicate)?;
        let free = instance.port == 0 || ports.insert(instance.port);
        demand(free, &key.key("port"), duplicate)?;
    }
    Ok(())
}

fn keys(settings: &Settings) -> Checked {
    let mut seen = BTreeSet::new();
    for (index, setting) in settings.key.iter().enumerate() {
        let key = KeyPath::of("key").index(index).key("name");
        let found = setting.name.clone();
        demand(is_key_name(&setting.name), &key, || Reason::NotAKeyName {
            found,
        })?;
        demand(seen.insert(&setting.name), &key, || Reason::Duplicate {})?;
    }
    Ok(())
}

fn proxy(settings: &Settings) -> Checked {
    let wrong = |reason| Err((KeyPath::of("proxy").key("url"), reason));
    match (settings.proxy.mode, &settings.proxy.url) {
        (ProxyMode::Manual, None) => wrong(Reason::ProxyMissing {}),
        (ProxyMode::Manual, Some(url)) => match url.parse() {
            Ok(Proxy::Manual(_)) => Ok(()),
            Ok(Proxy::Direct | Proxy::System | Proxy::Environment) => {
                wrong(Reason::ProxyIsAMode { found: url.clone() })
            }
            Err(error) => wrong(proxy_reason(error)),
        },
        (ProxyMode::System | ProxyMode::Environment | ProxyMode::Direct, _) => Ok(()),
    }
}

/// Whether it has the form of a language's name: <https://www.rfc-editor.org/rfc/rfc5646>.
fn is_language(name: &str) -> bool {
    let mut parts = name.split('-');
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(is_part)
}

/// Whether one can listen on it: `localhost` or an IP address.
pub(crate) fn is_host(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok()
}

/// Whether only this machine can reach a listener on this host.
pub(crate) fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// Whether a client key can have this name.
pub(crate) fn is_key_name(name: &str) -> bool {
    let letter = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=64).contains(&name.chars().count()) && name.chars().all(letter)
}

fn is_origin(text: &str) -> bool {
    let is_web = |url: &Url| matches!(url.scheme(), "http" | "https");
    text == "null"
        || Url::parse(text)
            .is_ok_and(|url| is_web(&url) && url.origin().ascii_serialization() == text)
}

fn is_host_name(text: &str) -> bool {
    let is_same = |url: Url| url.host_str() == Some(text) && url.port().is_none();
    Url::parse(&format!("http://{text}/")).is_ok_and(is_same)
}

/// That no provider has this id, with a similar one.
pub(crate) fn unknown_provider(catalog: &Catalog, id: &str) -> Reason {
    let ids = catalog.providers().map(|provider| provider.id.as_str());
    let provider = id.to_owned();
    match crate::nearest::nearest(id, ids) {
        Some(nearest) => Reason::UnknownProviderSimilar {
            provider,
            nearest: nearest.to_owned(),
        },
        None => Reason::UnknownProvider { provider },
    }
}

/// What the settings say to no effect; `keys` are the names of the keys that exist.
pub(crate) fn warnings(
    settings: &Settings,
    text: &str,
    catalog: &Catalog,
    keys: &BTreeSet<&str>,
) -> Vec<Warning> {
    let places = Places::new(text);
    let mut found = Vec::new();
    let mut warn = |key: KeyPath, reason: Reason| {
        found.push(Warning {
            line: places.of(&key).0,
            key: key.to_string(),
            reason,
        });
    };
    for (index, account) in settings.account.iter().enumerate() {
        let key = KeyPath::of("account").index(index).key("provider");
        match catalog.provider(&account.provider) {
            None => warn(key, unknown_provider(catalog, &account.provider)),
            Some(provider) if provider.builtin.is_some() => {
                let provider = account.provider.clone();
                warn(key, Reason::NeedsNoAccount { provider });
            }
            Some(_) => {}
        }
    }
    let mut patterns = BTreeSet::new();
    for (index, route) in settings.route.iter().enumerate() {
        let key = KeyPath::of("route").index(index);
        if !patterns.insert(&route.pattern) {
            warn(key.key("match"), Reason::RouteShadowed {});
        }
        let is_agent = |target: &Target| {
            let target = Destination::parse(&target.model);
            let provider = target.and_then(|target| catalog.provider(&target.provider));
            provider.is_none_or(|provider| provider.agent.is_some())
        };
        if route.agent != RouteAgent::default() && !route.targets.iter().any(is_agent) {
            warn(key.key("agent"), Reason::RouteWithoutAgent {});
        }
        for (index, target) in route.targets.iter().enumerate() {
            let Some(target) = Destination::parse(&target.model) else {
                continue;
            };
            let key = key.key("targets").index(index);
            match catalog.provider(&target.provider) {
                None => warn(key, unknown_provider(catalog, &target.provider)),
                Some(provider) if provider.builtin.is_some() => warn(key, Reason::DemoNoTarget {}),
                Some(_) => {}
            }
        }
    }
    let no_key = |name: &str| Reason::KeyNeverCreated {
        name: name.to_owned(),
    };
    for (index, instance) in settings.instance.iter().enumerate() {
        for (at, name) in instance.keys.iter().enumerate() {
            if !keys.contains(name.as_str()) {
                let key = KeyPath::of("instance").index(index).key("keys").index(at);
                warn(key, no_key(name));
            }
        }
    }
    for (index, key) in settings.key.iter().enumerate() {
        if !keys.contains(key.name.as_str()) {
            warn(
                KeyPath::of("key").index(index).key("name"),
                no_key(&key.name),
            );
        }
    }
    if settings.proxy.url.is_some() && settings.proxy.mode != ProxyMode::Manual {
        warn(KeyPath::of("proxy").key("url"), Reason::ProxyUnused {});
    }
    found
}

/// Whether this can name an environment variable. A key pasted there by mistake cannot, mostly:
/// it must not come to stand in a file that is no secret.
pub(crate) fn is_variable_name(text: &str) -> bool {
    let mut letters = text.bytes();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
}
