//! Signing in from the command line, against a control that follows a script.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::VecDeque;
use std::sync::Mutex;

use contract::{Reason, Remote, Source, Transport};
use l10n::Messages;
use serde_json::{Value, json};

use super::*;

/// A control that answers `sign_in.get` with one state after another.
struct Scripted {
    device: bool,
    states: Mutex<VecDeque<Value>>,
    asked: Mutex<Vec<(String, Value)>>,
}

impl Scripted {
    fn new(device: bool, states: impl IntoIterator<Item = Value>) -> Self {
        Self {
            device,
            states: Mutex::new(states.into_iter().collect()),
            asked: Mutex::default(),
        }
    }

    fn turn(&self, state: &Value) -> Value {
        let (flow, code) = match self.device {
            true => ("device", json!("WDJB-MJHT")),
            false => ("browser", Value::Null),
        };
        json!({
            "id": "1", "provider": "p", "flow": flow, "address": "https://p.example/auth",
            "code": code, "paste": !self.device, "seconds": 300, "state": state,
        })
    }

    fn methods(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let mut methods: Vec<String> = asked.iter().map(|(method, _)| method.clone()).collect();
        methods.dedup();
        methods
    }
}

fn waiting() -> Value {
    json!({ "state": "waiting" })
}

impl Transport for &Scripted {
    async fn call(&self, method: &str, params: Value) -> Result<Value, ApiError> {
        let pasted = params["answer"].clone();
        self.asked.lock().unwrap().push((method.to_owned(), params));
        match method {
            "sign_in.start" => Ok(self.turn(&waiting())),
            "sign_in.get" => {
                let next = self.states.lock().unwrap().pop_front();
                Ok(self.turn(&next.unwrap_or_else(waiting)))
            }
            "sign_in.answer" if pasted == "right" => {
                Ok(self.turn(&json!({ "state": "exchanging" })))
            }
            "sign_in.answer" => {
                Err(ApiError::new(Code::SignInAnswerWrong, [])
                    .because(Reason::SignInAnswerForeign {}))
            }
            "sign_in.cancel" => Ok(Value::Null),
            "accounts.list" => Ok(json!([{
                "id": "p-2", "name": "p-2", "provider": "p", "provider_name": "P Ltd.",
                "source": Source::SignIn { expires: None },
                "standing": { "state": "ready" }, "in_use": 0,
            }])),
            other => Err(ApiError::new(Code::UnknownMethod, [&other])),
        }
    }
}

/// A person who types these lines, and may give up.
#[derive(Default)]
struct Somebody {
    has_browser: bool,
    gives_up: bool,
    types: Vec<&'static str>,
    opened: Vec<String>,
    words: String,
    answers: String,
    hands: Option<mpsc::Sender<SecretText>>,
}

impl Surroundings for Somebody {
    async fn open(&mut self, address: &str) -> io::Result<()> {
        self.opened.push(address.to_owned());
        if self.has_browser {
            Ok(())
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    fn say(&mut self, words: &str, answer: &str) {
        self.words.push_str(words);
        self.answers.push_str(answer);
    }

    fn lines(&mut self) -> Option<mpsc::Receiver<SecretText>> {
        let (typed, lines) = mpsc::channel(8);
        for line in &self.types {
            typed.try_send(SecretText::new((*line).to_owned())).unwrap();
        }
        self.hands = Some(typed);
        Some(lines)
    }

    async fn given_up(&mut self) {
        if !self.gives_up {
            std::future::pending::<()>().await;
        }
    }
}

/// A control whose provider does not answer.
struct Silent;

impl Transport for Silent {
    async fn call(&self, _: &str, _: Value) -> Result<Value, ApiError> {
        std::future::pending().await
    }
}

async fn login(
    control: impl Transport + Sync,
    person: &mut Somebody,
    browser: bool,
    json: bool,
) -> Result<Spoken, ApiError> {
    let messages = Messages::for_language("en");
    let speaker = Speaker {
        messages: &messages,
        json,
    };
    let start = SignInStart {
        provider: "p".to_owned(),
        ..SignInStart::default()
    };
    let login = Login { start, browser };
    speaker.login(&Remote::new(control), login, person).await
}

fn done() -> Value {
    json!({ "state": "done", "account": "p-2" })
}

#[tokio::test(start_paused = true)]
async fn the_browser_opens_and_the_account_is_told() {
    let control = Scripted::new(false, [waiting(), json!({ "state": "exchanging" }), done()]);
    let mut person = Somebody {
        has_browser: true,
        ..Somebody::default()
    };
    let spoken = login(&control, &mut person, true, false).await.unwrap();
    assert_eq!(spoken.out, "Signed in at P Ltd. as the account p-2.\n");
    assert_eq!(person.opened, ["https://p.example/auth"]);
    assert!(
        person.words.starts_with("The browser is open."),
        "{}",
        person.words
    );
    assert!(
        person.words.contains("at most 5 minutes"),
        "{}",
        person.words
    );
    assert!(person.answers.is_empty());
    assert_eq!(
        control.methods(),
        [
            "providers.list",
            "sign_in.start",
            "sign_in.get",
            "accounts.list"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn the_address_is_shown_where_no_browser_is_or_shall_be() {
    for wanted in [true, false] {
        let control = Scripted::new(false, [done()]);
        let mut person = Somebody::default();
        login(&control, &mut person, wanted, false).await.unwrap();
        assert_eq!(person.opened.len(), usize::from(wanted));
        let words = "Open this address in a browser on this machine: https://p.example/auth\n";
        assert!(person.words.starts_with(words), "{}", person.words);
    }
}

#[tokio::test(start_paused = true)]
async fn a_device_code_is_shown_and_nothing_is_asked_for() {
    let control = Scripted::new(true, [waiting(), done()]);
    let mut person = Somebody {
        types: vec!["right"],
        ..Somebody::default()
    };
    login(&control, &mut person, false, false).await.unwrap();
    let words = person.words;
    assert!(
        words.contains("any browser: https://p.example/auth\n"),
        "{words}"
    );
    assert!(
        words.contains("Enter this code there: WDJB-MJHT\n"),
        "{words}"
    );
    assert!(!words.contains("paste"), "{words}");
    assert!(!control.methods().contains(&"sign_in.answer".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_pasted_answer_is_handed_over_and_a_wrong_one_may_be_followed_by_another() {
    let control = Scripted::new(false, [done()]);
    let mut person = Somebody {
        types: vec!["", "wrong", "right"],
        ..Somebody::default()
    };
    login(&control, &mut person, false, false).await.unwrap();
    let asked = control.asked.lock().unwrap();
    let pasted: Vec<&Value> = asked
        .iter()
        .filter(|(method, _)| method == "sign_in.answer")
        .map(|(_, params)| &params["answer"])
        .collect();
    assert_eq!(pasted, ["wrong", "right"]);
    let told = "error: take the answer: the answer does not belong to this sign-in\nhint: paste";
    assert!(person.words.contains(told), "{}", person.words);
}

#[tokio::test(start_paused = true)]
async fn giving_up_cancels_and_a_failure_is_the_commands() {
    let control = Scripted::new(false, []);
    let mut person = Somebody {
        gives_up: true,
        ..Somebody::default()
    };
    let error = login(&control, &mut person, false, false)
        .await
        .unwrap_err();
    assert_eq!(
        (error.code, error.argument("provider")),
        (Code::SignInCancelled, "p")
    );
    assert!(control.methods().contains(&"sign_in.cancel".to_owned()));
    let error = ApiError::new(Code::SignInDenied, [&"p"]);
    let control = Scripted::new(false, [json!({ "state": "failed", "error": error })]);
    let failed = login(&control, &mut Somebody::default(), false, false).await;
    assert_eq!(failed.unwrap_err().code, Code::SignInDenied);
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_waits_for_no_provider() {
    let mut person = Somebody {
        gives_up: true,
        ..Somebody::default()
    };
    let given_up = login(Silent, &mut person, true, false);
    let given_up = tokio::time::timeout(Duration::from_secs(1), given_up).await;
    assert_eq!(given_up.unwrap().unwrap_err().code, Code::SignInCancelled);
    assert!(person.opened.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_script_reads_the_turn_at_its_beginning_and_at_its_end() {
    let control = Scripted::new(false, [done()]);
    let mut person = Somebody::default();
    let spoken = login(&control, &mut person, false, true).await.unwrap();
    let first: SignInTurn = serde_json::from_str(&person.answers).unwrap();
    assert_eq!(first.state, SignInState::Waiting);
    assert!(person.words.is_empty(), "{}", person.words);
    let last: SignInTurn = serde_json::from_str(&spoken.out).unwrap();
    let account = "p-2".to_owned();
    assert_eq!(last.state, SignInState::Done { account });
}
