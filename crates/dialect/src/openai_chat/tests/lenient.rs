//! Streams of an upstream that is careless: read leniently, and not otherwise.

use super::{call, text};
use crate::chat::{ChatEvent, Laws, StopReason, Transcript};
use crate::frame::SseFramer;
use crate::openai_chat::OpenAiChat;
use crate::{Codec, Fault, FaultKind};

fn read(stream: &str) -> Result<Transcript, Fault> {
    let mut decoder = OpenAiChat.lenient_stream_decoder();
    let mut framer = SseFramer::default();
    let mut events: Vec<ChatEvent> = Vec::new();
    framer.push(stream.as_bytes(), &mut |frame| {
        decoder.push(frame, &mut events)
    })?;
    framer.finish(&mut |frame| decoder.push(frame, &mut events))?;
    decoder.finish(&mut events)?;
    let mut laws = Laws::default();
    for event in &events {
        laws.check(event).unwrap();
    }
    Transcript::collect(events)
}

fn fragment(call: &str) -> String {
    format!(
        "data:{{\"id\":\"1\",\"choices\":[{{\"index\":0,\"delta\":{{\"tool_calls\":[{call}]}}}}]}}\n\n"
    )
}

const HELLO: &str =
    "data:{\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"}}]}\n\n";

#[test]
fn an_end_without_a_reason_is_one_where_what_came_is_whole() {
    let answer = read(&format!("{HELLO}data:[DONE]\n\n")).unwrap();
    assert_eq!(answer.blocks, [text("hi")]);
    assert_eq!(answer.finish.reason, StopReason::Natural);
    // A connection that closes after half a sentence looks just like this.
    assert_eq!(read(HELLO).unwrap_err().kind, FaultKind::Truncated);
    assert_eq!(
        read("data:[DONE]\n\n").unwrap_err().kind,
        FaultKind::Truncated
    );
    assert_eq!(read("").unwrap_err().kind, FaultKind::Truncated);
    let called = r#"{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}"#;
    let answer = read(&fragment(called)).unwrap();
    assert_eq!(answer.finish.reason, StopReason::ToolCalls);
    let half = r#"{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\""}}"#;
    assert_eq!(
        read(&fragment(half)).unwrap_err().kind,
        FaultKind::Truncated
    );
}

#[test]
fn fragments_without_ids_go_on_with_the_call_that_is_not_whole() {
    let begin = |index: u32, id: &str, name: &str| {
        let call = format!(
            "{{\"index\":{index},\"id\":\"{id}\",\"function\":{{\"name\":\"{name}\",\"arguments\":\"\"}}}}"
        );
        fragment(&call)
    };
    let go_on = |index: u32, arguments: &str| {
        let call = format!("{{\"index\":{index},\"function\":{{\"arguments\":{arguments:?}}}}}");
        fragment(&call)
    };
    let end = "data:{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{}}\n\n";
    let numbers = [[0, 0, 0], [0, 1, 2], [3, 0, 9]];
    for [one, two, three] in numbers {
        let stream = [
            begin(one, "a", "f"),
            go_on(two, "{\"x\":"),
            go_on(three, "1}"),
            begin(one, "b", "g"),
            go_on(two, "{}"),
            end.to_owned(),
        ];
        let answer = read(&stream.concat()).unwrap();
        let expected = [call("a", "f", "{\"x\":1}"), call("b", "g", "{}")];
        assert_eq!(answer.blocks, expected, "{one} {two} {three}");
        assert_eq!(answer.finish.reason, StopReason::ToolCalls);
    }
    // Where the numbers are right, calls that come in turns are kept apart.
    let stream = [
        begin(0, "a", "f"),
        begin(1, "b", "g"),
        go_on(0, "{\"x\":"),
        go_on(1, "{\"y\":"),
        go_on(0, "1}"),
        go_on(1, "2}"),
        end.to_owned(),
    ];
    let answer = read(&stream.concat()).unwrap();
    let expected = [call("a", "f", "{\"x\":1}"), call("b", "g", "{\"y\":2}")];
    assert_eq!(answer.blocks, expected);
}

#[test]
fn an_error_in_its_own_form_is_one() {
    for (frame, number) in [
        (r#"{"status":"449","msg":"slow down","body":null}"#, "449"),
        (r#"{"error_code":8211,"msg":"slow down"}"#, "8211"),
    ] {
        let fault = read(&format!("{HELLO}data:{frame}\n\n")).unwrap_err();
        assert_eq!(fault.code.as_deref(), Some(number));
        assert_eq!(fault.message, "slow down");
    }
    let cut =
        "data:{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"network_error\"}]}\n\n";
    assert_eq!(read(cut).unwrap_err().kind, FaultKind::BadGateway);
}
