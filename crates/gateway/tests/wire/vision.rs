//! Pictures in a request: inside it and by their addresses, for upstreams that fetch and for those that
//! do not.

use catalog::Quirk;
use gateway::{FetchRules, Fetcher};
use serde_json::{Value, json};
use testkit::{Reply, Script, Upstream};

use crate::support::{PAIRS, Setup, Side};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
const DATA: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAA=";

fn pictures() -> Upstream {
    Upstream::start(|_| {
        Script::status(200)
            .header("content-type", "image/png")
            .bytes(PNG)
    })
}

/// A model that sees, at an upstream that does or does not fetch; the test's own server of pictures is
/// the one place that is fetched from.
fn setup(side: Side, url: &str, fetches: bool) -> Setup {
    let quirk = (!fetches).then(|| Quirk::NoImageUrls.as_str().to_owned());
    let rules = FetchRules {
        http: true,
        addresses: vec!["127.0.0.1".parse().unwrap()],
        ..FetchRules::default()
    };
    Setup::mock(side, url)
        .tune(|provider| provider.quirks = Some(quirk.into_iter().collect()))
        .with(move |snapshot| snapshot.pictures = Fetcher::by(rules))
}

fn model(side: Side, stream: bool) -> Upstream {
    let reply = Reply::text("A point.");
    Upstream::start(move |_| side.reply(&reply, stream))
}

/// A question with a picture: at an address, or as the base64 of a PNG.
fn question(side: Side, address: Option<&str>, stream: bool) -> Value {
    let mut request = side.request_for("mock/mock-model", stream);
    let image = match (side, address) {
        (Side::Chat, Some(url)) => json!({"type": "image_url", "image_url": {"url": url}}),
        (Side::Chat, None) => {
            let url = format!("data:image/png;base64,{DATA}");
            json!({"type": "image_url", "image_url": {"url": url}})
        }
        (Side::Messages, Some(url)) => {
            json!({"type": "image", "source": {"type": "url", "url": url}})
        }
        (Side::Messages, None) => json!({"type": "image",
            "source": {"type": "base64", "media_type": "image/png", "data": DATA}}),
    };
    let text = json!({"type": "text", "text": "What is it?"});
    request["messages"][0]["content"] = json!([text, image]);
    request["own"] = json!({"kept": 1});
    request
}

/// What an upstream was given of the picture.
fn given(side: Side, sent: &Value) -> Value {
    let image = &sent["messages"][0]["content"][1];
    match side {
        Side::Chat => image["image_url"]["url"].clone(),
        Side::Messages => image["source"].clone(),
    }
}

fn inside(side: Side) -> Value {
    match side {
        Side::Chat => json!(format!("data:image/png;base64,{DATA}")),
        Side::Messages => json!({"type": "base64", "media_type": "image/png", "data": DATA}),
    }
}

#[tokio::test]
async fn pictures_inside_a_request_cross_all_dialects() {
    for (client, side) in PAIRS {
        for (stream, fetches) in [(false, true), (true, false)] {
            let upstream = model(side, stream);
            let gateway = setup(side, &upstream.url(), fetches).start().await;
            let asked = question(client, None, stream);
            let answer = gateway.post(client.path(), &asked).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            let sent = upstream.requests()[0].json();
            assert_eq!(given(side, &sent), inside(side), "{client:?} to {side:?}");
        }
    }
}

#[tokio::test]
async fn s38_an_address_is_passed_on_to_an_upstream_that_fetches() {
    for (client, side) in PAIRS {
        let (upstream, pictures) = (model(side, false), pictures());
        let gateway = setup(side, &upstream.url(), true).start().await;
        // Not ours to judge: it is not us who go there.
        for address in ["https://pictures.example/1.png", &pictures.url()] {
            let asked = question(client, Some(address), false);
            let answer = gateway.post(client.path(), &asked).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            let sent = upstream.requests().last().unwrap().json();
            let expected = match side {
                Side::Chat => json!(address),
                Side::Messages => json!({"type": "url", "url": address}),
            };
            assert_eq!(given(side, &sent), expected, "{client:?} to {side:?}");
        }
        assert_eq!(pictures.connections(), 0);
    }
}

#[tokio::test]
async fn a_picture_is_fetched_for_an_upstream_that_does_not() {
    for (client, side) in PAIRS {
        for stream in [false, true] {
            let (upstream, pictures) = (model(side, stream), pictures());
            let gateway = setup(side, &upstream.url(), false).start().await;
            let address = format!("{}/1.png", pictures.url());
            let asked = question(client, Some(&address), stream);
            let answer = gateway.post(client.path(), &asked).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            let sent = upstream.requests()[0].json();
            assert_eq!(given(side, &sent), inside(side), "{client:?} to {side:?}");
            assert_eq!(sent["model"], "mock-model");
            if client == side {
                assert_eq!(
                    sent["own"], asked["own"],
                    "the rest is the client's own bytes"
                );
            }
            let seen = pictures.requests();
            assert_eq!(seen.len(), 1);
            for name in ["authorization", "x-api-key", "cookie"] {
                assert_eq!(seen[0].header(name), None, "{name}");
            }
        }
    }
}

#[tokio::test]
async fn a_picture_is_fetched_once_for_all_candidates_that_do_not() {
    let pictures = pictures();
    let first = Upstream::start(|_| Side::Chat.error(500));
    let second = model(Side::Messages, false);
    let rules = FetchRules {
        http: true,
        addresses: vec!["127.0.0.1".parse().unwrap()],
        ..FetchRules::default()
    };
    let quirk = |provider: &mut catalog::UserProvider| {
        provider.quirks = Some(vec![Quirk::NoImageUrls.as_str().to_owned()]);
    };
    let gateway = Setup::new()
        .provider("one", &[(Side::Chat, &first.url())], &["m"])
        .tune(quirk)
        .provider("two", &[(Side::Messages, &second.url())], &["m"])
        .tune(quirk)
        .route("mock/mock-model", &["one/m", "two/m"])
        .with(move |snapshot| snapshot.pictures = Fetcher::by(rules))
        .start()
        .await;
    let asked = question(Side::Chat, Some(&pictures.url()), false);
    let answer = gateway.post(Side::Chat.path(), &asked).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    for (side, upstream) in [(Side::Chat, &first), (Side::Messages, &second)] {
        let sent = upstream.requests()[0].json();
        assert_eq!(given(side, &sent), inside(side));
    }
    assert_eq!(pictures.requests().len(), 1);
}

#[tokio::test]
async fn s38_a_refusal_is_an_error_of_the_clients_own_dialect() {
    let not_found = Upstream::start(|_| Script::status(404));
    let page = Upstream::start(|_| Script::html(200));
    let not_found = not_found.url();
    let page = page.url();
    for (client, side) in PAIRS {
        let upstream = model(side, false);
        let gateway = setup(side, &upstream.url(), false).start().await;
        for (address, code) in [
            (
                "http://169.254.169.254/latest/",
                "image_address_not_allowed",
            ),
            ("https://127.0.0.2/", "image_address_not_allowed"),
            ("http://[::1]:1/", "image_address_not_allowed"),
            (&not_found, "image_not_available"),
            (&page, "image_type_not_supported"),
        ] {
            let asked = question(client, Some(address), false);
            let answer = gateway.post(client.path(), &asked).await;
            assert_eq!(answer.status, 400, "{}", answer.text());
            let error = &answer.json()["error"];
            assert_eq!(error["type"], "invalid_request_error");
            let told = match client {
                Side::Chat => &error["code"],
                Side::Messages => &error["details"]["error_code"],
            };
            assert_eq!(told, code, "{client:?} {address}");
            let words = error["message"].as_str().unwrap();
            assert!(words.contains("messages[0].content[1]"), "{words}");
        }
        assert_eq!(upstream.connections(), 0, "nothing went on without it");
    }
}

#[tokio::test]
async fn s39_by_default_nothing_of_this_machine_is_fetched() {
    let (upstream, pictures) = (model(Side::Chat, false), pictures());
    let gateway = setup(Side::Chat, &upstream.url(), false)
        .with(|snapshot| snapshot.pictures = Fetcher::default())
        .start()
        .await;
    let port = pictures.address().port();
    for address in [
        format!("http://127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("https://localhost:{port}/"),
    ] {
        let asked = question(Side::Chat, Some(&address), false);
        let answer = gateway.post(Side::Chat.path(), &asked).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        let code = answer.json()["error"]["code"].clone();
        assert_eq!(code, "image_address_not_allowed", "{address}");
    }
    assert_eq!((pictures.connections(), upstream.connections()), (0, 0));
}
