//! Pictures for models of iFlow that see none: another one says first what is on them.

use std::time::Instant;

use accounts::{AccountId, Standing};
use gateway::{ClientKey, FetchRules, Fetcher, OnLoss, Outcome};
use serde_json::{Value, json};
use testkit::{Iflow, IflowTrouble, Recorded, Script, Upstream};

use crate::iflow::{ASKED, ask, gateway};
use crate::support::{Gateway, SOON, Setup, Side, keys};

const SEER: &str = "qwen3-vl-plus";
const SEEN: &str = "a red square on a white ground";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
const RED: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAARED1";
const BLUE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAABLUE2";

fn picture(side: Side, data: &str) -> Value {
    match side {
        Side::Chat => json!({"type": "image_url",
            "image_url": {"url": format!("data:image/png;base64,{data}")}}),
        Side::Messages => json!({"type": "image",
            "source": {"type": "base64", "media_type": "image/png", "data": data}}),
    }
}

fn text(words: &str) -> Value {
    json!({"type": "text", "text": words})
}

/// A user's turn of these parts.
fn user(parts: &[Value]) -> Value {
    json!({"role": "user", "content": parts})
}

fn asked(side: Side, model: &str, stream: bool, turns: &[Value]) -> Value {
    let mut request = side.request_for(model, stream);
    request["messages"] = json!(turns);
    request
}

fn one(side: Side, stream: bool) -> Value {
    let turn = user(&[picture(side, RED), text("What is this?")]);
    asked(side, "glm-4.7", stream, &[turn])
}

/// The models that were asked, in order.
fn models(iflow: &Iflow) -> Vec<String> {
    let model = |chat: &Recorded| chat.json()["model"].as_str().unwrap().to_owned();
    iflow.chats().iter().map(model).collect()
}

fn standing(gateway: &Gateway) -> Option<Standing> {
    let accounts = std::sync::Arc::clone(&gateway.settings.borrow().accounts);
    accounts.standing(&AccountId::new("iflow").unwrap(), Instant::now())
}

#[tokio::test]
async fn a_picture_is_put_into_words_for_a_model_that_sees_none() {
    for (side, stream) in ASKED {
        let iflow = Iflow::start(60);
        let gateway = gateway(&iflow).await;
        let got = ask(&gateway, side, &one(side, stream)).await;
        let said = got.text(side);
        assert!(said.contains(SEEN) && said.contains("YAAARED1"), "{said}");
        assert!(said.contains("What is this?"), "{said}");
        assert_eq!(models(&iflow), [SEER, "glm-4.7"], "{side:?} {stream}");
        let chats = iflow.chats();
        // Words are asked for whole, whatever the client wants, and not thought about for ever.
        assert_ne!(chats[0].json()["stream"], true);
        assert_eq!(chats[0].json()["max_new_tokens"], 2048);
        assert!(chats[0].text().contains(RED) && !chats[1].text().contains(RED));
        // Both are signed, each as a session of its own.
        let sessions: Vec<_> = chats.iter().map(|chat| chat.header("session-id")).collect();
        assert!(sessions[0].is_some() && sessions[0] != sessions[1]);
        // Both are counted; the client is told what its own answer took.
        let exchange = gateway.exchange().await;
        assert_eq!(exchange.outcome, Outcome::Completed);
        assert_eq!(
            (exchange.usage.input, exchange.usage.output),
            (Some(22), Some(14))
        );
        assert_eq!(exchange.attempts.len(), 1);
        let lost: Vec<&str> = exchange
            .losses
            .iter()
            .map(|loss| loss.path.as_str())
            .collect();
        assert!(lost.contains(&"messages.content.image"), "{lost:?}");
        let own = match side {
            Side::Chat => "\"completion_tokens\":7",
            Side::Messages => "\"output_tokens\":7",
        };
        assert!(got.all().contains(own), "{}", got.all());
        assert_eq!(standing(&gateway), Some(Standing::Ready));
    }
}

#[tokio::test]
async fn a_model_that_sees_or_may_see_is_asked_at_once() {
    for model in [SEER, "of-the-list"] {
        let iflow = Iflow::start(60);
        let gateway = gateway(&iflow).await;
        for (side, stream) in ASKED {
            let turn = user(&[picture(side, RED), text("What is this?")]);
            let got = ask(&gateway, side, &asked(side, model, stream, &[turn])).await;
            assert_eq!(got.text(side).contains(SEEN), model == SEER);
        }
        assert_eq!(models(&iflow), [model; 4]);
    }
}

#[tokio::test]
async fn each_of_several_pictures_gets_its_own_words_and_is_looked_at_once() {
    for (side, stream) in ASKED {
        let iflow = Iflow::start(60);
        let gateway = gateway(&iflow).await;
        let first = user(&[picture(side, RED), text("And"), picture(side, BLUE)]);
        let mut turns = vec![first, json!({"role": "assistant", "content": "Well."})];
        turns.push(user(&[text("Again:"), picture(side, RED)]));
        let got = ask(&gateway, side, &asked(side, "glm-5", stream, &turns)).await;
        assert_eq!(got.status, 200, "{}", got.body);
        let mut seen = models(&iflow);
        assert_eq!(seen.pop().as_deref(), Some("glm-5"));
        assert_eq!(seen, [SEER; 2], "{side:?} {stream}");
        let last = iflow.chats().pop().unwrap().json();
        let at = |turn: usize, part: usize| {
            let words = last["messages"][turn]["content"][part]["text"].as_str();
            words.map_or_else(|| last["messages"].to_string(), str::to_owned)
        };
        assert!(
            at(0, 0).starts_with("[Picture 1,") && at(0, 0).contains("YAAARED1"),
            "{last}"
        );
        assert!(
            at(0, 2).starts_with("[Picture 2,") && at(0, 2).contains("YAABLUE2"),
            "{last}"
        );
        assert!(at(2, 1).contains("YAAARED1"), "{last}");

        // The conversation goes on: what was seen is known, a new picture is looked at.
        turns.push(json!({"role": "assistant", "content": "I see."}));
        turns.push(user(&[text("And this?"), picture(side, "bmV3")]));
        let before = iflow.chats().len();
        let got = ask(&gateway, side, &asked(side, "glm-5", stream, &turns)).await;
        assert!(got.text(side).contains("[Picture 3,"), "{}", got.all());
        assert_eq!(models(&iflow)[before..], [SEER, "glm-5"]);
        assert!(iflow.chats()[before].text().contains("bmV3"));
    }
}

#[tokio::test]
async fn what_was_seen_for_one_client_is_not_told_another() {
    let iflow = Iflow::start(60);
    let gateway = Setup::new()
        .provider("iflow", &[(Side::Chat, &iflow.url())], &[])
        .tune(|settings| settings.models = None)
        .with(|snapshot| {
            snapshot.keys = keys(["test", "other"].map(ClientKey::unlimited));
        })
        .start()
        .await;
    for key in ["pk-test", "pk-test", "pk-other"] {
        let mut client = gateway.client().await;
        let request = one(Side::Chat, false);
        let fields = [("x-api-key", key)];
        client
            .post(Side::Chat.path(), &fields, &request)
            .await
            .unwrap();
        assert_eq!(client.answer().await.unwrap().status, 200);
    }
    assert_eq!(
        models(&iflow),
        [SEER, "glm-4.7", "glm-4.7", SEER, "glm-4.7"]
    );
}

#[tokio::test]
async fn a_picture_in_a_tools_result_is_put_into_words_too() {
    let iflow = Iflow::start(60);
    let gateway = gateway(&iflow).await;
    let result = json!({"type": "tool_result", "tool_use_id": "t1",
        "content": [picture(Side::Messages, RED)]});
    let call = json!({"type": "tool_use", "id": "t1", "name": "read", "input": {}});
    let turns = [
        json!({"role": "user", "content": "Read it"}),
        json!({"role": "assistant", "content": [call]}),
        user(&[result]),
    ];
    let request = asked(Side::Messages, "glm-4.7", false, &turns);
    let got = ask(&gateway, Side::Messages, &request).await;
    assert_eq!(got.status, 200, "{}", got.body);
    let last = iflow.chats().pop().unwrap();
    assert!(last.text().contains(SEEN), "{}", last.text());
    assert_eq!(models(&iflow), [SEER, "glm-4.7"]);
}

#[tokio::test]
async fn a_look_that_fails_is_told_in_the_clients_dialect_and_nothing_more_is_asked() {
    for (number, words, status) in [
        (449, "slow down", 429),
        (434, "Invalid apiKey", 401),
        (435, "Model not support", 404),
        (514, "model error", 502),
    ] {
        for (side, stream) in ASKED {
            let iflow = Iflow::with(IflowTrouble::StatusOf(SEER, number, words));
            let gateway = gateway(&iflow).await;
            let got = ask(&gateway, side, &one(side, stream)).await;
            assert_eq!(got.status, status, "{}", got.body);
            let told = side.error_words(&got.body);
            let start = "the picture at \"messages[0].content[0]\" could not be put into words by \
                         qwen3-vl-plus: iFlow: ";
            assert!(told.starts_with(start) && told.contains(words), "{told}");
            assert_eq!(models(&iflow), [SEER]);
            let exchange = gateway.exchange().await;
            assert!(matches!(exchange.outcome, Outcome::Failed(_)));
            let expected = match number {
                434 => Standing::Rejected,
                _ => Standing::Ready,
            };
            if !matches!(number, 449 | 514) {
                assert_eq!(standing(&gateway), Some(expected), "{number}");
            }
        }
    }
    let iflow = Iflow::with(IflowTrouble::MuteOf(SEER));
    let gateway = gateway(&iflow).await;
    let got = ask(&gateway, Side::Chat, &one(Side::Chat, true)).await;
    assert_eq!(got.status, 502, "{}", got.body);
    let told = Side::Chat.error_words(&got.body);
    assert!(told.contains("it said nothing"), "{told}");
}

#[tokio::test]
async fn a_look_counts_also_where_the_answer_fails() {
    for (side, stream) in ASKED {
        let iflow = Iflow::with(IflowTrouble::StatusOf("glm-4.7", 514, "model error"));
        let gateway = gateway(&iflow).await;
        let got = ask(&gateway, side, &one(side, stream)).await;
        assert_eq!(got.status, 502, "{}", got.body);
        let told = side.error_words(&got.body);
        assert!(told.starts_with("iFlow: model error"), "{told}");
        let usage = gateway.exchange().await.usage;
        assert_eq!((usage.input, usage.output), (Some(11), Some(7)));
        // Asked once more, it is not looked at once more.
        ask(&gateway, side, &one(side, stream)).await;
        assert_eq!(models(&iflow), [SEER, "glm-4.7", "glm-4.7"]);
        assert_eq!(gateway.exchange().await.usage.input, None);
    }
}

#[tokio::test]
async fn a_client_that_leaves_while_its_picture_is_looked_at_cuts_the_look() {
    for (side, stream) in ASKED {
        let iflow = Iflow::with(IflowTrouble::SilenceOf(SEER));
        let gateway = gateway(&iflow).await;
        let client = gateway.sent(side.path(), &[], &one(side, stream)).await;
        let is_look = |one: &Recorded| one.path() == "/v1/chat/completions";
        let log = iflow.upstream().log();
        assert!(log.wait(SOON, |all| all.iter().any(is_look)).await);
        client.hang_up();
        let is_cut = |one: &Recorded| is_look(one) && one.peer_closed().is_some();
        let is_cut = log.wait(SOON, |all| all.iter().any(is_cut)).await;
        assert!(is_cut, "{side:?} {stream}");
        assert_eq!(gateway.exchange().await.outcome, Outcome::Cancelled);
        assert_eq!(models(&iflow), [SEER]);
        let load = gateway.idle().await;
        assert_eq!((load.under_way, load.cancelled), (0, 1));
        assert_eq!(standing(&gateway), Some(Standing::Ready));
    }
}

#[tokio::test]
async fn s38_an_address_is_passed_on_or_fetched_with_care_before_it_is_looked_at() {
    let pictures = Upstream::start(|_| {
        Script::status(200)
            .header("content-type", "image/png")
            .bytes(PNG)
    });
    let at = |side: Side, url: &str| match side {
        Side::Chat => json!({"type": "image_url", "image_url": {"url": url}}),
        Side::Messages => json!({"type": "image", "source": {"type": "url", "url": url}}),
    };
    for (side, stream) in ASKED {
        for fetches in [true, false] {
            let iflow = Iflow::start(60);
            let rules = FetchRules {
                http: true,
                addresses: vec!["127.0.0.1".parse().unwrap()],
                ..FetchRules::default()
            };
            let gateway = Setup::new()
                .provider("iflow", &[(Side::Chat, &iflow.url())], &[])
                .tune(|settings| {
                    settings.models = None;
                    let quirks = [
                        "status-in-body",
                        "repaired-answers",
                        "signed-requests",
                        "max-new-tokens",
                        "no-image-urls",
                    ];
                    settings.quirks = (!fetches).then(|| quirks.map(str::to_owned).to_vec());
                })
                .with(move |snapshot| snapshot.pictures = Fetcher::by(rules))
                .start()
                .await;
            let before = pictures.connections();
            let url = format!("{}/1.png", pictures.url());
            let request = |url: &str| asked(side, "glm-4.7", stream, &[user(&[at(side, url)])]);
            let got = ask(&gateway, side, &request(&url)).await;
            assert!(got.text(side).contains(SEEN), "{}", got.all());
            let look = iflow.chats()[0].text();
            assert_eq!(look.contains(&url), fetches, "{look}");
            assert_eq!(look.contains("data:image/png;base64,"), !fetches, "{look}");
            assert_eq!(pictures.connections() - before, usize::from(!fetches));
            if !fetches {
                let got = ask(&gateway, side, &request("http://169.254.169.254/1.png")).await;
                assert_eq!(got.status, 400, "{}", got.body);
                assert_eq!(models(&iflow), [SEER, "glm-4.7"]);
            }
        }
    }
}

#[tokio::test]
async fn too_many_pictures_and_settings_that_lose_nothing_ask_nobody() {
    let iflow = Iflow::start(60);
    let gateway = gateway(&iflow).await;
    for (side, stream) in ASKED {
        let many: Vec<Value> = (0..21)
            .map(|number| picture(side, &format!("AAA{number}")))
            .collect();
        let got = ask(
            &gateway,
            side,
            &asked(side, "glm-4.7", stream, &[user(&many)]),
        )
        .await;
        assert_eq!(got.status, 400, "{}", got.body);
        let told = side.error_words(&got.body);
        assert!(told.contains("no more than 20"), "{told}");
        assert!(
            got.body.to_string().contains("too_many_images"),
            "{}",
            got.body
        );
    }
    let strict = Setup::new()
        .provider("iflow", &[(Side::Chat, &iflow.url())], &[])
        .tune(|settings| settings.models = None)
        .with(|snapshot| snapshot.on_loss = OnLoss::Reject)
        .start()
        .await;
    for (side, stream) in ASKED {
        let got = ask(&strict, side, &one(side, stream)).await;
        assert_eq!(got.status, 400, "{}", got.body);
        assert!(
            side.error_words(&got.body)
                .contains("messages.content.image")
        );
    }
    assert_eq!(iflow.chats().len(), 0);
}

#[tokio::test]
async fn who_looks_is_a_setting_for_a_provider_of_ones_own_too() {
    for (seer, expected) in [("my-eyes", vec!["my-eyes", "blind"]), ("", vec!["blind"])] {
        let upstream = Upstream::start(|request| {
            let words = request.json()["model"].as_str().unwrap().to_owned();
            testkit::openai_chat::answer(&testkit::Reply::text(&words))
        });
        let gateway = Setup::new()
            .provider(
                "own",
                &[(Side::Chat, &upstream.url())],
                &["blind", "my-eyes"],
            )
            .tune(move |settings| settings.pictures_by = Some(seer.to_owned()))
            .start()
            .await;
        let turn = user(&[picture(Side::Chat, RED)]);
        let got = ask(
            &gateway,
            Side::Chat,
            &asked(Side::Chat, "blind", false, &[turn]),
        )
        .await;
        assert_eq!(got.text(Side::Chat), "blind");
        let asked: Vec<_> = upstream
            .requests()
            .iter()
            .map(|one| one.json()["model"].clone())
            .collect();
        assert_eq!(asked, expected);
    }
}
