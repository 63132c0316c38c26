//! What control answered, in words: tables and single lines.

use contract::{
    Account, Candidate, Explanation, FoundBy, Key, KeyOrigin, Model, Route, Source, Standing,
};
use l10n::Messages;

use super::answer::{Speaker, Spoken};
use super::message::told;
use super::status::moment;
use super::table::{Table, visible};

/// How an account stands.
pub(super) fn standing(messages: &Messages, standing: &Standing) -> String {
    match standing {
        Standing::Ready => messages.get("accounts-state-ready", &[]),
        Standing::Cooling { seconds } => messages.get(
            "accounts-state-cooling",
            &[("seconds", seconds.to_string().into())],
        ),
        Standing::RenewalFails { since, reason } => messages.get(
            "accounts-state-renewal-fails",
            &[
                ("since", moment(*since).into()),
                ("reason", told(messages, reason).into()),
            ],
        ),
        Standing::Rejected => messages.get("accounts-state-rejected", &[]),
        Standing::NoKey { reason } => {
            let reason = told(messages, reason);
            messages.get("accounts-state-no-key", &[("reason", reason.into())])
        }
        Standing::SignedOut { reason } => {
            let reason = told(messages, reason);
            messages.get("accounts-state-signed-out", &[("reason", reason.into())])
        }
        Standing::UnknownProvider => messages.get("accounts-state-unknown-provider", &[]),
    }
}

impl Speaker<'_> {
    pub(super) fn models(&self, models: &[Model]) -> Spoken {
        let columns = [
            "models-column-model",
            "models-column-provider",
            "models-column-account",
        ];
        let mut table = self.table(&columns);
        for model in models {
            let account = model.account.clone().unwrap_or_default();
            table.row([model.id.clone(), model.provider.clone(), account]);
        }
        self.listed(models.is_empty(), &table, "models-none")
    }

    pub(super) fn accounts(&self, accounts: &[Account]) -> Spoken {
        let mut table = self.table(&[
            "accounts-column-id",
            "accounts-column-provider",
            "accounts-column-key",
            "accounts-column-state",
        ]);
        for account in accounts {
            let key = match &account.source {
                Source::Environment { variable } => {
                    self.text("accounts-source-environment", &[("variable", variable)])
                }
                Source::File { path } => self.text("accounts-source-file", &[("path", path)]),
                Source::Vault => self.text("accounts-source-vault", &[]),
                Source::SignIn { expires: None } => self.text("accounts-source-sign-in", &[]),
                Source::SignIn {
                    expires: Some(expires),
                } => self.text(
                    "accounts-source-sign-in-until",
                    &[("moment", &moment(*expires))],
                ),
                Source::None => self.text("accounts-source-none", &[]),
            };
            table.row([
                account.id.clone(),
                account.provider_name.clone(),
                key,
                standing(self.messages, &account.standing),
            ]);
        }
        self.listed(accounts.is_empty(), &table, "accounts-none")
    }

    pub(super) fn keys(&self, keys: &[Key]) -> Spoken {
        let mut table = self.table(&[
            "keys-column-name",
            "keys-column-origin",
            "keys-column-created",
            "keys-column-models",
            "keys-column-limit",
        ]);
        for key in keys {
            let origin = match key.origin {
                KeyOrigin::Created => "keys-origin-created",
                KeyOrigin::Environment => "keys-origin-environment",
                KeyOrigin::Missing => "keys-origin-missing",
            };
            table.row([
                key.name.clone(),
                self.text(origin, &[]),
                key.created.map_or_else(|| "-".to_owned(), moment),
                key.models.join(" "),
                self.limits(key),
            ]);
        }
        self.listed(keys.is_empty(), &table, "keys-none")
    }

    fn limits(&self, key: &Key) -> String {
        let all = [
            ("keys-limit-requests-minute", key.requests_per_minute),
            ("keys-limit-tokens-minute", key.tokens_per_minute),
            ("keys-limit-concurrency", key.concurrency),
            ("keys-limit-requests-day", key.requests_per_day),
            ("keys-limit-tokens-day", key.tokens_per_day),
        ];
        let set = all.into_iter().filter(|(_, most)| *most > 0);
        let mut told: Vec<String> = set
            .map(|(id, most)| self.text(id, &[("count", &most.to_string())]))
            .collect();
        if key.provider_key {
            told.push(self.text("keys-limit-provider-key", &[]));
        }
        if told.is_empty() {
            return "-".to_owned();
        }
        told.join("; ")
    }

    pub(super) fn routes(&self, routes: &[Route]) -> Spoken {
        let columns = [
            "routes-column-match",
            "routes-column-targets",
            "routes-column-strategy",
        ];
        let mut table = self.table(&columns);
        for route in routes {
            let targets = route.targets.join(" ");
            table.row([route.pattern.clone(), targets, route.strategy.clone()]);
        }
        self.listed(routes.is_empty(), &table, "routes-none")
    }

    pub(super) fn explanation(&self, explanation: &Explanation) -> Spoken {
        let found = match explanation.found_by {
            FoundBy::Route => "routes-found-route",
            FoundBy::Model => "routes-found-model",
            FoundBy::Provider => "routes-found-provider",
            FoundBy::Default => "routes-found-default",
            FoundBy::Demo => "routes-found-demo",
            FoundBy::Nothing => "routes-found-nothing",
        };
        if explanation.candidates.is_empty() {
            return self.nobody(found, explanation);
        }
        let mut spoken = self.line(found, &[("model", &explanation.model)]);
        let mut table = Table::plain();
        for (place, candidate) in explanation.candidates.iter().enumerate() {
            let Candidate {
                account,
                provider,
                model,
                dialect: _,
                native: _,
                reason,
            } = candidate;
            table.row([
                format!("{}.", place + 1),
                format!("{provider}/{model}"),
                account.clone().unwrap_or_default(),
                told(self.messages, reason),
            ]);
        }
        spoken.out.push_str(&table.render());
        spoken
    }

    /// That nobody would answer, and what to do about it.
    fn nobody(&self, found: &str, explanation: &Explanation) -> Spoken {
        let model = explanation.model.as_str();
        let id = match explanation.found_by {
            FoundBy::Nothing => found,
            FoundBy::Route
            | FoundBy::Model
            | FoundBy::Provider
            | FoundBy::Default
            | FoundBy::Demo => "routes-found-unserved",
        };
        let message = self.text(id, &[("model", model)]);
        let mut hints = Vec::new();
        if !explanation.nearest.is_empty() {
            let separator = self.text("list-separator", &[]);
            let names = explanation.nearest.join(&separator);
            hints.push(self.text("routes-hint-nearest", &[("names", &names)]));
        }
        if let Some(default) = &explanation.default_model {
            hints.push(self.text("routes-hint-default-lost", &[("default", default)]));
        } else if model.starts_with("claude-") && explanation.found_by == FoundBy::Nothing {
            hints.push(self.text("routes-hint-default", &[]));
        }
        if hints.is_empty() {
            hints.push(self.text("routes-hint-models", &[]));
        }
        let mut note = self.text("cli-error", &[("message", &message)]) + "\n";
        for hint in hints {
            note.push_str(&(self.text("cli-hint", &[("hint", &hint)]) + "\n"));
        }
        Spoken {
            note,
            ..Spoken::default()
        }
    }

    /// A table, or the sentence for an empty one, with its hint if it has one.
    fn listed(&self, empty: bool, table: &Table, none: &str) -> Spoken {
        if !empty {
            return Spoken {
                out: table.render(),
                ..Spoken::default()
            };
        }
        let mut spoken = self.line(none, &[]);
        let hint = format!("{none}.hint");
        if self.messages.has(&hint) {
            let hint = self.messages.get(&hint, &[]);
            spoken.note = self.messages.get("cli-hint", &[("hint", hint.into())]) + "\n";
        }
        spoken
    }

    pub(super) fn table(&self, columns: &[&str]) -> Table {
        Table::new(columns.iter().map(|id| self.text(id, &[])).collect())
    }

    pub(super) fn line(&self, id: &str, arguments: &[(&str, &str)]) -> Spoken {
        Spoken {
            out: visible(&self.text(id, arguments)) + "\n",
            ..Spoken::default()
        }
    }

    pub(super) fn text(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        let arguments: Vec<_> = arguments
            .iter()
            .map(|(name, value)| (*name, (*value).into()))
            .collect();
        self.messages.get(id, &arguments)
    }
}
