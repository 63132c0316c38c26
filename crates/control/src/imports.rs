//! What other programs left on this machine: shown, and taken over where it is wanted.

use std::path::PathBuf;

use accounts::{AccountId, CredentialSource, Secret};
use contract::{
    AccountAdd, ApiError, Code, Import, ImportChoice, ImportFile, ImportLeave, ImportStanding,
    ImportTake, ImportWhat, Imported, KeyCreate, ProviderAdd, ProviderSet, Proxy, ProxyMode,
    SecretText, SettingsChange, Theme,
};
use dialect::Dialect;
use gateway::KeyHash;
use import::{
    Address, Found, Left, LeftWhy, Source, masked, needs_permission, same_address, theme_of,
};
use subtle::ConstantTimeEq as _;
use url::Url;

use crate::account_edits::record;
use crate::configured::Configured;
use crate::control::Inner;
use crate::keys::is_key_value;
use crate::vault::vault_error;

/// The provider whose programs these are.
const IFLOW: &str = "iflow";
/// The dialect of all addresses that are found.
const DIALECT: Dialect = Dialect::OpenAiChat;

/// What was found, and where it goes.
struct Plan {
    found: Found,
    /// The provider that the key is for.
    provider: String,
    /// Whether that provider has to be made.
    makes_provider: bool,
    /// The account that has this key, or an older one of the same program.
    account: Option<AccountId>,
    takes: Vec<ImportTake>,
}

impl Inner {
    /// What each program left.
    pub(crate) fn list_imports(&self) -> Vec<Import> {
        let all = Source::ALL.into_iter().filter_map(|source| {
            let found = self.look(source)?;
            let folder = self.user_home()?.join(source.folder());
            let plan = self.plan(source, found);
            let file = |file: &import::FoundFile| {
                let path = folder.join(file.name).display().to_string();
                let fault = file.fault.as_ref().map(|fault| fault.told(&path));
                ImportFile { path, fault }
            };
            let leave = |left: &Left| ImportLeave {
                field: left.field.to_owned(),
                why: left.why.into(),
            };
            Some(Import {
                source: source.into(),
                files: plan.found.files.iter().map(file).collect(),
                takes: plan.takes,
                leaves: plan.found.left.iter().map(leave).collect(),
            })
        });
        all.collect()
    }

    /// Takes over what is not here yet.
    pub(crate) fn take_import(&self, choice: &ImportChoice) -> Result<Imported, ApiError> {
        let source = Source::from(choice.source);
        let nothing = || ApiError::new(Code::NothingToImport, [&source.folder()]);
        let found = self.look(source).ok_or_else(nothing)?;
        let plan = self.plan(source, found);
        if plan.takes.is_empty() {
            let Some(file) = plan.found.files.iter().find(|file| file.fault.is_some()) else {
                return Err(nothing());
            };
            let path = format!("~/{}/{}", source.folder(), file.name);
            let reason = file.fault.as_ref().map(|fault| fault.told(&path));
            let error = ApiError::new(Code::ImportFileUnusable, [&path]);
            return Err(ApiError { reason, ..error });
        }
        let chosen = |what| choice.only.as_ref().is_none_or(|only| only.contains(&what));
        let wanted: Vec<ImportWhat> = plan
            .takes
            .iter()
            .filter(|take| take.standing != ImportStanding::Same && chosen(take.what))
            .map(|take| take.what)
            .collect();
        let account = self.carry_out(source, &plan, &wanted)?;
        Ok(Imported {
            source: choice.source,
            taken: wanted,
            account,
        })
    }

    fn carry_out(
        &self,
        source: Source,
        plan: &Plan,
        wanted: &[ImportWhat],
    ) -> Result<Option<String>, ApiError> {
        let found = &plan.found;
        let wants = |what| wanted.contains(&what);
        if wants(ImportWhat::Key) {
            // Nothing is changed where the key cannot be kept.
            self.check_vault()?;
        }
        if let Some(address) = found
            .address
            .as_ref()
            .filter(|_| wants(ImportWhat::Address))
        {
            self.set_address(plan, address)?;
        }
        let mut account = None;
        if let Some(key) = found.key.as_ref().filter(|_| wants(ImportWhat::Key)) {
            account = Some(self.keep_key(source, plan, key)?);
        }
        if let Some(key) = found
            .client_key
            .as_ref()
            .filter(|_| wants(ImportWhat::ClientKey))
        {
            let value = Some(SecretText::new(key.expose().to_owned()));
            let name = import::free_name(source.name(), |name| {
                self.state().keys.named(name).is_some()
            });
            self.create_key(KeyCreate { name, value })?;
        }
        let change = SettingsChange {
            default_model: plan
                .takes
                .iter()
                .find(|take| take.what == ImportWhat::Model && wants(take.what))
                .map(|take| take.shown.clone()),
            port: found.port.filter(|_| wants(ImportWhat::Port)),
            language: found
                .language
                .filter(|_| wants(ImportWhat::Language))
                .map(|language| Some(language.to_owned())),
            theme: found
                .theme
                .filter(|_| wants(ImportWhat::Theme))
                .map(theme_of),
            proxy: found
                .proxy
                .clone()
                .filter(|_| wants(ImportWhat::Proxy))
                .map(|url| Proxy {
                    mode: ProxyMode::Manual,
                    url: Some(url),
                }),
            ..SettingsChange::default()
        };
        if change != SettingsChange::default() {
            self.change_settings(&change)?;
        }
        Ok(account)
    }

    fn set_address(&self, plan: &Plan, address: &Address) -> Result<(), ApiError> {
        let endpoints = [(DIALECT.to_string(), address.url.clone())].into();
        let allow_private = needs_permission(&address.url).then_some(true);
        if plan.makes_provider {
            let add = ProviderAdd {
                id: plan.provider.clone(),
                endpoints,
                allow_private,
                ..ProviderAdd::default()
            };
            return self.add_provider(&add).map(drop);
        }
        let set = ProviderSet {
            id: plan.provider.clone(),
            endpoints: Some(endpoints),
            allow_private,
            sign_in_at: None,
        };
        self.set_provider(&set).map(drop)
    }

    /// Puts the key into the vault: for a new account, or in the place of an older one.
    fn keep_key(&self, source: Source, plan: &Plan, key: &Secret) -> Result<String, ApiError> {
        let Some(id) = &plan.account else {
            let is_free = self.find_account(source.name()).is_err();
            let add = AccountAdd {
                provider: plan.provider.clone(),
                name: is_free.then(|| source.name().to_owned()),
                key: Some(SecretText::new(key.expose().to_owned())),
                ..AccountAdd::default()
            };
            return self.add_account(&add).map(|account| account.id);
        };
        let (loaded, ()) =
            self.file
                .change(&self.builtin, &|settings| self.permit(settings), |_, _| {
                    let stored = self.vault.put(&record(id), key);
                    stored.map_err(|error| vault_error(&error))
                })?;
        self.adopt(loaded)?;
        Ok(id.to_string())
    }

    fn look(&self, source: Source) -> Option<Found> {
        import::look_in(&self.user_home()?, source)
    }

    /// The home of the user whom this process runs for.
    fn user_home(&self) -> Option<PathBuf> {
        let named = ["HOME", "USERPROFILE"].map(|name| (self.environment)(name));
        let home = named.into_iter().flatten().find(|home| !home.is_empty());
        home.map(PathBuf::from)
    }

    /// What would be done with what was found.
    fn plan(&self, source: Source, mut found: Found) -> Plan {
        if found
            .client_key
            .as_ref()
            .is_some_and(|key| !is_key_value(key.expose()))
        {
            found.leave("custom_api_key", LeftWhy::Unusable);
            found.client_key = None;
        }
        if self.overrides.port.is_some() && found.port.take().is_some() {
            found.leave("port", LeftWhy::ByHand);
        }
        let (provider, makes_provider) = self.provider_of_import(source, &found);
        let mut plan = Plan {
            found,
            provider,
            makes_provider,
            account: None,
            takes: Vec::new(),
        };
        self.plan_provider(source, &mut plan);
        self.plan_settings(&mut plan);
        plan
    }

    /// Whose the key is, and whether that provider has to be made.
    fn provider_of_import(&self, source: Source, found: &Found) -> (String, bool) {
        let Some(address) = found.address.as_ref().filter(|address| !address.iflow) else {
            return (IFLOW.to_owned(), false);
        };
        let state = self.state();
        let mut known = state.loaded.read.catalog.providers();
        let is_there = |url: &Url| same_address(url.as_str(), &address.url);
        let same = known.find(|known| {
            let endpoint = known.endpoint(DIALECT);
            endpoint.is_some_and(|endpoint| is_there(&endpoint.base))
        });
        match same {
            Some(known) => (known.id.clone(), false),
            None => (format!("{}-own", source.name()), true),
        }
    }

    fn plan_provider(&self, source: Source, plan: &mut Plan) {
        if let Some(address) = &plan.found.address {
            let state = self.state();
            let known = state.loaded.read.catalog.provider(&plan.provider);
            let now = known.and_then(|known| known.endpoint(DIALECT));
            let own = state.settings().provider.get(&plan.provider);
            let standing = match now {
                Some(now) if same_address(now.base.as_str(), &address.url) => ImportStanding::Same,
                Some(_) if own.is_some_and(|own| !own.endpoints.is_empty()) => {
                    ImportStanding::Other
                }
                Some(_) | None => ImportStanding::New,
            };
            plan.takes.push(ImportTake {
                what: ImportWhat::Address,
                shown: address.url.clone(),
                standing,
            });
        }
        let Some(key) = &plan.found.key else { return };
        let accounts = self.state().configured.clone();
        let of_provider = |one: &&Configured| {
            one.account.provider == plan.provider
                && one.account.source == CredentialSource::Vault
                && !one.signed_in
        };
        let has_key = |one: &&Configured| {
            let kept = self.vault.get(&one.account.record()).ok().flatten();
            kept.is_some_and(|kept| {
                bool::from(kept.expose().as_bytes().ct_eq(key.expose().as_bytes()))
            })
        };
        let same = accounts.iter().filter(of_provider).find(has_key);
        let earlier = || {
            let mut all = accounts.iter().filter(of_provider);
            all.find(|one| one.account.id.as_str() == source.name())
        };
        let (standing, account) = match same {
            Some(same) => (ImportStanding::Same, Some(same)),
            None => match earlier() {
                Some(earlier) => (ImportStanding::Other, Some(earlier)),
                None => (ImportStanding::New, None),
            },
        };
        plan.takes.push(ImportTake {
            what: ImportWhat::Key,
            shown: masked(key.expose()),
            standing,
        });
        plan.account = account.map(|one| one.account.id.clone());
    }

    fn plan_settings(&self, plan: &mut Plan) {
        let now = self.shown_settings();
        let standing = |same: bool, is_set: bool| match (same, is_set) {
            (true, _) => ImportStanding::Same,
            (false, true) => ImportStanding::Other,
            (false, false) => ImportStanding::New,
        };
        let Plan {
            found, provider, ..
        } = &*plan;
        let mut takes: Vec<(ImportWhat, String, ImportStanding)> = Vec::new();
        if let Some(model) = found
            .model
            .as_ref()
            .map(|model| format!("{provider}/{model}"))
        {
            let is = standing(now.default_model == model, !now.default_model.is_empty());
            takes.push((ImportWhat::Model, model, is));
        }
        if let Some(key) = &found.client_key {
            let hash = KeyHash::of(key.expose().as_bytes());
            let is_here = self.state().keys.hashed(hash).is_some();
            takes.push((
                ImportWhat::ClientKey,
                masked(key.expose()),
                standing(is_here, false),
            ));
        }
        if let Some(port) = found.port {
            takes.push((
                ImportWhat::Port,
                port.to_string(),
                standing(now.port == port, true),
            ));
        }
        if let Some(language) = found.language {
            let is = standing(
                now.language.as_deref() == Some(language),
                now.language.is_some(),
            );
            takes.push((ImportWhat::Language, language.to_owned(), is));
        }
        if let Some(name) = found.theme {
            let is = standing(now.theme == theme_of(name), now.theme != Theme::System);
            takes.push((ImportWhat::Theme, name.to_owned(), is));
        }
        if let Some(proxy) = &found.proxy {
            let same = now.proxy.mode == ProxyMode::Manual && now.proxy.url.as_ref() == Some(proxy);
            let is = standing(same, now.proxy.mode != ProxyMode::System);
            takes.push((ImportWhat::Proxy, proxy.clone(), is));
        }
        let takes = takes.into_iter().map(|(what, shown, standing)| ImportTake {
            what,
            shown,
            standing,
        });
        plan.takes.extend(takes);
    }
}
