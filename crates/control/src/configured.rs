//! From the settings' accounts to accounts with stable ids, providers and places of their secrets.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use accounts::{Account, AccountId, CredentialSource};
use catalog::{Catalog, Provider};

use crate::settings::{AccountSetting, Settings};

/// An account of the settings, and its provider.
#[derive(Clone, Debug)]
pub(crate) struct Configured {
    /// The account.
    pub(crate) account: Account,
    /// Its provider; `None` where there is none of that id.
    pub(crate) provider: Option<Arc<Provider>>,
    /// Whether its secret comes from a sign-in.
    pub(crate) signed_in: bool,
}

/// The ids of the settings' accounts: those written, and for the others the first free one of their
/// provider.
pub(crate) fn ids(accounts: &[AccountSetting]) -> Vec<AccountId> {
    let written = |account: &AccountSetting| AccountId::new(account.id.as_deref()?).ok();
    let mut taken: Vec<AccountId> = accounts.iter().filter_map(written).collect();
    let id = |account: &AccountSetting| {
        written(account).unwrap_or_else(|| {
            let id = AccountId::for_provider(&account.provider, &taken);
            taken.push(id.clone());
            id
        })
    };
    accounts.iter().map(id).collect()
}

/// The accounts that the settings name, but for those of the built-in demo, which needs none.
/// `stored` are the names of the vault's records, `folder` is where relative key files start.
pub(crate) fn configured(
    settings: &Settings,
    catalog: &Catalog,
    stored: &BTreeSet<String>,
    folder: &Path,
) -> Vec<Configured> {
    let ids = ids(&settings.account);
    let accounts = settings.account.iter().zip(ids);
    let configured = accounts.filter_map(|(setting, id)| {
        let provider = catalog.provider(&setting.provider).cloned();
        if provider
            .as_ref()
            .is_some_and(|provider| provider.builtin.is_some())
        {
            return None;
        }
        let mut account = Account {
            label: setting.name.clone().unwrap_or_else(|| id.to_string()),
            provider: setting.provider.clone(),
            id,
            source: CredentialSource::Vault,
        };
        let needs_key = provider
            .as_ref()
            .is_none_or(|provider| provider.needs_key());
        if let Some(variable) = &setting.key_env {
            account.source = CredentialSource::Environment {
                variable: variable.clone(),
            };
        } else if let Some(path) = &setting.key_file {
            account.source = CredentialSource::File {
                path: folder.join(path),
            };
        } else if !setting.is_signed_in() && !needs_key && !stored.contains(&account.record()) {
            // A server of one's own may ask for a key, and then the vault has it.
            account.source = CredentialSource::None;
        }
        Some(Configured {
            account,
            provider,
            signed_in: setting.is_signed_in(),
        })
    });
    configured.collect()
}

/// The accounts whose ids a removal would change, with the ids that they have now.
pub(crate) fn moved_by_removal(
    accounts: &[AccountSetting],
    removed: usize,
) -> Vec<(usize, String)> {
    let before = ids(accounts);
    let mut rest: Vec<AccountSetting> = accounts.to_vec();
    if removed < rest.len() {
        rest.remove(removed);
    }
    let after = ids(&rest);
    let kept = before
        .into_iter()
        .enumerate()
        .filter(|(index, _)| *index != removed);
    let moved = kept
        .zip(after)
        .filter(|((_, before), after)| before != after);
    moved
        .map(|((index, before), _)| (index, before.to_string()))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::path::PathBuf;

    use super::*;
    use crate::settings::read;

    fn load(text: &str, stored: &[&str]) -> Vec<(String, CredentialSource, bool)> {
        let read = read("config.toml", text, &Catalog::builtin().unwrap()).unwrap();
        let stored = stored.iter().map(|&name| name.to_owned()).collect();
        configured(
            &read.settings,
            &read.catalog,
            &stored,
            Path::new("/etc/portolan"),
        )
        .into_iter()
        .map(|c| {
            (
                c.account.id.to_string(),
                c.account.source,
                c.provider.is_some(),
            )
        })
        .collect()
    }

    #[test]
    fn ids_are_stable_and_the_written_ones_come_first() {
        let text = "[[account]]\nprovider=\"openai\"\n[[account]]\nprovider=\"openai\"\n\
            [[account]]\nprovider=\"anthropic\"\nid=\"openai\"\n";
        let ids: Vec<String> = load(text, &[]).into_iter().map(|(id, ..)| id).collect();
        assert_eq!(ids, ["openai-2", "openai-3", "openai"]);
    }

    #[test]
    fn secrets_are_where_the_settings_say() {
        let text = "[[account]]\nprovider=\"openai\"\nkey_env=\"K\"\n\
            [[account]]\nprovider=\"openai\"\nkey_file=\"keys/k\"\n\
            [[account]]\nprovider=\"openai\"\n[[account]]\nprovider=\"ollama\"\n\
            [[account]]\nprovider=\"lm-studio\"\n[[account]]\nprovider=\"nobody\"\n\
            [[account]]\nprovider=\"demo\"\n";
        let sources: Vec<_> = load(text, &["account/lm-studio"])
            .into_iter()
            .map(|(_, s, known)| (s, known))
            .collect();
        assert_eq!(
            sources,
            [
                (
                    CredentialSource::Environment {
                        variable: "K".to_owned()
                    },
                    true
                ),
                (
                    CredentialSource::File {
                        path: PathBuf::from("/etc/portolan/keys/k")
                    },
                    true
                ),
                (CredentialSource::Vault, true),
                (CredentialSource::None, true),
                (CredentialSource::Vault, true),
                (CredentialSource::Vault, false),
            ]
        );
    }

    #[test]
    fn a_removal_tells_whose_ids_would_move() {
        let text = "[[account]]\nprovider=\"a\"\n[[account]]\nprovider=\"b\"\n\
            [[account]]\nprovider=\"a\"\n[[account]]\nprovider=\"a\"\nid=\"x\"\n";
        let read = read("config.toml", text, &Catalog::builtin().unwrap()).unwrap();
        let accounts = &read.settings.account;
        assert_eq!(moved_by_removal(accounts, 0), [(2, "a-2".to_owned())]);
        assert_eq!(moved_by_removal(accounts, 1), []);
        assert_eq!(moved_by_removal(accounts, 2), []);
    }
}
