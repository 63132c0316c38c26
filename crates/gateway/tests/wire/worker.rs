//! The one path of small proxies, as the README of `openai-workers-proxy` shows it; only host and key
//! are others.

use serde_json::json;
use testkit::{Reply, Upstream, openai_chat};

use crate::support::{Setup, Side};

#[tokio::test]
async fn the_examples_of_the_readme_are_answered() {
    let upstream = Upstream::start(|request| match request.path() {
        "/v1/images/generations" => openai_chat::image(),
        _ => openai_chat::answer(&Reply::text("Hi")),
    });
    let gateway = Setup::new()
        .provider(
            "mock",
            &[(Side::Chat, &upstream.url())],
            &["gpt-3.5-turbo", "dall-e-3"],
        )
        .start()
        .await;
    let messages = json!([{"role": "user", "content": "Hello, how are you?"}]);
    let whole = json!({"model": "gpt-3.5-turbo", "messages": messages, "temperature": 0.7,
        "max_tokens": 1000, "stream": false});
    for (path, body) in [
        ("/", whole.clone()),
        ("/v1/", json!({"messages": messages})),
    ] {
        let answer = gateway.post(path, &body).await;
        assert_eq!(Side::Chat.whole_text(&answer.json()), "Hi", "{path}");
        let seen = upstream.requests().pop().unwrap();
        assert_eq!(
            (seen.path(), seen.json()),
            ("/v1/chat/completions", whole.clone())
        );
        assert_eq!(gateway.exchange().await.operation, dialect::Operation::Chat);
    }
    let picture = json!({"prompt": "A cat", "model": "dall-e-3", "n": 1, "size": "1024x1024",
        "quality": "standard", "style": "vivid", "response_format": "url"});
    for (path, body) in [
        ("/images/generations", picture.clone()),
        ("/generate-image", json!({"prompt": "A cat"})),
        ("/", json!({"prompt": "A cat"})),
        ("/", json!({"action": "generate-image", "prompt": "A cat"})),
    ] {
        let answer = gateway.post(path, &body).await;
        assert!(answer.json()["data"][0]["b64_json"].is_string(), "{path}");
        let seen = upstream.requests().pop().unwrap();
        assert_eq!(
            (seen.path(), seen.json()),
            ("/v1/images/generations", picture.clone())
        );
        assert_eq!(
            gateway.exchange().await.operation,
            dialect::Operation::Image
        );
    }
}

#[tokio::test]
async fn errors_have_a_title_and_a_message() {
    let upstream = Upstream::start(|_| openai_chat::error(429));
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    for (path, body, status, title) in [
        ("/", json!({}), 400, "Invalid messages format"),
        ("/", json!([]), 400, "Invalid JSON"),
        (
            "/v1/",
            json!({"action": "generate-image"}),
            400,
            "Missing required field",
        ),
        (
            "/generate-image",
            json!({"n": 1}),
            400,
            "Missing required field",
        ),
        (
            "/",
            json!({"model": "nobody's", "messages": []}),
            404,
            "Not Found",
        ),
        (
            "/",
            json!({"model": "mock-model", "messages": []}),
            429,
            "OpenAI API Error",
        ),
        (
            "/",
            json!({"model": "mock-model", "prompt": "x"}),
            429,
            "OpenAI Image API Error",
        ),
    ] {
        let answer = gateway.post(path, &body).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (status, &json!(title)),
            "{body}"
        );
        assert_eq!(answer.json()["status"], status);
        assert!(answer.json()["message"].is_string());
    }
    let answer = gateway.get("/generate-image", &[]).await;
    assert_eq!(
        (answer.status, &answer.json()["error"]),
        (405, &json!("Method Not Allowed"))
    );
}
