//! How often a device authorization is asked for its answer, in a time that tests turn.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;
use std::time::Duration;

use accounts::{Http, HttpFailure, Pages, PendingSignIn, Post, Reply, Replying, SignInError};
use catalog::{DeviceFlow, DeviceWords, FlowClient, FlowExchange, FlowKind, Flows};
use tokio::time::Instant;
use url::Url;
use zeroize::Zeroizing;

const BEGUN: &str = r#"{"device_code":"d","user_code":"AB-12","verification_uri":"/device",
    "expires_in":120,"interval":2}"#;
const GIVEN: &str = r#"{"access_token":"canary"}"#;

/// Gives the answers in turn, and remembers when each was asked for.
struct Scripted {
    answers: Mutex<Vec<Option<(u16, String)>>>,
    asked: Mutex<Vec<Instant>>,
}

impl Scripted {
    fn new(answers: &[Option<(u16, &str)>]) -> Self {
        let answers = answers.iter().rev();
        let answers = answers.map(|one| one.map(|(status, body)| (status, body.to_owned())));
        Self {
            answers: Mutex::new(answers.collect()),
            asked: Mutex::default(),
        }
    }

    /// The seconds between one question and the next.
    fn gaps(&self) -> Vec<u64> {
        let asked = self.asked.lock().unwrap();
        let pairs = asked.windows(2);
        pairs.map(|pair| (pair[1] - pair[0]).as_secs()).collect()
    }
}

impl Http for Scripted {
    fn get<'a>(&'a self, _: &'a Url) -> Replying<'a> {
        Box::pin(async { Err(HttpFailure("nothing to read".to_owned())) })
    }

    fn post<'a>(&'a self, _: Post) -> Replying<'a> {
        self.asked.lock().unwrap().push(Instant::now());
        let answer = self.answers.lock().unwrap().pop().unwrap();
        Box::pin(async move {
            let (status, body) = answer.ok_or_else(|| HttpFailure("cut off".to_owned()))?;
            let body = Zeroizing::new(body.into_bytes());
            Ok(Reply { status, body })
        })
    }
}

fn flows() -> Flows {
    let device = DeviceFlow {
        start: Url::parse("https://id.example/api/start").unwrap(),
        poll: Url::parse("https://id.example/api/poll").unwrap(),
        token: None,
        revoke: None,
        client: FlowClient::None,
        name_parameter: None,
        scopes: Vec::new(),
        exchange: FlowExchange::Form,
        words: DeviceWords::default(),
        secret: "access_token".to_owned(),
    };
    Flows {
        browser: None,
        device: Some(device),
        discovery: None,
        issuer: None,
        client_id: None,
    }
}

async fn ask(http: &Scripted) -> Result<(), SignInError> {
    let pending = PendingSignIn::start(&flows(), None, None, http).await?;
    assert_eq!(pending.kind(), FlowKind::Device);
    assert_eq!(pending.address().as_str(), "https://id.example/device");
    let pages = Pages {
        taken: String::new(),
        refused: String::new(),
    };
    let grant = pending.wait(&pages, http).await?.grant(http).await?;
    assert_eq!(grant.secret.expose(), "canary");
    Ok(())
}

fn word(word: &str) -> String {
    format!(r#"{{"error":"{word}"}}"#)
}

#[tokio::test(start_paused = true)]
async fn slow_down_and_failures_make_the_questions_rarer() {
    let (pending, slow) = (word("authorization_pending"), word("slow_down"));
    let http = Scripted::new(&[
        Some((200, BEGUN)),
        Some((400, &pending)),
        Some((400, &slow)),
        Some((400, &pending)),
        Some((503, "")),
        None,
        Some((400, &pending)),
        Some((200, GIVEN)),
    ]);
    ask(&http).await.unwrap();
    assert_eq!(http.gaps(), [2, 2, 7, 7, 12, 24, 24]);
}

#[tokio::test(start_paused = true)]
async fn a_code_that_nobody_typed_ends_with_its_time() {
    let pending = word("authorization_pending");
    let mut answers = vec![Some((200, BEGUN))];
    answers.resize(61, Some((400, pending.as_str())));
    let http = Scripted::new(&answers);
    let start = Instant::now();
    let error = ask(&http).await.unwrap_err();
    assert!(matches!(error, SignInError::TimedOut), "{error}");
    assert_eq!(
        start.elapsed().as_secs(),
        Duration::from_secs(120).as_secs()
    );
}

#[tokio::test(start_paused = true)]
async fn a_time_of_nothing_is_no_time() {
    let time = "\"expires_in\":120";
    assert!(BEGUN.contains(time), "{BEGUN}");
    for (said, minutes) in [
        ("\"expires_in\":0", 10),
        ("\"expires_in\":0.4", 10),
        ("\"expires_in\":\"0\"", 10),
        ("\"x\":1", 10),
        (time, 2),
        ("\"expires_in\":999999", 30),
    ] {
        let begun = BEGUN.replace(time, said);
        let http = Scripted::new(&[Some((200, &begun))]);
        let pending = PendingSignIn::start(&flows(), None, None, &http).await;
        let patience = pending.unwrap().patience();
        assert_eq!(patience.as_secs(), minutes * 60, "{said}");
    }
}

#[tokio::test]
async fn s58_a_beginning_that_leads_elsewhere_is_not_followed() {
    for odd in [
        BEGUN.replace("\"/device\"", "\"javascript:alert(1)\""),
        BEGUN.replace("\"/device\"", "\"http://id.example/device\""),
        BEGUN.replace("AB-12", "\\u001b[2J"),
        BEGUN.replace("AB-12", &"A".repeat(65)),
        BEGUN.replace("\"device_code\":\"d\",", ""),
        "<html>".to_owned(),
    ] {
        let error = ask(&Scripted::new(&[Some((200, &odd))])).await.unwrap_err();
        assert!(matches!(error, SignInError::Unreadable), "{odd}: {error}");
    }
    let error = ask(&Scripted::new(&[Some((403, BEGUN))]))
        .await
        .unwrap_err();
    assert!(matches!(error, SignInError::Refused { status: 403 }));
}
