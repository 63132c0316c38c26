//! Puts what a sign-in gave where it belongs: the vault, and an account that is new or signed in anew.

use std::sync::Arc;
use std::time::SystemTime;

use accounts::{AccountId, Grant, Secret, VaultError, VaultState};
use catalog::Provider;
use contract::{ApiError, Code, SignInStart, Standing};
use toml_edit::DocumentMut;

use crate::account_edits::{account_name, provider, record};
use crate::configured::ids;
use crate::control::{Inner, internal};
use crate::file::Loaded;
use crate::settings::{AccountSetting, NotTables, Read, add_account, read, set_of_provider};
use crate::vault::{vault_error, vault_refusal};

/// The name, and the text, of a record that is put into a new vault and taken out again.
const TRIAL: &str = "trial";

impl Inner {
    /// The provider as it is with the client id and the issuer that are given.
    pub(crate) fn provider_of_sign_in(
        &self,
        loaded: &Loaded,
        start: &SignInStart,
    ) -> Result<Arc<Provider>, ApiError> {
        let found = provider(&loaded.read, &start.provider)?;
        if start.client.is_none() && start.issuer.is_none() {
            let is_own = self.builtin.provider(&found.id).is_none();
            return match found.sign_in {
                None if is_own => Err(ApiError::new(Code::SignInIssuerMissing, [&found.id])),
                _ => Ok(found),
            };
        }
        let text = loaded.text.as_deref().unwrap_or_default();
        let unreadable = |error: toml_edit::TomlError| internal(&error);
        let mut document: DocumentMut = text.parse().map_err(unreadable)?;
        self.set_sign_in(&mut document, start)?;
        let read = read(&self.file.name(), &document.to_string(), &self.builtin);
        let read = read.map_err(|error| {
            let why = ApiError::from(error).reason;
            let invalid = ApiError::new(Code::SignInSettingInvalid, [&found.id]);
            ApiError {
                reason: why,
                ..invalid
            }
        })?;
        provider(&read, &start.provider)
    }

    /// Writes down the client id and the issuer that were given.
    fn set_sign_in(&self, document: &mut DocumentMut, start: &SignInStart) -> Result<(), ApiError> {
        for (key, value) in [
            ("client_id", &start.client),
            ("client_secret_file", &start.client_secret_file),
            ("issuer", &start.issuer),
        ] {
            if let Some(text) = value {
                set_of_provider(document, &start.provider, key, text)
                    .map_err(|error| self.inline(error))?;
            }
        }
        Ok(())
    }

    /// Fails where a secret could not be stored, so that nobody signs in for nothing. May wait for
    /// the keyring.
    pub(crate) fn check_vault(&self) -> Result<(), ApiError> {
        match self.vault.state() {
            // A damaged one takes what is new, and keeps a copy of what it was.
            VaultState::Ready | VaultState::Damaged => self.try_vault(),
            state @ (VaultState::Older { .. }
            | VaultState::Locked { .. }
            | VaultState::Unavailable { .. }) => Err(vault_refusal(&state)),
        }
    }

    /// A keyring that has nothing of ours yet tells whether it is locked only when it is given something.
    fn try_vault(&self) -> Result<(), ApiError> {
        let tried = || {
            if self.vault.names()?.is_empty() {
                let nothing = Secret::new(TRIAL.to_owned()).map_err(|_| VaultError::Busy)?;
                self.vault.put(TRIAL, &nothing)?;
                self.vault.remove(TRIAL)?;
            }
            Ok(())
        };
        tried().map_err(|error: VaultError| vault_error(&error))
    }

    /// The account that a sign-in is for: the one of that name, or of that provider's accounts the
    /// first whose sign-in ran out; `None`: a new one.
    pub(crate) fn signed_in_before(
        &self,
        read: &Read,
        start: &SignInStart,
    ) -> Result<Option<AccountId>, ApiError> {
        let ids = ids(&read.settings.account);
        let mut all = read.settings.account.iter().zip(ids);
        let Some(name) = start.name.as_deref() else {
            let found = all.find(|(setting, id)| {
                setting.provider == start.provider
                    && setting.is_signed_in()
                    && !matches!(
                        self.standing(id, true),
                        Standing::Ready | Standing::Cooling { .. }
                    )
            });
            return Ok(found.map(|(_, id)| id));
        };
        let name = account_name(name)?;
        match all.find(|(_, id)| *id == name) {
            None => Ok(None),
            Some((setting, id)) if setting.provider == start.provider && setting.is_signed_in() => {
                Ok(Some(id))
            }
            Some((setting, id)) if setting.provider == start.provider => {
                Err(ApiError::new(Code::AccountNotSignedIn, [&id]))
            }
            Some((_, id)) => Err(ApiError::new(Code::AccountExists, [&id])),
        }
    }

    /// Stores what the provider gave, and says for which account.
    pub(crate) fn store_grant(
        &self,
        start: &SignInStart,
        grant: &Grant,
    ) -> Result<String, ApiError> {
        let kept = grant.record(SystemTime::now());
        let mut added: Option<AccountId> = None;
        let changed = self.file.change(
            &self.builtin,
            &|settings| self.permit(settings),
            |document, read| {
                provider(read, &start.provider)?;
                self.set_sign_in(document, start)?;
                let before = self.signed_in_before(read, start)?;
                let id = match (&before, &start.name) {
                    (Some(id), _) => id.clone(),
                    (None, Some(name)) => account_name(name)?,
                    (None, None) => {
                        AccountId::for_provider(&start.provider, &ids(&read.settings.account))
                    }
                };
                if before.is_none() {
                    let setting = setting(&start.provider, &id);
                    add_account(document, &setting).map_err(|NotTables| self.not_changed())?;
                }
                let stored = self.vault.put(&record(&id), &kept);
                stored.map_err(|error| vault_error(&error))?;
                if let Some(earlier) = added.take().filter(|earlier| *earlier != id) {
                    self.forget(&record(&earlier));
                }
                if before.is_none() {
                    added = Some(id.clone());
                }
                Ok(id)
            },
        );
        let (loaded, id) = changed.inspect_err(|_| {
            if let Some(id) = &added {
                self.forget(&record(id));
            }
        })?;
        self.adopt(loaded)?;
        Ok(id.to_string())
    }
}

fn setting(provider: &str, id: &AccountId) -> AccountSetting {
    AccountSetting {
        provider: provider.to_owned(),
        id: Some(id.to_string()),
        name: None,
        key_env: None,
        key_file: None,
        sign_in: true,
    }
}
