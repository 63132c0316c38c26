//! Asks control, and puts what it answers into words or JSON.

use contract::{
    Account, AccountAdd, AccountChoice, AccountKey, AccountRemoved, Api, ApiError, Code, KeyChoice,
    KeyCreate, ModelsChoice, Reason, Revocation, RouteQuestion, SecretText, Standing,
};
use l10n::Messages;
use serde::Serialize;

use super::input::Input;
use super::message::{Complaint, told};
use super::parse::{KeyPlace, Question};
use super::person::Person;
use super::providers::pointed;
use super::status;
use super::written::{Removed, Revoked, SignedOut};

/// What a command says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spoken {
    /// For standard output: the answer.
    pub(crate) out: String,
    /// For standard error: what a person wants to know beside it.
    pub(crate) note: String,
    /// Whether the command fails with this answer: there is none, or something of it did not work.
    pub(crate) failed: bool,
}

/// What is needed to answer.
#[derive(Debug)]
pub(crate) struct Speaker<'a> {
    /// The person's language.
    pub(crate) messages: &'a Messages,
    /// Whether the answer is for a script.
    pub(crate) json: bool,
}

impl Spoken {
    /// With this beside it too.
    pub(super) fn and_note(mut self, note: &str) -> Self {
        self.note.push_str(note);
        self
    }
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
                let providers = models.iter().map(|model| model.provider.as_str());
                let closed = self.closed(api, providers).await;
                self.tell(&models, || self.models(&models).and_note(&closed))
            }
            Question::Accounts => {
                let accounts = api.accounts_list().await?;
                let providers = accounts.iter().map(|account| account.provider.as_str());
                let closed = self.closed(api, providers).await;
                self.tell(&accounts, || self.accounts(&accounts).and_note(&closed))
            }
            Question::Providers => {
                let providers = api.providers_list().await?;
                self.tell(&providers, || self.providers(&providers))
            }
            Question::ProviderSet { set, endpoint } => {
                let set = pointed(api, set, endpoint).await?;
                let provider = api.providers_set(set).await?;
                self.tell(&provider, || self.provider_set(&provider))
            }
            Question::AccountAdd {
                provider,
                name,
                key,
            } => {
                let closed = self.closed(api, [provider.as_str()]).await;
                let account = self.add(api, provider, name, key, input).await?;
                self.tell(&account, || {
                    let mut spoken = self.line(
                        "accounts-added",
                        &[
                            ("account", &account.id),
                            ("provider", &account.provider_name),
                        ],
                    );
                    if let Standing::NoKey { reason } = &account.standing {
                        let reason = told(self.messages, reason);
                        spoken.note =
                            self.text("accounts-added-no-key", &[("reason", &reason)]) + "\n";
                    }
                    spoken.and_note(&closed)
                })
            }
            Question::AccountSetKey { id } => {
                let account = self.set_key(api, id, input).await?;
                self.tell(&account, || {
                    self.line("accounts-key-set", &[("account", &account.id)])
                })
            }
            Question::AccountRemove { id } => {
                let gone = api.accounts_remove(AccountChoice { id }).await?;
                let written = Removed {
                    removed: &gone.id,
                    sign_in: &gone.sign_in,
                };
                self.gone(&gone, &written, "accounts-removed")
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
                        ..Spoken::default()
                    }
                })
            }
            Question::Import { source, take } => self.import(api, source, take).await,
            Question::Login(login) => self.login(api, login, &mut Person::new()).await,
            Question::Logout { id } => {
                let gone = api.accounts_sign_out(AccountChoice { id }).await?;
                let written = SignedOut {
                    signed_out: &gone.id,
                    sign_in: &gone.sign_in,
                };
                self.gone(&gone, &written, "sign-in-out")
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
                    failed: false,
                })
            }
            Question::KeyRevoke { name } => {
                api.keys_revoke(KeyChoice { name: name.clone() }).await?;
                self.tell(&Revoked { revoked: &name }, || {
                    self.line("keys-revoked", &[("name", &name)])
                })
            }
            Question::KeyLimit(limit) => {
                let key = api.keys_limit(limit).await?;
                self.tell(&key, || self.keys(std::slice::from_ref(&key)))
            }
            Question::KeyShow => {
                let shown = api.keys_reveal().await?;
                self.tell(&shown, || Spoken {
                    out: format!("{}\n", shown.value.expose()),
                    ..Spoken::default()
                })
            }
            Question::Instances(question) => self.instances(api, question).await,
            Question::AdminBootstrap => {
                let link = api.admin_bootstrap().await?;
                self.tell(&link, || {
                    let minutes = [("minutes", (link.seconds / 60).into())];
                    let mut note = self.messages.get("gate-link-told", &minutes) + "\n";
                    if !link.listening {
                        note += &(self.messages.get("gate-link-idle", &[]) + "\n");
                    }
                    Spoken {
                        out: format!("{}\n", link.address.expose()),
                        note,
                        failed: false,
                    }
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
                let failed = explanation.candidates.is_empty();
                let spoken = self.tell(&explanation, || self.explanation(&explanation))?;
                Ok(Spoken { failed, ..spoken })
            }
        }
    }

    /// Asks the providers which models they have, and tells which of them did not answer.
    pub(crate) async fn learn(&self, api: &impl Api) -> Result<String, ApiError> {
        let faults = api
            .models_refresh()
            .await?
            .into_iter()
            .filter_map(|each| each.fault);
        let lines = faults.map(|fault| {
            let message = Complaint::of_error(self.messages, &fault).message;
            self.messages
                .get("cli-warning", &[("message", message.into())])
                + "\n"
        });
        Ok(lines.collect())
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
            KeyPlace::Input if input.is_terminal() => {
                // A provider that needs no key is added without one; for any other, control says
                // that it is missing, and only then a person is asked for it.
                let missing = match api.accounts_add(add.clone()).await {
                    Err(error) if error.code == Code::AccountKeyMissing => error,
                    done => return done,
                };
                let provider = ("provider", add.provider.as_str().into());
                let prompt = self.messages.get("accounts-key-prompt", &[provider]);
                let key = input
                    .read(Some(&prompt))
                    .map_err(|error| unreadable(&error))?;
                if key.expose().is_empty() {
                    return Err(missing);
                }
                add.key = Some(key);
            }
            KeyPlace::Input => {
                let key = input.read(None).map_err(|error| unreadable(&error))?;
                add.key = Some(key).filter(|key| !key.expose().is_empty());
            }
        }
        api.accounts_add(add).await
    }

    async fn set_key(
        &self,
        api: &impl Api,
        id: String,
        input: &mut impl Input,
    ) -> Result<Account, ApiError> {
        let prompt = if input.is_terminal() {
            // Control says first what is wrong with the account; only then a person is asked.
            let nothing = AccountKey {
                id: id.clone(),
                key: SecretText::new(String::new()),
            };
            match api.accounts_set_key(nothing).await {
                Err(error) if error.code == Code::AccountKeyInvalid => {}
                done => return done,
            }
            let account = ("account", id.as_str().into());
            Some(self.messages.get("accounts-new-key-prompt", &[account]))
        } else {
            None
        };
        let key = input.read(prompt.as_deref());
        let key = key.map_err(|error| unreadable(&error))?;
        api.accounts_set_key(AccountKey { id, key }).await
    }

    /// Tells that an account is gone, and what its provider may still take for good.
    fn gone(
        &self,
        gone: &AccountRemoved,
        written: &impl Serialize,
        done: &str,
    ) -> Result<Spoken, ApiError> {
        let mut spoken = self.tell(written, || {
            let mut spoken = self.line(done, &[("account", &gone.id)]);
            spoken.note = match &gone.sign_in {
                Revocation::None | Revocation::Revoked => return spoken,
                Revocation::Unsupported => self.text("sign-in-not-revocable", &[]),
                Revocation::Failed { reason } => {
                    let reason = told(self.messages, reason);
                    self.text("sign-in-not-revoked", &[("reason", &reason)])
                }
            } + "\n";
            spoken
        })?;
        spoken.failed = matches!(gone.sign_in, Revocation::Failed { .. });
        Ok(spoken)
    }

    pub(super) fn tell(
        &self,
        answer: &impl Serialize,
        words: impl FnOnce() -> Spoken,
    ) -> Result<Spoken, ApiError> {
        if !self.json {
            return Ok(words());
        }
        let text = serde_json::to_string_pretty(answer).map_err(|error| crate::internal(&error))?;
        Ok(Spoken {
            out: text + "\n",
            ..Spoken::default()
        })
    }
}

fn unreadable(error: &std::io::Error) -> ApiError {
    let reason = match error.kind() {
        std::io::ErrorKind::Unsupported => Reason::InputShown {},
        _ => Reason::InputUnreadable {
            words: error.to_string(),
        },
    };
    ApiError::new(Code::InputFailed, []).because(reason)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::io;
    use std::sync::Mutex;

    use contract::{Remote, Transport};
    use serde_json::{Value, json};

    use super::*;

    /// A control that wants a key for every account, and remembers which it was given.
    #[derive(Default)]
    struct Strict(Mutex<Vec<Value>>);

    impl Transport for &Strict {
        async fn call(&self, method: &str, params: Value) -> Result<Value, ApiError> {
            if method == "providers.list" {
                return Ok(json!([]));
            }
            let key = params["key"].clone();
            self.0.lock().unwrap().push(key.clone());
            if key.is_null() {
                return Err(ApiError::new(Code::AccountKeyMissing, [&"p"]));
            }
            Ok(json!({
                "id": "p", "name": "p", "provider": "p", "provider_name": "P",
                "source": { "kind": "vault" }, "standing": { "state": "ready" }, "in_use": 0,
            }))
        }
    }

    struct Typed {
        is_terminal: bool,
        text: &'static str,
        prompts: Vec<Option<String>>,
    }

    impl Input for Typed {
        fn is_terminal(&self) -> bool {
            self.is_terminal
        }

        fn read(&mut self, prompt: Option<&str>) -> io::Result<SecretText> {
            self.prompts.push(prompt.map(str::to_owned));
            Ok(SecretText::new(self.text.to_owned()))
        }
    }

    async fn add(
        is_terminal: bool,
        text: &'static str,
    ) -> (Result<Spoken, ApiError>, Vec<Value>, Typed) {
        let control = Strict::default();
        let messages = Messages::for_language("en");
        let speaker = Speaker {
            messages: &messages,
            json: false,
        };
        let mut input = Typed {
            is_terminal,
            text,
            prompts: Vec::new(),
        };
        let question = Question::AccountAdd {
            provider: "p".to_owned(),
            name: None,
            key: KeyPlace::Input,
        };
        let said = speaker
            .answer(&Remote::new(&control), question, &mut input)
            .await;
        (said, control.0.into_inner().unwrap(), input)
    }

    #[tokio::test]
    async fn a_piped_key_goes_along_at_once() {
        let (said, keys, input) = add(false, "sk-1").await;
        assert_eq!(said.unwrap().out, "Added the account p at P.\n");
        assert_eq!((keys, input.prompts), (vec![json!("sk-1")], vec![None]));
    }

    #[tokio::test]
    async fn a_person_is_asked_only_when_a_key_is_missing() {
        let (said, keys, input) = add(true, "sk-1").await;
        assert_eq!(said.unwrap().out, "Added the account p at P.\n");
        assert_eq!(keys, [Value::Null, json!("sk-1")]);
        assert_eq!(input.prompts, [Some("Key for p (not shown):".to_owned())]);
    }

    /// A control that knows the account `p` alone, and takes every key but an empty one.
    #[derive(Default)]
    struct Renewing(Mutex<Vec<Value>>);

    impl Transport for &Renewing {
        async fn call(&self, method: &str, params: Value) -> Result<Value, ApiError> {
            assert_eq!(method, "accounts.set_key");
            self.0.lock().unwrap().push(params["key"].clone());
            if params["id"] != "p" {
                return Err(ApiError::new(Code::NoSuchAccount, [&"q", &"p"]));
            }
            if params["key"] == "" {
                return Err(ApiError::new(Code::AccountKeyInvalid, []));
            }
            Ok(json!({
                "id": "p", "name": "p", "provider": "p", "provider_name": "P",
                "source": { "kind": "vault" }, "standing": { "state": "ready" }, "in_use": 0,
            }))
        }
    }

    #[tokio::test]
    async fn a_new_key_is_asked_for_only_where_control_would_take_it() {
        let prompt = || Some("New key for the account p (not shown):".to_owned());
        for (id, is_terminal, text, ends, keys, prompts) in [
            ("p", false, "sk-1", None, json!(["sk-1"]), vec![None]),
            ("p", true, "sk-1", None, json!(["", "sk-1"]), vec![prompt()]),
            (
                "p",
                true,
                "",
                Some(Code::AccountKeyInvalid),
                json!(["", ""]),
                vec![prompt()],
            ),
            (
                "q",
                true,
                "sk-1",
                Some(Code::NoSuchAccount),
                json!([""]),
                vec![],
            ),
        ] {
            let control = Renewing::default();
            let messages = Messages::for_language("en");
            let speaker = Speaker {
                messages: &messages,
                json: false,
            };
            let mut input = Typed {
                is_terminal,
                text,
                prompts: Vec::new(),
            };
            let question = Question::AccountSetKey { id: id.to_owned() };
            let said = speaker
                .answer(&Remote::new(&control), question, &mut input)
                .await;
            assert_eq!(said.as_ref().err().map(|error| error.code), ends);
            if let Ok(said) = said {
                assert_eq!(said.out, "The account p has its new key.\n");
            }
            assert_eq!(Value::Array(control.0.into_inner().unwrap()), keys);
            assert_eq!(input.prompts, prompts);
        }
    }

    /// A control whose accounts go with this outcome at their provider.
    struct Leaving(Value);

    impl Transport for &Leaving {
        async fn call(&self, _method: &str, params: Value) -> Result<Value, ApiError> {
            Ok(json!({ "id": params["id"], "sign_in": self.0 }))
        }
    }

    #[tokio::test]
    async fn a_sign_in_that_stays_good_at_its_provider_is_told() {
        let reason = json!({ "code": "provider-silent", "arguments": {}, "message": "silent" });
        let failed = json!({ "state": "failed", "reason": reason });
        for (left, language, note, fails) in [
            (json!({ "state": "revoked" }), "en", "", false),
            (json!({ "state": "none" }), "en", "", false),
            (
                json!({ "state": "unsupported" }),
                "en",
                "takes no sign-in back",
                false,
            ),
            (failed.clone(), "en", "it did not answer in time", true),
            (failed.clone(), "zh-CN", "没有及时应答", true),
        ] {
            let id = "work".to_owned();
            for question in [
                Question::Logout { id: id.clone() },
                Question::AccountRemove { id },
            ] {
                let control = Leaving(left.clone());
                let messages = Messages::for_language(language);
                for json in [false, true] {
                    let messages = &messages;
                    let speaker = Speaker { messages, json };
                    let mut input = Typed {
                        is_terminal: false,
                        text: "",
                        prompts: Vec::new(),
                    };
                    let asked = question.clone();
                    let control = Remote::new(&control);
                    let said = speaker.answer(&control, asked, &mut input).await.unwrap();
                    assert!(said.out.contains("work"), "{said:?}");
                    assert_eq!(said.failed, fails, "{said:?}");
                    if json {
                        let written: Value = serde_json::from_str(&said.out).unwrap();
                        assert_eq!(written["sign_in"]["state"], left["state"]);
                    } else {
                        assert!(said.note.contains(note), "{said:?}");
                        assert_eq!(said.note.is_empty(), note.is_empty(), "{said:?}");
                    }
                }
            }
        }
    }

    #[tokio::test]
    async fn nothing_is_not_a_key() {
        for is_terminal in [false, true] {
            let (said, keys, _) = add(is_terminal, "").await;
            assert_eq!(said.unwrap_err().code, Code::AccountKeyMissing);
            assert_eq!(keys, [Value::Null]);
        }
    }
}
