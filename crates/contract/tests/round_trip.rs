//! Every method through the dispatcher, a transport and `Remote`.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;

use contract::{
    Account, AccountAdd, AccountChoice, AccountKey, AccountRemoved, AccountTested, ActivityChoice,
    ActivityDetail, ActivityId, ActivityPage, ActivityRow, Admin, AdminLink, AdminPassword, Api,
    ApiError, Code, Explanation, FlowKind, FoundBy, Import, ImportChoice, Imported, Instance,
    InstanceAdd, InstanceChange, InstanceChoice, InstanceState, Key, KeyChoice, KeyCreate,
    KeyLimit, KeyShown, LocalServer, LogLine, LogsChoice, METHODS, Model, ModelsChoice,
    OriginChoice, Outcome, Provider, ProviderAdd, ProviderChoice, ProviderSet, Reason, Refreshed,
    Reloaded, Remote, Revocation, Route, RouteQuestion, SecretText, Settings, SettingsChange,
    SignInAnswer, SignInChoice, SignInStart, SignInState, SignInTurn, Source, Standing, Status,
    Topic, Transport, Trial, TrialChoice, TrialSend, dispatch,
};
use serde_json::{Value, json};

/// Answers without a control behind it, and remembers what it was asked.
#[derive(Default)]
struct Scripted(Mutex<Vec<String>>);

impl Scripted {
    fn asked(&self, what: impl std::fmt::Debug) {
        self.0.lock().unwrap().push(format!("{what:?}"));
    }
}

fn refused() -> ApiError {
    ApiError::new(Code::NotRunning, [])
}

fn row(id: String) -> ActivityRow {
    ActivityRow {
        id,
        began: "2026-11-21T12:00:00Z".into(),
        took_ms: 1,
        first_byte_ms: None,
        instance: "default".into(),
        key: None,
        client: None,
        dialect: "openai-chat".into(),
        operation: "chat".into(),
        model: None,
        answered_by: None,
        streamed: false,
        outcome: Outcome::Cancelled,
        fault: None,
        usage: None,
    }
}

fn instance(name: String) -> Instance {
    Instance {
        name,
        first: false,
        host: "localhost".into(),
        port: 28001,
        keys: vec!["laptop".into()],
        default_model: String::new(),
        state: InstanceState::Failed,
        addresses: Vec::new(),
        fault: Some(ApiError::new(Code::PortTaken, [&"localhost:28001", &""])),
    }
}

impl Api for Scripted {
    async fn status_get(&self) -> Result<Status, ApiError> {
        Err(refused())
    }

    async fn models_list(&self, params: ModelsChoice) -> Result<Vec<Model>, ApiError> {
        self.asked(params);
        let model = Model {
            id: "demo".into(),
            provider: "demo".into(),
            account: None,
        };
        Ok(vec![model])
    }

    async fn models_refresh(&self) -> Result<Vec<Refreshed>, ApiError> {
        let fault =
            Some(ApiError::new(Code::UpstreamRefused, [&"openai"]).because(Reason::said(&"no")));
        Ok(vec![Refreshed {
            account: "openai".into(),
            models: None,
            fault,
        }])
    }

    async fn accounts_list(&self) -> Result<Vec<Account>, ApiError> {
        Ok(Vec::new())
    }

    async fn accounts_add(&self, params: AccountAdd) -> Result<Account, ApiError> {
        assert_eq!(
            params.key.as_ref().map(SecretText::expose),
            Some("sk-canary")
        );
        self.asked(&params);
        Ok(Account {
            id: "mock".into(),
            name: "mock".into(),
            provider: params.provider,
            provider_name: "Mock".into(),
            source: Source::File {
                path: "/key".into(),
            },
            standing: Standing::Cooling { seconds: 3 },
            in_use: 1,
        })
    }

    async fn accounts_set_key(&self, params: AccountKey) -> Result<Account, ApiError> {
        let add = AccountAdd {
            provider: params.id,
            key: Some(params.key),
            ..AccountAdd::default()
        };
        self.accounts_add(add).await
    }

    async fn accounts_remove(&self, params: AccountChoice) -> Result<AccountRemoved, ApiError> {
        self.asked(&params);
        Ok(AccountRemoved {
            id: params.id,
            sign_in: Revocation::Failed {
                reason: Reason::ProviderSilent {},
            },
        })
    }

    async fn accounts_test(&self, params: AccountChoice) -> Result<AccountTested, ApiError> {
        Ok(AccountTested {
            id: params.id,
            models: 3,
        })
    }

    async fn accounts_sign_out(&self, params: AccountChoice) -> Result<AccountRemoved, ApiError> {
        self.asked(params);
        Err(refused())
    }

    async fn sign_in_start(&self, params: SignInStart) -> Result<SignInTurn, ApiError> {
        self.asked(&params);
        let error = ApiError::new(Code::SignInDenied, [&params.provider, &"access_denied"]);
        Ok(SignInTurn {
            id: "1".into(),
            provider: params.provider,
            flow: params.flow.unwrap_or(FlowKind::Browser),
            address: "https://example.com/".into(),
            code: None,
            paste: true,
            seconds: 300,
            state: SignInState::Failed { error },
        })
    }

    async fn sign_in_get(&self, params: SignInChoice) -> Result<SignInTurn, ApiError> {
        self.asked(params);
        Err(refused())
    }

    async fn sign_in_answer(&self, params: SignInAnswer) -> Result<SignInTurn, ApiError> {
        self.asked(params);
        Err(refused())
    }

    async fn sign_in_cancel(&self, params: SignInChoice) -> Result<(), ApiError> {
        self.asked(params);
        Err(refused())
    }

    async fn keys_list(&self) -> Result<Vec<Key>, ApiError> {
        Ok(Vec::new())
    }

    async fn keys_create(&self, params: KeyCreate) -> Result<KeyShown, ApiError> {
        Ok(KeyShown {
            name: params.name,
            value: SecretText::new("pk-canary".into()),
        })
    }

    async fn keys_revoke(&self, params: KeyChoice) -> Result<(), ApiError> {
        Err(ApiError::new(Code::NoSuchKey, [&params.name]))
    }

    async fn keys_limit(&self, params: KeyLimit) -> Result<Key, ApiError> {
        Err(ApiError::new(Code::NoSuchKey, [&params.name]))
    }

    async fn keys_reveal(&self) -> Result<KeyShown, ApiError> {
        Err(ApiError::new(Code::KeyNotKept, []))
    }

    async fn routes_list(&self) -> Result<Vec<Route>, ApiError> {
        let targets = vec!["mock/m".into()];
        Ok(vec![Route {
            pattern: "claude-*".into(),
            targets,
            strategy: "priority".into(),
        }])
    }

    async fn routes_explain(&self, params: RouteQuestion) -> Result<Explanation, ApiError> {
        self.asked(&params);
        let (model, found_by) = (params.model, FoundBy::Nothing);
        Ok(Explanation {
            model,
            found_by,
            candidates: Vec::new(),
            default_model: None,
            nearest: vec!["demo".into()],
        })
    }

    async fn settings_reload(&self) -> Result<Reloaded, ApiError> {
        Ok(Reloaded::default())
    }

    async fn settings_get(&self) -> Result<Settings, ApiError> {
        Err(refused())
    }

    async fn settings_change(&self, params: SettingsChange) -> Result<Settings, ApiError> {
        self.asked(params);
        Err(refused())
    }

    async fn serving_start(&self) -> Result<Status, ApiError> {
        Err(refused())
    }

    async fn serving_stop(&self) -> Result<Status, ApiError> {
        Err(refused())
    }

    async fn instances_list(&self) -> Result<Vec<Instance>, ApiError> {
        Ok(vec![instance("default".into())])
    }

    async fn instances_add(&self, params: InstanceAdd) -> Result<Instance, ApiError> {
        self.asked(&params);
        Ok(instance(params.name))
    }

    async fn instances_change(&self, params: InstanceChange) -> Result<Instance, ApiError> {
        self.asked(&params);
        Err(ApiError::new(Code::NoSuchInstance, [&params.name]))
    }

    async fn instances_remove(&self, params: InstanceChoice) -> Result<(), ApiError> {
        self.asked(params);
        Err(refused())
    }

    async fn instances_start(&self, params: InstanceChoice) -> Result<Instance, ApiError> {
        Ok(instance(params.name))
    }

    async fn instances_stop(&self, params: InstanceChoice) -> Result<Instance, ApiError> {
        self.asked(params);
        Err(refused())
    }

    async fn providers_list(&self) -> Result<Vec<Provider>, ApiError> {
        Err(refused())
    }

    async fn providers_add(&self, params: ProviderAdd) -> Result<Provider, ApiError> {
        self.asked(params);
        Err(refused())
    }

    async fn providers_set(&self, params: ProviderSet) -> Result<Provider, ApiError> {
        self.asked(params);
        Err(refused())
    }

    async fn providers_remove(&self, params: ProviderChoice) -> Result<(), ApiError> {
        self.asked(params);
        Err(refused())
    }

    async fn imports_list(&self) -> Result<Vec<Import>, ApiError> {
        Err(refused())
    }

    async fn imports_take(&self, params: ImportChoice) -> Result<Imported, ApiError> {
        self.asked(params);
        Err(refused())
    }

    async fn local_find(&self) -> Result<Vec<LocalServer>, ApiError> {
        Err(refused())
    }

    async fn refused_allow(&self, params: OriginChoice) -> Result<(), ApiError> {
        self.asked(params);
        Err(refused())
    }

    async fn refused_dismiss(&self) -> Result<(), ApiError> {
        Err(refused())
    }

    async fn trial_send(&self, params: TrialSend) -> Result<TrialChoice, ApiError> {
        self.asked(params);
        Err(refused())
    }

    async fn trial_get(&self, params: TrialChoice) -> Result<Trial, ApiError> {
        self.asked(params);
        Err(refused())
    }

    async fn logs_list(&self, params: LogsChoice) -> Result<Vec<LogLine>, ApiError> {
        self.asked(params);
        Err(refused())
    }

    async fn activity_list(&self, params: ActivityChoice) -> Result<ActivityPage, ApiError> {
        self.asked(params);
        Err(refused())
    }

    async fn admin_get(&self) -> Result<Admin, ApiError> {
        Ok(Admin {
            password: AdminPassword::Set,
        })
    }

    async fn admin_bootstrap(&self) -> Result<AdminLink, ApiError> {
        Ok(AdminLink {
            address: SecretText::new("http://localhost/admin/#bootstrap=x".into()),
            seconds: 900,
            listening: true,
        })
    }

    async fn activity_get(&self, params: ActivityId) -> Result<ActivityDetail, ApiError> {
        Ok(ActivityDetail {
            row: row(params.id),
            attempts: Vec::new(),
            losses: vec!["temperature=dropped".into()],
        })
    }
}

/// Carries calls as the text that a socket would carry.
struct Wire(Scripted);

impl Transport for Wire {
    async fn call(&self, method: &str, params: Value) -> Result<Value, ApiError> {
        let params = serde_json::from_str(&params.to_string()).unwrap();
        match dispatch(&self.0, method, params).await {
            Ok(answer) => Ok(serde_json::from_str(&answer.to_string()).unwrap()),
            Err(error) => {
                Err(serde_json::from_str(&serde_json::to_string(&error).unwrap()).unwrap())
            }
        }
    }
}

#[tokio::test]
async fn remote_answers_as_the_api_itself() {
    let (near, far) = (Scripted::default(), Remote::new(Wire(Scripted::default())));
    assert_eq!(near.models_refresh().await, far.models_refresh().await);
    assert_eq!(near.routes_list().await, far.routes_list().await);
    assert_eq!(near.status_get().await, far.status_get().await);
    let choice = AccountChoice { id: "a".into() };
    assert_eq!(
        near.accounts_test(choice.clone()).await,
        far.accounts_test(choice.clone()).await
    );
    assert_eq!(
        near.accounts_remove(choice.clone()).await,
        far.accounts_remove(choice).await
    );
    let name = KeyChoice {
        name: "laptop".into(),
    };
    assert_eq!(
        near.keys_revoke(name.clone()).await,
        far.keys_revoke(name).await
    );
    let create = KeyCreate {
        name: "laptop".into(),
        value: None,
    };
    let shown = far.keys_create(create).await.unwrap();
    assert_eq!(
        (shown.name.as_str(), shown.value.expose()),
        ("laptop", "pk-canary")
    );
    let question = RouteQuestion {
        model: "x".into(),
        ..RouteQuestion::default()
    };
    assert_eq!(
        near.routes_explain(question.clone()).await,
        far.routes_explain(question).await
    );
}

#[tokio::test]
async fn one_request_crosses_as_one_object_and_back() {
    let (near, far) = (Scripted::default(), Remote::new(Wire(Scripted::default())));
    let id = || ActivityId { id: "r1".into() };
    let shown = far.activity_get(id()).await.unwrap();
    assert_eq!(near.activity_get(id()).await.unwrap(), shown);
    let json = serde_json::to_value(shown).unwrap();
    assert_eq!(
        (&json["id"], &json["outcome"]),
        (&json!("r1"), &json!("cancelled"))
    );
}

#[tokio::test]
async fn a_secret_reaches_the_api_and_no_debug_output() {
    let wire = Wire(Scripted::default());
    let params = json!({ "provider": "mock", "key": "sk-canary" });
    let answer = wire.call("accounts.add", params).await.unwrap();
    assert_eq!(
        answer["standing"],
        json!({ "state": "cooling", "seconds": 3 })
    );
    assert_eq!(answer["source"], json!({ "kind": "file", "path": "/key" }));
    let params = json!({ "id": "mock", "key": "sk-canary" });
    let set = wire.call("accounts.set_key", params).await.unwrap();
    assert_eq!(
        (&set["provider"], &set["source"]),
        (&json!("mock"), &answer["source"])
    );
    let keyless = wire.call("accounts.set_key", json!({ "id": "mock" })).await;
    assert_eq!(keyless.unwrap_err().code, Code::InvalidParams);
    assert!(!wire.0.0.lock().unwrap().concat().contains("canary"));
}

#[tokio::test]
async fn a_sign_in_crosses_a_transport_and_its_answer_is_not_shown() {
    let wire = Wire(Scripted::default());
    let far = Remote::new(wire);
    let start = SignInStart {
        provider: "p".into(),
        flow: Some(FlowKind::Device),
        ..SignInStart::default()
    };
    let turn = far.sign_in_start(start).await.unwrap();
    let written = serde_json::to_value(&turn).unwrap();
    assert_eq!(written["flow"], "device");
    assert_eq!(written["state"]["state"], "failed");
    assert_eq!(written["state"]["error"]["code"], "sign-in-denied");
    let answer = SignInAnswer {
        id: "1".into(),
        answer: SecretText::new("code-canary".into()),
    };
    assert!(!format!("{answer:?}").contains("canary"));
    assert!(far.sign_in_answer(answer).await.is_err());
}

#[tokio::test]
async fn parameters_may_be_left_out_where_none_is_needed() {
    for params in [Value::Null, json!({})] {
        assert!(
            dispatch(&Scripted::default(), "routes.list", params.clone())
                .await
                .is_ok()
        );
        assert!(
            dispatch(&Scripted::default(), "models.list", params)
                .await
                .is_ok()
        );
    }
}

#[tokio::test]
async fn wrong_calls_are_told_apart() {
    let code = |method: &'static str, params: Value| async move {
        let error = dispatch(&Scripted::default(), method, params)
            .await
            .unwrap_err();
        (error.code, error.argument("nearest").to_owned())
    };
    let invalid = (Code::InvalidParams, String::new());
    assert_eq!(code("routes.list", json!({ "a": 1 })).await, invalid);
    assert_eq!(code("routes.list", json!([])).await, invalid);
    assert_eq!(code("keys.create", Value::Null).await, invalid);
    assert_eq!(
        code("keys.create", json!({ "name": "a", "limit": 1 })).await,
        invalid
    );
    let unknown = (Code::UnknownMethod, "routes.list".to_owned());
    assert_eq!(code("routes.remove", Value::Null).await, unknown);
    assert_eq!(
        code("", Value::Null).await,
        (Code::UnknownMethod, String::new())
    );
}

#[tokio::test]
async fn every_method_of_the_list_is_dispatched() {
    for method in METHODS {
        let answer = dispatch(&Scripted::default(), method.name, json!([1])).await;
        assert_eq!(
            answer.unwrap_err().code,
            Code::InvalidParams,
            "{}",
            method.name
        );
    }
}

#[test]
fn methods_are_documented_and_belong_to_a_topic() {
    for method in METHODS {
        assert!(method.doc.ends_with('.') && method.doc.starts_with(char::is_uppercase));
        let namespace = method.name.split('.').next();
        assert!(
            Topic::ALL
                .iter()
                .any(|topic| Some(topic.as_str()) == namespace)
        );
    }
}
