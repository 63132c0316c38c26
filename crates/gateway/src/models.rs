//! Which models can be asked for: what manifests and settings state, and what providers answered
//! when they were asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use accounts::AccountId;
use agents::demo::DEMO;

use crate::snapshot::{Offer, Snapshot};

/// A model that a client may ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicModel {
    /// The name to ask for it by.
    pub id: String,
    /// Whose it is.
    pub provider: String,
    /// The first account that offers it; `None` for the demo and for routes.
    pub account: Option<AccountId>,
}

/// What the providers answered, by account.
#[derive(Debug, Default)]
pub(crate) struct LiveModels(Mutex<Arc<HashMap<AccountId, Arc<[String]>>>>);

impl LiveModels {
    /// The lists as they are now.
    pub(crate) fn get(&self) -> Arc<HashMap<AccountId, Arc<[String]>>> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces one account's list.
    pub(crate) fn set(&self, account: AccountId, models: Vec<String>) {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = HashMap::clone(&lists);
        changed.insert(account, models.into());
        *lists = Arc::new(changed);
    }
}

/// The ids that an account offers: the stated ones, then the live ones that are not stated.
pub(crate) fn offered<'a>(
    offer: &'a Offer,
    live: &'a HashMap<AccountId, Arc<[String]>>,
) -> impl Iterator<Item = &'a str> {
    let stated = offer.provider.models.iter().map(|model| model.id.as_str());
    let asked = live
        .get(&offer.account)
        .into_iter()
        .flat_map(|list| list.iter());
    let new = asked
        .map(String::as_str)
        .filter(|id| offer.provider.model(id).is_none());
    stated.chain(new)
}

/// Whether an account's list of models is complete, so that a name that is not on it is a mistake.
pub(crate) fn is_complete(offer: &Offer, live: &HashMap<AccountId, Arc<[String]>>) -> bool {
    !offer.provider.models.is_empty() && !offer.provider.list_models
        || live.contains_key(&offer.account)
}

/// Every model that a client of this listener may ask for, each once: plain routes first, then
/// what accounts offer. The demo stands there only while there is no account.
pub(crate) fn public(
    snapshot: &Snapshot,
    live: &HashMap<AccountId, Arc<[String]>>,
) -> Vec<PublicModel> {
    let mut models: Vec<PublicModel> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut add = |id: &str, provider: &str, account: Option<&AccountId>| {
        if seen.insert(id.to_owned()) {
            let (id, provider) = (id.to_owned(), provider.to_owned());
            models.push(PublicModel {
                id,
                provider,
                account: account.cloned(),
            });
        }
    };
    for route in snapshot
        .routes
        .iter()
        .filter(|route| !route.pattern.contains('*'))
    {
        if let Some(target) = route.targets.first() {
            add(&route.pattern, &target.provider, None);
        }
    }
    for offer in &snapshot.offers {
        for id in offered(offer, live) {
            add(id, &offer.provider.id, Some(&offer.account));
        }
    }
    if snapshot.offers.is_empty() {
        for id in DEMO {
            add(id, "demo", None);
        }
    }
    models
}
