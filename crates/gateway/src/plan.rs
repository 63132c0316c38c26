//! From a model's name to the candidates for one request, each with its reason.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use accounts::{AccountId, Standing};
use agents::demo::DEMO;
use catalog::{Endpoint, Provider};
use dialect::{Dialect, Fault, FaultKind, Operation, Origin, ReasoningPlace, codec};

use crate::models;
use crate::route::{Destination, Route, Strategy, Working, matches};
use crate::snapshot::{Offer, Snapshot};

/// The lists that providers answered with, by account.
pub(crate) type Live = HashMap<AccountId, Arc<[String]>>;

/// What led from the name to the candidates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoundBy {
    /// A route of the settings, with its pattern.
    Route(String),
    /// The exact id of a model that accounts offer.
    ModelId,
    /// `provider/model`.
    ProviderModel,
    /// A `claude-*` name that nobody offers: the default model took it.
    DefaultModel(String),
    /// The built-in demo.
    Demo,
}

/// The candidates for a request, best first.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) found_by: FoundBy,
    pub(crate) candidates: Vec<Candidate>,
}

/// One place that could answer.
#[derive(Clone, Debug)]
pub(crate) enum Candidate {
    /// The built-in demo, and which of its behaviours.
    Demo(String),
    /// An account's endpoint.
    Endpoint(Upstream),
}

/// Endpoint × account × model.
#[derive(Clone, Debug)]
pub(crate) struct Upstream {
    pub(crate) account: AccountId,
    pub(crate) provider: Arc<Provider>,
    /// Which of the provider's endpoints.
    pub(crate) endpoint: usize,
    /// The model as the provider calls it.
    pub(crate) model: String,
    /// Whether the endpoint speaks the client's dialect.
    pub(crate) native: bool,
    /// Where the route that led here has reasoning put.
    pub(crate) reasoning: Option<ReasoningPlace>,
    /// How an agent works for the route that led here.
    pub(crate) working: Arc<Working>,
}

impl Upstream {
    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.provider.endpoints[self.endpoint]
    }
}

/// Whose turn it is, per route.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<String, usize>>);

impl Turns {
    fn next(&self, route: &str) -> usize {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = turns.entry(route.to_owned()).or_default();
        let now = *turn;
        *turn = turn.wrapping_add(1);
        now
    }
}

/// What a plan is made from.
pub(crate) struct Planner<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) live: &'a Live,
    pub(crate) turns: &'a Turns,
    pub(crate) instance: &'a str,
    pub(crate) dialect: Dialect,
    pub(crate) operation: Operation,
    pub(crate) now: Instant,
}

impl Planner<'_> {
    /// Looks a model up: a route, the demo, an account's model, `provider/model`, and for
    /// `claude-*` the default model. Fails with the nearest names.
    pub(crate) fn plan(&self, model: &str) -> Result<Plan, Fault> {
        let mut plan = match self.find(model) {
            Some(plan) => plan,
            None => self.default_for(model).ok_or_else(|| self.unknown(model))?,
        };
        if plan.candidates.is_empty() {
            return Err(self.unable(model));
        }
        self.healthy_first(&mut plan.candidates);
        Ok(plan)
    }

    fn find(&self, model: &str) -> Option<Plan> {
        if let Some(route) = self
            .snapshot
            .routes
            .iter()
            .find(|route| matches(&route.pattern, model))
        {
            let found_by = FoundBy::Route(route.pattern.clone());
            return Some(Plan {
                found_by,
                candidates: self.of_route(route),
            });
        }
        if DEMO.contains(&model) {
            let candidates = vec![Candidate::Demo(model.to_owned())];
            return Some(Plan {
                found_by: FoundBy::Demo,
                candidates,
            });
        }
        let offering = |offer: &&Offer| models::offered(offer, self.live).any(|id| id == model);
        let offers: Vec<&Offer> = self.snapshot.offers.iter().filter(offering).collect();
        if !offers.is_empty() {
            let candidates = self.of_offers(&offers, model, None);
            return Some(Plan {
                found_by: FoundBy::ModelId,
                candidates,
            });
        }
        let target = Destination::parse(model)?;
        let offers = self.offers_of(&target);
        (!offers.is_empty()).then(|| Plan {
            found_by: FoundBy::ProviderModel,
            candidates: self.of_offers(&offers, &target.model, None),
        })
    }

    fn default_for(&self, model: &str) -> Option<Plan> {
        if !model.starts_with("claude-") {
            return None;
        }
        let default = self.snapshot.default_model(self.instance)?;
        // The demo is never a default.
        let plan = self
            .find(default)
            .filter(|plan| plan.found_by != FoundBy::Demo)?;
        Some(Plan {
            found_by: FoundBy::DefaultModel(default.to_owned()),
            candidates: plan.candidates,
        })
    }

    fn offers_of(&self, target: &Destination) -> Vec<&Offer> {
        self.snapshot
            .offers
            .iter()
            .filter(|offer| offer.provider.id == target.provider)
            .filter(|offer| {
                !models::is_complete(offer, self.live)
                    || models::offered(offer, self.live).any(|id| id == target.model)
            })
            .collect()
    }

    fn of_route(&self, route: &Route) -> Vec<Candidate> {
        self.in_turn(route)
            .into_iter()
            .flat_map(|target| {
                let offers: Vec<&Offer> = self
                    .snapshot
                    .offers
                    .iter()
                    .filter(|offer| offer.provider.id == target.provider)
                    .collect();
                self.of_offers(&offers, &target.model, Some(route))
            })
            .collect()
    }

    /// A route's targets in the order of its strategy.
    fn in_turn<'r>(&self, route: &'r Route) -> Vec<&'r Destination> {
        let mut targets: Vec<&Destination> = route.targets.iter().collect();
        if targets.len() < 2 {
            return targets;
        }
        match route.strategy {
            Strategy::Priority => {}
            Strategy::RoundRobin => {
                let first = self.turns.next(&route.pattern) % targets.len();
                targets.rotate_left(first);
            }
            Strategy::Weighted => {
                let whole: usize = targets.iter().map(|target| target.weight as usize).sum();
                let mut share = self.turns.next(&route.pattern) % whole.max(1);
                let mut first = 0;
                while let Some(target) = targets.get(first) {
                    if share < target.weight as usize {
                        break;
                    }
                    share -= target.weight as usize;
                    first += 1;
                }
                let first = first.min(targets.len() - 1);
                targets[..=first].rotate_right(1);
            }
            Strategy::LeastBusy => targets.sort_by_key(|target| self.busy(target)),
        }
        targets
    }

    /// How many requests the target's least busy account serves.
    fn busy(&self, target: &Destination) -> usize {
        let accounts = self
            .snapshot
            .offers
            .iter()
            .filter(|offer| offer.provider.id == target.provider);
        accounts
            .map(|offer| self.snapshot.accounts.in_use(&offer.account))
            .min()
            .unwrap_or(usize::MAX)
    }

    fn of_offers(&self, offers: &[&Offer], model: &str, route: Option<&Route>) -> Vec<Candidate> {
        offers
            .iter()
            .filter_map(|offer| {
                let endpoint = self.best_endpoint(&offer.provider)?;
                Some(Candidate::Endpoint(Upstream {
                    account: offer.account.clone(),
                    provider: Arc::clone(&offer.provider),
                    endpoint,
                    model: model.to_owned(),
                    native: offer.provider.endpoints[endpoint].dialect == self.dialect,
                    reasoning: route.and_then(|route| route.reasoning),
                    working: route
                        .map(|route| Arc::clone(&route.working))
                        .unwrap_or_default(),
                }))
            })
            .collect()
    }

    /// The endpoint that speaks the client's dialect; for chat, else the first that can be
    /// translated to.
    fn best_endpoint(&self, provider: &Provider) -> Option<usize> {
        let native = provider.endpoints.iter().position(|endpoint| {
            endpoint.dialect == self.dialect && endpoint.serves(self.operation)
        });
        if native.is_some() {
            return native;
        }
        match self.operation {
            // A count that the provider cannot make is estimated here, so any endpoint will do.
            Operation::Chat | Operation::Count => Dialect::ALL.into_iter().find_map(|dialect| {
                let position = provider
                    .endpoints
                    .iter()
                    .position(|endpoint| endpoint.dialect == dialect)?;
                codec(dialect).map(|_| position)
            }),
            Operation::Complete
            | Operation::Embed
            | Operation::Moderate
            | Operation::Image
            | Operation::EditImage
            | Operation::Speech
            | Operation::Transcribe
            | Operation::TranslateSpeech
            | Operation::Models => None,
        }
    }

    /// Health orders candidates, it forbids none.
    fn healthy_first(&self, candidates: &mut [Candidate]) {
        if candidates.len() < 2 {
            return;
        }
        // By health alone: a route may name one account twice, with another one between.
        candidates.sort_by_key(|candidate| match candidate {
            Candidate::Demo(_) => 0,
            Candidate::Endpoint(upstream) => {
                let accounts = &self.snapshot.accounts;
                let standing = accounts.standing(&upstream.account, self.now);
                standing.map_or(u8::MAX, Standing::rank)
            }
        });
    }

    fn unable(&self, model: &str) -> Fault {
        let message = format!(
            "no account can answer \"{}\" requests in the {} format for the model \"{model}\"",
            self.operation, self.dialect
        );
        Fault::new(Origin::Client, FaultKind::Unsupported, message)
            .with_code("operation_not_supported")
    }

    fn unknown(&self, model: &str) -> Fault {
        let mut message = format!("no account offers the model \"{model}\".");
        let nearest = self.nearest(model);
        if self.snapshot.offers.is_empty() {
            message.push_str(
                " No provider is set up yet: add an account with `portolan accounts add`, \
                 or try the model \"demo\".",
            );
        } else if model.starts_with("claude-") {
            match self.snapshot.default_model(self.instance) {
                None => message.push_str(
                    " Set default_model in config.toml to say where claude-* names go, \
                     or add a route for them.",
                ),
                Some(default) => message.push_str(&format!(
                    " Nor the default_model \"{default}\", which takes claude-* names."
                )),
            }
        }
        if !nearest.is_empty() {
            message.push_str(" Nearest names: ");
            message.push_str(&nearest.join(", "));
            message.push('.');
        }
        let mut fault = Fault::new(Origin::Client, FaultKind::NotFound, message);
        fault.param = Some("model".to_owned());
        fault.with_code("model_not_found")
    }

    /// Up to five names that are like the one that was asked for.
    pub(crate) fn nearest(&self, model: &str) -> Vec<String> {
        let wanted: String = model.chars().take(200).collect::<String>().to_lowercase();
        let mut ranked: Vec<(f64, String)> = models::public(self.snapshot, self.live)
            .into_iter()
            .map(|public| {
                let name = public.id.to_lowercase();
                let last = name.rsplit('/').next().unwrap_or(&name);
                let whole = strsim::jaro_winkler(&wanted, &name);
                let tail = strsim::jaro_winkler(&wanted, last);
                (whole.max(tail), public.id)
            })
            .filter(|(likeness, _)| *likeness > 0.7)
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        ranked.into_iter().take(5).map(|(_, id)| id).collect()
    }
}

/// Where a model's name leads, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What led there; `None`: nothing did.
    pub found_by: Option<FoundBy>,
    /// The candidates in the order in which they would be tried.
    pub candidates: Vec<Explained>,
    /// Names like the one that was asked for, when it leads nowhere.
    pub nearest: Vec<String>,
}

/// One candidate, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The account; `None` for the demo.
    pub account: Option<AccountId>,
    /// Its provider.
    pub provider: String,
    /// The model as the provider calls it.
    pub model: String,
    /// The dialect that the upstream is spoken to in.
    pub dialect: Dialect,
    /// Whether that is the client's own, so that nothing is translated.
    pub native: bool,
}

impl Planner<'_> {
    /// The same look-up as for a request, in words.
    pub(crate) fn explain(&self, model: &str) -> Explanation {
        match self.plan(model) {
            Ok(plan) => Explanation {
                found_by: Some(plan.found_by),
                candidates: plan
                    .candidates
                    .iter()
                    .map(|one| self.explained(one))
                    .collect(),
                nearest: Vec::new(),
            },
            Err(_) => Explanation {
                found_by: None,
                candidates: Vec::new(),
                nearest: self.nearest(model),
            },
        }
    }

    fn explained(&self, candidate: &Candidate) -> Explained {
        match candidate {
            Candidate::Demo(name) => Explained {
                account: None,
                provider: "demo".to_owned(),
                model: name.clone(),
                dialect: self.dialect,
                native: true,
            },
            Candidate::Endpoint(upstream) => Explained {
                account: Some(upstream.account.clone()),
                provider: upstream.provider.id.clone(),
                model: upstream.model.clone(),
                dialect: upstream.endpoint().dialect,
                native: upstream.native,
            },
        }
    }
}
