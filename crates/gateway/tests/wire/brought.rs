//! A provider's key that a client brings for one request.

use catalog::{Quirk, UserProvider};
use gateway::{ClientKey, KeyHash};
use serde_json::{Value, json};
use testkit::{Answer, Reply, Upstream};

use crate::support::{Gateway, KEY, Setup, Side, keys};

/// A key like that of the tests, which may bring a provider's.
const BRINGER: &str = "pk-bringer";
const BROUGHT: &str = "sk-the-clients-own";

fn takes(provider: &mut UserProvider) {
    provider.quirks = Some(vec![Quirk::OpenAiKeyHeader.as_str().to_owned()]);
}

fn with_bringer(setup: Setup) -> Setup {
    setup.with(|snapshot| {
        snapshot.keys = keys([ClientKey::unlimited("test")]);
        let bringer = ClientKey {
            provider_key: true,
            ..ClientKey::unlimited("bringer")
        };
        snapshot
            .keys
            .insert(KeyHash::of(BRINGER.as_bytes()), bringer);
    })
}

fn model(side: Side) -> Upstream {
    let reply = Reply::text("Mine.");
    Upstream::start(move |_| side.reply(&reply, false))
}

async fn asked(gateway: &Gateway, side: Side, key: &str, fields: &[&str]) -> Answer {
    let bearer = format!("Bearer {key}");
    let mut all = vec![("authorization", bearer.as_str())];
    all.extend(fields.iter().map(|value| ("x-openai-key", *value)));
    sent(gateway, side, &all, &side.request(false)).await
}

async fn sent(gateway: &Gateway, side: Side, fields: &[(&str, &str)], body: &Value) -> Answer {
    let mut all = vec![("content-type", "application/json")];
    all.extend_from_slice(fields);
    let body = body.to_string();
    gateway
        .ask("POST", side.path(), &all, body.as_bytes())
        .await
}

fn code(answer: &Answer) -> Value {
    answer.json()["error"]["code"].clone()
}

#[tokio::test]
async fn s41_the_key_that_was_brought_goes_in_place_of_ours_and_never_with_it() {
    for (client, side) in [(Side::Chat, Side::Chat), (Side::Messages, Side::Chat)] {
        let upstream = model(side);
        let gateway = with_bringer(Setup::mock(side, &upstream.url()).tune(takes))
            .start()
            .await;
        let answer = asked(&gateway, client, BRINGER, &[BROUGHT]).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let seen = &upstream.requests()[0];
        let expected = format!("Bearer {BROUGHT}");
        assert_eq!(seen.header("authorization"), Some(expected.as_str()));
        assert_eq!(seen.header("x-openai-key"), None);
        let whole = format!("{seen:?}");
        assert!(!whole.contains("sk-mock") && !whole.contains(BRINGER));
        // Without it the stored one is used as ever.
        let answer = asked(&gateway, client, BRINGER, &[]).await;
        assert_eq!(answer.status, 200);
        let seen = &upstream.requests()[1];
        assert_eq!(seen.header("authorization"), Some("Bearer sk-mock"));
    }
}

#[tokio::test]
async fn s41_a_key_without_the_right_may_bring_none() {
    let upstream = model(Side::Chat);
    let gateway = with_bringer(Setup::mock(Side::Chat, &upstream.url()).tune(takes))
        .start()
        .await;
    let answer = asked(&gateway, Side::Chat, KEY, &[BROUGHT]).await;
    assert_eq!(answer.status, 403, "{}", answer.text());
    assert_eq!(code(&answer), "provider_key_not_allowed");
    assert!(!answer.text().contains(BROUGHT));
    assert_eq!(upstream.connections(), 0);
    let open = with_bringer(Setup::mock(Side::Chat, &upstream.url()).tune(takes))
        .with(|snapshot| snapshot.require_key = false)
        .start()
        .await;
    let fields = [("x-openai-key", BROUGHT)];
    let body = Side::Chat.request(false);
    let answer = sent(&open, Side::Chat, &fields, &body).await;
    assert_eq!(answer.status, 403, "nobody's key has no rights");
}

#[tokio::test]
async fn s41_what_could_be_meant_in_two_ways_is_refused() {
    let upstream = model(Side::Chat);
    let gateway = with_bringer(Setup::mock(Side::Chat, &upstream.url()).tune(takes))
        .start()
        .await;
    for fields in [&[BROUGHT, "sk-another"][..], &[KEY], &[BRINGER]] {
        let answer = asked(&gateway, Side::Chat, BRINGER, fields).await;
        assert_eq!(answer.status, 400, "{fields:?}");
        assert_eq!(code(&answer), "conflicting_api_keys", "{fields:?}");
    }
    let empty = asked(&gateway, Side::Chat, BRINGER, &[""]).await;
    assert_eq!(empty.status, 400);
    assert_eq!(upstream.connections(), 0);
}

#[tokio::test]
async fn s41_the_key_that_was_brought_goes_to_its_provider_alone() {
    let (other, own) = (model(Side::Messages), model(Side::Chat));
    let gateway = with_bringer(
        Setup::new()
            .provider("other", &[(Side::Messages, &other.url())], &["m"])
            .provider("own", &[(Side::Chat, &own.url())], &["m"])
            .tune(takes)
            .route("mock-model", &["other/m", "own/m"])
            .route("elsewhere", &["other/m"]),
    )
    .start()
    .await;
    let answer = asked(&gateway, Side::Chat, BRINGER, &[BROUGHT]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!((other.connections(), own.requests().len()), (0, 1));
    let bearer = format!("Bearer {BRINGER}");
    let fields = [
        ("authorization", bearer.as_str()),
        ("x-openai-key", BROUGHT),
    ];
    let body = json!({"model": "elsewhere", "messages": [{"role": "user", "content": "Hi"}]});
    let answer = sent(&gateway, Side::Chat, &fields, &body).await;
    assert_eq!(answer.status, 403, "{}", answer.text());
    assert_eq!(code(&answer), "provider_key_not_taken");
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn s41_a_refused_key_says_nothing_of_our_account() {
    let upstream = Upstream::start(|request| {
        if request.header("authorization") == Some("Bearer sk-mock") {
            Side::Chat.reply(&Reply::text("Ours."), false)
        } else {
            Side::Chat.error(401)
        }
    });
    let gateway = with_bringer(Setup::mock(Side::Chat, &upstream.url()).tune(takes))
        .start()
        .await;
    let answer = asked(&gateway, Side::Chat, BRINGER, &[BROUGHT]).await;
    assert_eq!(answer.status, 401, "{}", answer.text());
    assert_eq!(
        upstream.requests().len(),
        1,
        "ours is not tried in its place"
    );
    let answer = asked(&gateway, Side::Chat, BRINGER, &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test]
async fn an_account_without_a_key_serves_those_who_bring_one() {
    let upstream = model(Side::Chat);
    let gateway = with_bringer(Setup::mock(Side::Chat, &upstream.url()).tune(takes))
        .with(|snapshot| {
            let accounts = vec![accounts::Account {
                id: accounts::AccountId::new("mock").unwrap(),
                provider: "mock".to_owned(),
                label: "mock".to_owned(),
                source: accounts::CredentialSource::Environment {
                    variable: "NOTHING".to_owned(),
                },
            }];
            let vault = std::sync::Arc::new(accounts::MemoryVault::new());
            let resolver = accounts::Resolver::new(vault, |_| None);
            snapshot.accounts = accounts::Accounts::new(accounts, resolver);
        })
        .start()
        .await;
    let answer = asked(&gateway, Side::Chat, BRINGER, &[]).await;
    assert_eq!(answer.status, 503, "{}", answer.text());
    let answer = asked(&gateway, Side::Chat, BRINGER, &[BROUGHT]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}
