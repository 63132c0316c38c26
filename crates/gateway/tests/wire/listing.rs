//! Lists of models in three vendors' shapes, look-up, refresh.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gateway::{ClientKey, FoundBy};
use serde_json::{Value, json};
use testkit::{Reply, Script, Upstream, anthropic, openai_chat};

use crate::support::{Gateway, Setup, Side};

const ANTHROPIC: (&str, &str) = ("anthropic-version", "2023-06-01");
const GOOGLE: (&str, &str) = ("x-goog-api-key", "pk-test");

fn ids(body: &Value) -> Vec<String> {
    let data = body["data"]
        .as_array()
        .unwrap_or_else(|| panic!("no list: {body}"));
    data.iter()
        .map(|model| model["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn stocked() -> Gateway {
    Setup::new()
        .provider(
            "mock",
            &[(Side::Chat, "http://127.0.0.1:9")],
            &["small", "org/large"],
        )
        .provider(
            "other",
            &[(Side::Messages, "http://127.0.0.1:9")],
            &["claude-x", "small"],
        )
        .route("best", &["mock/small"])
        .route("gpt-*", &["mock/small"])
        .start()
        .await
}

#[tokio::test]
async fn the_list_has_the_callers_shape() {
    let gateway = stocked().await;
    let body = gateway.get("/v1/models", &[]).await.json();
    assert_eq!(body["object"], "list");
    assert_eq!(ids(&body), ["best", "small", "org/large", "claude-x"]);
    for model in body["data"].as_array().unwrap() {
        assert_eq!(model["object"], "model");
        assert!(
            model["created"].is_u64() && model["owned_by"].is_string(),
            "{model}"
        );
    }
    let body = gateway.get("/v1/models", &[ANTHROPIC]).await.json();
    assert_eq!(ids(&body), ["best", "small", "org/large", "claude-x"]);
    assert_eq!(
        (&body["has_more"], &body["first_id"], &body["last_id"]),
        (&json!(false), &json!("best"), &json!("claude-x"))
    );
    for model in body["data"].as_array().unwrap() {
        assert_eq!(model["type"], "model");
        assert!(model["display_name"].is_string() && model["created_at"].is_string());
    }
    let body = gateway.get("/v1/models", &[GOOGLE]).await.json();
    let names: Vec<&Value> = body["models"]
        .as_array()
        .unwrap()
        .iter()
        .map(|model| &model["name"])
        .collect();
    assert_eq!(
        names,
        [
            "models/best",
            "models/small",
            "models/org/large",
            "models/claude-x"
        ]
    );
}

#[tokio::test]
async fn anthropics_list_is_cut_into_pages() {
    let gateway = stocked().await;
    let page = async |query: &str| {
        gateway
            .get(&format!("/v1/models?{query}"), &[ANTHROPIC])
            .await
            .json()
    };
    let first = page("limit=3").await;
    assert_eq!(
        (ids(&first), &first["has_more"]),
        (
            vec!["best".into(), "small".into(), "org/large".into()],
            &json!(true)
        )
    );
    let next = page("limit=3&after_id=org%2Flarge").await;
    assert_eq!(
        (ids(&next), &next["has_more"]),
        (vec!["claude-x".to_owned()], &json!(false))
    );
    let back = page("limit=1&before_id=small").await;
    assert_eq!(
        (ids(&back), &back["has_more"]),
        (vec!["best".to_owned()], &json!(false))
    );
    for odd in [
        "limit=0",
        "limit=-1",
        "limit=x",
        "after_id=nobody",
        "limit=99999999999999999999",
    ] {
        assert!(page(odd).await["data"].is_array(), "{odd}");
    }
}

#[tokio::test]
async fn one_model_is_found_as_a_request_would_find_it() {
    let gateway = stocked().await;
    for (path, id) in [
        ("/v1/models/small", "small"),
        ("/v1/models/org/large", "org/large"),
        ("/v1/models/org%2Flarge", "org/large"),
        ("/models/best", "best"),
        ("/api/v1/models/best/", "best"),
        ("/v1/models/gpt-5", "gpt-5"),
        ("/v1/models/mock/small", "mock/small"),
        ("/v1/models/demo", "demo"),
    ] {
        let answer = gateway.get(path, &[]).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert_eq!(
            (&answer.json()["id"], &answer.json()["object"]),
            (&json!(id), &json!("model"))
        );
        let answer = gateway.get(path, &[ANTHROPIC]).await;
        assert_eq!(
            (&answer.json()["id"], &answer.json()["type"]),
            (&json!(id), &json!("model"))
        );
        let answer = gateway.get(path, &[GOOGLE]).await;
        assert_eq!(answer.json()["name"], format!("models/{id}"));
    }
}

#[tokio::test]
async fn a_model_that_nobody_has_is_404_with_the_nearest_names_in_every_shape() {
    let gateway = stocked().await;
    let answer = gateway.get("/v1/models/smal", &[]).await;
    assert_eq!(answer.status, 404);
    let words = Side::Chat.error_words(&answer.json());
    assert!(words.contains("small"), "{words}");
    assert_eq!(answer.json()["error"]["code"], "model_not_found");
    let answer = gateway.get("/v1/models/smal", &[ANTHROPIC]).await;
    assert_eq!(
        (answer.status, &answer.json()["error"]["type"]),
        (404, &json!("not_found_error"))
    );
    let answer = gateway.get("/v1/models/smal", &[GOOGLE]).await;
    assert_eq!(
        (answer.status, &answer.json()["error"]["status"]),
        (404, &json!("NOT_FOUND"))
    );
    for side in [Side::Chat, Side::Messages] {
        let answer = gateway
            .post(side.path(), &side.request_for("org/larg", false))
            .await;
        assert_eq!(answer.status, 404);
        assert!(side.error_words(&answer.json()).contains("org/large"));
        assert_eq!(answer.headers.get("x-should-retry"), Some("false"));
    }
}

#[tokio::test]
async fn a_name_is_looked_up_in_the_order_of_the_contract() {
    let upstream = Upstream::start(|request| {
        let model = request.json()["model"].as_str().unwrap().to_owned();
        openai_chat::answer(&Reply::text(&model))
    });
    let url = upstream.url();
    let gateway = Setup::new()
        .provider(
            "mock",
            &[(Side::Chat, &url)],
            &["m", "org/m", "other/m", "fallback"],
        )
        .provider("other", &[(Side::Chat, &url)], &["m", "claude-own"])
        .route("routed", &["other/m"])
        .with(|snapshot| {
            snapshot.default_model = Some("mock/fallback".to_owned());
            let work = gateway::Instance {
                keys: vec![],
                default_model: Some("m".to_owned()),
            };
            snapshot.instances.insert("work".to_owned(), work);
        })
        .start()
        .await;
    for (asked, upstream) in [
        ("routed", "other/m"),
        ("m", "mock/m"),
        ("org/m", "mock/org/m"),
        // An exact id wins over provider/model.
        ("other/m", "mock/other/m"),
        ("other/claude-own", "other/claude-own"),
        ("claude-own", "other/claude-own"),
        ("claude-unknown", "mock/fallback"),
    ] {
        let request = Side::Messages.request_for(asked, false);
        let answer = gateway.post("/v1/messages", &request).await;
        assert_eq!(
            answer.headers.get("x-portolan-upstream"),
            Some(upstream),
            "{asked}"
        );
        assert_eq!(answer.json()["model"], asked);
    }
    let found = gateway
        .plane
        .explain("claude-unknown", dialect::Dialect::OpenAiChat, "work");
    assert_eq!(found.found_by, Some(FoundBy::DefaultModel("m".to_owned())));
    for unknown in ["gpt-5", "mock/nothing", "nobody/m", "Claude-x"] {
        let answer = gateway
            .post("/v1/messages", &Side::Messages.request_for(unknown, false))
            .await;
        assert_eq!(answer.status, 404, "{unknown}");
    }
}

#[tokio::test]
async fn live_lists_are_asked_once_and_again_on_request() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let upstream = Upstream::start(move |request| match request.path() {
        "/v1/models" if request.header("anthropic-version").is_some() => {
            assert_eq!(request.header("x-api-key"), Some("sk-there"));
            Script::json(200, &anthropic::models(&["claude-live"]))
        }
        "/v1/models" => match count.fetch_add(1, Ordering::SeqCst) {
            0 => Script::json(200, &openai_chat::models(&["live-1"])),
            _ => Script::json(200, &openai_chat::models(&["live-1", "live-2"])),
        },
        _ => openai_chat::answer(&Reply::text("ok")),
    });
    let gateway = Setup::new()
        .provider("here", &[(Side::Chat, &upstream.url())], &[])
        .tune(|provider| provider.models = None)
        .provider("there", &[(Side::Messages, &upstream.url())], &[])
        .tune(|provider| provider.models = None)
        .start()
        .await;
    for _ in 0..3 {
        let body = gateway.get("/v1/models", &[]).await.json();
        assert_eq!(ids(&body), ["live-1", "claude-live"]);
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    let answer = gateway.post("/v1/models/refresh", &json!({})).await;
    assert_eq!(
        answer.json()["accounts"],
        json!([{"account": "here", "models": 2}, {"account": "there", "models": 1}])
    );
    assert_eq!(answer.json()["object"], "list");
    assert_eq!(ids(&answer.json()), ["live-1", "live-2", "claude-live"]);
    assert_eq!(
        ids(&gateway.get("/v1/models", &[]).await.json()),
        ["live-1", "live-2", "claude-live"]
    );
    let answer = gateway
        .post(
            "/v1/chat/completions",
            &Side::Chat.request_for("live-2", false),
        )
        .await;
    assert_eq!(
        answer.headers.get("x-portolan-upstream"),
        Some("here/live-2")
    );
    let tested = gateway
        .plane
        .test(&accounts::AccountId::new("there").unwrap())
        .await;
    assert_eq!(tested, Ok(1));
}

#[tokio::test]
async fn a_list_that_cannot_be_had_is_told_and_stops_nobody() {
    for (name, script) in [
        ("500", Script::status(500)),
        ("html", Script::html(200)),
        ("shape", Script::json(200, &json!({"models": []}))),
        (
            "closed",
            Script::status(200)
                .raw_head("")
                .end(testkit::End::CloseEarly),
        ),
    ] {
        let upstream = Upstream::start(move |request| match request.method.as_str() {
            "GET" => script.clone(),
            _ => openai_chat::answer(&Reply::text("ok")),
        });
        let gateway = Setup::mock(Side::Chat, &upstream.url())
            .tune(|provider| provider.models = None)
            .start()
            .await;
        assert_eq!(
            ids(&gateway.get("/v1/models", &[]).await.json()),
            [""; 0],
            "{name}"
        );
        let answer = gateway.post("/v1/models/refresh", &json!({})).await;
        assert_eq!(answer.status, 200);
        assert!(answer.json()["accounts"][0]["error"].is_string(), "{name}");
        // What is asked for by its provider's name is asked for all the same.
        let answer = gateway
            .post(
                "/v1/chat/completions",
                &Side::Chat.request_for("mock/any", false),
            )
            .await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        assert!(
            gateway
                .plane
                .test(&accounts::AccountId::new("mock").unwrap())
                .await
                .is_err()
        );
    }
}

#[tokio::test]
async fn a_key_sees_the_models_that_it_may_ask_for() {
    let gateway = Setup::new()
        .provider(
            "mock",
            &[(Side::Chat, "http://127.0.0.1:9")],
            &["small", "large", "org/large"],
        )
        .with(|snapshot| {
            let mut key = ClientKey::unlimited("few");
            key.models = vec!["org/*".to_owned(), "small".to_owned()];
            snapshot.keys = crate::support::keys([key]);
        })
        .start()
        .await;
    let fields = [("authorization", "Bearer pk-few")];
    let body = gateway.ask("GET", "/v1/models", &fields, b"").await.json();
    assert_eq!(ids(&body), ["small", "org/large"]);
    assert_eq!(
        gateway
            .ask("GET", "/v1/models/small", &fields, b"")
            .await
            .status,
        200
    );
    let answer = gateway.ask("GET", "/v1/models/large", &fields, b"").await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.json()["error"]["code"], "model_not_allowed");
}

#[tokio::test]
async fn models_that_see_are_listed_with_how_many_pictures_they_take() {
    let upstream = Upstream::start(|_| Script::status(404));
    let gateway = Setup::new()
        .provider("iflow", &[(Side::Chat, &upstream.url())], &[])
        .tune(|provider| provider.models = None)
        .start()
        .await;
    let list = gateway.get("/v1/vision-models", &[]).await.json();
    assert_eq!(list["object"], "list");
    assert_eq!(ids(&list), ["qwen3-vl-plus", "qwen-vl-max"]);
    let seeing = &list["data"];
    assert!(seeing[0]["supports_vision"] == true && seeing[1]["supports_vision"] == true);
    assert_eq!(seeing[0].get("max_images"), None, "not known");
    assert_eq!(seeing[1]["max_images"], 10);
}
