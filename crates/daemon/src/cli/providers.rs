//! Providers: which there are, where they are, and which of them closed for good.

use std::collections::BTreeSet;

use contract::{Api, ApiError, Provider, ProviderSet};

use super::answer::{Speaker, Spoken};

/// The wire format of an address of which nothing else is said.
const USUAL: &str = "openai-chat";

/// What is asked of control; an address without a dialect is for the provider's first one.
pub(super) async fn pointed(
    api: &impl Api,
    mut set: ProviderSet,
    endpoint: Option<(String, Option<String>)>,
) -> Result<ProviderSet, ApiError> {
    let Some((url, dialect)) = endpoint else {
        return Ok(set);
    };
    let dialect = match dialect {
        Some(dialect) => dialect,
        None => {
            let mut all = api.providers_list().await?.into_iter();
            let first = all
                .find(|provider| provider.id == set.id)
                .and_then(|provider| provider.dialects.into_iter().next());
            first.unwrap_or_else(|| USUAL.to_owned())
        }
    };
    set.endpoints = Some([(dialect, url)].into());
    Ok(set)
}

impl Speaker<'_> {
    pub(super) fn providers(&self, providers: &[Provider]) -> Spoken {
        let mut table = self.table(&[
            "providers-column-id",
            "providers-column-name",
            "providers-column-address",
            "providers-column-accounts",
            "providers-column-note",
        ]);
        for provider in providers {
            let note = match &provider.closed {
                Some(day) => self.text("providers-note-closed", &[("day", day)]),
                None if provider.own => self.text("providers-note-own", &[]),
                None => String::new(),
            };
            table.row([
                provider.id.clone(),
                provider.name.clone(),
                provider.address.clone(),
                provider.accounts.to_string(),
                note,
            ]);
        }
        Spoken {
            out: table.render(),
            note: told(self, providers.iter()),
            failed: false,
        }
    }

    /// Where a provider is now.
    pub(super) fn provider_set(&self, provider: &Provider) -> Spoken {
        let names = [
            ("provider", provider.name.as_str()),
            ("address", provider.address.as_str()),
        ];
        let spoken = self.line("providers-set", &names);
        spoken.and_note(&told(self, std::iter::once(provider)))
    }

    /// Tells of those of these providers whose service closed for good; nothing of any other, and
    /// nothing to a script, which reads it in `providers list`.
    pub(super) async fn closed<'a>(
        &self,
        api: &impl Api,
        ids: impl IntoIterator<Item = &'a str>,
    ) -> String {
        let ids: BTreeSet<&str> = ids.into_iter().collect();
        if self.json || ids.is_empty() {
            return String::new();
        }
        // What cannot be asked here is told by what comes after.
        let all = api.providers_list().await.unwrap_or_default();
        let named = all.iter().filter(|one| ids.contains(one.id.as_str()));
        told(self, named)
    }
}

fn told<'a>(speaker: &Speaker<'_>, providers: impl Iterator<Item = &'a Provider>) -> String {
    let closed = providers.filter_map(|provider| {
        let day = provider.closed.as_deref()?;
        let names = [
            ("provider", provider.name.as_str()),
            ("id", provider.id.as_str()),
            ("day", day),
        ];
        Some(speaker.line("providers-closed", &names).out)
    });
    closed.collect()
}
