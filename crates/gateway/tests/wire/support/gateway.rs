//! A real data plane on a free port.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use accounts::{Account, AccountId, Accounts, CredentialSource, MemoryVault, Resolver};
use catalog::{Catalog, Proxy, UserProvider};
use gateway::{
    Address, ClientKey, ClientKeys, DataPlane, Destination, Exchange, KeyHash, Limits, Load, Offer,
    Outbound, Route, Snapshot, Strategy, Timeouts,
};
use serde_json::Value;
use testkit::{Answer, Client};
use tokio::sync::{Mutex, mpsc, watch};

use super::{KEY, SOON, Side, in_time, milliseconds};

/// What a test gateway is to be.
pub(crate) struct Setup {
    providers: Vec<(String, UserProvider)>,
    accounts: Vec<Account>,
    change: Box<dyn FnOnce(&mut Snapshot)>,
    host: &'static str,
    outbound: Outbound,
}

impl Setup {
    /// Nothing but the demo.
    pub(crate) fn new() -> Self {
        Self {
            providers: Vec::new(),
            accounts: Vec::new(),
            change: Box::new(|_| {}),
            host: "127.0.0.1",
            outbound: Outbound::bare(),
        }
    }

    /// One provider `mock` of that dialect with `mock-model`.
    pub(crate) fn mock(side: Side, url: &str) -> Self {
        Self::new().provider("mock", &[(side, url)], &["mock-model"])
    }

    /// A provider of the user's own with an account whose key is `sk-<id>`.
    pub(crate) fn provider(mut self, id: &str, at: &[(Side, &str)], models: &[&str]) -> Self {
        self.providers.push((id.to_owned(), provider(at, models)));
        self.account(id, id)
    }

    /// This account in place of all others.
    pub(crate) fn only_account(mut self, account: &str, provider: &str) -> Self {
        self.accounts.clear();
        self.account(account, provider)
    }

    /// An agent `crew` with the model `crew`: this program, which has to have that test.
    pub(crate) fn agent(self, test: &str, more: &[&str]) -> Self {
        let agent = catalog::AgentSetting {
            command: std::env::current_exe().unwrap().to_str().map(str::to_owned),
            arguments: Some(testkit::agent_arguments(test, more)),
            ..catalog::AgentSetting::default()
        };
        self.provider("crew", &[], &["crew"]).tune(|crew| {
            crew.agent = Some(agent);
            crew.allow_private = None;
        })
    }

    /// Changes the provider that was added last.
    pub(crate) fn tune(mut self, change: impl FnOnce(&mut UserProvider)) -> Self {
        change(&mut self.providers.last_mut().unwrap().1);
        self
    }

    /// One more account at a provider, with the key `sk-<account>`.
    pub(crate) fn account(mut self, account: &str, provider: &str) -> Self {
        self.accounts.push(Account {
            id: AccountId::new(account).unwrap(),
            provider: provider.to_owned(),
            label: account.to_owned(),
            source: CredentialSource::Environment {
                variable: account.to_owned(),
            },
        });
        self
    }

    /// A route to `provider/model` targets in their order.
    pub(crate) fn route(self, pattern: &str, targets: &[&str]) -> Self {
        let route = Route {
            pattern: pattern.to_owned(),
            targets: targets
                .iter()
                .map(|target| Destination::parse(target).unwrap())
                .collect(),
            strategy: Strategy::Priority,
            reasoning: None,
            working: Arc::default(),
        };
        self.with(move |snapshot| snapshot.routes.push(route))
    }

    /// Changes the settings.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Snapshot) + 'static) -> Self {
        let before = self.change;
        self.change = Box::new(move |snapshot| {
            before(snapshot);
            change(snapshot);
        });
        self
    }

    /// Changes how long is waited.
    pub(crate) fn timeouts(self, change: impl FnOnce(&mut Timeouts) + 'static) -> Self {
        self.with(move |snapshot| change(&mut snapshot.timeouts))
    }

    /// Changes how much is read.
    pub(crate) fn limits(self, change: impl FnOnce(&mut Limits) + 'static) -> Self {
        self.with(move |snapshot| change(&mut snapshot.limits))
    }

    /// With what the surroundings say of proxies.
    pub(crate) fn outbound(mut self, outbound: Outbound) -> Self {
        self.outbound = outbound;
        self
    }

    /// Listens on another host than 127.0.0.1.
    pub(crate) fn host(mut self, host: &'static str) -> Self {
        self.host = host;
        self
    }

    /// The settings alone.
    pub(crate) fn snapshot(self) -> Snapshot {
        let (catalog, problems) = Catalog::builtin()
            .unwrap()
            .with_user(self.providers.iter().map(|(id, settings)| (id, settings)));
        assert_eq!(problems, []);
        let resolver = Resolver::new(Arc::new(MemoryVault::new()), |name| {
            Some(format!("sk-{name}"))
        });
        let offers = self.accounts.iter().map(|account| Offer {
            account: account.id.clone(),
            provider: Arc::clone(catalog.provider(&account.provider).unwrap()),
        });
        let offers: Vec<Offer> = offers.collect();
        let mut snapshot = Snapshot::empty(Accounts::new(self.accounts, resolver));
        snapshot.offers = offers;
        snapshot.proxy = Proxy::Direct;
        snapshot.key_advice = "Copy the key with `portolan keys list`.".to_owned();
        snapshot.keys = keys([ClientKey::unlimited("test")]);
        (self.change)(&mut snapshot);
        snapshot
    }

    /// Starts it.
    pub(crate) async fn start(mut self) -> Gateway {
        let host = self.host;
        let outbound = Arc::new(std::mem::replace(&mut self.outbound, Outbound::bare()));
        let (settings, snapshot) = watch::channel(Arc::new(self.snapshot()));
        let (records, exchanges) = mpsc::channel(20_000);
        let plane = DataPlane::start(snapshot, records, outbound).unwrap();
        let address = Address {
            instance: "default".to_owned(),
            host: host.to_owned(),
            port: 0,
        };
        let address = plane.listen(address).await.unwrap()[0];
        Gateway {
            plane,
            address: address.to_string(),
            settings,
            exchanges: Mutex::new(exchanges),
        }
    }
}

/// Settings of a provider that may be called on this machine.
pub(crate) fn provider(at: &[(Side, &str)], models: &[&str]) -> UserProvider {
    let endpoints: BTreeMap<String, String> = at
        .iter()
        .map(|(side, url)| (side.dialect().as_str().to_owned(), side.base(url)))
        .collect();
    UserProvider {
        endpoints,
        models: Some(models.iter().map(|&model| model.to_owned()).collect()),
        allow_private: Some(true),
        ..UserProvider::default()
    }
}

/// Keys whose text is `pk-<name>`.
pub(crate) fn keys(of: impl IntoIterator<Item = ClientKey>) -> ClientKeys {
    let mut keys = ClientKeys::default();
    for key in of {
        keys.insert(KeyHash::of(format!("pk-{}", key.name).as_bytes()), key);
    }
    keys
}

/// A running gateway.
pub(crate) struct Gateway {
    pub(crate) plane: DataPlane,
    pub(crate) address: String,
    pub(crate) settings: watch::Sender<Arc<Snapshot>>,
    exchanges: Mutex<mpsc::Receiver<Box<Exchange>>>,
}

impl Gateway {
    /// A new connection.
    pub(crate) async fn client(&self) -> Client {
        Client::connect(&self.address).await.unwrap()
    }

    /// Sends a request with a JSON body and the key on a new connection, and reads the answer.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_with(path, &[], body).await
    }

    /// The same with more header fields.
    pub(crate) async fn post_with(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let mut client = self.sent(path, fields, body).await;
        in_time(client.answer()).await.unwrap()
    }

    /// Sends a request with a JSON body and the key on a new connection.
    pub(crate) async fn sent(&self, path: &str, fields: &[(&str, &str)], body: &Value) -> Client {
        let mut client = self.client().await;
        let mut all = vec![("x-api-key", KEY)];
        all.extend_from_slice(fields);
        client.post(path, &all, body).await.unwrap();
        client
    }

    /// Sends any request on a new connection and reads the answer.
    pub(crate) async fn ask(
        &self,
        method: &str,
        target: &str,
        fields: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut client = self.client().await;
        client.request(method, target, fields, body).await.unwrap();
        in_time(client.answer()).await.unwrap()
    }

    /// `GET` with the key.
    pub(crate) async fn get(&self, target: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("x-api-key", KEY)];
        all.extend_from_slice(fields);
        self.ask("GET", target, &all, b"").await
    }

    /// The next finished request's record.
    pub(crate) async fn exchange(&self) -> Exchange {
        let next = async { self.exchanges.lock().await.recv().await };
        *tokio::time::timeout(SOON, next)
            .await
            .expect("no record came")
            .expect("the gateway is gone")
    }

    /// Whether a record is there now.
    pub(crate) async fn has_another_exchange(&self) -> bool {
        self.exchanges.lock().await.try_recv().is_ok()
    }

    /// Waits until nothing is under way.
    pub(crate) async fn idle(&self) -> Load {
        let end = Instant::now() + Duration::from_secs(5);
        loop {
            let load = self.plane.load();
            if load.under_way == 0 || Instant::now() > end {
                return load;
            }
            tokio::time::sleep(milliseconds(2)).await;
        }
    }
}
