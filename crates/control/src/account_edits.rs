//! Lists, adds and removes accounts, and gives them new keys: the secret before the settings that name
//! it, and after them.

use std::path::PathBuf;
use std::time::Instant;

use accounts::{AccountId, CredentialError, CredentialSource, Secret};
use catalog::Provider;
use contract::{
    Account, AccountAdd, AccountKey, ApiError, Code, Reason, SecretText, Source, Standing, Topic,
};

use crate::activity::seconds;
use crate::configured::{Configured, ids, moved_by_removal};
use crate::control::Inner;
use crate::nearest::nearest;
use crate::settings::{AccountSetting, NotTables, Read, add_account, remove_account};
use crate::vault::vault_error;
use reasons::{credential_reason, renewal_reason, secret_reason};

/// Where the key of a new account comes from.
enum Given {
    Nothing,
    Variable(String),
    File(String),
    Secret(Secret),
}

impl Inner {
    pub(crate) fn list_accounts(&self) -> Vec<Account> {
        let configured = self.state().configured.clone();
        configured
            .iter()
            .map(|configured| self.shown(configured))
            .collect()
    }

    /// The account of that id, with its provider.
    pub(crate) fn find_account(&self, id: &str) -> Result<Configured, ApiError> {
        let state = self.state();
        let found = state
            .configured
            .iter()
            .find(|one| one.account.id.as_str() == id);
        found.cloned().ok_or_else(|| {
            let ids = state.configured.iter().map(|one| one.account.id.as_str());
            no_such_account(id, ids)
        })
    }

    pub(crate) fn shown(&self, configured: &Configured) -> Account {
        let Configured {
            account,
            provider,
            signed_in,
        } = configured;
        let id = &account.id;
        let standing = match provider {
            None => Standing::UnknownProvider,
            Some(_) => self.standing(id, *signed_in),
        };
        Account {
            id: id.to_string(),
            name: account.label.clone(),
            provider: account.provider.clone(),
            provider_name: provider.as_ref().map_or_else(
                || account.provider.clone(),
                |provider| provider.name.clone(),
            ),
            source: match &account.source {
                CredentialSource::Environment { variable } => Source::Environment {
                    variable: variable.clone(),
                },
                CredentialSource::File { path } => Source::File {
                    path: path.display().to_string(),
                },
                CredentialSource::Vault if *signed_in => Source::SignIn {
                    expires: self.ends(id),
                },
                CredentialSource::Vault => Source::Vault,
                CredentialSource::None => Source::None,
            },
            standing,
            in_use: self.accounts.in_use(id),
        }
    }

    /// When the account's sign-in ends for good, in seconds since 1970.
    fn ends(&self, id: &AccountId) -> Option<u64> {
        let known = self.accounts.signed_in(id)?;
        known.expires.filter(|_| !known.renewable).map(seconds)
    }

    /// How the account stands.
    pub(crate) fn standing(&self, id: &AccountId, signed_in: bool) -> Standing {
        let now = Instant::now();
        let no_key = || {
            let error = self.accounts.credential_error(id);
            let over = matches!(error.as_deref(), Some(CredentialError::SignedOut(_)));
            let reason = error.map_or(Reason::KeyNotStored {}, |error| credential_reason(&error));
            if over {
                Standing::SignedOut { reason }
            } else {
                Standing::NoKey { reason }
            }
        };
        match self.accounts.standing(id, now) {
            Some(accounts::Standing::Ready) => Standing::Ready,
            Some(accounts::Standing::Cooling { until }) => {
                let rest = until.saturating_duration_since(now);
                Standing::Cooling {
                    seconds: rest.as_secs() + u64::from(rest.subsec_nanos() > 0),
                }
            }
            Some(accounts::Standing::Unrenewed) => {
                // It may have been renewed meanwhile.
                let trouble = self.accounts.renewal_trouble(id);
                trouble.map_or(Standing::Ready, |trouble| Standing::RenewalFails {
                    since: seconds(trouble.since),
                    reason: renewal_reason(&trouble.error),
                })
            }
            Some(accounts::Standing::Rejected) if signed_in => Standing::SignedOut {
                reason: Reason::SignInRefused {},
            },
            Some(accounts::Standing::Rejected) => Standing::Rejected,
            Some(accounts::Standing::NoCredential) | None => no_key(),
        }
    }

    pub(crate) fn add_account(&self, add: &AccountAdd) -> Result<Account, ApiError> {
        let given = given(add)?;
        let name = add.name.as_deref().map(account_name).transpose()?;
        let mut stored: Option<String> = None;
        let changed = self.file.change(
            &self.builtin,
            &|settings| self.permit(settings),
            |document, read| {
                let provider = provider(read, &add.provider)?;
                check_key(&provider, &given)?;
                let taken = ids(&read.settings.account);
                let id = match &name {
                    Some(name) if taken.contains(name) => {
                        return Err(ApiError::new(Code::AccountExists, [name]));
                    }
                    Some(name) => name.clone(),
                    None => AccountId::for_provider(&add.provider, &taken),
                };
                let setting = setting(&add.provider, &id, &given);
                add_account(document, &setting).map_err(|NotTables| self.not_changed())?;
                if let Given::Secret(secret) = &given {
                    let record = record(&id);
                    self.vault
                        .put(&record, secret)
                        .map_err(|error| vault_error(&error))?;
                    if let Some(earlier) = stored.replace(record.clone())
                        && earlier != record
                    {
                        self.forget(&earlier);
                    }
                }
                Ok(id)
            },
        );
        let (loaded, id) = changed.inspect_err(|_| {
            if let Some(record) = stored {
                self.forget(&record);
            }
        })?;
        self.adopt(loaded)?;
        Ok(self.shown(&self.find_account(id.as_str())?))
    }

    /// Puts a new key in the place of the stored one; nothing else of the account changes.
    pub(crate) fn set_account_key(&self, given: &AccountKey) -> Result<Account, ApiError> {
        let Configured {
            account, signed_in, ..
        } = self.find_account(&given.id)?;
        let (id, provider) = (&account.id, &account.provider);
        let elsewhere = match &account.source {
            CredentialSource::Environment { variable } => Some(ApiError::new(
                Code::AccountKeyFromEnvironment,
                [id, variable],
            )),
            CredentialSource::File { path } => Some(ApiError::new(
                Code::AccountKeyFromFile,
                [id, &path.display()],
            )),
            CredentialSource::Vault if signed_in => {
                Some(ApiError::new(Code::AccountSignedIn, [id, provider]))
            }
            CredentialSource::Vault | CredentialSource::None => None,
        };
        if let Some(refusal) = elsewhere {
            return Err(refusal);
        }
        let key = secret(&given.key)?;
        self.vault
            .put(&account.record(), &key)
            .map_err(|error| vault_error(&error))?;
        self.accounts.set_key(id, key);
        for one in &mut self.state().configured {
            if one.account.id == *id {
                one.account.source = CredentialSource::Vault;
            }
        }
        self.emit(Topic::Accounts);
        self.emit(Topic::Status);
        Ok(self.shown(&self.find_account(&given.id)?))
    }

    pub(crate) fn remove_account(&self, id: &str) -> Result<(), ApiError> {
        let (loaded, source) = self.file.change(
            &self.builtin,
            &|settings| self.permit(settings),
            |document, read| {
                let ids = ids(&read.settings.account);
                let Some(index) = ids.iter().position(|known| known.as_str() == id) else {
                    return Err(no_such_account(id, ids.iter().map(AccountId::as_str)));
                };
                let removed = &read.settings.account[index];
                let is_in_vault = removed.key_env.is_none() && removed.key_file.is_none();
                let pinned = moved_by_removal(&read.settings.account, index);
                remove_account(document, index, &pinned).map_err(|NotTables| self.not_changed())?;
                Ok(is_in_vault.then(|| record(&ids[index])))
            },
        )?;
        self.adopt(loaded)?;
        match source {
            Some(record) if self.holds(&record) => self
                .vault
                .remove(&record)
                .map(drop)
                .map_err(|error| vault_error(&error)),
            Some(_) | None => Ok(()),
        }
    }

    fn holds(&self, record: &str) -> bool {
        self.vault
            .names()
            .is_ok_and(|names| names.iter().any(|name| name == record))
    }

    /// Takes back a secret whose account did not come to be.
    pub(crate) fn forget(&self, record: &str) {
        if let Err(error) = self.vault.remove(record) {
            tracing::warn!(record, %error, "a key without an account stays in the vault");
        }
    }

    pub(crate) fn not_changed(&self) -> ApiError {
        ApiError::new(Code::SettingsWriteFailed, [&self.file.name()])
            .because(Reason::AccountsInline {})
    }
}

fn no_such_account<'a>(id: &str, ids: impl Iterator<Item = &'a str>) -> ApiError {
    let nearest = nearest(id, ids).unwrap_or_default();
    ApiError::new(Code::NoSuchAccount, [&id, &nearest])
}

/// The name under which the vault keeps an account's secret.
pub(crate) fn record(id: &AccountId) -> String {
    let account = accounts::Account {
        id: id.clone(),
        provider: String::new(),
        label: String::new(),
        source: CredentialSource::Vault,
    };
    account.record()
}

pub(crate) fn account_name(name: &str) -> Result<AccountId, ApiError> {
    AccountId::new(name).map_err(|_| ApiError::new(Code::AccountNameInvalid, [&name]))
}

fn given(add: &AccountAdd) -> Result<Given, ApiError> {
    let invalid =
        |reason: Reason| Err(ApiError::new(Code::InvalidParams, [&"accounts.add"]).because(reason));
    match (&add.key, &add.key_env, &add.key_file) {
        (None, None, None) => Ok(Given::Nothing),
        (Some(key), None, None) => secret(key).map(Given::Secret),
        (None, Some(variable), None) if !crate::settings::is_variable_name(variable) => {
            invalid(Reason::NotAVariable {})
        }
        (None, Some(variable), None) => Ok(Given::Variable(variable.clone())),
        (None, None, Some(path)) if path.is_empty() => invalid(Reason::Empty {}),
        (None, None, Some(path)) => Ok(Given::File(path.clone())),
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
            invalid(Reason::OneKey {})
        }
    }
}

fn secret(key: &SecretText) -> Result<Secret, ApiError> {
    let text = key.expose();
    // One of blanks alone is none.
    let text = if text.trim().is_empty() { "" } else { text };
    Secret::new(text.to_owned())
        .map_err(|error| ApiError::new(Code::AccountKeyInvalid, []).because(secret_reason(&error)))
}

pub(crate) fn provider(read: &Read, id: &str) -> Result<std::sync::Arc<Provider>, ApiError> {
    let catalog = &read.catalog;
    let Some(provider) = catalog.provider(id) else {
        let ids = catalog.providers().map(|provider| provider.id.as_str());
        let nearest = nearest(id, ids).unwrap_or_default();
        return Err(ApiError::new(Code::NoSuchProvider, [&id, &nearest]));
    };
    if provider.builtin.is_some() {
        return Err(ApiError::new(Code::ProviderBuiltIn, [&id]));
    }
    Ok(std::sync::Arc::clone(provider))
}

fn check_key(provider: &Provider, given: &Given) -> Result<(), ApiError> {
    if !provider.needs_key() || !matches!(given, Given::Nothing) {
        return Ok(());
    }
    let usual = provider.key.as_ref().and_then(|key| key.env.first());
    let variable = usual.map_or("", String::as_str);
    Err(ApiError::new(
        Code::AccountKeyMissing,
        [&provider.id, &variable],
    ))
}

fn setting(provider: &str, id: &AccountId, given: &Given) -> AccountSetting {
    let mut setting = AccountSetting {
        provider: provider.to_owned(),
        id: Some(id.to_string()),
        name: None,
        key_env: None,
        key_file: None,
        sign_in: false,
    };
    match given {
        Given::Nothing | Given::Secret(_) => {}
        Given::Variable(variable) => setting.key_env = Some(variable.clone()),
        Given::File(path) => setting.key_file = Some(PathBuf::from(path)),
    }
    setting
}
