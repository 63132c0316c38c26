//! Where a request gives pictures by their addresses.

use serde_json::{Value, json};

use crate::Codec as _;
use crate::anthropic::Anthropic;

#[test]
fn addresses_are_found_in_messages_results_and_documents() {
    let at = |url: &str| json!({"type": "image", "source": {"type": "url", "url": url}});
    let body = json!({"model": "m", "max_tokens": 9, "messages": [
        {"role": "user", "content": "https://no.example/"},
        {"role": "user", "content": [
            {"type": "text", "text": "https://no.example/"},
            at("https://a.example/1"),
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA"}},
            at("file:///etc/passwd"),
            {"type": "tool_result", "tool_use_id": "t", "content": [at("http://b.example/2")]},
            {"type": "document", "source": {"type": "content", "content": [at("https://c.example")]}},
            {"type": "document", "source": {"type": "url", "url": "https://no.example/a.pdf"}},
        ]},
    ]})
    .to_string();
    let found = Anthropic.remote_images(body.as_bytes());
    let seen: Vec<_> = found
        .iter()
        .map(|image| (image.url.as_str(), image.path.as_str()))
        .collect();
    let expected = [
        ("https://a.example/1", "messages[1].content[1].source.url"),
        (
            "http://b.example/2",
            "messages[1].content[4].content[0].source.url",
        ),
        (
            "https://c.example",
            "messages[1].content[5].source.content[0].source.url",
        ),
    ];
    assert_eq!(seen, expected);
    let replaced: Value = serde_json::from_str(&found[0].inline("image/png", "AA+/")).unwrap();
    assert_eq!(
        replaced,
        json!({"type": "base64", "media_type": "image/png", "data": "AA+/"})
    );
    let span = found[0].span.clone();
    let source: Value = serde_json::from_str(&body[span]).unwrap();
    assert_eq!(source["type"], "url");
}

#[test]
fn what_is_no_request_has_no_pictures() {
    for body in [
        "",
        "[]",
        "{}",
        r#"{"messages":7}"#,
        r#"{"messages":[null,{"content":7},{"content":[7,{"type":"image"}]}]}"#,
        r#"{"messages":[{"content":[{"type":"image","source":"https://a.example"}]}]}"#,
    ] {
        assert_eq!(Anthropic.remote_images(body.as_bytes()), [], "{body}");
    }
}
