//! Where a request gives pictures by their addresses.

use crate::Codec as _;
use crate::openai_chat::OpenAiChat;

#[test]
fn addresses_are_found_wherever_a_message_has_them() {
    let body = concat!(
        r#"{"model":"m","messages":[{"role":"system","content":"https://no.example/"},"#,
        r#"{"role":"user","content":[{"type":"text","text":"https://no.example/"},"#,
        r#"{"type":"image_url","image_url":{"detail":"low","url":"https:\/\/a.example/\u0031.png"}},"#,
        r#"{"type":"image_url","image_url":"HTTP://b.example/2"},"#,
        r#"{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},"#,
        r#"{"type":"image_url","image_url":{"url":"file:///etc/passwd"}}]},"#,
        r#"{"role":"tool","tool_call_id":"1","content":[{"type":"image_url","image_url":{"url":"#,
        r#""https://c.example"}}]}]}"#
    );
    let found = OpenAiChat.remote_images(body.as_bytes());
    let seen: Vec<_> = found
        .iter()
        .map(|image| (image.url.as_str(), image.path.as_str()))
        .collect();
    let expected = [
        (
            "https://a.example/1.png",
            "messages[1].content[1].image_url.url",
        ),
        ("HTTP://b.example/2", "messages[1].content[2].image_url"),
        ("https://c.example", "messages[2].content[0].image_url.url"),
    ];
    assert_eq!(seen, expected);
    let first = &found[0];
    assert_eq!(
        &body[first.span.clone()],
        r#""https:\/\/a.example/\u0031.png""#
    );
    assert_eq!(
        first.inline("image/png", "AA+/"),
        r#""data:image/png;base64,AA+/""#
    );
}

#[test]
fn what_is_no_request_has_no_pictures() {
    for body in [
        "",
        "[]",
        "{}",
        r#"{"messages":{}}"#,
        r#"{"messages":[1,null,"x",{"content":7},{"content":["https://a.example"]}]}"#,
        r#"{"messages":[{"content":[{"type":"image_url"},{"type":"image_url","image_url":7}]}]}"#,
    ] {
        assert_eq!(OpenAiChat.remote_images(body.as_bytes()), [], "{body}");
    }
}
