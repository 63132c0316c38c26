//! All providers there are: the built-in ones and the user's.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::embedded;
use crate::problem::{ManifestError, Problem};
use crate::provider::Provider;
use crate::user::{UserProvider, define};

/// All providers, by id. Cloning it shares them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    providers: BTreeMap<String, Arc<Provider>>,
}

/// Something wrong in a `[provider.x]` block.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("provider.{provider}: {problem}")]
pub struct UserProblem {
    /// The `x` of the block.
    pub provider: String,
    /// What is wrong, its key counted from the block.
    pub problem: Problem,
}

impl Catalog {
    /// The built-in providers.
    ///
    /// # Errors
    /// What is wrong with the first built-in manifest that is not right.
    pub fn builtin() -> Result<Self, Vec<ManifestError>> {
        let providers = embedded::providers()?;
        let providers = providers
            .into_iter()
            .map(|provider| (provider.id.clone(), Arc::new(provider)));
        Ok(Self {
            providers: providers.collect(),
        })
    }

    /// This catalog with the user's blocks laid over it. A block with problems is left out, and
    /// the provider stays as it was.
    #[must_use]
    pub fn with_user<'a>(
        &self,
        blocks: impl IntoIterator<Item = (&'a String, &'a UserProvider)>,
    ) -> (Self, Vec<UserProblem>) {
        let mut catalog = self.clone();
        let mut wrong = Vec::new();
        for (id, settings) in blocks {
            match define(id, settings, self.provider(id).map(Arc::as_ref)) {
                Ok(provider) => {
                    catalog.providers.insert(id.clone(), Arc::new(provider));
                }
                Err(problems) => wrong.extend(problems.into_iter().map(|problem| UserProblem {
                    provider: id.clone(),
                    problem,
                })),
            }
        }
        (catalog, wrong)
    }

    /// The provider of that id.
    #[must_use]
    pub fn provider(&self, id: &str) -> Option<&Arc<Provider>> {
        self.providers.get(id)
    }

    /// Every provider, in the order of their ids.
    pub fn providers(&self) -> impl ExactSizeIterator<Item = &Arc<Provider>> {
        self.providers.values()
    }
}
