//! Whether a default model, which takes the `claude-*` names that nobody offers, leads to an account.

use accounts::AccountId;
use catalog::{KeyPath, Places};
use contract::{Reason, Topic, Warning};
use dialect::Dialect;
use gateway::{Destination, FoundBy};

use crate::control::{Control, Inner};
use crate::settings::unknown_provider;
use crate::state::State;

/// The interfaces whose clients send such names.
const CLIENTS: [Dialect; 2] = [Dialect::AnthropicMessages, Dialect::OpenAiChat];

/// Where a default model leads.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Lead {
    /// To an account.
    Somewhere,
    /// To whichever account has it on its list, which was not asked for yet.
    Open,
    /// To none.
    Nowhere(Reason),
}

impl Control {
    /// Asks the providers for their lists of models where these alone can tell whether a default
    /// model leads somewhere, so that a person hears of one that does not.
    pub async fn learn_default_models(&self) {
        if !self.has_open_default() {
            return;
        }
        let _held = self.0.asking.lock().await;
        // Somebody else may have asked meanwhile.
        if self.has_open_default() {
            self.0.keep_signed_in();
            let asked = self.0.plane.refresh_models().await;
            self.0
                .were_asked(asked.into_iter().map(|(account, _)| account));
            self.0.emit(Topic::Models);
            self.0.emit(Topic::Status);
        }
    }

    /// Has that done beside everything else, where there is a server.
    pub(crate) fn look_for_default_models(&self) {
        if self.0.state().serving && self.has_open_default() {
            let control = self.clone();
            tokio::spawn(async move { control.learn_default_models().await });
        }
    }

    fn has_open_default(&self) -> bool {
        let state = self.0.state();
        let mut leads = self.0.leads(&state).into_iter();
        leads.any(|(_, lead)| lead == Lead::Open)
    }
}

impl Inner {
    /// Remembers which accounts were asked for their models; one that did not tell has none for now.
    pub(crate) fn were_asked(&self, accounts: impl IntoIterator<Item = AccountId>) {
        self.state().asked.extend(accounts);
    }

    /// The default models that lead nowhere.
    pub(crate) fn lost_defaults(&self, state: &State) -> Vec<Warning> {
        let text = state.loaded.text.as_deref().unwrap_or_default();
        let places = Places::new(text);
        let lost = self.leads(state).into_iter().filter_map(|(key, lead)| {
            let Lead::Nowhere(reason) = lead else {
                return None;
            };
            Some(Warning {
                line: places.of(&key).0,
                key: key.to_string(),
                reason,
            })
        });
        lost.collect()
    }

    /// Each default model's key, and where it leads.
    fn leads(&self, state: &State) -> Vec<(KeyPath, Lead)> {
        let settings = state.settings();
        let first = (
            KeyPath::of("default_model"),
            crate::settings::DEFAULT_INSTANCE,
            settings.default_model.as_str(),
        );
        let others = settings.instance.iter().enumerate().map(|(index, one)| {
            let key = KeyPath::of("instance").index(index).key("default_model");
            (key, one.name.as_str(), one.default_model.as_str())
        });
        std::iter::once(first)
            .chain(others)
            .filter(|(_, _, model)| !model.is_empty())
            .map(|(key, instance, model)| (key, self.lead(state, instance, model)))
            .collect()
    }

    fn lead(&self, state: &State, instance: &str, model: &str) -> Lead {
        for client in CLIENTS {
            let explained = self.plane.explain(model, client, instance);
            if explained.found_by == Some(FoundBy::Demo) {
                return Lead::Nowhere(Reason::DemoNoDefault {});
            }
            if !explained.candidates.is_empty() {
                return Lead::Somewhere;
            }
        }
        // An id may look like provider/model and be another provider's.
        let is_open = state.configured.iter().any(|one| {
            let lists = one.provider.as_ref().is_some_and(|each| each.list_models);
            lists && !state.asked.contains(&one.account.id)
        });
        if is_open {
            return Lead::Open;
        }
        let not_offered = || Reason::ModelNotOffered {
            model: model.to_owned(),
        };
        let Some(target) = Destination::parse(model) else {
            return Lead::Nowhere(not_offered());
        };
        let catalog = &state.loaded.read.catalog;
        let mut accounts = state.configured.iter().map(|one| &one.account);
        Lead::Nowhere(match catalog.provider(&target.provider) {
            None => unknown_provider(catalog, &target.provider),
            Some(provider) if provider.builtin.is_some() => Reason::DemoNoDefault {},
            Some(_) if accounts.any(|account| account.provider == target.provider) => not_offered(),
            Some(_) => Reason::ProviderWithoutAccount {
                provider: target.provider,
            },
        })
    }
}
