//! Opens and closes listeners until they are as the settings want them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use contract::{ApiError, Code, Listener, Reason, Topic};
use gateway::{Address, ListenError, ListenErrorKind};

use crate::control::{Control, Holder};
use crate::state::Listening;

/// How often a port of our own is tried again while its old listener closes.
const TRIES: u32 = 20;
/// The pause between two tries.
const PAUSE: Duration = Duration::from_millis(25);

impl Control {
    /// The listeners, as callers see them.
    #[must_use]
    pub fn listeners(&self) -> Vec<Listener> {
        let state = self.0.state();
        let listener = |listening: &Listening| Listener {
            instance: listening.address.instance.clone(),
            host: listening.address.host.clone(),
            port: listening.address.port,
            addresses: listening.bound.iter().map(ToString::to_string).collect(),
            fault: listening.fault.clone(),
        };
        state.listeners.iter().map(listener).collect()
    }

    /// Makes the listeners what the settings want. One that cannot be opened where it is wanted
    /// stays where it was, and says why; it is tried again the next time.
    pub(crate) async fn apply_listeners(&self) {
        let _held = self.0.listening.lock().await;
        let (wanted, before) = {
            let state = self.0.state();
            if !state.serving {
                return;
            }
            (
                self.0.overrides.addresses(state.settings()),
                state.listeners.clone(),
            )
        };
        // One that got another name keeps its port, and two may swap theirs.
        let in_the_way = before.iter().filter(|old| is_in_the_way(old, &wanted));
        let mut freed = Vec::new();
        for old in in_the_way {
            self.0.plane.unlisten(&old.address.instance).await;
            freed.extend(old.bound.iter().map(SocketAddr::port));
        }
        let mut now = Vec::new();
        let mut is_changed = before.len() != wanted.len();
        for address in wanted {
            let old = before
                .iter()
                .find(|old| old.address.instance == address.instance);
            match old {
                Some(old) if old.address == address && old.fault.is_none() => now.push(old.clone()),
                Some(_) | None => {
                    is_changed = true;
                    now.push(self.listen(address, old, &freed).await);
                }
            }
        }
        self.0.state().listeners = now;
        if is_changed {
            self.0.emit(Topic::Instances);
            self.0.emit(Topic::Status);
        }
    }

    /// Opens the first listener for the web admin alone, where nothing is served now and it would be
    /// safe, or `unclaimed` was asked for: a link then opens it, and nothing else does. It is no
    /// failure that it cannot be opened: the listener tells it.
    pub(crate) async fn listen_for_admin(&self, unclaimed: bool) {
        let _held = self.0.listening.lock().await;
        let address = {
            let state = self.0.state();
            let keys = state.presentable_keys(&self.0.overrides);
            let wanted = !state.serving && state.listeners.is_empty() && self.0.serves_admin();
            let safe = || self.0.check_safety(state.settings(), keys).is_ok();
            if !wanted || !(unclaimed || safe()) {
                return;
            }
            self.0
                .overrides
                .addresses(state.settings())
                .into_iter()
                .next()
        };
        let Some(address) = address else { return };
        if unclaimed {
            self.0.plane.wait_for_owner();
        } else {
            self.0.plane.rest(true);
        }
        let listening = self.listen(address, None, &[]).await;
        self.0.state().listeners = vec![listening];
        self.0.emit(Topic::Status);
    }

    /// Opens one in the place of its `old` self; `freed` are the ports of others that close now.
    async fn listen(&self, address: Address, old: Option<&Listening>, freed: &[u16]) -> Listening {
        let still = old.map(|old| old.bound.clone()).unwrap_or_default();
        let is_ours =
            still.iter().any(|bound| bound.port() == address.port) || freed.contains(&address.port);
        let mut result = self.0.plane.listen(address.clone()).await;
        if is_ours && is_taken(&result) {
            // The old listener is in the way of the new one, as 127.0.0.1 is of 0.0.0.0.
            self.0.plane.unlisten(&address.instance).await;
            for _ in 0..TRIES {
                tokio::time::sleep(PAUSE).await;
                result = self.0.plane.listen(address.clone()).await;
                if !is_taken(&result) {
                    break;
                }
            }
        }
        match result {
            Ok(bound) => Listening {
                address,
                bound,
                fault: None,
            },
            Err(error) => {
                let mut bound = still;
                if is_ours && let Some(old) = old {
                    let back = self.0.plane.listen(old.address.clone()).await;
                    bound = back.unwrap_or_default();
                }
                let fault = Some(self.told(error, &address).await);
                Listening {
                    address,
                    bound,
                    fault,
                }
            }
        }
    }

    /// The failure with who is in the way.
    async fn told(&self, error: ListenError, address: &Address) -> ApiError {
        let shown = error.address;
        match error.kind {
            ListenErrorKind::Taken => {
                let (holder, address) = (Arc::clone(&self.0.holder), address.clone());
                let asked = tokio::task::spawn_blocking(move || find(&holder, &address));
                let holder = asked.await.ok().flatten().unwrap_or_default();
                ApiError::new(Code::PortTaken, [&shown, &holder])
            }
            ListenErrorKind::Forbidden => ApiError::new(Code::PortForbidden, [&shown]),
            ListenErrorKind::NotLocal => ApiError::new(Code::AddressNotLocal, [&shown]),
            ListenErrorKind::UnknownHost => {
                ApiError::new(Code::ListenFailed, [&shown]).because(Reason::HostUnknown {})
            }
            ListenErrorKind::Other(words) => {
                ApiError::new(Code::ListenFailed, [&shown]).because(Reason::System { words })
            }
        }
    }
}

/// Whether one must close before others open: nobody wants it any more, or it leaves a port that
/// another one wants.
fn is_in_the_way(old: &Listening, wanted: &[Address]) -> bool {
    let is_its = |address: &&Address| address.instance == old.address.instance;
    let Some(next) = wanted.iter().find(is_its) else {
        return true;
    };
    old.bound.iter().map(SocketAddr::port).any(|port| {
        let mut others = wanted.iter().filter(|address| !is_its(address));
        port != next.port && others.any(|address| address.port == port)
    })
}

fn is_taken(result: &Result<Vec<SocketAddr>, ListenError>) -> bool {
    result
        .as_ref()
        .is_err_and(|error| error.kind == ListenErrorKind::Taken)
}

fn find(holder: &Arc<Holder>, address: &Address) -> Option<String> {
    let hosts: Vec<IpAddr> = match address.host.parse() {
        Ok(host) => vec![host],
        Err(_) => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
    };
    hosts
        .into_iter()
        .find_map(|host| holder(SocketAddr::new(host, address.port)))
}
