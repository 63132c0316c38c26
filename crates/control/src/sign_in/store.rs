//! Puts what a sign-in gave where it belongs: the vault, and an account that is new or signed in anew.

use accounts::{AccountId, Grant, VaultState};
use contract::{ApiError, Code, SignInStart, Standing};

use crate::account_edits::{account_name, provider, record};
use crate::configured::ids;
use crate::control::Inner;
use crate::settings::{AccountSetting, NotTables, Read, add_account};
use crate::vault::{vault_error, vault_refusal};

impl Inner {
    /// Fails where a secret could not be stored, so that nobody signs in for nothing. May wait for
    /// the keyring.
    pub(crate) fn check_vault(&self) -> Result<(), ApiError> {
        match self.vault.state() {
            // A damaged one takes what is new, and keeps a copy of what it was.
            VaultState::Ready | VaultState::Damaged => Ok(()),
            state @ (VaultState::Older { .. }
            | VaultState::Locked { .. }
            | VaultState::Unavailable { .. }) => Err(vault_refusal(&state)),
        }
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
        let mut added: Option<AccountId> = None;
        let changed = self.file.change(
            &self.builtin,
            &|settings| self.permit(settings),
            |document, read| {
                provider(read, &start.provider)?;
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
                let stored = self.vault.put(&record(&id), &grant.secret);
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
