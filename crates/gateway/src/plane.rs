//! The data plane as a whole: its state, its thread, and the handle by which others reach it.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use accounts::AccountId;
use agents::Agents;
use catalog::Proxy;
use dialect::{Dialect, Fault, FaultKind, Operation, Origin};
use limits::Rates;
use outbound::{Clients, Outbound, ProxyInForce};
use quirks::pictures::Known;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::annex::{Guest, Visitor};
use crate::door::Door;
use crate::exchange::Exchange;
use crate::guard::{Refused, RefusedList};
use crate::load::{Counters, Load};
use crate::models::{self, LiveModels, PublicModel};
use crate::own::{self, Own, OwnAnswer};
use crate::plan::{Explanation, Planner, Turns};
use crate::serve::{self, Bound, ListenError, ListenErrorKind};
use crate::snapshot::{Address, Snapshot};
use crate::tokens::TokenClient;

/// How long a failed question for a list of models is not repeated.
const LIST_PAUSE: Duration = Duration::from_secs(30);

/// What a number in base 16 is written with.
const DIGITS: [u8; 16] = *b"0123456789abcdef";

/// What all requests share.
pub(crate) struct Plane {
    snapshot: watch::Receiver<Arc<Snapshot>>,
    exchanges: mpsc::Sender<Box<Exchange>>,
    pub(crate) clients: Clients,
    pub(crate) live: LiveModels,
    pub(crate) turns: Turns,
    pub(crate) rates: Rates,
    pub(crate) refused: RefusedList,
    pub(crate) load: Counters,
    pub(crate) agents: Agents,
    /// What was on pictures that were put into words.
    pub(crate) pictures: Known,
    /// Who answers in our place beneath one path.
    door: OnceLock<Door>,
    /// Who answers in our place what the guard let in.
    pub(crate) annex: OnceLock<mpsc::Sender<Guest>>,
    /// Whether only the door is open.
    resting: AtomicBool,
    /// Whether that is so because nobody has claimed it yet.
    unclaimed: AtomicBool,
    /// When an account was last asked for its models; held while they are asked.
    asked: tokio::sync::Mutex<HashMap<AccountId, Instant>>,
    /// Makes this process's ids unlike any other's.
    seed: u64,
    count: AtomicU64,
}

impl Plane {
    /// The settings as they are now.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.borrow())
    }

    /// The door through which a request goes that came in there.
    pub(crate) fn door(&self, peer: &serve::Peer, path: &str) -> Option<&Door> {
        self.door.get().filter(|door| door.leads(peer, path))
    }

    /// Whether nothing is answered but what goes through the door.
    pub(crate) fn is_resting(&self) -> bool {
        self.resting.load(Ordering::Relaxed)
    }

    /// What is said to those who come while it rests.
    pub(crate) fn at_rest(&self) -> Fault {
        if !self.unclaimed.load(Ordering::Relaxed) {
            let message = "Portolan was stopped; start it in the web admin (/admin)";
            return Fault::new(Origin::Gateway, FaultKind::Stopped, message);
        }
        let message = "Portolan waits for its owner, who sets its password with the link that it \
                       printed when it was started";
        // No client is to try again until a person has done something: so it is none of the 5xx.
        let mut locked = Fault::new(Origin::Gateway, FaultKind::Permission, message);
        locked.status = Some(423);
        locked.with_code("unclaimed")
    }

    /// A new request's id.
    pub(crate) fn next_id(&self) -> Arc<str> {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        // Rising, so that the ledger's index of them grows at one end: an index of scattered ids
        // costs a page of the file for nearly every request.
        let mut id = String::with_capacity(32);
        for half in [self.seed, count] {
            for byte in half.to_be_bytes() {
                for digit in [byte >> 4, byte & 0xf] {
                    id.push(char::from(DIGITS[usize::from(digit)]));
                }
            }
        }
        id.into()
    }

    /// Hands a finished request's record over; never waits.
    pub(crate) fn hand_over(&self, exchange: Box<Exchange>) {
        if self.exchanges.try_send(exchange).is_err() {
            self.load.lost();
        }
    }

    /// Asks the accounts whose lists of models are not known yet, unless that failed a moment ago.
    /// Where somebody asks them already, their answer is waited for. True when something was
    /// learnt.
    pub(crate) async fn learn_missing(&self) -> bool {
        let snapshot = self.snapshot();
        let known = self.live.get();
        let missing: Vec<AccountId> = snapshot
            .offers
            .iter()
            .filter(|offer| offer.provider.list_models && !known.contains_key(&offer.account))
            .map(|offer| offer.account.clone())
            .collect();
        if missing.is_empty() {
            return false;
        }
        let mut asked = self.asked.lock().await;
        let known = self.live.get();
        let due: Vec<AccountId> = missing
            .iter()
            .filter(|account| !known.contains_key(*account))
            .filter(|account| {
                asked
                    .get(*account)
                    .is_none_or(|last| last.elapsed() >= LIST_PAUSE)
            })
            .cloned()
            .collect();
        self.ask(&due).await;
        // Noted at the end: a client that left in the middle has learnt nothing for the others.
        asked.extend(due.into_iter().map(|account| (account, Instant::now())));
        let known = self.live.get();
        missing.iter().any(|account| known.contains_key(account))
    }

    /// Asks every account again which models it has.
    pub(crate) async fn refresh(&self) -> Vec<(AccountId, Result<usize, Fault>)> {
        let snapshot = self.snapshot();
        let accounts: Vec<AccountId> = snapshot
            .offers
            .iter()
            .filter(|offer| offer.provider.list_models)
            .map(|offer| offer.account.clone())
            .collect();
        self.ask(&accounts).await
    }

    async fn ask(&self, accounts: &[AccountId]) -> Vec<(AccountId, Result<usize, Fault>)> {
        let asking = accounts.iter().map(|account| async move {
            let listed = crate::ask::models(self, account).await;
            let result = listed.map(|models| {
                let count = models.len();
                self.live.set(account.clone(), models);
                count
            });
            if let Err(fault) = &result {
                tracing::warn!(%account, reason = %fault.message, "no list of models");
            }
            (account.clone(), result)
        });
        futures_util::future::join_all(asking).await
    }
}

/// What the data plane's thread is told to do.
enum Order {
    Listen(
        Address,
        oneshot::Sender<Result<Vec<SocketAddr>, ListenError>>,
    ),
    Unlisten(String, oneshot::Sender<()>),
    Refresh(oneshot::Sender<Vec<(AccountId, Result<usize, Fault>)>>),
    Test(AccountId, oneshot::Sender<Result<usize, Fault>>),
    Ask(Box<Own>),
    Stop(Duration, oneshot::Sender<()>),
}

/// The running data plane. Cheap to clone; the thread ends when it is told to, or when the last
/// handle is gone.
#[derive(Clone)]
pub struct DataPlane {
    plane: Arc<Plane>,
    orders: mpsc::Sender<Order>,
    /// Connections that sign-ins use; they belong to the runtime of whoever asks.
    outside: Arc<Clients>,
}

impl DataPlane {
    /// Starts the data plane on a thread of its own. It reads its settings from `snapshot` and
    /// hands every finished request's record to `exchanges`; records that find it full are counted
    /// and dropped. Providers are reached by what `outbound` says.
    ///
    /// # Errors
    /// When the system gives no thread, no event queue or no randomness.
    pub fn start(
        snapshot: watch::Receiver<Arc<Snapshot>>,
        exchanges: mpsc::Sender<Box<Exchange>>,
        outbound: Arc<Outbound>,
    ) -> io::Result<Self> {
        let seed = getrandom::u64().map_err(io::Error::other)?;
        let plane = Arc::new(Plane {
            snapshot,
            exchanges,
            clients: Clients::new(Arc::clone(&outbound)),
            live: LiveModels::default(),
            turns: Turns::default(),
            rates: Rates::default(),
            refused: RefusedList::default(),
            load: Counters::default(),
            agents: Agents::new(|name| std::env::var_os(name)),
            pictures: Known::default(),
            door: OnceLock::new(),
            annex: OnceLock::new(),
            resting: AtomicBool::new(false),
            unclaimed: AtomicBool::new(false),
            asked: tokio::sync::Mutex::default(),
            seed,
            count: AtomicU64::new(1),
        });
        let outside = Arc::new(Clients::new(outbound));
        let (orders, inbox) = mpsc::channel(16);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let worker = Arc::clone(&plane);
        std::thread::Builder::new()
            .name("data-plane".to_owned())
            .spawn(move || runtime.block_on(work(worker, inbox)))?;
        Ok(Self {
            plane,
            orders,
            outside,
        })
    }

    /// Listens on an address: all that its host means, or none. A listener of the same name that
    /// is there already is closed once the new one is bound.
    ///
    /// # Errors
    /// Why the address cannot be listened on.
    pub async fn listen(&self, address: Address) -> Result<Vec<SocketAddr>, ListenError> {
        let gone = ListenError {
            address: format!("{}:{}", address.host, address.port),
            kind: ListenErrorKind::Other("the data plane has stopped".to_owned()),
        };
        self.order(|reply| Order::Listen(address, reply))
            .await
            .unwrap_or(Err(gone))
    }

    /// Closes a listener. What it has begun to answer is answered to its end.
    pub async fn unlisten(&self, instance: &str) {
        let _stopped = self
            .order(|reply| Order::Unlisten(instance.to_owned(), reply))
            .await;
    }

    /// Hands what goes through the door to its owner from now on. The first door stays.
    pub fn open_door(&self, door: Door) {
        if self.plane.door.set(door).is_err() {
            tracing::error!("a second door was not opened");
        }
    }

    /// Whether there is a door.
    #[must_use]
    pub fn has_door(&self) -> bool {
        self.plane.door.get().is_some()
    }

    /// Answers nothing from now on but what goes through the door; or everything again. What is
    /// under way is answered to its end.
    pub fn rest(&self, resting: bool) {
        self.plane.unclaimed.store(false, Ordering::Relaxed);
        self.plane.resting.store(resting, Ordering::Relaxed);
    }

    /// Rests until its owner has claimed it: then [`DataPlane::rest`] is told so.
    pub fn wait_for_owner(&self) {
        self.plane.unclaimed.store(true, Ordering::Relaxed);
        self.plane.resting.store(true, Ordering::Relaxed);
    }

    /// Closes every listener, lets what is under way end for at most `grace`, and ends the thread.
    pub async fn stop(&self, grace: Duration) {
        let _stopped = self.order(|reply| Order::Stop(grace, reply)).await;
    }

    /// Asks every account again which models it has; the number, or why it could not be had.
    pub async fn refresh_models(&self) -> Vec<(AccountId, Result<usize, Fault>)> {
        self.order(Order::Refresh).await.unwrap_or_default()
    }

    /// Tries an account's key by asking its provider which models there are; their number.
    ///
    /// # Errors
    /// What the provider answered, or why it could not be asked.
    pub async fn test(&self, account: &AccountId) -> Result<usize, Fault> {
        let stopped = Fault::new(
            Origin::Gateway,
            FaultKind::Stopped,
            "the data plane has stopped",
        );
        self.order(|reply| Order::Test(account.clone(), reply))
            .await
            .unwrap_or(Err(stopped))
    }

    /// Sends a chat request of this program's own, a body as `POST /v1/chat/completions` takes it,
    /// through the same handler as everybody else's; it needs no key. `None`: the data plane has
    /// stopped.
    pub async fn ask(&self, instance: &str, body: Vec<u8>) -> Option<OwnAnswer> {
        self.ask_at(instance, "/v1/chat/completions", body).await
    }

    /// The same at any other path that takes JSON.
    pub async fn ask_at(
        &self,
        instance: &str,
        path: &'static str,
        body: Vec<u8>,
    ) -> Option<OwnAnswer> {
        self.send(Own::of_program(instance, path, body)).await
    }

    /// Sends JSON to a path as if a client had sent it that was let in: with its key, by its limits
    /// and on its account. `None`: the data plane has stopped.
    pub async fn ask_for(
        &self,
        visitor: &Visitor,
        path: &'static str,
        body: Vec<u8>,
    ) -> Option<OwnAnswer> {
        self.send(visitor.ask(path, body, &self.plane.rates)).await
    }

    async fn send(
        &self,
        written: Result<(Own, oneshot::Receiver<OwnAnswer>), http::Error>,
    ) -> Option<OwnAnswer> {
        let (own, answer) = written
            .inspect_err(|error| tracing::error!(%error, "write a request of our own"))
            .ok()?;
        self.orders.send(Order::Ask(Box::new(own))).await.ok()?;
        answer.await.ok()
    }

    /// Hands what the guard lets in and what is no request to a model to somebody else from now on:
    /// GraphQL, and the pages that document it all. The first one stays; who finds it full is refused.
    pub fn open_annex(&self, guests: mpsc::Sender<Guest>) {
        if self.plane.annex.set(guests).is_err() {
            tracing::error!("a second annex was not opened");
        }
    }

    /// What asks a provider's token endpoint, by the provider's own way out or else by everybody's.
    #[must_use]
    pub fn token_client(&self, proxy: Option<&Proxy>) -> TokenClient {
        let proxy = proxy.unwrap_or(&self.plane.snapshot().proxy).clone();
        TokenClient::new(Arc::clone(&self.outside), proxy)
    }

    /// The way out to providers that have no proxy of their own, as it is now.
    pub async fn proxy_in_force(&self) -> ProxyInForce {
        let snapshot = self.plane.snapshot();
        self.plane
            .clients
            .outbound()
            .in_force(&snapshot.proxy)
            .await
    }

    /// Every model that can be asked for.
    #[must_use]
    pub fn models(&self) -> Vec<PublicModel> {
        models::public(&self.plane.snapshot(), &self.plane.live.get())
    }

    /// Where a model's name leads for a client of the dialect on the listener.
    #[must_use]
    pub fn explain(&self, model: &str, dialect: Dialect, instance: &str) -> Explanation {
        let snapshot = self.plane.snapshot();
        let live = self.plane.live.get();
        // A dry run takes nobody's turn.
        let turns = Turns::default();
        let planner = Planner {
            snapshot: &snapshot,
            live: &live,
            turns: &turns,
            instance,
            dialect,
            operation: Operation::Chat,
            now: Instant::now(),
        };
        planner.explain(model)
    }

    /// The pages and programs that were turned away of late, the latest first.
    #[must_use]
    pub fn refused(&self) -> Vec<Refused> {
        self.plane.refused.list()
    }

    /// Forgets those turned away: the pages of one origin, or all.
    pub fn forget_refused(&self, origin: Option<&str>) {
        self.plane.refused.forget(origin);
    }

    /// Counts what a key has used on that day (see [`crate::day_of`]) before this program ran.
    pub fn used_before(&self, key: &str, day: u64, requests: u64, tokens: u64) {
        self.plane.rates.used_before(key, day, requests, tokens);
    }

    /// Changes whenever somebody is turned away.
    #[must_use]
    pub fn refusals(&self) -> watch::Receiver<u64> {
        self.plane.refused.changes()
    }

    /// How much there is to do.
    #[must_use]
    pub fn load(&self) -> Load {
        self.plane.load.read()
    }

    async fn order<T>(&self, order: impl FnOnce(oneshot::Sender<T>) -> Order) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.orders.send(order(reply)).await.ok()?;
        answer.await.ok()
    }
}

/// The thread's life: orders, and new settings, until the end.
async fn work(plane: Arc<Plane>, mut orders: mpsc::Receiver<Order>) {
    let mut listeners: HashMap<String, Open> = HashMap::new();
    let mut settings = plane.snapshot.clone();
    let mut settings_live = true;
    loop {
        let order = tokio::select! {
            order = orders.recv() => order,
            changed = settings.changed(), if settings_live => {
                settings_live = changed.is_ok();
                if !listeners.is_empty() {
                    learn(&plane);
                }
                continue;
            }
        };
        match order {
            Some(Order::Listen(address, reply)) => {
                let bound = serve::bind(&address).await;
                let _nobody_waits = reply.send(bound.map(|bound| {
                    learn(&plane);
                    let addresses = bound.addresses.clone();
                    let opened = open(&plane, &address.instance, bound);
                    if let Some(old) = listeners.insert(address.instance, opened) {
                        close(&old);
                    }
                    addresses
                }));
            }
            Some(Order::Unlisten(instance, reply)) => {
                if let Some(old) = listeners.remove(&instance) {
                    close(&old);
                    // Its port is free for the next one by then.
                    futures_util::future::join_all(old.accepting).await;
                }
                let _nobody_waits = reply.send(());
            }
            Some(Order::Refresh(reply)) => {
                let plane = Arc::clone(&plane);
                tokio::spawn(async move {
                    let _nobody_waits = reply.send(plane.refresh().await);
                });
            }
            Some(Order::Test(account, reply)) => {
                let plane = Arc::clone(&plane);
                tokio::spawn(async move {
                    let _nobody_waits = reply.send(
                        crate::ask::models(&plane, &account)
                            .await
                            .map(|list| list.len()),
                    );
                });
            }
            Some(Order::Ask(own)) => {
                tokio::spawn(own::ask(Arc::clone(&plane), *own));
            }
            Some(Order::Stop(grace, reply)) => {
                let senders: Vec<_> = listeners.drain().map(|(_, open)| open.stop).collect();
                drain(&senders, grace).await;
                plane.agents.stop().await;
                let _nobody_waits = reply.send(());
                return;
            }
            None => return,
        }
    }
}

/// Learns the lists of models that are missing, in the background. Only for one who listens: a
/// command that looks at the settings asks nobody.
fn learn(plane: &Arc<Plane>) {
    let plane = Arc::clone(plane);
    tokio::spawn(async move { plane.learn_missing().await });
}

/// A listener that is open.
struct Open {
    /// Tells it, and its connections, to stop.
    stop: watch::Sender<bool>,
    /// Each ends when its socket is closed.
    accepting: Vec<JoinHandle<()>>,
}

fn open(plane: &Arc<Plane>, instance: &str, bound: Bound) -> Open {
    let (stop, stopping) = watch::channel(false);
    let instance: Arc<str> = instance.into();
    let accept = |socket| {
        let (plane, instance) = (Arc::clone(plane), Arc::clone(&instance));
        tokio::spawn(serve::accept(plane, socket, instance, stopping.clone()))
    };
    let accepting = bound.sockets.into_iter().map(accept).collect();
    Open { stop, accepting }
}

fn close(listener: &Open) {
    // Connections that still answer keep a receiver; the value stays true for them.
    listener.stop.send_replace(true);
}

/// Tells every listener to stop and waits until nobody listens to the telling any more.
async fn drain(listeners: &[watch::Sender<bool>], grace: Duration) {
    for stop in listeners {
        stop.send_replace(true);
    }
    let all_gone = async {
        for stop in listeners {
            stop.closed().await;
        }
    };
    if tokio::time::timeout(grace, all_gone).await.is_err() {
        tracing::warn!("answers were still under way when the time to stop was over");
    }
}
