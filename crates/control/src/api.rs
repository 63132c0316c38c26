//! The contract's methods, answered in the process.

use std::str::FromStr as _;
use std::sync::Arc;

use accounts::{AccountId, CredentialError};
use contract::{
    Account, AccountAdd, AccountChoice, AccountKey, AccountRemoved, AccountTested, ActivityChoice,
    ActivityDetail, ActivityId, ActivityPage, Admin, AdminLink, Api, ApiError, Candidate, Code,
    Explanation, FoundBy, Import, ImportChoice, Imported, Instance, InstanceAdd, InstanceChange,
    InstanceChoice, Key, KeyChoice, KeyCreate, KeyLimit, KeyShown, Load, LocalServer, LogLine,
    LogsChoice, Model, ModelsChoice, OriginChoice, Provider, ProviderAdd, ProviderChoice,
    ProviderSet, Reason, Refreshed, Refused, Reloaded, Route, RouteQuestion, Settings,
    SettingsChange, SettingsStatus, SignInAnswer, SignInChoice, SignInStart, SignInTurn, Standing,
    Status, Topic, Trial, TrialChoice, TrialSend,
};
use dialect::{Dialect, Fault, FaultKind};
use gateway::Explained;

use crate::activity::seconds;
use crate::control::{Control, Inner, internal};
use crate::local::{found, offered};
use crate::settings::DEFAULT_INSTANCE;
use crate::snapshot::limited;
use crate::state::State;
use crate::vault::vault_status;
use reasons::{credential_reason, fault_reason, renewal_reason};

impl Api for Control {
    async fn status_get(&self) -> Result<Status, ApiError> {
        let vault = Arc::clone(&self.0.vault);
        let vault = tokio::task::spawn_blocking(move || vault.state()).await;
        let vault = vault_status(&vault.map_err(|error| internal(&error))?);
        let (catalog, taken) = {
            let state = self.0.state();
            let providers = state
                .configured
                .iter()
                .map(|one| one.account.provider.clone());
            (
                state.loaded.read.catalog.clone(),
                providers.collect::<Vec<_>>(),
            )
        };
        let offered = offered(&catalog, &taken).await;
        let proxy = self.0.proxy_in_force().await;
        let load = self.0.plane.load();
        let refused = self.0.plane.refused().into_iter().map(|refused| Refused {
            origin: refused.origin,
            agent: refused.agent,
            count: refused.count,
            last: seconds(refused.last),
        });
        let (outcomes, recent) = {
            let activity = self.0.activity();
            (activity.outcomes(), activity.recent())
        };
        let listeners = self.listeners();
        let mut unready = self.0.list_accounts();
        unready.retain(|account| account.standing != Standing::Ready);
        let state = self.0.state();
        Ok(Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            serving: state.serving,
            stopping: state.stopping,
            since: seconds(self.0.since),
            listeners,
            settings: self.0.settings_status(&state),
            vault,
            proxy,
            accounts: state.configured.len(),
            unready,
            keys: state.presentable_keys(&self.0.overrides),
            offered,
            refused: refused.collect(),
            load: Load {
                served: load.served,
                failed: load.failed,
                under_way: usize::try_from(load.under_way).unwrap_or(usize::MAX),
                unrecorded: load.lost_records + self.0.ledger.dropped(),
            },
            outcomes,
            recent,
        })
    }

    async fn models_list(&self, params: ModelsChoice) -> Result<Vec<Model>, ApiError> {
        let models = self.0.plane.models().into_iter().map(|model| Model {
            id: model.id,
            provider: model.provider,
            account: model.account.map(|account| account.to_string()),
        });
        let Some(instance) = params.instance else {
            return Ok(models.collect());
        };
        self.check_instance(&instance)?;
        let state = self.0.state();
        let settings = state.settings();
        let own = settings
            .instance
            .iter()
            .find(|setting| setting.name == instance);
        let keys = own
            .map(|setting| setting.keys.as_slice())
            .unwrap_or_default();
        let keys: Vec<_> = keys.iter().map(|name| limited(settings, name)).collect();
        let reachable =
            |model: &Model| keys.is_empty() || keys.iter().any(|key| key.allows(&model.id));
        Ok(models.filter(reachable).collect())
    }

    async fn models_refresh(&self) -> Result<Vec<Refreshed>, ApiError> {
        self.0.keep_signed_in();
        let refreshed = self.0.plane.refresh_models().await;
        let asked = refreshed.iter().map(|(account, _)| account.clone());
        self.0.were_asked(asked);
        self.0.emit(Topic::Models);
        let told = refreshed.into_iter().map(|(account, result)| {
            let told = |fault: &Fault| {
                let provider = self.provider_of(account.as_str());
                self.0.list_refused(&account, &provider, fault)
            };
            match result {
                Ok(models) => Refreshed {
                    account: account.to_string(),
                    models: Some(models),
                    fault: None,
                },
                Err(fault) => Refreshed {
                    account: account.to_string(),
                    models: None,
                    fault: Some(told(&fault)),
                },
            }
        });
        Ok(told.collect())
    }

    async fn accounts_list(&self) -> Result<Vec<Account>, ApiError> {
        Ok(self.0.list_accounts())
    }

    async fn accounts_add(&self, params: AccountAdd) -> Result<Account, ApiError> {
        let added = self
            .exclusive(move |inner| inner.add_account(&params))
            .await;
        self.settle().await;
        added
    }

    async fn accounts_set_key(&self, params: AccountKey) -> Result<Account, ApiError> {
        let account = self
            .exclusive(move |inner| inner.set_account_key(&params))
            .await?;
        // A command that is over with this asks nobody.
        if self.0.is_watched() {
            let control = self.clone();
            tokio::spawn(async move { control.models_refresh().await });
        }
        Ok(account)
    }

    async fn accounts_remove(&self, params: AccountChoice) -> Result<AccountRemoved, ApiError> {
        self.remove(params).await
    }

    async fn accounts_test(&self, params: AccountChoice) -> Result<AccountTested, ApiError> {
        let found = self.0.find_account(&params.id)?;
        let (id, provider) = (&found.account.id, &found.account.provider);
        if found.provider.is_none() {
            return Err(ApiError::new(Code::NoSuchProvider, [provider]));
        }
        if let Some(reason) = self.0.accounts.credential_error(id) {
            return Err(without_key(id, &reason));
        }
        self.0.keep_signed_in();
        let tested = self.0.plane.test(id).await;
        self.0.emit(Topic::Accounts);
        match tested {
            Ok(models) => Ok(AccountTested {
                id: params.id,
                models,
            }),
            Err(fault) => Err(self.0.list_refused(id, provider, &fault)),
        }
    }

    async fn accounts_sign_out(&self, params: AccountChoice) -> Result<AccountRemoved, ApiError> {
        self.remove(params).await
    }

    async fn sign_in_start(&self, params: SignInStart) -> Result<SignInTurn, ApiError> {
        self.start_sign_in(params).await
    }

    async fn sign_in_get(&self, params: SignInChoice) -> Result<SignInTurn, ApiError> {
        self.0.sign_ins.get(&params.id)
    }

    async fn sign_in_answer(&self, params: SignInAnswer) -> Result<SignInTurn, ApiError> {
        self.answer_sign_in(&params)
    }

    async fn sign_in_cancel(&self, params: SignInChoice) -> Result<(), ApiError> {
        self.cancel_sign_in(&params)
    }

    async fn keys_list(&self) -> Result<Vec<Key>, ApiError> {
        Ok(self.0.list_keys())
    }

    async fn keys_create(&self, params: KeyCreate) -> Result<KeyShown, ApiError> {
        self.exclusive(move |inner| inner.create_key(params)).await
    }

    async fn keys_revoke(&self, params: KeyChoice) -> Result<(), ApiError> {
        self.exclusive(move |inner| inner.revoke_key(&params.name))
            .await
    }

    async fn keys_limit(&self, params: KeyLimit) -> Result<Key, ApiError> {
        self.exclusive(move |inner| inner.limit_key(&params)).await
    }

    async fn keys_reveal(&self) -> Result<KeyShown, ApiError> {
        self.exclusive(|inner| inner.reveal_key()).await
    }

    async fn routes_list(&self) -> Result<Vec<Route>, ApiError> {
        let state = self.0.state();
        let routes = state.settings().route.iter().map(|route| Route {
            pattern: route.pattern.clone(),
            targets: route
                .targets
                .iter()
                .map(|target| target.model.clone())
                .collect(),
            strategy: route.strategy.as_str().to_owned(),
        });
        Ok(routes.collect())
    }

    async fn routes_explain(&self, params: RouteQuestion) -> Result<Explanation, ApiError> {
        let dialect = match params.dialect {
            None => Dialect::OpenAiChat,
            Some(name) => {
                Dialect::from_str(&name).map_err(|_| ApiError::new(Code::NoSuchDialect, [&name]))?
            }
        };
        let instance = params
            .instance
            .unwrap_or_else(|| DEFAULT_INSTANCE.to_owned());
        self.check_instance(&instance)?;
        let explained = self.0.plane.explain(&params.model, dialect, &instance);
        let default_model = {
            let state = self.0.state();
            let default = state.settings().default_model(&instance);
            default
                .filter(|_| params.model.starts_with("claude-"))
                .map(str::to_owned)
        };
        let candidates = explained.candidates.into_iter();
        Ok(Explanation {
            model: params.model,
            found_by: explained
                .found_by
                .as_ref()
                .map_or(FoundBy::Nothing, found_by),
            candidates: candidates
                .map(|candidate| shown(candidate, dialect))
                .collect(),
            default_model,
            nearest: explained.nearest,
        })
    }

    async fn settings_get(&self) -> Result<Settings, ApiError> {
        Ok(self.0.shown_settings())
    }

    async fn settings_change(&self, params: SettingsChange) -> Result<Settings, ApiError> {
        let changed = self
            .exclusive(move |inner| inner.change_settings(&params))
            .await;
        self.settle().await;
        changed
    }

    async fn serving_start(&self) -> Result<Status, ApiError> {
        if !self.is_serving() {
            self.serve().await?;
        }
        self.status_get().await
    }

    async fn serving_stop(&self) -> Result<Status, ApiError> {
        self.pause().await;
        self.status_get().await
    }

    async fn instances_list(&self) -> Result<Vec<Instance>, ApiError> {
        Ok(self.0.instances())
    }

    async fn instances_add(&self, params: InstanceAdd) -> Result<Instance, ApiError> {
        let name = params.name.clone();
        self.with_instance(name, move |inner| inner.add_instance(&params))
            .await
    }

    async fn instances_change(&self, params: InstanceChange) -> Result<Instance, ApiError> {
        let name = params.new_name.as_ref().unwrap_or(&params.name).clone();
        self.with_instance(name, move |inner| inner.change_instance(&params))
            .await
    }

    async fn instances_remove(&self, params: InstanceChoice) -> Result<(), ApiError> {
        self.exclusive(move |inner| inner.remove_instance(&params.name))
            .await?;
        self.settle().await;
        Ok(())
    }

    async fn instances_start(&self, params: InstanceChoice) -> Result<Instance, ApiError> {
        let name = params.name.clone();
        self.with_instance(name, move |inner| inner.enable_instance(&params.name, true))
            .await
    }

    async fn instances_stop(&self, params: InstanceChoice) -> Result<Instance, ApiError> {
        let name = params.name.clone();
        self.with_instance(name, move |inner| {
            inner.enable_instance(&params.name, false)
        })
        .await
    }

    async fn providers_list(&self) -> Result<Vec<Provider>, ApiError> {
        Ok(self.0.list_providers())
    }

    async fn providers_add(&self, params: ProviderAdd) -> Result<Provider, ApiError> {
        self.exclusive(move |inner| inner.add_provider(&params))
            .await
    }

    async fn providers_set(&self, params: ProviderSet) -> Result<Provider, ApiError> {
        let set = self
            .exclusive(move |inner| inner.set_provider(&params))
            .await;
        self.settle().await;
        set
    }

    async fn providers_remove(&self, params: ProviderChoice) -> Result<(), ApiError> {
        self.exclusive(move |inner| inner.remove_provider(&params))
            .await
    }

    async fn imports_list(&self) -> Result<Vec<Import>, ApiError> {
        let inner = Arc::clone(&self.0);
        let listed = tokio::task::spawn_blocking(move || inner.list_imports()).await;
        listed.map_err(|error| internal(&error))
    }

    async fn imports_take(&self, params: ImportChoice) -> Result<Imported, ApiError> {
        let taken = self
            .exclusive(move |inner| inner.take_import(&params))
            .await;
        self.settle().await;
        self.0.emit(Topic::Imports);
        taken
    }

    async fn local_find(&self) -> Result<Vec<LocalServer>, ApiError> {
        let catalog = self.0.state().loaded.read.catalog.clone();
        Ok(found(&catalog).await)
    }

    async fn refused_allow(&self, params: OriginChoice) -> Result<(), ApiError> {
        self.exclusive(move |inner| inner.allow_origin(&params))
            .await?;
        self.0.emit(Topic::Refused);
        Ok(())
    }

    async fn refused_dismiss(&self) -> Result<(), ApiError> {
        self.0.plane.forget_refused(None);
        self.0.emit(Topic::Refused);
        self.0.emit(Topic::Status);
        Ok(())
    }

    async fn trial_send(&self, params: TrialSend) -> Result<TrialChoice, ApiError> {
        self.send_trial(params)
    }

    async fn trial_get(&self, params: TrialChoice) -> Result<Trial, ApiError> {
        self.get_trial(&params)
    }

    async fn logs_list(&self, params: LogsChoice) -> Result<Vec<LogLine>, ApiError> {
        Ok(journal::logs().list(&params))
    }

    async fn activity_list(&self, params: ActivityChoice) -> Result<ActivityPage, ApiError> {
        self.read_ledger(move |inner| inner.list_activity(params))
            .await
    }

    async fn admin_get(&self) -> Result<Admin, ApiError> {
        Ok(Admin {
            password: self.admin_password(),
        })
    }

    async fn admin_bootstrap(&self) -> Result<AdminLink, ApiError> {
        self.make_admin_link().await
    }

    async fn activity_get(&self, params: ActivityId) -> Result<ActivityDetail, ApiError> {
        self.read_ledger(move |inner| inner.get_activity(&params.id))
            .await
    }

    async fn settings_reload(&self) -> Result<Reloaded, ApiError> {
        self.reload().await?;
        Ok(Reloaded {
            warnings: self.settings_status().warnings,
        })
    }
}

impl Inner {
    pub(crate) fn settings_status(&self, state: &State) -> SettingsStatus {
        SettingsStatus {
            file: self.file.name(),
            fault: state.fault.clone(),
            warnings: state.warnings(&self.overrides, self.lost_defaults(state)),
        }
    }
}

impl Inner {
    /// Why the account's provider did not give its list.
    fn list_refused(&self, account: &AccountId, provider: &str, fault: &Fault) -> ApiError {
        if let Some(reason) = self.accounts.credential_error(account) {
            return without_key(account, &reason);
        }
        let trouble = match fault.kind {
            FaultKind::NoAccount => self.accounts.renewal_trouble(account),
            _ => None,
        };
        let reason = trouble.map_or_else(|| fault_reason(fault), |it| renewal_reason(&it.error));
        ApiError::new(Code::UpstreamRefused, [&provider]).because(reason)
    }
}

impl Control {
    /// What is wrong with the settings' file, and what of it was passed over.
    #[must_use]
    pub fn settings_status(&self) -> SettingsStatus {
        self.0.settings_status(&self.0.state())
    }

    fn check_instance(&self, name: &str) -> Result<(), ApiError> {
        let state = self.0.state();
        let mut others = state.settings().instance.iter();
        if name == DEFAULT_INSTANCE || others.any(|instance| instance.name == name) {
            return Ok(());
        }
        Err(crate::instances::unknown(state.settings(), name))
    }

    fn provider_of(&self, account: &str) -> String {
        let found = self.0.find_account(account);
        found.map_or_else(|_| account.to_owned(), |found| found.account.provider)
    }
}

fn without_key(account: &AccountId, error: &CredentialError) -> ApiError {
    ApiError::new(Code::AccountWithoutKey, [account]).because(credential_reason(error))
}

fn found_by(found: &gateway::FoundBy) -> FoundBy {
    match found {
        gateway::FoundBy::Route(_) => FoundBy::Route,
        gateway::FoundBy::ModelId => FoundBy::Model,
        gateway::FoundBy::ProviderModel => FoundBy::Provider,
        gateway::FoundBy::DefaultModel(_) => FoundBy::Default,
        gateway::FoundBy::Demo => FoundBy::Demo,
    }
}

fn shown(candidate: Explained, client: Dialect) -> Candidate {
    let Explained {
        account,
        provider,
        model,
        dialect,
        native,
    } = candidate;
    let reason = match &account {
        None => Reason::AnsweredHere {},
        Some(_) if native => Reason::SameInterface {
            dialect: dialect.to_string(),
        },
        Some(_) => Reason::Translated {
            client: client.to_string(),
            dialect: dialect.to_string(),
        },
    };
    Candidate {
        account: account.map(|account| account.to_string()),
        provider,
        model,
        dialect: dialect.to_string(),
        native,
        reason,
    }
}
