//! An identity at a provider, with no secret inside.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// How the names of the vault's records of accounts begin.
pub(crate) const RECORD: &str = "account/";

/// The stable name of an account: kebab-case, `openai`, `openai-2`, `work`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(Arc<str>);

/// The text is not a kebab-case name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an account's name is made of lower-case letters, digits and single hyphens, not {0:?}")]
pub struct AccountIdError(String);

impl AccountId {
    /// Takes `text` as the name.
    ///
    /// # Errors
    /// A text that is not kebab-case.
    pub fn new(text: &str) -> Result<Self, AccountIdError> {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let sound = text
            .split('-')
            .all(|word| !word.is_empty() && word.bytes().all(letter));
        if sound {
            Ok(Self(text.into()))
        } else {
            Err(AccountIdError(text.to_owned()))
        }
    }

    /// The first free name for an account of `provider`: the provider's own, else with `-2`, `-3`
    /// and so on; whatever kebab-case cannot hold becomes a hyphen.
    #[must_use]
    pub fn for_provider(provider: &str, taken: &[Self]) -> Self {
        let lower = provider.to_lowercase();
        let words: Vec<&str> = lower
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let stem = if words.is_empty() {
            "account".to_owned()
        } else {
            words.join("-")
        };
        let mut candidate = Self(stem.as_str().into());
        let mut number = 2_u32;
        while taken.contains(&candidate) {
            candidate = Self(format!("{stem}-{number}").into());
            number += 1;
        }
        candidate
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An identity at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its stable name, unique among all accounts.
    pub id: AccountId,
    /// The provider's name in the catalogue or in the settings.
    pub provider: String,
    /// What people see.
    pub label: String,
    /// Where its secret is.
    pub source: CredentialSource,
}

impl Account {
    /// The name under which the vault keeps this account's secret.
    #[must_use]
    pub fn record(&self) -> String {
        format!("{RECORD}{}", self.id)
    }
}

/// Where an account's secret is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialSource {
    /// In an environment variable, by its name.
    Environment {
        /// The variable's name.
        variable: String,
    },
    /// In a file of its own, such as a container's secret.
    File {
        /// The file's path.
        path: PathBuf,
    },
    /// Sealed in the vault, under [`Account::record`].
    Vault,
    /// The provider asks for none, as local model servers do.
    None,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn names_are_kebab_case() {
        for good in ["openai", "openai-2", "z-ai", "4ever"] {
            assert_eq!(AccountId::new(good).unwrap().as_str(), good);
        }
        for bad in ["", "-a", "a-", "a--b", "A", "a_b", "a/b", "é", "a b", "a\n"] {
            assert!(AccountId::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_provider_gives_the_first_free_name() {
        let mut taken = Vec::new();
        for expected in ["openai", "openai-2", "openai-3"] {
            let id = AccountId::for_provider("openai", &taken);
            assert_eq!(id.as_str(), expected);
            taken.push(id);
        }
        for odd in ["Z.AI", "--", "", "Élan vital", "a__b"] {
            let id = AccountId::for_provider(odd, &[]);
            assert!(AccountId::new(id.as_str()).is_ok(), "{odd:?} gave {id}");
        }
    }
}
