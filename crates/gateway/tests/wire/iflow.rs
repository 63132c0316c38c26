//! iFlow, against its simulator: what is sent, what its failures mean, what its streams lack.

use serde_json::{Value, json};
use testkit::{Iflow, IflowTrouble, Recorded, SseEvent};

use crate::support::{Gateway, Setup, Side, all_events, in_time};

const SIDES: [Side; 2] = [Side::Chat, Side::Messages];
/// Each client's dialect, whole and streamed.
pub(crate) const ASKED: [(Side, bool); 4] = [
    (Side::Chat, false),
    (Side::Chat, true),
    (Side::Messages, false),
    (Side::Messages, true),
];

pub(crate) async fn gateway(iflow: &Iflow) -> Gateway {
    Setup::new()
        .provider("iflow", &[(Side::Chat, &iflow.url())], &[])
        .tune(|settings| settings.models = None)
        .start()
        .await
}

/// What a client gets: the status, and the body or the events.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) body: Value,
    events: Vec<SseEvent>,
}

pub(crate) async fn ask(gateway: &Gateway, side: Side, request: &Value) -> Got {
    let mut client = gateway.sent(side.path(), &[], request).await;
    let head = in_time(client.head()).await.unwrap();
    let status = head.status();
    if status == 200 && request["stream"] == json!(true) {
        let (events, broke) = in_time(all_events(&mut client)).await;
        assert!(!broke);
        return Got {
            status,
            body: Value::Null,
            events,
        };
    }
    let body = crate::support::rest(&mut client).await;
    let body = serde_json::from_slice(&body).unwrap();
    Got {
        status,
        body,
        events: Vec::new(),
    }
}

impl Got {
    pub(crate) fn text(&self, side: Side) -> String {
        assert_eq!(self.status, 200, "{}", self.body);
        if self.body.is_null() {
            assert!(side.is_complete(&self.events), "{:?}", self.events);
            return side.streamed_text(&self.events);
        }
        match side {
            Side::Chat => self.body["choices"][0]["message"]["content"].clone(),
            Side::Messages => {
                self.body["content"].as_array().unwrap().last().unwrap()["text"].clone()
            }
        }
        .as_str()
        .unwrap()
        .to_owned()
    }

    /// All that was said, as one text to search in.
    pub(crate) fn all(&self) -> String {
        let events: Vec<&str> = self
            .events
            .iter()
            .map(|event| event.data.as_str())
            .collect();
        format!("{}{}", self.body, events.join("\n"))
    }
}

fn with_tool(side: Side, stream: bool) -> Value {
    let mut request = side.request_for("glm-4.7", stream);
    let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}});
    request["tools"] = match side {
        Side::Chat => {
            json!([{"type": "function", "function": {"name": "weather", "parameters": schema}}])
        }
        Side::Messages => json!([{"name": "weather", "input_schema": schema}]),
    };
    request
}

#[tokio::test]
async fn a_chat_is_signed_and_answered_in_each_dialect() {
    let iflow = Iflow::start(60);
    let gateway = gateway(&iflow).await;
    for model in [
        "glm-5",
        "glm-4.7",
        "kimi-k2.5",
        "deepseek-v3.2-chat",
        "glm-4.6",
    ] {
        for (side, stream) in ASKED {
            let mut request = side.request_for(model, stream);
            request["temperature"] = json!(0.3);
            let got = ask(&gateway, side, &request).await;
            assert_eq!(
                got.text(side),
                "You said: Hello",
                "{model} {side:?} {stream}"
            );
            assert!(got.all().contains("Let me think."), "{}", got.all());
            // Tokens are counted in a whole answer, and in a stream that was asked to.
            let counted = match side {
                Side::Chat => "\"completion_tokens\":7",
                Side::Messages => "\"output_tokens\":7",
            };
            assert!(
                got.all().contains(counted),
                "{model} {side:?} {}",
                got.all()
            );
        }
    }
    for chat in iflow.chats() {
        let field = |name| chat.header(name).unwrap_or_default();
        assert_eq!(field("user-agent"), "iFlow-Cli");
        assert_eq!(field("x-iflow-signature").len(), 64);
        assert_eq!(field("authorization"), "Bearer sk-iflow");
        let sent = chat.json();
        assert!(
            sent["max_new_tokens"].is_u64() || sent["model"] == "deepseek-v3.2-reasoner",
            "{sent}"
        );
        // Nothing of a browser, and nothing that only its own program's network stack says.
        for name in [
            "accept-language",
            "sec-fetch-mode",
            "traceparent",
            "cookie",
            "accept-encoding",
        ] {
            assert_eq!(chat.header(name), None, "{name}");
        }
    }
    // No telemetry: nothing was asked but chats, and perhaps the list of models.
    let others =
        |request: &Recorded| !matches!(request.path(), "/v1/chat/completions" | "/v1/models");
    assert!(!iflow.requests().iter().any(others));
}

#[tokio::test]
async fn each_failure_inside_a_success_is_the_failure_that_it_means() {
    let blocked = "access to the current AK has been blocked due to unauthorized requests";
    for (number, words, status) in [
        (434, "Invalid apiKey", 401),
        (434, blocked, 403),
        (435, "Model not support", 404),
        (439, "Your API Token has expired", 401),
        (449, "You exceeded your current rate limit", 429),
        (8211, "Too many requests", 429),
        (413, "too large", 400),
        (511, "Input is too long", 400),
        (514, "model error", 502),
    ] {
        let iflow = Iflow::with(IflowTrouble::Status(number, words));
        let gateway = gateway(&iflow).await;
        for (side, stream) in ASKED {
            let before = iflow.chats().len();
            let got = ask(&gateway, side, &side.request_for("glm-4.7", stream)).await;
            assert_eq!(
                got.status, status,
                "{number} {side:?} {stream}: {}",
                got.body
            );
            let told = side.error_words(&got.body);
            assert!(told.contains(words) && told.contains("iFlow: "), "{told}");
            assert_eq!(
                iflow.chats().len(),
                before + 1,
                "{number} is not asked again"
            );
        }
    }
}

#[tokio::test]
async fn a_failure_as_an_event_is_one_too() {
    let iflow = Iflow::with(IflowTrouble::StatusEvent(449, "slow down"));
    let gateway = gateway(&iflow).await;
    for side in SIDES {
        let got = ask(&gateway, side, &side.request_for("glm-4.7", true)).await;
        assert_eq!(got.status, 429, "{}", got.body);
        assert!(side.error_words(&got.body).contains("slow down"));
    }
    iflow.well();
    iflow.trouble(IflowTrouble::StatusLater(449, "slow down"));
    for side in SIDES {
        let got = ask(&gateway, side, &side.request_for("glm-4.7", true)).await;
        assert!(got.all().contains("d: Hello"), "{}", got.all());
        let told = side.stream_error(&got.events).unwrap();
        assert!(told.contains("slow down") && told.contains("449"), "{told}");
        assert!(!side.is_complete(&got.events));
    }
}

#[tokio::test]
async fn a_banned_account_and_a_wrong_key_are_told_apart_and_not_tried_again() {
    let iflow = Iflow::with(IflowTrouble::Banned);
    let gateway = gateway(&iflow).await;
    for (side, stream) in ASKED {
        let got = ask(&gateway, side, &side.request_for("glm-4.7", stream)).await;
        assert_eq!(got.status, 403, "{}", got.body);
        let told = side.error_words(&got.body);
        assert!(told.contains("banned this account"), "{told}");
    }
    assert_eq!(iflow.chats().len(), ASKED.len());
    iflow.well();
    iflow.expire_keys();
    let got = ask(
        &gateway,
        Side::Chat,
        &Side::Chat.request_for("glm-4.7", false),
    )
    .await;
    assert_eq!(got.status, 401, "{}", got.body);
}

#[tokio::test]
async fn a_refused_signature_is_left_out_once() {
    for (side, stream) in ASKED {
        let iflow = Iflow::with(IflowTrouble::RefusesSignatures);
        let gateway = gateway(&iflow).await;
        let got = ask(&gateway, side, &side.request_for("glm-4.7", stream)).await;
        assert_eq!(got.text(side), "You said: Hello");
        let signed: Vec<bool> = iflow
            .chats()
            .iter()
            .map(|chat| chat.header("x-iflow-signature").is_some())
            .collect();
        assert_eq!(signed, [true, false], "{side:?} {stream}");
        // What is for its own program alone is not to be had without a signature.
        let got = ask(&gateway, side, &side.request_for("glm-5", stream)).await;
        assert_eq!(got.status, 404, "{}", got.body);
        let told = side.error_words(&got.body);
        assert!(
            told.contains("only to the provider's own program"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn a_signature_that_is_really_wrong_is_refused_and_its_reasons_are_told() {
    let id = accounts::AccountId::new("iflow").unwrap();
    for trouble in [IflowTrouble::ClockAhead(3600), IflowTrouble::OtherSecret] {
        for (side, stream) in ASKED {
            let iflow = Iflow::with(trouble.clone());
            let gateway = gateway(&iflow).await;
            let got = ask(&gateway, side, &side.request_for("glm-5", stream)).await;
            assert_eq!(got.status, 404, "{}", got.body);
            let told = side.error_words(&got.body);
            assert!(told.starts_with("iFlow: Model not support"), "{told}");
            for words in ["refused with status 406", "clock", "key"] {
                assert!(told.contains(words), "{words}: {told}");
            }
            assert!(!told.contains("sk-iflow"), "{told}");
            let signed = |chat: &Recorded| chat.header("x-iflow-signature").is_some();
            let signed: Vec<bool> = iflow.chats().iter().map(signed).collect();
            assert_eq!(signed, [true, false]);
            // What needs no signature is answered without one, so the account is as good as ever.
            let got = ask(&gateway, side, &side.request_for("glm-4.7", stream)).await;
            assert_eq!(got.text(side), "You said: Hello");
            let accounts = std::sync::Arc::clone(&gateway.settings.borrow().accounts);
            let standing = accounts.standing(&id, std::time::Instant::now());
            assert_eq!(standing, Some(accounts::Standing::Ready));
            // The service's clock is put right, its secret is the owner's again.
            iflow.well();
            let got = ask(&gateway, side, &side.request_for("glm-5", stream)).await;
            assert_eq!(got.text(side), "You said: Hello");
        }
    }
}

#[tokio::test]
async fn a_key_that_is_not_theirs_is_refused_with_its_signature_and_the_account_says_so() {
    for (side, stream) in ASKED {
        let iflow = Iflow::start(60);
        // An account's key is `sk-` and its name: nobody knows `sk-stranger`.
        let gateway = Setup::new()
            .provider("iflow", &[(Side::Chat, &iflow.url())], &[])
            .tune(|settings| settings.models = None)
            .only_account("stranger", "iflow")
            .start()
            .await;
        let got = ask(&gateway, side, &side.request_for("glm-5", stream)).await;
        assert_eq!(got.status, 401, "{}", got.body);
        let told = side.error_words(&got.body);
        assert!(
            told.contains("Invalid apiKey (434: the key is not valid)"),
            "{told}"
        );
        assert!(!told.contains("sk-stranger"), "{told}");
        // Its signature fits its key: it is not the signature that is at fault, and is not doubted.
        assert!(!told.contains("406"), "{told}");
        assert_eq!(iflow.chats().len(), 1);
        let id = accounts::AccountId::new("stranger").unwrap();
        let accounts = std::sync::Arc::clone(&gateway.settings.borrow().accounts);
        let standing = accounts.standing(&id, std::time::Instant::now());
        assert_eq!(standing, Some(accounts::Standing::Rejected));
    }
}

#[tokio::test]
async fn what_is_refused_in_every_manner_says_what_may_be_wrong() {
    let iflow = Iflow::with(IflowTrouble::RefusesSignatures);
    iflow.trouble(IflowTrouble::RefusesStreamOptions);
    let gateway = gateway(&iflow).await;
    for side in SIDES {
        let before = iflow.chats().len();
        let got = ask(&gateway, side, &side.request_for("glm-4.7", true)).await;
        assert_eq!(got.status, 403, "{}", got.body);
        let told = side.error_words(&got.body);
        assert!(told.contains("the signature was not taken"), "{told}");
        assert_eq!(iflow.chats().len(), before + 3);
    }
}

#[tokio::test]
async fn stream_options_are_left_out_where_they_are_refused() {
    let iflow = Iflow::with(IflowTrouble::RefusesStreamOptions);
    let gateway = gateway(&iflow).await;
    for side in SIDES {
        let got = ask(&gateway, side, &side.request_for("glm-5", true)).await;
        assert_eq!(got.text(side), "You said: Hello");
        let last = iflow.chats().pop().unwrap();
        assert_eq!(last.json().get("stream_options"), None);
        assert!(last.header("x-iflow-signature").is_some());
    }
}

#[tokio::test]
async fn what_a_stream_lacks_is_put_right() {
    for trouble in [
        IflowTrouble::NoDone,
        IflowTrouble::NoFinish,
        IflowTrouble::NoUsage,
        IflowTrouble::EmptyUsage,
        IflowTrouble::WholeAnswer,
    ] {
        let iflow = Iflow::with(trouble.clone());
        let gateway = gateway(&iflow).await;
        for (side, stream) in ASKED {
            let got = ask(&gateway, side, &side.request_for("glm-4.7", stream)).await;
            assert_eq!(
                got.text(side),
                "You said: Hello",
                "{trouble:?} {side:?} {stream}"
            );
            let reason = match side {
                Side::Chat => "\"finish_reason\":\"stop\"",
                Side::Messages => "\"stop_reason\":\"end_turn\"",
            };
            assert!(got.all().contains(reason), "{trouble:?} {}", got.all());
            let ends = got
                .events
                .iter()
                .filter(|event| event.data == "[DONE]")
                .count();
            assert!(ends <= 1, "{trouble:?}");
        }
    }
}

#[tokio::test]
async fn an_empty_answer_is_an_error_in_the_clients_dialect() {
    for (trouble, words) in [
        (IflowTrouble::EmptyStream, "before it answered"),
        (IflowTrouble::NetworkError, "network_error"),
        (IflowTrouble::NoChoices, "upstream timeout"),
    ] {
        let iflow = Iflow::with(trouble.clone());
        let gateway = gateway(&iflow).await;
        for (side, stream) in ASKED {
            if trouble == IflowTrouble::EmptyStream && !stream {
                continue;
            }
            let got = ask(&gateway, side, &side.request_for("glm-4.7", stream)).await;
            assert_eq!(
                got.status, 502,
                "{trouble:?} {side:?} {stream}: {}",
                got.body
            );
            let told = side.error_words(&got.body);
            assert!(told.contains(words), "{trouble:?}: {told}");
        }
    }
}

#[tokio::test]
async fn calls_of_tools_keep_together_without_ids() {
    for trouble in [None, Some(IflowTrouble::LooseCalls)] {
        let iflow = Iflow::start(60);
        iflow.well();
        if let Some(trouble) = &trouble {
            iflow.trouble(trouble.clone());
        }
        let gateway = gateway(&iflow).await;
        for (side, stream) in ASKED {
            let got = ask(&gateway, side, &with_tool(side, stream)).await;
            assert_eq!(got.status, 200, "{}", got.body);
            let calls = calls(side, &got);
            let mut expected = vec![("call-a".to_owned(), json!({"city": "Paris"}))];
            if stream {
                expected.push(("call-b".to_owned(), json!({"city": "Rome"})));
            }
            assert_eq!(
                calls,
                expected,
                "{trouble:?} {side:?} {stream} {}",
                got.all()
            );
            let reason = match side {
                Side::Chat => "\"finish_reason\":\"tool_calls\"",
                Side::Messages => "\"stop_reason\":\"tool_use\"",
            };
            assert!(got.all().contains(reason), "{}", got.all());
        }
    }
}

/// The calls of an answer: id and arguments.
fn calls(side: Side, got: &Got) -> Vec<(String, Value)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if !got.body.is_null() {
        return match side {
            Side::Chat => got.body["choices"][0]["message"]["tool_calls"]
                .as_array()
                .unwrap()
                .iter()
                .map(|call| {
                    let arguments = text(&call["function"]["arguments"]);
                    (text(&call["id"]), serde_json::from_str(&arguments).unwrap())
                })
                .collect(),
            Side::Messages => got.body["content"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|block| block["type"] == "tool_use")
                .map(|block| (text(&block["id"]), block["input"].clone()))
                .collect(),
        };
    }
    let mut calls: Vec<(u64, String, String)> = Vec::new();
    for event in got.events.iter().filter(|event| event.data != "[DONE]") {
        let data = event.json();
        let (number, id, piece) = match side {
            Side::Chat => {
                let call = &data["choices"][0]["delta"]["tool_calls"][0];
                (
                    call["index"].as_u64(),
                    text(&call["id"]),
                    text(&call["function"]["arguments"]),
                )
            }
            Side::Messages => {
                let id = text(&data["content_block"]["id"]);
                (
                    data["index"].as_u64(),
                    id,
                    text(&data["delta"]["partial_json"]),
                )
            }
        };
        let Some(number) = number else { continue };
        if !id.is_empty() {
            calls.push((number, id, String::new()));
        }
        if let Some(call) = calls.iter_mut().rfind(|call| call.0 == number) {
            call.2.push_str(&piece);
        }
    }
    let parsed = calls.into_iter();
    parsed
        .map(|(_, id, arguments)| (id, serde_json::from_str(&arguments).unwrap()))
        .collect()
}

#[tokio::test]
async fn the_list_is_asked_for_and_the_stated_one_stands_without_it() {
    let iflow = Iflow::start(60);
    let gateway = gateway(&iflow).await;
    let listed = gateway.get("/v1/models", &[]).await.json();
    let has = |listed: &Value, id: &str| listed.to_string().contains(&format!("\"{id}\""));
    assert!(
        has(&listed, "of-the-list") && has(&listed, "kimi-k2.5"),
        "{listed}"
    );
    let asked = iflow.requests().pop().unwrap();
    assert_eq!(asked.header("user-agent"), Some("iFlow-Cli"));
    let got = ask(
        &gateway,
        Side::Chat,
        &Side::Chat.request_for("of-the-list", false),
    )
    .await;
    assert_eq!(got.text(Side::Chat), "You said: Hello");

    let iflow = Iflow::with(IflowTrouble::NoModels);
    let gateway = self::gateway(&iflow).await;
    let listed = gateway.get("/v1/models", &[]).await.json();
    assert!(
        !has(&listed, "of-the-list") && has(&listed, "kimi-k2.5"),
        "{listed}"
    );
}
