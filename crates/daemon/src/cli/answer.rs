//! Asks control, and puts what it answers into words or JSON.

use contract::{
    Account, AccountAdd, AccountChoice, Api, ApiError, Candidate, Code, Explanation, FoundBy, Key,
    KeyChoice, KeyCreate, KeyOrigin, ModelsChoice, Route, RouteQuestion, SecretText, Source,
    Standing,
};
use l10n::Messages;
use serde::Serialize;
use serde_json::json;

use super::input::Input;
use super::parse::{KeyPlace, Question};
use super::status;
use super::table::{Table, visible};

/// What a command says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spoken {
    /// For standard output: the answer.
    pub(crate) out: String,
    /// For standard error: what a person wants to know beside it.
    pub(crate) note: String,
}

/// What is needed to answer.
#[derive(Debug)]
pub(crate) struct Speaker<'a> {
    /// The person's language.
    pub(crate) messages: &'a Messages,
    /// Whether the answer is for a script.
    pub(crate) json: bool,
}

impl Speaker<'_> {
    /// Asks, and tells the answer.
    pub(crate) async fn answer(
        &self,
        api: &impl Api,
        question: Question,
        input: &mut impl Input,
    ) -> Result<Spoken, ApiError> {
        match question {
            Question::Status => {
                let status = api.status_get().await?;
                self.tell(&status, || status::spoken(self.messages, &status))
            }
            Question::Models => {
                let models = api.models_list(ModelsChoice::default()).await?;
                self.tell(&models, || {
                    let mut table = self.table(&[
                        "models-column-model",
                        "models-column-provider",
                        "models-column-account",
                    ]);
                    for model in &models {
                        let account = model.account.clone().unwrap_or_default();
                        table.row(vec![model.id.clone(), model.provider.clone(), account]);
                    }
                    self.listed(models.is_empty(), &table, "models-none")
                })
            }
            Question::Accounts => {
                let accounts = api.accounts_list().await?;
                self.tell(&accounts, || self.accounts(&accounts))
            }
            Question::AccountAdd {
                provider,
                name,
                key,
            } => {
                let account = self.add(api, provider, name, key, input).await?;
                self.tell(&account, || {
                    self.line(
                        "accounts-added",
                        &[
                            ("account", &account.id),
                            ("provider", &account.provider_name),
                        ],
                    )
                })
            }
            Question::AccountRemove { id } => {
                api.accounts_remove(AccountChoice { id: id.clone() })
                    .await?;
                self.tell(&json!({ "removed": id }), || {
                    self.line("accounts-removed", &[("account", &id)])
                })
            }
            Question::AccountTest { id } => {
                let tested = api.accounts_test(AccountChoice { id }).await?;
                self.tell(&tested, || {
                    let arguments = [
                        ("account", tested.id.as_str().into()),
                        ("models", tested.models.into()),
                    ];
                    let text = self.messages.get("accounts-tested", &arguments);
                    Spoken {
                        out: text + "\n",
                        note: String::new(),
                    }
                })
            }
            Question::Keys => {
                let keys = api.keys_list().await?;
                self.tell(&keys, || self.keys(&keys))
            }
            Question::KeyCreate { name, value } => {
                let value = match value.as_deref() {
                    Some("-") => Some(input.read(None).map_err(|error| unreadable(&error))?),
                    Some(text) => Some(SecretText::new(text.to_owned())),
                    None => None,
                };
                let shown = api.keys_create(KeyCreate { name, value }).await?;
                self.tell(&shown, || Spoken {
                    out: format!("{}\n", shown.value.expose()),
                    note: self.line("keys-created", &[("name", &shown.name)]).out,
                })
            }
            Question::KeyRevoke { name } => {
                api.keys_revoke(KeyChoice { name: name.clone() }).await?;
                self.tell(&json!({ "revoked": name }), || {
                    self.line("keys-revoked", &[("name", &name)])
                })
            }
            Question::KeyShow => {
                let shown = api.keys_reveal().await?;
                self.tell(&shown, || Spoken {
                    out: format!("{}\n", shown.value.expose()),
                    note: String::new(),
                })
            }
            Question::Routes => {
                let routes = api.routes_list().await?;
                self.tell(&routes, || self.routes(&routes))
            }
            Question::RouteExplain { model, dialect } => {
                let asked = RouteQuestion {
                    model,
                    dialect,
                    instance: None,
                };
                let explanation = api.routes_explain(asked).await?;
                self.tell(&explanation, || self.explanation(&explanation))
            }
        }
    }

    async fn add(
        &self,
        api: &impl Api,
        provider: String,
        name: Option<String>,
        key: KeyPlace,
        input: &mut impl Input,
    ) -> Result<Account, ApiError> {
        let mut add = AccountAdd {
            provider,
            name,
            ..AccountAdd::default()
        };
        match key {
            KeyPlace::Environment(variable) => add.key_env = Some(variable),
            KeyPlace::File(file) => add.key_file = Some(file),
            KeyPlace::Input => {
                // A provider that needs no key is added without one; for any other, control says
                // that it is missing, and only then it is asked for.
                match api.accounts_add(add.clone()).await {
                    Err(error) if error.code == Code::AccountKeyMissing => {
                        let provider = ("provider", add.provider.as_str().into());
                        let prompt = self.messages.get("accounts-key-prompt", &[provider]);
                        match input.read(Some(&prompt)) {
                            Ok(key) if key.expose().is_empty() => return Err(error),
                            Ok(key) => add.key = Some(key),
                            Err(failure) => return Err(unreadable(&failure)),
                        }
                    }
                    done => return done,
                }
            }
        }
        api.accounts_add(add).await
    }

    fn tell(
        &self,
        answer: &impl Serialize,
        words: impl FnOnce() -> Spoken,
    ) -> Result<Spoken, ApiError> {
        if !self.json {
            return Ok(words());
        }
        let text = serde_json::to_string_pretty(answer)
            .map_err(|error| ApiError::new(Code::Internal, [&error]))?;
        Ok(Spoken {
            out: text + "\n",
            note: String::new(),
        })
    }

    fn accounts(&self, accounts: &[Account]) -> Spoken {
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
                Source::None => self.text("accounts-source-none", &[]),
            };
            let state = match &account.standing {
                Standing::Ready => self.text("accounts-state-ready", &[]),
                Standing::Cooling { seconds } => self.text(
                    "accounts-state-cooling",
                    &[("seconds", &seconds.to_string())],
                ),
                Standing::Rejected => self.text("accounts-state-rejected", &[]),
                Standing::NoKey { reason } => {
                    self.text("accounts-state-no-key", &[("reason", reason)])
                }
                Standing::UnknownProvider => self.text("accounts-state-unknown-provider", &[]),
            };
            table.row(vec![
                account.id.clone(),
                account.provider_name.clone(),
                key,
                state,
            ]);
        }
        self.listed(accounts.is_empty(), &table, "accounts-none")
    }

    fn keys(&self, keys: &[Key]) -> Spoken {
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
            let limit = match key.requests_per_minute {
                0 => "-".to_owned(),
                limit => limit.to_string(),
            };
            table.row(vec![
                key.name.clone(),
                self.text(origin, &[]),
                key.created.map_or_else(|| "-".to_owned(), status::moment),
                key.models.join(" "),
                limit,
            ]);
        }
        self.listed(keys.is_empty(), &table, "keys-none")
    }

    fn routes(&self, routes: &[Route]) -> Spoken {
        let columns = [
            "routes-column-match",
            "routes-column-targets",
            "routes-column-strategy",
        ];
        let mut table = self.table(&columns);
        for route in routes {
            let targets = route.targets.join(" ");
            table.row(vec![route.pattern.clone(), targets, route.strategy.clone()]);
        }
        self.listed(routes.is_empty(), &table, "routes-none")
    }

    fn explanation(&self, explanation: &Explanation) -> Spoken {
        let found = match explanation.found_by {
            FoundBy::Route => "routes-found-route",
            FoundBy::Model => "routes-found-model",
            FoundBy::Provider => "routes-found-provider",
            FoundBy::Default => "routes-found-default",
            FoundBy::Demo => "routes-found-demo",
            FoundBy::Nothing => "routes-found-nothing",
        };
        let mut spoken = self.line(found, &[("model", &explanation.model)]);
        let mut table = Table::plain();
        for (place, candidate) in explanation.candidates.iter().enumerate() {
            let Candidate {
                account,
                provider,
                model,
                dialect,
                native,
                reason,
            } = candidate;
            let interface = if *native {
                self.text("routes-candidate-native", &[])
            } else {
                self.text("routes-candidate-translated", &[("dialect", dialect)])
            };
            table.row(vec![
                format!("{}.", place + 1),
                format!("{provider}/{model}"),
                account.clone().unwrap_or_default(),
                interface,
                reason.clone(),
            ]);
        }
        spoken.out.push_str(&table.render());
        if !explanation.nearest.is_empty() {
            let names = explanation.nearest.join(" ");
            spoken
                .out
                .push_str(&self.line("routes-nearest", &[("names", &names)]).out);
        }
        spoken
    }

    /// A table, or the sentence for an empty one, with its hint if it has one.
    fn listed(&self, empty: bool, table: &Table, none: &str) -> Spoken {
        if !empty {
            return Spoken {
                out: table.render(),
                note: String::new(),
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

    fn table(&self, columns: &[&str]) -> Table {
        Table::new(columns.iter().map(|id| self.text(id, &[])).collect())
    }

    fn line(&self, id: &str, arguments: &[(&str, &str)]) -> Spoken {
        Spoken {
            out: visible(&self.text(id, arguments)) + "\n",
            note: String::new(),
        }
    }

    fn text(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        let arguments: Vec<_> = arguments
            .iter()
            .map(|(name, value)| (*name, (*value).into()))
            .collect();
        self.messages.get(id, &arguments)
    }
}

fn unreadable(error: &std::io::Error) -> ApiError {
    ApiError::new(Code::AccountKeyInvalid, [error])
}
