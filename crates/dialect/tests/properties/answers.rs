//! Answers: any order of events that the laws allow, written and read in both dialects.

use std::collections::HashMap;

use dialect::chat::{
    Answer, BlockStart, ChatEvent, Delta, Finish, Laws, Opaque, OpaqueFormat, StopReason,
    Transcript, Usage,
};
use dialect::translate::{AnswerReader, StreamTranslator};
use dialect::{Codec, Dialect, Losses};
use proptest::option::of;
use proptest::prelude::*;

use crate::common::{anthropic, context, events, grammar, openai};

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z ,.\"\\\\{}\n\r\t]{1,20}",
        "\\PC{1,12}",
        Just("船🚢e\u{301}\u{200d}\u{2028}\0".to_owned()),
        Just("data: [DONE]\n\nevent: message_stop".to_owned()),
        Just("{\"error\":{\"message\":\"x\"},\"usage\":{}".to_owned()),
    ]
}

fn call(number: usize) -> impl Strategy<Value = Answer> {
    (
        "[a-zA-Z0-9_-]{1,8}",
        "[a-zA-Z0-9_-]{1,64}",
        proptest::collection::vec((words(), words()), 0..3),
    )
        .prop_map(move |(id, name, members)| {
            let object: serde_json::Map<String, serde_json::Value> = members
                .into_iter()
                .map(|(key, value)| (key, value.into()))
                .collect();
            Answer::ToolCall {
                id: format!("{id}_{number}"),
                name,
                arguments: serde_json::Value::from(object).to_string(),
            }
        })
}

fn calls() -> impl Strategy<Value = Vec<Answer>> {
    (0..4usize).prop_flat_map(|count| (0..count).map(call).collect::<Vec<_>>())
}

fn text(words: String) -> Answer {
    Answer::Text {
        text: words,
        citations: Vec::new(),
    }
}

/// What both dialects can say: thoughts without a seal, then words, then calls.
fn shared() -> impl Strategy<Value = Vec<Answer>> {
    (of(words()), of(words()), calls()).prop_map(|(thought, said, calls)| {
        let thought = thought.map(|text| Answer::Reasoning { text, seal: None });
        thought
            .into_iter()
            .chain(said.map(text))
            .chain(calls)
            .collect()
    })
}

fn seal(format: OpaqueFormat, payload: String) -> Opaque {
    Opaque {
        owner: Dialect::AnthropicMessages,
        format,
        payload,
    }
}

/// What only Anthropic can say: blocks in any order, thoughts with a seal.
fn anthropic_blocks() -> impl Strategy<Value = Vec<Answer>> {
    let block = prop_oneof![
        words().prop_map(text),
        (words(), of("[A-Za-z0-9+/]{4,40}")).prop_map(|(text, signature)| Answer::Reasoning {
            text,
            seal: signature.map(|payload| seal(OpaqueFormat::Signature, payload)),
        }),
        "[A-Za-z0-9+/]{4,40}".prop_map(|payload| Answer::Reasoning {
            text: String::new(),
            seal: Some(seal(OpaqueFormat::Signature, payload)),
        }),
        "[A-Za-z0-9+/]{4,40}".prop_map(|data| Answer::Sealed(seal(OpaqueFormat::Sealed, data))),
        (0..1000usize).prop_flat_map(call),
    ];
    proptest::collection::vec(block, 0..6).prop_map(|mut blocks| {
        for (position, block) in blocks.iter_mut().enumerate() {
            if let Answer::ToolCall { id, .. } = block {
                *id = format!("toolu_{position}");
            }
        }
        blocks
    })
}

fn usage() -> impl Strategy<Value = Usage> {
    (
        1..1_000_000u64,
        0..1000u64,
        0..1000u64,
        1..100_000u64,
        0..1000u64,
    )
        .prop_map(|(uncached, read, write, output, reasoning)| Usage {
            input: Some(uncached + read + write),
            cache_read: Some(read),
            cache_write: Some(write),
            output: Some(output),
            reasoning: Some(reasoning),
            web_searches: None,
        })
}

/// Ends that both dialects tell apart.
fn finish(blocks: &[Answer], length: bool) -> Finish {
    let called = blocks
        .iter()
        .any(|block| matches!(block, Answer::ToolCall { .. }));
    Finish::because(match (length, called) {
        (true, _) => StopReason::Length,
        (false, true) => StopReason::ToolCalls,
        (false, false) => StopReason::Natural,
    })
}

fn transcript(blocks: impl Strategy<Value = Vec<Answer>>) -> impl Strategy<Value = Transcript> {
    (blocks, usage(), any::<bool>()).prop_map(|(blocks, usage, length)| Transcript {
        id: None,
        model: None,
        finish: finish(&blocks, length),
        blocks,
        usage,
    })
}

fn cut(text: &str, at: usize) -> Vec<String> {
    let at = text.floor_char_boundary(at % (text.len() + 1));
    let (head, tail) = text.split_at(at);
    [head, tail]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The events of a transcript in one of the orders that the laws allow: deltas cut, blocks that
/// overlap where `overlap` says they may, usage anywhere.
fn told(
    transcript: &Transcript,
    choices: &[u16],
    overlap: impl Fn(&BlockStart) -> bool,
) -> Vec<ChatEvent> {
    let mut choices = choices.iter().copied().cycle();
    let mut choose = move |below: usize| usize::from(choices.next().unwrap_or(0)) % below.max(1);
    let mut blocks: Vec<(BlockStart, Vec<Delta>)> = Vec::new();
    for event in transcript.clone().into_events() {
        match event {
            ChatEvent::Open { block, .. } => blocks.push((block, Vec::new())),
            ChatEvent::Delta { delta, .. } => {
                let deltas = &mut blocks.last_mut().unwrap().1;
                match delta {
                    Delta::Text(text) => {
                        deltas.extend(cut(&text, choose(97)).into_iter().map(Delta::Text));
                    }
                    Delta::Arguments(text) => {
                        deltas.extend(cut(&text, choose(97)).into_iter().map(Delta::Arguments));
                    }
                    other => deltas.push(other),
                }
            }
            _ => {}
        }
    }
    let mut out = vec![ChatEvent::Start {
        id: None,
        model: None,
    }];
    let mut waiting = blocks.into_iter().enumerate().peekable();
    let mut open: Vec<(usize, bool, std::vec::IntoIter<Delta>)> = Vec::new();
    let mut counted = false;
    loop {
        if !counted && choose(5) == 0 {
            counted = true;
            out.push(ChatEvent::Usage(transcript.usage));
        }
        let alone = open.iter().any(|(_, overlaps, _)| !overlaps);
        let next = waiting.peek().map(|(_, (block, _))| overlap(block));
        let may_open = next.is_some_and(|overlaps| open.is_empty() || (overlaps && !alone));
        if open.is_empty() && next.is_none() {
            break;
        }
        if may_open && (open.is_empty() || choose(3) == 0) {
            let (index, (block, deltas)) = waiting.next().unwrap();
            open.push((index, overlap(&block), deltas.into_iter()));
            out.push(ChatEvent::Open { index, block });
            continue;
        }
        let place = choose(open.len());
        match open[place].2.next() {
            Some(delta) => out.push(ChatEvent::Delta {
                index: open[place].0,
                delta,
            }),
            None => {
                let (index, ..) = open.remove(place);
                out.push(ChatEvent::Close { index });
            }
        }
    }
    if !counted {
        out.push(ChatEvent::Usage(transcript.usage));
    }
    out.push(ChatEvent::Finish(transcript.finish.clone()));
    let mut laws = Laws::default();
    for event in &out {
        assert_eq!(laws.check(event), Ok(()));
    }
    assert_eq!(laws.finish(), Ok(()));
    out
}

fn written(events: &[ChatEvent], codec: &dyn Codec) -> (Vec<u8>, Losses) {
    let mut encoder = codec.stream_encoder(context(true));
    let (mut out, mut losses) = (Vec::new(), Losses::default());
    for event in events {
        encoder.push(event, &mut losses, &mut out);
    }
    (out, losses)
}

fn checked(out: &[u8], codec: &dyn Codec) {
    let said = match codec.dialect() {
        Dialect::OpenAiChat => grammar::openai(out, true, true),
        _ => grammar::anthropic(out, true),
    };
    let whole = said.and_then(|said| said.calls_are_whole());
    assert_eq!(whole, Ok(()), "{}", String::from_utf8_lossy(out));
}

/// Without what each writer sets itself.
fn plain(mut transcript: Transcript) -> Transcript {
    (transcript.id, transcript.model, transcript.finish.raw) = (None, None, None);
    transcript
}

fn read(codec: &'static dyn Codec, out: &[u8]) -> Transcript {
    let (events, result) = events(codec, false, &[out]);
    assert_eq!(result, Ok(()), "{}", String::from_utf8_lossy(out));
    plain(Transcript::collect(events).unwrap())
}

fn translated(from: &'static dyn Codec, to: &'static dyn Codec, bytes: &[u8]) -> Vec<u8> {
    let reader = AnswerReader::new(from, HashMap::new(), false);
    let mut translator = StreamTranslator::new(reader, to, context(true));
    let mut out = Vec::new();
    translator.push(bytes, &mut out).unwrap();
    translator.finish(&mut out).unwrap();
    assert!(translator.losses().is_empty(), "{:?}", translator.losses());
    out
}

/// Chat completions have no blocks: only calls overlap there.
fn only_calls(block: &BlockStart) -> bool {
    matches!(block, BlockStart::ToolCall { .. })
}

proptest! {
    #![proptest_config(crate::cases())]

    #[test]
    fn any_order_of_events_is_the_same_answer_to_anthropic(
        transcript in transcript(anthropic_blocks()),
        choices in proptest::collection::vec(any::<u16>(), 1..40),
    ) {
        let events = told(&transcript, &choices, |_| true);
        let (out, losses) = written(&events, anthropic());
        prop_assert!(losses.is_empty());
        checked(&out, anthropic());
        prop_assert_eq!(read(anthropic(), &out), transcript);
    }

    #[test]
    fn any_order_of_events_is_the_same_answer_to_openai(
        transcript in transcript(shared()),
        choices in proptest::collection::vec(any::<u16>(), 1..40),
    ) {
        let events = told(&transcript, &choices, only_calls);
        let (out, losses) = written(&events, openai());
        prop_assert!(losses.is_empty());
        checked(&out, openai());
        prop_assert_eq!(read(openai(), &out), transcript);
    }

    #[test]
    fn an_answer_comes_back_from_the_other_dialect(
        transcript in transcript(shared()),
        choices in proptest::collection::vec(any::<u16>(), 1..40),
    ) {
        let events = told(&transcript, &choices, only_calls);
        for (there, back) in [(openai(), anthropic()), (anthropic(), openai())] {
            let (out, _) = written(&events, there);
            let across = translated(there, back, &out);
            checked(&across, back);
            let again = translated(back, there, &across);
            prop_assert_eq!(read(there, &again), transcript.clone());
        }
    }

    #[test]
    fn a_stream_and_a_whole_answer_read_the_same(
        transcript in transcript(shared()),
        choices in proptest::collection::vec(any::<u16>(), 1..40),
    ) {
        let events = told(&transcript, &choices, only_calls);
        for codec in [openai(), anthropic()] {
            let (out, _) = written(&events, codec);
            let mut losses = Losses::default();
            let whole = codec.encode_answer(&transcript, &context(true), &mut losses).unwrap();
            let from_whole = Transcript::collect(codec.decode_answer(&whole).unwrap()).unwrap();
            prop_assert_eq!(plain(from_whole), read(codec, &out));
            prop_assert!(losses.is_empty());
            // The usage of a whole answer that is forwarded unread, wherever its tail begins.
            let usage = codec.scan_usage(&whole[whole.len() / 2..]);
            prop_assert!(usage.is_none() || usage == Some(transcript.usage), "{:?}", usage);
        }
    }
}
