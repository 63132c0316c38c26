//! The two ends speak different dialects.

use dialect::Weight;
use gateway::{OnLoss, Outcome};
use serde_json::{Value, json};
use testkit::{Reply, SseEvent, Upstream, anthropic, openai_chat};

use crate::support::{Gateway, PAIRS, QUIET, Setup, Side, all_events, in_time, milliseconds};

const CROSSED: [(Side, Side); 2] = [(Side::Chat, Side::Messages), (Side::Messages, Side::Chat)];

async fn events(gateway: &Gateway, side: Side, body: &Value) -> Vec<SseEvent> {
    let mut client = gateway.sent(side.path(), &[], body).await;
    assert_eq!(in_time(client.head()).await.unwrap().status(), 200);
    let (events, broke) = in_time(all_events(&mut client)).await;
    assert!(!broke);
    events
}

#[tokio::test]
async fn text_and_usage_cross_streamed_and_whole() {
    for (client, side) in CROSSED {
        for stream in [false, true] {
            let reply = Reply::text("Grüße, 世界 😀").model("mock-model");
            let upstream = Upstream::start(move |_| side.reply(&reply, stream));
            let gateway = Setup::mock(side, &upstream.url()).start().await;
            let request = client.request_for("mock/mock-model", stream);
            if stream {
                let events = events(&gateway, client, &request).await;
                assert_eq!(client.streamed_text(&events), "Grüße, 世界 😀");
                assert!(client.is_complete(&events), "{events:?}");
            } else {
                let answer = gateway.post(client.path(), &request).await;
                assert_eq!(answer.status, 200, "{}", answer.text());
                assert_eq!(client.whole_text(&answer.json()), "Grüße, 世界 😀");
                assert_eq!(answer.headers.get("content-type"), Some("application/json"));
                assert_eq!(
                    answer.json()["model"],
                    "mock/mock-model",
                    "the name that was asked for"
                );
                let usage = &answer.json()["usage"];
                let (input, output) = match client {
                    Side::Chat => (&usage["prompt_tokens"], &usage["completion_tokens"]),
                    Side::Messages => (&usage["input_tokens"], &usage["output_tokens"]),
                };
                assert_eq!((input, output), (&json!(11), &json!(7)));
            }
            let seen = upstream.requests();
            assert_eq!(seen.len(), 1);
            assert_eq!(seen[0].path(), side.path());
            assert_eq!(seen[0].json()["model"], "mock-model");
            assert_eq!(seen[0].json()["stream"].as_bool().unwrap_or(false), stream);
            let exchange = gateway.exchange().await;
            assert_eq!(exchange.outcome, Outcome::Completed);
            assert_eq!(
                (exchange.usage.input, exchange.usage.output),
                (Some(11), Some(7))
            );
            assert_eq!(exchange.dialect, client.dialect());
            assert_eq!(exchange.attempts[0].dialect, side.dialect());
            assert_eq!(exchange.attempts[0].status, Some(200));
        }
    }
}

#[tokio::test]
async fn parallel_tool_calls_cross_streamed_and_whole() {
    for (client, side) in CROSSED {
        for stream in [false, true] {
            let (a, b) = (
                json!({"city": "Lisbon"}),
                json!({"city": "Oslo", "days": 3}),
            );
            let reply = Reply::interleaved_tool_calls(&[
                ("call_a", "weather", &a),
                ("call_b", "forecast", &b),
            ]);
            let upstream = Upstream::start(move |_| side.reply(&reply, stream));
            let gateway = Setup::mock(side, &upstream.url()).start().await;
            let mut request = client.request(stream);
            let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}});
            let tool = |name: &str| match client {
                Side::Chat => {
                    json!({"type": "function", "function": {"name": name, "parameters": schema}})
                }
                Side::Messages => json!({"name": name, "input_schema": schema}),
            };
            request["tools"] = json!([tool("weather"), tool("forecast")]);
            let calls = if stream {
                streamed_calls(client, &events(&gateway, client, &request).await)
            } else {
                whole_calls(client, &gateway.post(client.path(), &request).await.json())
            };
            assert_eq!(
                calls,
                [
                    ("weather".to_owned(), a.clone()),
                    ("forecast".to_owned(), b.clone())
                ],
                "{client:?} {stream}"
            );
            let sent = upstream.requests()[0].json();
            let names: Vec<&Value> = sent["tools"]
                .as_array()
                .unwrap()
                .iter()
                .map(|tool| match side {
                    Side::Chat => &tool["function"]["name"],
                    Side::Messages => &tool["name"],
                })
                .collect();
            assert_eq!(names, ["weather", "forecast"]);
        }
    }
}

fn streamed_calls(side: Side, events: &[SseEvent]) -> Vec<(String, Value)> {
    let mut calls: Vec<(String, String)> = Vec::new();
    for event in events {
        let data = event.json();
        match side {
            Side::Chat => {
                for call in data["choices"][0]["delta"]["tool_calls"]
                    .as_array()
                    .into_iter()
                    .flatten()
                {
                    let index = usize::try_from(call["index"].as_u64().unwrap()).unwrap();
                    if let Some(name) = call["function"]["name"].as_str() {
                        assert_eq!(index, calls.len(), "indexes are dense");
                        calls.push((name.to_owned(), String::new()));
                    }
                    calls[index].1 += call["function"]["arguments"].as_str().unwrap_or_default();
                }
            }
            Side::Messages => {
                if data["content_block"]["type"] == "tool_use" {
                    let name = data["content_block"]["name"].as_str().unwrap();
                    calls.push((name.to_owned(), String::new()));
                }
                if let Some(piece) = data["delta"]["partial_json"].as_str() {
                    calls.last_mut().unwrap().1 += piece;
                }
            }
        }
    }
    calls
        .into_iter()
        .map(|(name, arguments)| (name, serde_json::from_str(&arguments).unwrap()))
        .collect()
}

fn whole_calls(side: Side, body: &Value) -> Vec<(String, Value)> {
    let name = |value: &Value| value.as_str().unwrap().to_owned();
    match side {
        Side::Chat => body["choices"][0]["message"]["tool_calls"]
            .as_array()
            .unwrap()
            .iter()
            .map(|call| {
                let function = &call["function"];
                let arguments = function["arguments"].as_str().unwrap();
                (
                    name(&function["name"]),
                    serde_json::from_str(arguments).unwrap(),
                )
            })
            .collect(),
        Side::Messages => body["content"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|block| block["type"] == "tool_use")
            .map(|block| (name(&block["name"]), block["input"].clone()))
            .collect(),
    }
}

#[tokio::test]
async fn a_tool_result_reaches_the_upstream_in_its_own_words() {
    let upstream = Upstream::start(|_| openai_chat::answer(&Reply::text("sunny")));
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let request = json!({"model": "mock-model", "max_tokens": 64, "messages": [
        {"role": "user", "content": "weather?"},
        {"role": "assistant", "content": [
            {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Oslo"}}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "toolu_1", "content": "12 degrees"}]}],
        "tools": [{"name": "weather", "input_schema": {"type": "object"}}]});
    let answer = gateway.post("/v1/messages", &request).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let sent = upstream.requests()[0].json();
    let tool = sent["messages"]
        .as_array()
        .unwrap()
        .iter()
        .find(|message| message["role"] == "tool")
        .unwrap();
    assert_eq!(tool["content"], "12 degrees");
    let call = &sent["messages"][1]["tool_calls"][0];
    assert_eq!(call["id"], tool["tool_call_id"]);
}

#[tokio::test]
async fn thinking_crosses_streamed_and_whole() {
    for (client, side) in CROSSED {
        for stream in [false, true] {
            let reply = Reply::thinking("Let me see", "c2ln", "Yes");
            let upstream = Upstream::start(move |_| side.reply(&reply, stream));
            let gateway = Setup::mock(side, &upstream.url()).start().await;
            let mut request = client.request(stream);
            match client {
                Side::Chat => request["reasoning_effort"] = json!("high"),
                Side::Messages => {
                    request["max_tokens"] = json!(4096);
                    request["thinking"] = json!({"type": "enabled", "budget_tokens": 1024});
                }
            }
            let thought: String = if stream {
                let events = events(&gateway, client, &request).await;
                assert_eq!(client.streamed_text(&events), "Yes");
                events
                    .iter()
                    .map(|event| {
                        let data = event.json();
                        let text = match client {
                            Side::Chat => &data["choices"][0]["delta"]["reasoning_content"],
                            Side::Messages => &data["delta"]["thinking"],
                        };
                        text.as_str().unwrap_or_default().to_owned()
                    })
                    .collect()
            } else {
                let body = gateway.post(client.path(), &request).await.json();
                match client {
                    Side::Chat => body["choices"][0]["message"]["reasoning_content"].clone(),
                    Side::Messages => body["content"][0]["thinking"].clone(),
                }
                .as_str()
                .unwrap_or_else(|| panic!("no thought: {body}"))
                .to_owned()
            };
            assert_eq!(thought, "Let me see", "{client:?} {stream}");
        }
    }
}

#[tokio::test]
async fn losses_are_reported_or_refused_in_the_clients_dialect() {
    for (client, side) in CROSSED {
        let mut request = client.request(false);
        let lost = match client {
            Side::Chat => {
                request["logit_bias"] = json!({"50256": -100});
                "logit_bias"
            }
            Side::Messages => {
                request["top_k"] = json!(5);
                "top_k"
            }
        };
        let upstream = Upstream::start(move |_| side.reply(&Reply::text("ok"), false));
        let gateway = Setup::mock(side, &upstream.url()).start().await;
        let answer = gateway.post(client.path(), &request).await;
        assert_eq!(answer.status, 200);
        let header = answer
            .headers
            .get("x-portolan-loss")
            .expect("the loss is not reported");
        assert!(header.contains(&format!("{lost}=")), "{header}");
        let exchange = gateway.exchange().await;
        let loss = exchange
            .losses
            .iter()
            .find(|loss| loss.path == lost)
            .unwrap();
        assert_eq!(loss.weight, Weight::Semantic);

        let strict = Setup::mock(side, &upstream.url())
            .with(|snapshot| snapshot.on_loss = OnLoss::Reject)
            .start()
            .await;
        let answer = strict.post(client.path(), &request).await;
        assert_eq!(answer.status, 400);
        let words = client.error_words(&answer.json());
        assert!(words.contains(lost), "{words}");
        assert_eq!(answer.headers.get("x-should-retry"), Some("false"));
        assert_eq!(
            upstream.requests().len(),
            1,
            "a refused request reaches nobody"
        );
        assert!(matches!(
            strict.exchange().await.outcome,
            Outcome::Failed(_)
        ));
        // What loses nothing is served all the same.
        assert_eq!(
            strict
                .post(client.path(), &client.request(false))
                .await
                .status,
            200
        );
    }
}

#[tokio::test]
async fn a_request_that_loses_too_much_here_goes_where_nothing_is_lost() {
    let chat = Upstream::start(|_| openai_chat::answer(&Reply::text("chat")));
    let native = Upstream::start(|_| anthropic::answer(&Reply::text("native")));
    let gateway = Setup::new()
        .provider("chat", &[(Side::Chat, &chat.url())], &["m"])
        .provider("native", &[(Side::Messages, &native.url())], &["m"])
        .with(|snapshot| snapshot.on_loss = OnLoss::Reject)
        .start()
        .await;
    let mut request = Side::Messages.request_for("m", false);
    request["top_k"] = json!(5);
    let answer = gateway.post("/v1/messages", &request).await;
    assert_eq!(Side::Messages.whole_text(&answer.json()), "native");
    assert_eq!(chat.requests().len(), 0);
}

#[tokio::test]
async fn an_upstream_that_answers_a_stream_with_json_and_the_other_way_round_is_understood() {
    for (client, side) in PAIRS {
        for wanted in [true, false] {
            // The upstream does the opposite of what is asked.
            let upstream = Upstream::start(move |_| side.reply(&Reply::text("as it is"), !wanted));
            let gateway = Setup::mock(side, &upstream.url()).start().await;
            let request = client.request(wanted);
            if wanted {
                let events = events(&gateway, client, &request).await;
                assert_eq!(
                    client.streamed_text(&events),
                    "as it is",
                    "{client:?} {side:?}"
                );
                assert!(client.is_complete(&events));
            } else {
                let answer = gateway.post(client.path(), &request).await;
                assert_eq!(answer.status, 200, "{client:?} {side:?}: {}", answer.text());
                assert_eq!(client.whole_text(&answer.json()), "as it is");
                assert_eq!(answer.headers.get("content-type"), Some("application/json"));
            }
            let exchange = gateway.exchange().await;
            assert_eq!(
                exchange.outcome,
                Outcome::Completed,
                "{client:?} {side:?} {wanted}"
            );
            assert_eq!(exchange.usage.output, Some(7));
        }
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_read_is_the_clients_fault_and_reaches_nobody() {
    for (client, side) in CROSSED {
        let upstream = Upstream::start(move |_| side.reply(&Reply::text("no"), false));
        let gateway = Setup::mock(side, &upstream.url()).start().await;
        for messages in [
            json!("hi"),
            json!([1]),
            json!([{"role": 5}]),
            json!({"a": 1}),
        ] {
            let mut request = client.request(false);
            request["messages"] = messages.clone();
            let answer = gateway.post(client.path(), &request).await;
            assert_eq!(
                answer.status,
                400,
                "{client:?} {messages}: {}",
                answer.text()
            );
            let words = client.error_words(&answer.json());
            assert!(words.contains("messages"), "{words}");
        }
        assert_eq!(upstream.requests().len(), 0);
    }
}

#[tokio::test]
async fn a_hundred_streams_at_once_arrive_whole_and_apart() {
    let _quiet = QUIET.lock().await;
    for (client, side) in PAIRS {
        let upstream = Upstream::start(move |request| {
            let said = request.json()["messages"][0]["content"].clone();
            let said = said
                .as_str()
                .or(said[0]["text"].as_str())
                .unwrap_or_default()
                .to_owned();
            let text = format!("{said} ").repeat(20);
            side.reply(&Reply::text(&text).delta(3).gap(milliseconds(1)), true)
        });
        let gateway = Setup::mock(side, &upstream.url()).start().await;
        let one = async |number: usize| {
            let mut request = client.request(true);
            request["messages"][0]["content"] = json!(format!("number {number}"));
            let events = events(&gateway, client, &request).await;
            assert!(client.is_complete(&events), "{client:?} {side:?} {number}");
            let expected = format!("number {number} ").repeat(20);
            assert_eq!(
                client.streamed_text(&events),
                expected,
                "{client:?} {side:?}"
            );
        };
        futures_util::future::join_all((0..100).map(one)).await;
        let load = gateway.idle().await;
        assert_eq!(
            (load.served, load.failed, load.cancelled, load.lost_records),
            (100, 0, 0, 0)
        );
    }
}
