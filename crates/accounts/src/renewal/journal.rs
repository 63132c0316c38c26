//! What a spent refresh token gave is kept beside the vault at once, and taken up after a kill.

use std::sync::Arc;

use crate::account::{Account, AccountId, RECORD};
use crate::record::{Kept, Record};
use crate::vault::{Journal, VaultError};

use super::{Renewal, RenewalError, Unsaved, blocking, lock_file};

/// A journal that waits for what is redeemed; `None` where the vault has none.
pub(super) type Ready = Option<Box<dyn Journal>>;

impl Renewal {
    /// Makes ready to keep what the provider will answer, before it is asked.
    pub(super) async fn ready(&self, account: &Account) -> Result<Ready, RenewalError> {
        let (vault, name) = (Arc::clone(&self.options.vault), account.record());
        Ok(blocking(move || vault.journal(&name)).await??)
    }

    /// Keeps what took the place of `stored`. Where it fails, the vault is written all the same.
    pub(super) async fn journal(&self, ready: Ready, stored: &Record, new: &Record) {
        let Some(mut ready) = ready else { return };
        let entry = Unsaved {
            new: new.clone(),
            stored: stored.clone(),
        };
        let kept = blocking(move || ready.keep(&entry.text())).await;
        if let Ok(Err(error)) = kept {
            tracing::error!(%error, "keep what a renewal gave before the vault has it");
        }
    }

    /// Forgets the account's journal; what is in it is in the vault, or nobody's.
    pub(super) async fn settle(&self, name: String) {
        let vault = Arc::clone(&self.options.vault);
        let forgotten = blocking(move || vault.forget_journal(&name)).await;
        if let Ok(Err(error)) = forgotten {
            // What it says took place already, which whoever reads it next will see.
            tracing::warn!(%error, "forget what a renewal gave, which is stored");
        }
    }

    /// Takes up what a killed process left. To be called under the account's lock.
    pub(super) async fn take_up(&self, account: &Account) -> Result<(), RenewalError> {
        let (vault, name) = (Arc::clone(&self.options.vault), account.record());
        let read = move || -> Result<_, VaultError> {
            let left = vault.journaled(&name)?;
            let kept = match left {
                Some(_) => vault.get(&name)?,
                None => None,
            };
            Ok((left, kept))
        };
        let (left, kept) = blocking(read).await??;
        let entry = left.and_then(|left| Unsaved::read(&left));
        let stored = kept.and_then(|kept| match Record::read(&kept) {
            Kept::SignIn(record) => Some(*record),
            Kept::Key | Kept::Newer(_) => None,
        });
        match (entry, stored) {
            // Nobody has renewed it, signed in anew, or out, since it was written.
            (Some(entry), Some(stored)) if stored.is_still(&entry.stored) => {
                tracing::info!(account = %account.id, "take up a renewal that was broken off");
                self.keep(account, stored, &entry.new).await;
                // A caller that only looks, and one that goes on to read it, both have it then.
                self.give(account, &entry.new)
            }
            _ => {
                self.settle(account.record()).await;
                Ok(())
            }
        }
    }

    /// Takes up what killed processes left, of all accounts that nobody renews now.
    pub(super) async fn take_up_all(&self) {
        let vault = Arc::clone(&self.options.vault);
        let Ok(Ok(names)) = blocking(move || vault.journals()).await else {
            return;
        };
        let accounts = self.accounts.upgrade().map(|accounts| accounts.list());
        let accounts = accounts.unwrap_or_default();
        for name in names {
            let id = name.strip_prefix(RECORD).map(AccountId::new);
            let Some(Ok(id)) = id else { continue };
            let (folder, file) = (self.options.folder.clone(), lock_name(&id));
            let Ok(Some(_held)) = blocking(move || lock_file::try_take(&folder, &file)).await
            else {
                continue;
            };
            let taken = match accounts.iter().find(|account| account.id == id) {
                Some(account) => self.take_up(account).await,
                None => self.give_up(name).await,
            };
            if let Err(error) = taken {
                tracing::warn!(account = %id, %error, "take up a renewal that was broken off");
            }
        }
    }

    /// Forgets what is of an account that is nowhere any more.
    async fn give_up(&self, name: String) -> Result<(), RenewalError> {
        let (vault, kept) = (Arc::clone(&self.options.vault), name.clone());
        if blocking(move || vault.get(&kept)).await??.is_none() {
            self.settle(name).await;
        }
        Ok(())
    }
}

/// The lock of an account's renewal.
pub(super) fn lock_name(id: &AccountId) -> String {
    format!("renew-{id}.lock")
}
