//! Requests of the program's own: the same handler, no key, a record like everybody's.

use gateway::{Outcome, OwnAnswer};
use serde_json::json;

use crate::support::{Setup, in_time};

async fn all(answer: &mut OwnAnswer) -> String {
    let mut body = Vec::new();
    while let Some(piece) = in_time(answer.pieces.recv()).await {
        body.extend_from_slice(&piece.unwrap());
    }
    String::from_utf8(body).unwrap()
}

fn body(model: &str) -> Vec<u8> {
    let messages = json!([{ "role": "user", "content": "Ahoy" }]);
    let body = json!({ "model": model, "stream": true, "messages": messages });
    serde_json::to_vec(&body).unwrap()
}

#[tokio::test]
async fn it_is_streamed_and_recorded() {
    let gateway = Setup::new().start().await;
    let mut answer = gateway.plane.ask("default", body("demo")).await.unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.upstream.as_deref(), Some("demo/demo"));
    let text = all(&mut answer).await;
    assert!(
        text.contains("Ahoy") && text.trim_end().ends_with("data: [DONE]"),
        "{text}"
    );
    let exchange = gateway.exchange().await;
    assert_eq!(exchange.outcome, Outcome::Completed);
    assert!(exchange.streamed && exchange.key.is_none());
    assert!(exchange.client.unwrap().starts_with("portolan/"));
    assert!(
        exchange
            .first_byte
            .is_some_and(|first| first <= exchange.took)
    );
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_leaving_ends_it() {
    let gateway = Setup::new().start().await;
    let mut answer = gateway.plane.ask("default", body("nowhere")).await.unwrap();
    assert_eq!(answer.status, 404);
    assert!(all(&mut answer).await.contains("nowhere"));
    assert!(matches!(
        gateway.exchange().await.outcome,
        Outcome::Failed(_)
    ));

    let answer = gateway
        .plane
        .ask("default", body("demo/slow"))
        .await
        .unwrap();
    drop(answer);
    let outcome = gateway.exchange().await.outcome;
    assert_eq!(outcome, Outcome::Cancelled);
    assert_eq!(gateway.idle().await.under_way, 0);
}

#[tokio::test]
async fn a_client_is_recorded_by_its_short_name() {
    let gateway = Setup::new().start().await;
    let body = json!({ "model": "demo", "messages": [{ "role": "user", "content": "x" }] });
    let fields = [("user-agent", "claude-cli/2.1.34 (external, cli)")];
    gateway
        .post_with("/v1/chat/completions", &fields, &body)
        .await;
    assert_eq!(
        gateway.exchange().await.client.as_deref(),
        Some("claude-cli/2.1")
    );
}
