//! Agents as models: a program of one's own answers clients of either dialect.

use std::sync::Arc;
use std::time::Duration;

use catalog::Tools;
use gateway::{ClientKey, Working};
use serde_json::{Value, json};
use testkit::{Answer, Upstream};

use crate::support::{Gateway, Setup, Side, all_events, in_time, keys};

const SIDES: [Side; 2] = [Side::Chat, Side::Messages];

/// Not a test: this program as an agent.
#[test]
#[ignore = "started by the other tests"]
fn acts_as_an_agent() {
    testkit::act_as_agent(std::env::args());
}

fn crew(more: &[&str]) -> Setup {
    Setup::new().agent("agents::acts_as_an_agent", more)
}

fn request(text: &str, stream: bool) -> Value {
    json!({"model": "crew", "max_tokens": 100, "stream": stream, "messages": [{"role": "user", "content": text}]})
}

async fn say(gateway: &Gateway, side: Side, text: &str) -> Answer {
    gateway.post(side.path(), &request(text, false)).await
}

/// The words of a whole answer, in either dialect.
fn words(side: Side, answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let json = answer.json();
    match side {
        Side::Chat => json["choices"][0]["message"]["content"]
            .as_str()
            .map(str::to_owned),
        Side::Messages => json["content"].as_array().map(|blocks| {
            let texts = blocks.iter().filter_map(|block| block["text"].as_str());
            texts.collect()
        }),
    }
    .unwrap_or_default()
}

async fn spoken(gateway: &Gateway, text: &str) -> String {
    words(Side::Chat, &say(gateway, Side::Chat, text).await)
}

#[tokio::test]
async fn an_agent_answers_clients_of_both_dialects_whole_and_streamed() {
    let gateway = crew(&[]).start().await;
    for side in SIDES {
        let answer = say(&gateway, side, "think").await;
        assert_eq!(words(side, &answer), "Seen.");
        assert!(answer.text().contains("Let me see."), "{}", answer.text());
        assert_eq!(answer.headers.get("x-portolan-upstream"), Some("crew/crew"));
        let exchange = gateway.exchange().await;
        assert_eq!(exchange.usage.total(), Some(12), "{side:?}");
        let mut client = gateway
            .sent(side.path(), &[], &request("think", true))
            .await;
        assert_eq!(in_time(client.head()).await.unwrap().status(), 200);
        let (events, broke) = in_time(all_events(&mut client)).await;
        assert!(!broke && side.is_complete(&events), "{events:?}");
        let all = events
            .iter()
            .map(|event| event.data.as_str())
            .collect::<String>();
        assert!(
            all.contains("Let me see.") && all.contains("Seen."),
            "{all}"
        );
        gateway.exchange().await;
    }
}

#[tokio::test]
async fn what_no_agent_takes_is_reported() {
    let gateway = crew(&[]).start().await;
    let mut body = request("say ahoy", false);
    body["tools"] = json!([{"type": "function", "function": {"name": "f", "parameters": {}}}]);
    let answer = gateway.post(Side::Chat.path(), &body).await;
    let loss = answer.headers.get("x-portolan-loss").unwrap_or_default();
    assert!(
        loss.contains("tools=dropped") && loss.contains("max_tokens=dropped"),
        "{loss}"
    );
    let count = json!({"model": "crew", "messages": [{"role": "user", "content": "a"}]});
    let counted = gateway.post("/v1/messages/count_tokens", &count).await;
    assert_eq!(
        (counted.status, counted.headers.get("x-portolan-estimated")),
        (200, Some("1"))
    );
}

#[tokio::test]
async fn a_killed_agent_is_an_error_in_the_clients_dialect_and_the_next_request_starts_another() {
    let gateway = crew(&[]).start().await;
    for side in SIDES {
        let before = spoken(&gateway, "pid").await;
        let answer = say(&gateway, side, "die").await;
        assert_eq!(answer.status, 502, "{}", answer.text());
        assert!(
            answer.json()["error"]["message"]
                .as_str()
                .unwrap()
                .contains("the agent ended")
        );
        // Streamed, its first words were on their way.
        let mut client = gateway.sent(side.path(), &[], &request("die", true)).await;
        assert_eq!(in_time(client.head()).await.unwrap().status(), 200);
        let (events, _) = in_time(all_events(&mut client)).await;
        assert!(!side.is_complete(&events), "{events:?}");
        let last = &events.last().unwrap().data;
        assert!(
            last.contains("error") && last.contains("the agent ended"),
            "{last}"
        );
        assert_ne!(spoken(&gateway, "pid").await, before);
    }
}

#[tokio::test]
async fn a_hung_agent_is_an_error_in_the_clients_dialect_and_the_next_request_starts_another() {
    let patient = |crew: &mut catalog::UserProvider| {
        let agent = crew.agent.as_mut().unwrap();
        agent.patience_seconds = Some(5);
    };
    let gateway = crew(&[]).tune(patient).start().await;
    let before = spoken(&gateway, "pid").await;
    for side in SIDES {
        let answer = say(&gateway, side, "hang hard").await;
        assert_eq!(answer.status, 504, "{}", answer.text());
        assert!(
            answer
                .text()
                .contains("the agent said nothing for 5 seconds")
        );
    }
    assert_ne!(spoken(&gateway, "pid").await, before);
}

#[tokio::test]
async fn a_client_that_leaves_cancels_the_prompt() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let gateway = crew(&["--log", log.to_str().unwrap()]).start().await;
    let mut client = gateway
        .sent(Side::Messages.path(), &[], &request("slow 10000", true))
        .await;
    assert_eq!(in_time(client.head()).await.unwrap().status(), 200);
    drop(client);
    let cancelled = async {
        while !std::fs::read_to_string(&log)
            .unwrap_or_default()
            .contains("session/cancel")
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), cancelled)
        .await
        .unwrap();
    assert_eq!(spoken(&gateway, "say still here").await, "still here");
}

#[tokio::test]
async fn conversations_of_two_keys_and_two_names_share_nothing() {
    let both = [ClientKey::unlimited("test"), ClientKey::unlimited("other")];
    let gateway = crew(&[])
        .with(move |snapshot| snapshot.keys = keys(both))
        .start()
        .await;
    let ask = async |key: &str, session: &str, messages: Value| {
        let body = json!({"model": "crew", "messages": messages}).to_string();
        let fields = [
            ("x-api-key", key),
            ("x-portolan-session", session),
            ("content-type", "application/json"),
        ];
        let answer = gateway
            .ask("POST", Side::Chat.path(), &fields, body.as_bytes())
            .await;
        words(Side::Chat, &answer)
    };
    let first = json!([{"role": "user", "content": "say one"}]);
    let next = json!([{"role": "user", "content": "say one"}, {"role": "assistant", "content": "one"},
        {"role": "user", "content": "history"}]);
    assert_eq!(ask("pk-test", "a", first).await, "one");
    let anew = "heard: [User]\nsay one\n\n[Assistant]\none\n\n[User]\nhistory";
    assert_eq!(ask("pk-other", "a", next.clone()).await, anew);
    assert_eq!(ask("pk-test", "b", next.clone()).await, anew);
    assert_eq!(ask("pk-test", "a", next).await, "heard: say one | history");
}

#[tokio::test]
async fn s28_a_route_says_where_an_agent_works_and_which_tools_it_may_use() {
    let folder = tempfile::tempdir().unwrap();
    let working = Working {
        folder: Some(folder.path().to_owned()),
        tools: Some(Tools::of(&["execute".to_owned()])),
    };
    let gateway = crew(&[])
        .route("builder", &["crew/crew"])
        .with(move |snapshot| snapshot.routes[0].working = Arc::new(working))
        .start()
        .await;
    for (model, used, here) in [
        ("crew", "The tool was not used.", false),
        ("builder", "The tool was used.", true),
    ] {
        let mut body = request("tool execute", false);
        body["model"] = json!(model);
        assert_eq!(
            words(Side::Chat, &gateway.post(Side::Chat.path(), &body).await),
            used
        );
        let mut body = request("folder", false);
        body["model"] = json!(model);
        let at = words(Side::Chat, &gateway.post(Side::Chat.path(), &body).await);
        assert_eq!(at == folder.path().to_str().unwrap(), here, "{at}");
    }
}

#[tokio::test]
async fn an_agent_that_is_not_installed_is_told_and_the_next_candidate_answers() {
    let upstream =
        Upstream::start(|_| Side::Chat.reply(&testkit::Reply::text("from elsewhere"), false));
    let absent = |crew: &mut catalog::UserProvider| {
        crew.agent.as_mut().unwrap().command = Some("no-such-agent-anywhere".to_owned());
    };
    let gateway = crew(&[])
        .tune(absent)
        .provider("mock", &[(Side::Chat, &upstream.url())], &["mock-model"])
        .route("either", &["crew/crew", "mock/mock-model"])
        .start()
        .await;
    let answer = say(&gateway, Side::Chat, "say ahoy").await;
    assert_eq!(answer.status, 502);
    assert_eq!(answer.json()["error"]["code"], "agent_not_started");
    let mut body = request("say ahoy", false);
    body["model"] = json!("either");
    let answer = gateway.post(Side::Chat.path(), &body).await;
    assert_eq!(
        answer.headers.get("x-portolan-attempts"),
        Some("2"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn the_end_of_the_data_plane_is_the_end_of_its_agents() {
    let gateway = crew(&[]).start().await;
    let account = accounts::AccountId::new("crew").unwrap();
    assert_eq!(gateway.plane.test(&account).await, Ok(1));
    let (agent, child) = (
        spoken(&gateway, "pid").await,
        spoken(&gateway, "child").await,
    );
    gateway.plane.stop(Duration::from_secs(5)).await;
    let alive = |pid: &str| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        status.is_ok_and(|status| !status.contains(") Z "))
    };
    let gone = async {
        while alive(&agent) || alive(&child) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), gone)
        .await
        .unwrap();
}
