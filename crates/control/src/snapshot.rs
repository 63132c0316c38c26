//! From settings, accounts and keys to the snapshot that the data plane reads.

use std::collections::HashMap;
use std::sync::Arc;

use accounts::Accounts;
use catalog::{Proxy, Tools};
use dialect::ReasoningPlace;
use gateway::{
    ClientKey, ClientKeys, Destination, FetchRules, Fetcher, Instance, KeyHash, KeyLimits, Limits,
    Offer, Route, Snapshot, Timeouts, Working,
};

use crate::configured::Configured;
use crate::keys::{ENVIRONMENT_KEY_NAME, StoredKeys};
use crate::overrides::Overrides;
use crate::settings::{DEFAULT_INSTANCE, ProxyMode, Settings, is_loopback};

/// Ends every refusal for want of a key.
const KEY_ADVICE: &str = "Make a key with `portolan keys create --name NAME` on the machine that \
    Portolan runs on, or show the one that its first start made.";

/// Everything that a snapshot is made from.
pub(crate) struct Sources<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) overrides: &'a Overrides,
    pub(crate) configured: &'a [Configured],
    pub(crate) keys: &'a StoredKeys,
    pub(crate) accounts: &'a Arc<Accounts>,
}

/// The snapshot that these sources stand for.
pub(crate) fn snapshot(sources: &Sources<'_>) -> Snapshot {
    let Sources {
        settings,
        overrides,
        configured,
        keys,
        accounts,
    } = sources;
    Snapshot {
        keys: client_keys(settings, overrides, keys),
        require_key: settings.listen.require_key,
        allowed_origins: settings.listen.allowed_origins.clone(),
        allowed_hosts: allowed_hosts(settings, overrides.host(settings)),
        instances: instances(settings),
        routes: routes(settings),
        offers: offers(configured),
        default_model: given(&settings.default_model),
        on_loss: settings.translation.on_loss,
        proxy: proxy(settings),
        accounts: Arc::clone(accounts),
        timeouts: Timeouts::default(),
        limits: Limits::default(),
        pictures: Fetcher::by(pictures(settings, overrides)),
        key_advice: KEY_ADVICE.to_owned(),
    }
}

fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn client_keys(settings: &Settings, overrides: &Overrides, stored: &StoredKeys) -> ClientKeys {
    let mut keys = ClientKeys::default();
    for key in &stored.0 {
        keys.insert(key.hash, limited(settings, &key.name));
    }
    if let Some(key) = &overrides.client_key {
        let hash = KeyHash::of(key.expose().as_bytes());
        // The same text under two names keeps the limits of the one that was created.
        if stored.hashed(hash).is_none() {
            keys.insert(hash, limited(settings, ENVIRONMENT_KEY_NAME));
        }
    }
    keys
}

/// The key of that name with what the settings allow it.
pub(crate) fn limited(settings: &Settings, name: &str) -> ClientKey {
    match settings.key.iter().find(|setting| setting.name == name) {
        None => ClientKey::unlimited(name),
        Some(setting) => ClientKey {
            name: name.into(),
            models: setting.models.clone(),
            limits: KeyLimits {
                requests_per_minute: setting.requests_per_minute,
                tokens_per_minute: setting.tokens_per_minute,
                concurrency: setting.concurrency,
                requests_per_day: setting.requests_per_day,
                tokens_per_day: setting.tokens_per_day,
            },
            reasoning: setting
                .preserve_reasoning_content
                .map(ReasoningPlace::of_setting),
            provider_key: setting.provider_key,
        },
    }
}

fn allowed_hosts(settings: &Settings, host: &str) -> Vec<String> {
    let mut hosts = settings.listen.allowed_hosts.clone();
    // Of the unspecified address no client knows a name; every other one is a name by itself.
    if !is_loopback(host)
        && host
            .parse()
            .is_ok_and(|ip: std::net::IpAddr| !ip.is_unspecified())
    {
        hosts.push(host.to_owned());
    }
    hosts
}

fn instances(settings: &Settings) -> HashMap<String, Instance> {
    let others = settings.instance.iter().map(|setting| {
        let instance = Instance {
            keys: setting.keys.clone(),
            default_model: given(&setting.default_model),
        };
        (setting.name.clone(), instance)
    });
    let first = (DEFAULT_INSTANCE.to_owned(), Instance::default());
    std::iter::once(first).chain(others).collect()
}

fn routes(settings: &Settings) -> Vec<Route> {
    let route = |setting: &crate::settings::RouteSetting| Route {
        pattern: setting.pattern.clone(),
        targets: setting
            .targets
            .iter()
            .filter_map(|target| {
                let destination = Destination::parse(&target.model)?;
                Some(Destination {
                    weight: target.weight,
                    ..destination
                })
            })
            .collect(),
        strategy: setting.strategy,
        reasoning: setting
            .preserve_reasoning_content
            .map(ReasoningPlace::of_setting),
        working: Arc::new(Working {
            folder: setting.agent.folder.clone(),
            tools: setting.agent.tools.as_deref().map(Tools::of),
        }),
    };
    settings.route.iter().map(route).collect()
}

fn offers(configured: &[Configured]) -> Vec<Offer> {
    let offer = |configured: &Configured| {
        let provider = Arc::clone(configured.provider.as_ref()?);
        Some(Offer {
            account: configured.account.id.clone(),
            provider,
        })
    };
    configured.iter().filter_map(offer).collect()
}

fn pictures(settings: &Settings, overrides: &Overrides) -> FetchRules {
    let images = &settings.images;
    let addresses = overrides.addresses(settings);
    FetchRules {
        http: images.allow_http,
        // The settings were checked: each is one.
        addresses: images
            .allow_addresses
            .iter()
            .filter_map(|address| address.parse().ok())
            .collect(),
        own_ports: addresses.iter().map(|address| address.port).collect(),
    }
}

fn proxy(settings: &Settings) -> Proxy {
    match settings.proxy.mode {
        ProxyMode::System => Proxy::System,
        ProxyMode::Environment => Proxy::Environment,
        ProxyMode::Direct => Proxy::Direct,
        // The settings were checked: the address is there and is one.
        ProxyMode::Manual => {
            let url = settings.proxy.url.as_deref().unwrap_or_default();
            url.parse().unwrap_or(Proxy::System)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use std::collections::BTreeSet;
    use std::path::Path;

    use accounts::{MemoryVault, Resolver, Secret};
    use catalog::Catalog;
    use gateway::{OnLoss, Strategy};

    use super::*;
    use crate::configured::configured;
    use crate::keys::StoredKey;
    use crate::settings::read;

    fn make(text: &str, overrides: &Overrides, keys: &[&str]) -> Snapshot {
        let read = read("config.toml", text, &Catalog::builtin().unwrap()).unwrap();
        let (settings, catalog) = (&read.settings, &read.catalog);
        let configured = configured(settings, catalog, &BTreeSet::new(), Path::new("/"));
        let resolver = Resolver::new(Arc::new(MemoryVault::new()), |_| None);
        let stored = keys.iter().map(|&name| StoredKey {
            name: name.to_owned(),
            hash: KeyHash::of(name.as_bytes()),
            created: 0,
            sealed: false,
        });
        let keys = &StoredKeys(stored.collect());
        let accounts = &Accounts::new(Vec::new(), resolver);
        snapshot(&Sources {
            settings,
            overrides,
            configured: &configured,
            keys,
            accounts,
        })
    }

    #[test]
    fn nothing_configured_is_nothing_but_the_first_listener() {
        let snapshot = make("", &Overrides::default(), &[]);
        assert!(snapshot.require_key && snapshot.keys.is_empty() && snapshot.offers.is_empty());
        assert_eq!(
            snapshot.instances,
            [("default".to_owned(), Instance::default())].into()
        );
        assert_eq!(
            (snapshot.default_model, snapshot.proxy),
            (None, Proxy::System)
        );
        assert!(snapshot.allowed_hosts.is_empty());
    }

    #[test]
    fn keys_take_their_limits_by_name() {
        let text = "[[key]]\nname=\"laptop\"\nmodels=[\"gpt-*\"]\nrequests_per_minute=7\n\
            preserve_reasoning_content=false\n\
            [[key]]\nname=\"never-created\"\n[[key]]\nname=\"environment\"\nmodels=[\"demo\"]\n";
        let client_key = Some(Secret::new("mine".to_owned()).unwrap());
        let overrides = Overrides {
            client_key,
            ..Overrides::default()
        };
        let keys = make(text, &overrides, &["laptop", "other"]).keys;
        assert_eq!(keys.len(), 3);
        let laptop = keys.find(b"laptop").unwrap();
        assert_eq!(
            (
                laptop.limits.requests_per_minute,
                laptop.allows("gpt-5"),
                laptop.reasoning
            ),
            (7, true, Some(ReasoningPlace::Merged))
        );
        assert!(!laptop.allows("claude") && keys.find(b"other").unwrap().allows("claude"));
        let mine = keys.find(b"mine").unwrap();
        assert!(&*mine.name == "environment" && mine.allows("demo") && !mine.allows("gpt-5"));
    }

    #[test]
    fn a_route_says_how_an_agent_works_for_it() {
        let text = "[[route]]\nmatch=\"a\"\ntargets=[\"opencode/opencode\"]\n\
            agent={folder=\"/srv/work\",tools=[\"read\"]}\n\
            [[route]]\nmatch=\"b\"\ntargets=[\"opencode/opencode\"]\n";
        let routes = make(text, &Overrides::default(), &[]).routes;
        let [set, unset] = routes.as_slice() else {
            panic!("{routes:?}");
        };
        assert_eq!(set.working.folder.as_deref(), Some(Path::new("/srv/work")));
        assert_eq!(set.working.tools, Some(Tools::of(&["read".to_owned()])));
        assert_eq!(*unset.working, Working::default());
    }

    #[test]
    fn a_created_key_keeps_its_limits_when_the_environment_repeats_it() {
        let text = "[[key]]\nname=\"laptop\"\nmodels=[]\n";
        let client_key = Some(Secret::new("laptop".to_owned()).unwrap());
        let overrides = Overrides {
            client_key,
            ..Overrides::default()
        };
        let keys = make(text, &overrides, &["laptop"]).keys;
        assert_eq!(keys.len(), 1);
        assert!(!keys.find(b"laptop").unwrap().allows("demo"));
    }

    #[test]
    fn accounts_are_offered_in_the_order_of_the_file_and_the_unknown_are_not() {
        let text = "[[account]]\nprovider=\"openai\"\nkey_env=\"K\"\n[[account]]\nprovider=\"x\"\n\
            [[account]]\nprovider=\"anthropic\"\n[[account]]\nprovider=\"openai\"\n";
        let offers = make(text, &Overrides::default(), &[]).offers;
        let ids: Vec<&str> = offers.iter().map(|offer| offer.account.as_str()).collect();
        assert_eq!(ids, ["openai", "anthropic", "openai-2"]);
        assert_eq!(offers[1].provider.id, "anthropic");
    }

    #[test]
    fn s39_pictures_are_fetched_as_the_settings_say_and_never_from_our_own_ports() {
        let rules = |text: &str, overrides: &Overrides| {
            let catalog = Catalog::builtin().unwrap();
            pictures(
                &read("config.toml", text, &catalog).unwrap().settings,
                overrides,
            )
        };
        let usual = FetchRules {
            http: false,
            addresses: Vec::new(),
            own_ports: vec![28000],
        };
        assert_eq!(rules("", &Overrides::default()), usual);
        let text = "[images]\nallow_http=true\nallow_addresses=[\"192.168.1.10\",\"fd00::7\"]\n\
            [[instance]]\nname=\"work\"\nport=28001\n";
        let moved = Overrides {
            port: Some(9000),
            ..Overrides::default()
        };
        let allowed = FetchRules {
            http: true,
            addresses: vec!["192.168.1.10".parse().unwrap(), "fd00::7".parse().unwrap()],
            own_ports: vec![9000, 28001],
        };
        assert_eq!(rules(text, &moved), allowed);
    }

    #[test]
    fn the_rest_is_carried_over() {
        let text = "default_model=\"a/b\"\n[listen]\nhost=\"192.168.1.2\"\nrequire_key=false\n\
            allowed_origins=[\"https://a.example\"]\nallowed_hosts=[\"nas.lan\"]\n\
            [[route]]\nmatch=\"claude-*\"\ntargets=[{model=\"a/b/c\",weight=2}]\n\
            strategy=\"weighted\"\n[[instance]]\nname=\"work\"\nport=1\nkeys=[\"k\"]\n\
            default_model=\"c/d\"\n[proxy]\nmode=\"manual\"\nurl=\"http://p:3128\"\n\
            [translation]\non_loss=\"reject\"\n";
        let snapshot = make(text, &Overrides::default(), &[]);
        assert!(!snapshot.require_key);
        assert_eq!(snapshot.allowed_hosts, ["nas.lan", "192.168.1.2"]);
        assert_eq!(snapshot.allowed_origins, ["https://a.example"]);
        let route = &snapshot.routes[0];
        assert_eq!(
            (route.pattern.as_str(), route.strategy),
            ("claude-*", Strategy::Weighted)
        );
        let target = &route.targets[0];
        assert_eq!(
            (&*target.provider, &*target.model, target.weight),
            ("a", "b/c", 2)
        );
        assert_eq!(snapshot.instances["work"].keys, ["k"]);
        assert_eq!(snapshot.default_model("work"), Some("c/d"));
        assert_eq!(snapshot.default_model("default"), Some("a/b"));
        assert!(matches!(snapshot.proxy, Proxy::Manual(_)));
        assert_eq!(snapshot.on_loss, OnLoss::Reject);
        let open = Overrides {
            host: Some("0.0.0.0".to_owned()),
            ..Overrides::default()
        };
        assert_eq!(make(text, &open, &[]).allowed_hosts, ["nas.lan"]);
    }
}
