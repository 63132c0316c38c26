//! What the fuzz targets share: running bytes through the codecs and checking what must hold.

use std::collections::HashMap;

use dialect::chat::{Answer, ChatEvent, Laws, Transcript};
use dialect::translate::{AnswerReader, StreamTranslator};
use dialect::{AnswerContext, Codec, Dialect, Fault, Losses, Target, codec};
use serde_json::value::RawValue;

/// The codec of OpenAI's chat.
pub fn openai() -> &'static dyn Codec {
    codec(Dialect::OpenAiChat).expect("it exists")
}

/// The codec of Anthropic's messages.
pub fn anthropic() -> &'static dyn Codec {
    codec(Dialect::AnthropicMessages).expect("it exists")
}

/// The exchange that all answers belong to.
pub fn context() -> AnswerContext {
    AnswerContext {
        id: "0123456789abcdef".to_owned(),
        model: "a-model".to_owned(),
        created: 1_763_700_001,
        include_usage: true,
        input_estimate: Some(42),
    }
}

/// Reads a request and writes it for both dialects: it is JSON, and a request of that dialect.
pub fn request(client: &dyn Codec, bytes: &[u8]) {
    let mut losses = Losses::default();
    let Ok(request) = client.decode_request(bytes, &mut losses) else {
        return;
    };
    // Half a surrogate pair in what is passed on unread is only refused when it is read.
    let halves = bytes
        .windows(3)
        .any(|part| part.eq_ignore_ascii_case(b"\\ud"));
    for upstream in [openai(), anthropic()] {
        let mut losses = losses.clone();
        for target in targets() {
            if let Ok(sent) = upstream.encode_request(&request, &target, &mut losses) {
                let body: Result<&RawValue, _> = serde_json::from_slice(&sent.body);
                assert!(
                    body.is_ok(),
                    "not JSON: {}",
                    String::from_utf8_lossy(&sent.body)
                );
                let again = upstream.decode_request(&sent.body, &mut losses);
                assert!(halves || again.is_ok(), "{again:?}");
            }
        }
        let header = losses.header().unwrap_or_default();
        assert!(header.len() <= 1024 && header.is_ascii());
    }
}

fn targets() -> [Target; 3] {
    let usual = Target::named("upstream-model");
    let newest = Target {
        openai_additions: true,
        system_anywhere: true,
        ..usual.clone()
    };
    let oldest = Target {
        max_output_tokens: Some(2048),
        sampling: false,
        max_completion_tokens: false,
        developer_role: false,
        stream_usage: false,
        adaptive_thinking: false,
        prefill: false,
        ..usual.clone()
    };
    [usual, newest, oldest]
}

/// The bytes cut into pieces; the first byte says how long.
pub fn pieces(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (length, rest) = bytes
        .split_first()
        .map_or((1, bytes), |(first, rest)| (*first, rest));
    rest.chunks(usize::from(length).max(1))
}

/// The events of a stream, which keep the laws however it ends.
pub fn events<'b>(
    from: &'static dyn Codec,
    pieces: impl Iterator<Item = &'b [u8]>,
) -> (Vec<ChatEvent>, Result<(), Fault>) {
    let mut reader = AnswerReader::new(from, HashMap::new(), false);
    let mut events = Vec::new();
    let mut result = Ok(());
    for piece in pieces {
        result = reader.push(piece, &mut events);
        if result.is_err() {
            break;
        }
    }
    if result.is_ok() {
        result = reader.finish(&mut events);
    }
    let mut laws = Laws::default();
    for event in &events {
        assert_eq!(laws.check(event), Ok(()), "{event:?}");
    }
    assert_eq!(
        laws.finish().is_ok(),
        events.iter().any(|e| matches!(e, ChatEvent::Finish(_)))
    );
    (events, result)
}

/// Translates a stream: the pieces do not matter, and what a client gets it can read.
pub fn stream(from: &'static dyn Codec, to: &'static dyn Codec, bytes: &[u8]) {
    let rest = bytes.get(1..).unwrap_or_default();
    let (whole, result) = events(from, std::iter::once(rest));
    let (cut, cut_result) = events(from, pieces(bytes));
    assert_eq!(whole, cut);
    assert_eq!(result, cut_result);
    let reader = AnswerReader::new(from, HashMap::new(), false);
    let mut translator = StreamTranslator::new(reader, to, context());
    let mut out = Vec::new();
    let translated = translator
        .push(rest, &mut out)
        .and_then(|()| translator.finish(&mut out));
    assert_eq!(translated, result);
    let text = std::str::from_utf8(&out).expect("answers are UTF-8");
    assert!(out.is_empty() || text.ends_with("\n\n"));
    let (again, read) = events(to, std::iter::once(out.as_slice()));
    if result.is_ok() {
        let whole = Transcript::collect(whole).expect("it is complete");
        // A reader may refuse arguments that go on after their end.
        if whole.blocks.iter().all(has_json) {
            assert_eq!(read, Ok(()), "{text}");
            let again = Transcript::collect(again).expect("it is complete");
            assert_eq!(calls(&whole), calls(&again), "{text}");
        }
    } else {
        assert!(read.is_err(), "a cut answer looks whole: {text}");
    }
}

fn has_json(block: &Answer) -> bool {
    match block {
        Answer::ToolCall { arguments, .. } => serde_json::from_str::<&RawValue>(arguments).is_ok(),
        _ => true,
    }
}

/// How many tools an answer calls.
pub fn calls(transcript: &Transcript) -> usize {
    transcript
        .blocks
        .iter()
        .filter(|block| matches!(block, Answer::ToolCall { .. }))
        .count()
}
