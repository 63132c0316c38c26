//! What this dialect can say survives being said and read again.

use proptest::option::of;
use proptest::prelude::*;
use serde_json::value::RawValue;

use super::{context, read};
use crate::chat::{
    Answer, Block, CacheHint, ChatRequest, Citation, Content, Effort, Finish, Format, Image,
    Reasoning, Role, Sampling, Source, StopReason, Thinking, Tool, ToolCall, ToolChoice, ToolKind,
    ToolMode, ToolResult, Transcript, Turn, Usage,
};
use crate::openai_chat::OpenAiChat;
use crate::{Codec, Dialect, Losses, Target};

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z \"\\\\{}\n]{1,12}",
        "\\PC{1,8}",
        Just("data: [DONE]\n\n\"usage\":{".to_owned())
    ]
}

fn name() -> impl Strategy<Value = String> {
    // Also names that have to be aliased on the way.
    prop_oneof!["[a-zA-Z0-9_-]{1,64}", "[a-z./]{1,80}"]
}

fn source() -> impl Strategy<Value = Source> {
    prop_oneof![
        "[A-Z]{4}".prop_map(|data| Source::Base64 {
            media_type: "image/png".to_owned(),
            data
        }),
        "[a-z]{1,8}".prop_map(|path| Source::Url(format!("https://example.org/{path}"))),
    ]
}

fn said() -> impl Strategy<Value = Vec<Block>> {
    let image = (source(), of(Just("low".to_owned())))
        .prop_map(|(source, detail)| Content::Image(Image { source, detail }));
    let content = prop_oneof![words().prop_map(Content::Text), image];
    proptest::collection::vec(content.prop_map(Block::new), 1..3)
}

/// What the model says, and the results of what it calls.
fn exchange() -> impl Strategy<Value = Vec<Turn>> {
    let calls = proptest::collection::vec((name(), words(), words()), 0..3);
    (of(words()), words(), calls, of("[a-z]{1,5}")).prop_map(|(thought, text, calls, name)| {
        let mut blocks = Vec::new();
        if let Some(text) = thought {
            blocks.push(Block::new(Content::Reasoning(Reasoning {
                text,
                seal: None,
            })));
        }
        blocks.push(Block::text(text));
        let mut results = Vec::new();
        for (index, (name, argument, result)) in calls.into_iter().enumerate() {
            let id = format!("call_{index}");
            let arguments = serde_json::json!({ "a": argument }).to_string();
            blocks.push(Block::new(Content::ToolCall(ToolCall {
                id: id.clone(),
                name,
                arguments,
            })));
            let result = ToolResult {
                call_id: id,
                blocks: vec![Block::text(result)],
                is_error: false,
            };
            results.push(Block::new(Content::ToolResult(result)));
        }
        let mut turns = vec![Turn {
            role: Role::Assistant,
            name,
            blocks,
        }];
        if !results.is_empty() {
            turns.push(Turn {
                role: Role::User,
                name: None,
                blocks: results,
            });
        }
        turns
    })
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let head = of((
        words(),
        any::<bool>(),
        of(of(prop_oneof![Just(1800_u64), Just(43_200)])),
    ));
    let rest = proptest::collection::vec((said(), exchange()), 0..3);
    (head, rest, said()).prop_map(|(head, rest, last)| {
        let mut turns = Vec::new();
        if let Some((text, developer, hint)) = head {
            let role = if developer {
                Role::Developer
            } else {
                Role::System
            };
            let cache = hint.map(|seconds| CacheHint { seconds });
            turns.push(Turn {
                role,
                name: None,
                blocks: vec![Block {
                    cache,
                    ..Block::text(text)
                }],
            });
        }
        for (blocks, answer) in rest {
            turns.push(Turn {
                role: Role::User,
                name: Some("ann".to_owned()),
                blocks,
            });
            turns.extend(answer);
        }
        turns.push(Turn {
            role: Role::User,
            name: None,
            blocks: last,
        });
        turns
    })
}

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

fn tools() -> impl Strategy<Value = (Vec<Tool>, Option<ToolChoice>, Option<bool>)> {
    let kind = prop_oneof![
        Just("").prop_map(|_| ToolKind::Function { schema: None }),
        Just("{ \"type\":\"object\" }").prop_map(|text| ToolKind::Function {
            schema: Some(raw(text))
        }),
    ];
    let tool = (name(), of(words()), kind, of(any::<bool>())).prop_map(
        |(name, description, kind, strict)| Tool {
            name,
            description,
            kind,
            strict,
            cache: None,
        },
    );
    let mode = prop_oneof![Just(ToolMode::Auto), Just(ToolMode::Required)];
    let choice = of((mode, any::<bool>()));
    (
        proptest::collection::vec(tool, 1..4),
        choice,
        of(any::<bool>()),
    )
        .prop_map(|(tools, choice, parallel)| {
            let choice = choice.map(|(mode, some)| {
                let only = if some {
                    vec![tools[0].name.clone()]
                } else {
                    Vec::new()
                };
                ToolChoice { mode, only }
            });
            (tools, choice, parallel)
        })
}

fn format() -> impl Strategy<Value = u8> {
    0..3_u8
}

prop_compose! {
    fn request()(
        turns in turns(),
        tools in of(tools()),
        numbers in (of(0.0..2.0_f64), of(0.0..1.0_f64), of(-2.0..2.0_f64), of(any::<i64>()), of(0..100_u64)),
        counts in (of(1..1_000_000_u64), of(1..128_u32), of(0..20_u32)),
        effort in of(proptest::sample::select(Effort::ALL.to_vec())),
        stop in proptest::collection::vec(words(), 0..4),
        texts in (of("[a-z]{1,9}"), of("[a-z]{1,64}"), of("[a-z0-9-]{1,64}"), of("[a-z]{1,8}")),
        format in format(),
        stream in any::<bool>(),
    ) -> ChatRequest {
        let mut request = ChatRequest::new(Dialect::OpenAiChat, "m");
        request.turns = turns;
        if let Some((tools, choice, parallel)) = tools {
            (request.tools, request.tool_choice, request.parallel_tool_calls) = (tools, choice, parallel);
        }
        let (temperature, top_p, penalty, seed, top_k) = numbers;
        request.sampling = Sampling {
            temperature, top_p, top_k, seed, frequency_penalty: penalty, presence_penalty: penalty,
        };
        (request.max_output_tokens, request.candidates, request.logprobs) = counts;
        request.thinking = effort.map(|effort| Thinking {
            enabled: Some(effort != Effort::None), effort: Some(effort), ..Thinking::default()
        });
        request.stop = stop;
        (request.verbosity, request.cache_key, request.user, request.service_tier) = texts;
        request.format = match format {
            0 => Format::Text,
            1 => Format::JsonObject,
            _ => Format::JsonSchema {
                name: Some("n".to_owned()), description: None, schema: raw("{\"a\": 1}"), strict: Some(true),
            },
        };
        request.extra = vec![("logit_bias".to_owned(), raw("{ \"1\" : 2.0 }"))];
        // Usage is always asked for in a stream.
        (request.stream, request.stream_usage) = (stream, stream);
        request
    }
}

prop_compose! {
    fn transcript()(
        thought in of(words()),
        text in of((words(), of((0..9_usize, "[a-z]{1,5}")))),
        refusal in of(words()),
        calls in proptest::collection::vec((name(), words()), 0..4),
        usage in of((0..9_000_u64, 0..9_000_u64, of(0..9_u64), of(0..9_u64), of(0..9_u64))),
        cut in any::<bool>(),
    ) -> Transcript {
        let mut blocks = Vec::new();
        blocks.extend(thought.map(|text| Answer::Reasoning { text, seal: None }));
        blocks.extend(text.map(|(text, citation)| Answer::Text {
            text,
            citations: citation.into_iter().map(|(start, title)| Citation {
                url: "https://example.org".to_owned(),
                title: Some(title),
                quote: None,
                span: Some((start, start + 1)),
            }).collect(),
        }));
        blocks.extend(refusal.clone().map(Answer::Refusal));
        let called = !calls.is_empty();
        blocks.extend(calls.into_iter().enumerate().map(|(index, (name, argument))| Answer::ToolCall {
            id: format!("id{index}"),
            name,
            arguments: serde_json::json!({ "a": argument }).to_string(),
        }));
        let reason = match (cut, called, refusal) {
            (true, _, _) => StopReason::Length,
            (false, true, _) => StopReason::ToolCalls,
            (false, false, Some(_)) => StopReason::Refusal,
            (false, false, None) => StopReason::Natural,
        };
        let usage = usage.map(|(input, output, cache_read, cache_write, reasoning)| Usage {
            input: Some(input), output: Some(output), cache_read, cache_write, reasoning, web_searches: None,
        });
        Transcript {
            id: Some("chatcmpl-x1".to_owned()),
            model: Some("alias".to_owned()),
            blocks,
            usage: usage.unwrap_or_default(),
            finish: Finish::because(reason),
        }
    }
}

/// The upstream's own word is added by reading.
fn without_word(mut answer: Transcript) -> Transcript {
    answer.finish.raw = None;
    answer
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_request_is_read_as_it_was_written(request in request()) {
        let mut losses = Losses::default();
        let target = Target { openai_additions: true, ..Target::named("m") };
        let sent = OpenAiChat.encode_request(&request, &target, &mut losses).unwrap();
        prop_assert!(losses.is_empty(), "{losses:?}");
        let mut back = OpenAiChat.decode_request(&sent.body, &mut losses).unwrap();
        prop_assert!(losses.is_empty(), "{losses:?}");
        let restore = |name: &mut String| {
            if let Some(original) = sent.aliases.get(name.as_str()) {
                name.clone_from(original);
            }
        };
        back.tools.iter_mut().for_each(|tool| restore(&mut tool.name));
        back.tool_choice.iter_mut().flat_map(|choice| &mut choice.only).for_each(restore);
        for block in back.turns.iter_mut().flat_map(|turn| &mut turn.blocks) {
            if let Content::ToolCall(call) = &mut block.content {
                restore(&mut call.name);
            }
        }
        prop_assert_eq!(format!("{back:#?}"), format!("{request:#?}"));
    }

    #[test]
    fn a_whole_answer_is_read_as_it_was_written(answer in transcript()) {
        let mut losses = Losses::default();
        let body = OpenAiChat.encode_answer(&answer, &context(false), &mut losses).unwrap();
        prop_assert!(losses.is_empty());
        let back = Transcript::collect(OpenAiChat.decode_answer(&body).unwrap()).unwrap();
        prop_assert_eq!(without_word(back), answer.clone());
        // What is forwarded unread is counted the same.
        let usage = OpenAiChat.scan_usage(&body).unwrap_or_default();
        prop_assert_eq!(usage, answer.usage);
    }

    #[test]
    fn a_stream_is_read_as_it_was_written(answer in transcript(), cut in any::<proptest::sample::Index>()) {
        let mut encoder = OpenAiChat.stream_encoder(context(true));
        let (mut losses, mut out) = (Losses::default(), Vec::new());
        for event in answer.clone().into_events() {
            encoder.push(&event, &mut losses, &mut out);
        }
        prop_assert!(losses.is_empty());
        let cut = cut.index(out.len());
        let (events, result) = read(&[&out[..cut], &out[cut..]], false);
        result.unwrap();
        prop_assert_eq!(without_word(Transcript::collect(events).unwrap()), answer);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop_oneof!["\\PC{0,60}", "[{}\\[\\]\":,a-z0-9]{0,60}"]) {
        let bytes = bytes.as_bytes();
        let _either = OpenAiChat.decode_request(bytes, &mut Losses::default());
        let _either = OpenAiChat.decode_answer(bytes);
        let _always = OpenAiChat.decode_fault(500, bytes);
        let _maybe = OpenAiChat.scan_usage(bytes);
        let frame = [b"data: ", bytes, b"\n\n"].concat();
        let _either = read(&[&frame], true);
    }
}
