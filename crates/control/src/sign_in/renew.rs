//! What keeps sign-ins alive between the times that a person signs in.

use std::sync::{Arc, Weak};
use std::time::SystemTime;

use accounts::{Http, HttpFailure, Post, RenewalOptions, Replying};
use tokio::runtime::Handle;
use url::Url;

use crate::control::Inner;

/// Where the lock files of renewals are, in the folder of the data.
const LOCKS: &str = "locks";

impl Inner {
    /// Renews sign-ins from now on, within a runtime. For one who serves, or asks a provider: a command
    /// that looks at the settings spends nobody's refresh token.
    pub(crate) fn keep_signed_in(self: &Arc<Self>) {
        let weak = Arc::downgrade(self);
        // Without randomness several processes renew at the same moment, one after the other.
        let random = getrandom::u32().unwrap_or_default();
        self.accounts.renew(RenewalOptions {
            vault: Arc::clone(&self.vault),
            folder: self.home.data.join(LOCKS),
            http: Box::new(move |provider| client(&weak, provider)),
            wall: Box::new(SystemTime::now),
            jitter: f64::from(random) / f64::from(u32::MAX),
            runtime: Handle::current(),
        });
    }
}

/// The client for a provider, by the provider's own way out.
fn client(inner: &Weak<Inner>, provider: &str) -> Arc<dyn Http> {
    let Some(here) = inner.upgrade() else {
        return Arc::new(Nobody);
    };
    let catalog = here.state().loaded.read.catalog.clone();
    let known = catalog.provider(provider);
    let proxy = known.and_then(|provider| provider.proxy.as_ref());
    Arc::new(here.plane.token_client(proxy))
}

/// Asks nobody: the program is ending.
struct Nobody;

impl Http for Nobody {
    fn post<'a>(&'a self, _: Post) -> Replying<'a> {
        Box::pin(async { Err(HttpFailure("the program is ending".to_owned())) })
    }

    fn get<'a>(&'a self, _: &'a Url) -> Replying<'a> {
        Box::pin(async { Err(HttpFailure("the program is ending".to_owned())) })
    }
}
