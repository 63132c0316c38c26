//! What the settings may say beyond their types, and what is worth a warning.

use std::collections::BTreeSet;
use std::net::IpAddr;

use accounts::AccountId;
use catalog::{Catalog, KeyPath, Problem, Proxy};
use contract::Warning;
use gateway::Destination;
use url::Url;

use super::locate::Places;
use super::{DEFAULT_INSTANCE, ProxyMode, Settings, VERSION};

type Checked = Result<(), Problem>;

/// Checks the settings; the first problem is told.
pub(super) fn check(settings: &Settings) -> Checked {
    demand(
        settings.version == VERSION,
        &KeyPath::of("version"),
        "the version is 1",
    )?;
    listen(settings)?;
    accounts(settings)?;
    routes(settings)?;
    instances(settings)?;
    keys(settings)?;
    proxy(settings)
}

fn demand(holds: bool, key: &KeyPath, message: &str) -> Checked {
    if holds {
        Ok(())
    } else {
        Err(problem(key, message))
    }
}

fn problem(key: &KeyPath, message: impl Into<String>) -> Problem {
    Problem {
        key: key.clone(),
        message: message.into(),
    }
}

fn listen(settings: &Settings) -> Checked {
    let key = KeyPath::of("listen");
    let host = "a host is localhost or an IP address";
    demand(is_host(&settings.listen.host), &key.key("host"), host)?;
    for (index, origin) in settings.listen.allowed_origins.iter().enumerate() {
        let message = "an origin is written as browsers send it: https://example.com, or null";
        demand(
            is_origin(origin),
            &key.key("allowed_origins").index(index),
            message,
        )?;
    }
    for (index, host) in settings.listen.allowed_hosts.iter().enumerate() {
        let message = "a host name has no port, path or upper case letter";
        demand(
            is_host_name(host),
            &key.key("allowed_hosts").index(index),
            message,
        )?;
    }
    Ok(())
}

fn accounts(settings: &Settings) -> Checked {
    let mut seen = BTreeSet::new();
    for (index, account) in settings.account.iter().enumerate() {
        let key = KeyPath::of("account").index(index);
        demand(
            !account.provider.is_empty(),
            &key.key("provider"),
            "the provider is missing",
        )?;
        if let Some(id) = &account.id {
            let key = key.key("id");
            AccountId::new(id).map_err(|error| problem(&key, error.to_string()))?;
            demand(seen.insert(id), &key, "another account has this id")?;
        }
        if let Some(variable) = &account.key_env {
            let message = "this is not the name of an environment variable";
            let sound = !variable.is_empty() && !variable.contains(['=', '\0']);
            demand(sound, &key.key("key_env"), message)?;
            let message = "the key comes from key_env already";
            demand(account.key_file.is_none(), &key.key("key_file"), message)?;
        }
        let named = account
            .key_file
            .as_ref()
            .is_none_or(|path| !path.as_os_str().is_empty());
        demand(named, &key.key("key_file"), "the file's name is missing")?;
    }
    Ok(())
}

fn routes(settings: &Settings) -> Checked {
    for (index, route) in settings.route.iter().enumerate() {
        let key = KeyPath::of("route").index(index);
        demand(
            !route.pattern.is_empty(),
            &key.key("match"),
            "the model's name is missing",
        )?;
        demand(
            !route.targets.is_empty(),
            &key.key("targets"),
            "a route needs a target",
        )?;
        for (index, target) in route.targets.iter().enumerate() {
            let key = key.key("targets").index(index);
            let sound = Destination::parse(&target.model).is_some();
            demand(sound, &key, "a target is written provider/model")?;
            demand(target.weight > 0, &key, "a weight is 1 or more")?;
        }
    }
    Ok(())
}

fn instances(settings: &Settings) -> Checked {
    let mut names = BTreeSet::from([DEFAULT_INSTANCE]);
    let mut ports = BTreeSet::from([settings.listen.port]);
    for (index, instance) in settings.instance.iter().enumerate() {
        let key = KeyPath::of("instance").index(index);
        let message = "a listener's name is made of lower-case letters, digits and single hyphens";
        demand(
            AccountId::new(&instance.name).is_ok(),
            &key.key("name"),
            message,
        )?;
        let message = "another listener has this name";
        demand(names.insert(&instance.name), &key.key("name"), message)?;
        let free = instance.port == 0 || ports.insert(instance.port);
        demand(free, &key.key("port"), "another listener has this port")?;
    }
    Ok(())
}

fn keys(settings: &Settings) -> Checked {
    let mut seen = BTreeSet::new();
    for (index, setting) in settings.key.iter().enumerate() {
        let key = KeyPath::of("key").index(index).key("name");
        let message = "a key's name is 1 to 64 letters, digits, hyphens, underscores and dots";
        demand(is_key_name(&setting.name), &key, message)?;
        demand(
            seen.insert(&setting.name),
            &key,
            "another key has this name",
        )?;
    }
    Ok(())
}

fn proxy(settings: &Settings) -> Checked {
    let key = KeyPath::of("proxy").key("url");
    match (settings.proxy.mode, &settings.proxy.url) {
        (ProxyMode::Manual, None) => Err(problem(&key, "mode manual needs the proxy's url")),
        (ProxyMode::Manual, Some(url)) => match url.parse() {
            Ok(Proxy::Manual(_)) => Ok(()),
            Ok(Proxy::Direct | Proxy::System | Proxy::Environment) => {
                Err(problem(&key, "this is a mode, not an address"))
            }
            Err(error) => Err(problem(&key, error.to_string())),
        },
        (ProxyMode::System | ProxyMode::Environment | ProxyMode::Direct, _) => Ok(()),
    }
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

/// What the settings say to no effect; `keys` are the names of the keys that exist.
pub(crate) fn warnings(
    settings: &Settings,
    text: &str,
    catalog: &Catalog,
    keys: &BTreeSet<&str>,
) -> Vec<Warning> {
    let places = Places::new(text);
    let mut found = Vec::new();
    let mut warn = |key: KeyPath, message: String| {
        found.push(Warning {
            line: places.of(&key).0,
            key: key.to_string(),
            message,
        });
    };
    let unknown_provider = |id: &str| {
        let ids = catalog.providers().map(|provider| provider.id.as_str());
        match crate::nearest::nearest(id, ids) {
            Some(nearest) => format!("there is no provider {id}; did you mean {nearest}?"),
            None => format!("there is no provider {id}"),
        }
    };
    for (index, account) in settings.account.iter().enumerate() {
        let key = KeyPath::of("account").index(index).key("provider");
        match catalog.provider(&account.provider) {
            None => warn(key, unknown_provider(&account.provider)),
            Some(provider) if provider.builtin.is_some() => {
                warn(key, format!("{} needs no account", account.provider));
            }
            Some(_) => {}
        }
    }
    let mut patterns = BTreeSet::new();
    for (index, route) in settings.route.iter().enumerate() {
        let key = KeyPath::of("route").index(index);
        if !patterns.insert(&route.pattern) {
            warn(
                key.key("match"),
                "an earlier route takes this name".to_owned(),
            );
        }
        for (index, target) in route.targets.iter().enumerate() {
            if let Some(target) = Destination::parse(&target.model)
                && catalog.provider(&target.provider).is_none()
            {
                let key = key.key("targets").index(index);
                warn(key, unknown_provider(&target.provider));
            }
        }
    }
    let no_key = |name: &str| {
        format!("there is no key {name}; `portolan keys create --name {name}` makes it")
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
        let message = "the address is used with mode = \"manual\" alone";
        warn(KeyPath::of("proxy").key("url"), message.to_owned());
    }
    found
}
