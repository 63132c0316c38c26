//! `preserve_reasoning_content`: where the thoughts of an answer go, for a route and for a key.

use dialect::ReasoningPlace;
use gateway::ClientKey;
use serde_json::Value;
use testkit::{Reply, Upstream};

use crate::support::{Gateway, Setup, Side, all_events, in_time, keys};

/// What a client of OpenAI's chat reads: thoughts, and the answer.
async fn read(gateway: &Gateway, model: &str, stream: bool) -> (String, String) {
    let request = Side::Chat.request_for(model, stream);
    let mut client = gateway.sent(Side::Chat.path(), &[], &request).await;
    let said = |holder: &Value, field: &str| holder[field].as_str().unwrap_or_default().to_owned();
    if !stream {
        let answer = in_time(client.answer()).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        let message = &answer.json()["choices"][0]["message"];
        return (said(message, "reasoning_content"), said(message, "content"));
    }
    assert_eq!(in_time(client.head()).await.unwrap().status(), 200);
    let (events, broke) = in_time(all_events(&mut client)).await;
    assert!(!broke && Side::Chat.is_complete(&events), "{events:?}");
    let of = |field| {
        events
            .iter()
            .filter(|event| event.data != "[DONE]")
            .map(|event| said(&event.json()["choices"][0]["delta"], field))
            .collect()
    };
    (of("reasoning_content"), of("content"))
}

fn route(setup: Setup, place: Option<ReasoningPlace>) -> Setup {
    setup
        .route("routed", &["mock/mock-model"])
        .with(move |snapshot| {
            for route in &mut snapshot.routes {
                route.reasoning = place;
            }
        })
}

fn key(setup: Setup, place: Option<ReasoningPlace>) -> Setup {
    setup.with(move |snapshot| {
        snapshot.keys = keys([ClientKey {
            reasoning: place,
            ..ClientKey::unlimited("test")
        }]);
    })
}

#[tokio::test]
async fn a_route_and_a_key_say_where_thoughts_go_whatever_the_upstream_speaks() {
    use ReasoningPlace::{Copied, Merged};
    let cases = [
        (None, None, "Hm", "Yes"),
        (Some(Merged), None, "", "Hm\n\nYes"),
        (Some(Copied), None, "Hm", "Yes"),
        (None, Some(Merged), "", "Hm\n\nYes"),
        (Some(Merged), Some(Copied), "Hm", "Yes"),
        (Some(Copied), Some(Merged), "", "Hm\n\nYes"),
    ];
    for side in [Side::Chat, Side::Messages] {
        for stream in [false, true] {
            for (of_route, of_key, thought, said) in cases {
                let reply = Reply::thinking("Hm", "c2ln", "Yes");
                let upstream = Upstream::start(move |_| side.reply(&reply, stream));
                let setup = route(Setup::mock(side, &upstream.url()), of_route);
                let gateway = key(setup, of_key).start().await;
                let read = read(&gateway, "routed", stream).await;
                assert_eq!(
                    read,
                    (thought.to_owned(), said.to_owned()),
                    "{side:?} {stream} {of_route:?} {of_key:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn thoughts_alone_are_an_answer_too_where_they_are_to_be_repeated() {
    for stream in [false, true] {
        let reply = Reply::thinking("Hm", "c2ln", "");
        let upstream = Upstream::start(move |_| Side::Chat.reply(&reply, stream));
        let setup = Setup::mock(Side::Chat, &upstream.url());
        let gateway = route(setup, Some(ReasoningPlace::Copied)).start().await;
        assert_eq!(
            read(&gateway, "routed", stream).await,
            ("Hm".to_owned(), "Hm".to_owned())
        );
    }
}

#[tokio::test]
async fn an_answer_without_thoughts_is_forwarded_as_it_is() {
    let upstream = Upstream::start(|_| Side::Chat.reply(&Reply::text("Yes"), false));
    let setup = Setup::mock(Side::Chat, &upstream.url());
    let plain = setup.start().await;
    let asked = |gateway| async move {
        let request = Side::Chat.request_for("mock/mock-model", false);
        let gateway: Gateway = gateway;
        gateway.post(Side::Chat.path(), &request).await.text()
    };
    let expected = asked(plain).await;
    let setup = Setup::mock(Side::Chat, &upstream.url());
    let merged = key(setup, Some(ReasoningPlace::Merged)).start().await;
    assert_eq!(asked(merged).await, expected);
}
