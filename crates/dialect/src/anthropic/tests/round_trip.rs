//! What is written is read again as the same.

use proptest::prelude::*;
use serde_json::value::RawValue;

use super::{Anthropic, decoded, encoded};
use crate::chat::{
    Answer, Block, CacheHint, ChatEvent, ChatRequest, Citation, Content, Document, DocumentSource,
    Effort, Finish, Format, Image, Opaque, OpaqueFormat, Reasoning, Role, Source, StopReason,
    Thinking, Tool, ToolCall, ToolChoice, ToolKind, ToolMode, ToolResult, Transcript, Turn, Usage,
};
use crate::{Codec as _, Dialect, Losses, Target};

const PNG: &str = "iVBORw0KGgoAAAANSUhEUg==";

fn words() -> impl Strategy<Value = String> {
    "[a-z\"\\\\\n 船é🚢]{0,12}[a-z]"
}

fn name() -> impl Strategy<Value = String> {
    "[A-Za-z0-9_-]{1,20}"
}

fn object() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("{}".to_owned()),
        Just("{ \"n\": 1.0, \"s\": \"\\u8239\" }".to_owned()),
        words().prop_map(|text| serde_json::json!({"text": text}).to_string()),
    ]
}

fn seal(format: OpaqueFormat) -> impl Strategy<Value = Opaque> {
    "[A-Za-z0-9+/]{1,12}".prop_map(move |payload| Opaque {
        owner: Dialect::AnthropicMessages,
        format,
        payload,
    })
}

fn shown() -> impl Strategy<Value = Content> {
    prop_oneof![
        4 => words().prop_map(Content::Text),
        1 => Just(Content::Image(Image {
            source: Source::Base64 { media_type: "image/png".to_owned(), data: PNG.to_owned() },
            detail: None,
        })),
        1 => words().prop_map(|path| Content::Image(Image {
            source: Source::Url(format!("https://example.org/{path}")),
            detail: None,
        })),
        1 => (words(), proptest::option::of(words()), any::<bool>()).prop_map(
            |(text, title, citations)| Content::Document(Document {
                source: DocumentSource::Text(text),
                title,
                context: None,
                citations,
            })
        ),
        1 => words().prop_map(|id| Content::Document(Document {
            source: DocumentSource::Bytes(Source::File(id)),
            title: None,
            context: Some("read".to_owned()),
            citations: false,
        })),
    ]
}

fn plain(contents: Vec<Content>) -> Vec<Block> {
    contents.into_iter().map(Block::new).collect()
}

/// What a tool is given, what it returns, and whether it fails.
type Use = (String, Vec<Content>, bool);
/// A user's turn, the model's answer to it with perhaps some calls, and their results.
type Exchange = (Vec<Content>, Vec<Content>, Vec<Use>);

fn exchange() -> impl Strategy<Value = Exchange> {
    let thought = prop_oneof![
        (words(), seal(OpaqueFormat::Signature)).prop_map(|(text, seal)| {
            Content::Reasoning(Reasoning {
                text,
                seal: Some(seal),
            })
        }),
        seal(OpaqueFormat::Sealed).prop_map(|seal| {
            Content::Reasoning(Reasoning {
                text: String::new(),
                seal: Some(seal),
            })
        }),
    ];
    let answer = (
        proptest::option::of(thought),
        proptest::option::of(words().prop_map(Content::Text)),
    )
        .prop_map(|(thought, text)| {
            let text = text.or_else(|| thought.is_none().then(|| Content::Text("so".to_owned())));
            thought.into_iter().chain(text).collect::<Vec<_>>()
        });
    let calls = proptest::collection::vec(
        (
            object(),
            proptest::collection::vec(shown(), 0..3),
            any::<bool>(),
        ),
        0..3,
    );
    (proptest::collection::vec(shown(), 1..3), answer, calls)
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let system = proptest::collection::vec(words().prop_map(Content::Text), 0..3);
    (system, proptest::collection::vec(exchange(), 1..4), words()).prop_map(
        |(system, exchanges, last)| {
            let turn = |role, blocks| Turn {
                role,
                name: None,
                blocks,
            };
            let mut turns = Vec::new();
            if !system.is_empty() {
                turns.push(turn(Role::System, plain(system)));
            }
            let mut results = Vec::new();
            for (number, (user, answer, calls)) in exchanges.into_iter().enumerate() {
                results.extend(plain(user));
                turns.push(turn(Role::User, std::mem::take(&mut results)));
                let mut blocks = plain(answer);
                for (place, (arguments, content, is_error)) in calls.into_iter().enumerate() {
                    let id = format!("call.{number}:{place}");
                    blocks.push(Block::new(Content::ToolCall(ToolCall {
                        id: id.clone(),
                        name: "f".to_owned(),
                        arguments,
                    })));
                    let result = ToolResult {
                        call_id: id,
                        blocks: plain(content),
                        is_error,
                    };
                    results.push(Block::new(Content::ToolResult(result)));
                }
                turns.push(turn(Role::Assistant, blocks));
            }
            results.push(Block::text(last));
            turns.push(turn(Role::User, results));
            turns.push(turn(Role::System, vec![Block::text("mind the gap")]));
            turns
        },
    )
}

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

fn tools() -> impl Strategy<Value = Vec<Tool>> {
    proptest::collection::vec((name(), proptest::option::of(words()), any::<bool>()), 0..3)
        .prop_map(|tools| {
            tools
                .into_iter()
                .map(|(name, description, strict)| Tool {
                    name,
                    description,
                    kind: ToolKind::Function {
                        schema: Some(raw(r#"{"type":"object","properties":{"b":{},"a":{}}}"#)),
                    },
                    strict: strict.then_some(true),
                    cache: Some(CacheHint {
                        seconds: Some(3600),
                    }),
                })
                .collect()
        })
}

fn request() -> impl Strategy<Value = ChatRequest> {
    let thinking = prop_oneof![
        Just(None),
        Just(Some(Thinking {
            enabled: Some(false),
            ..Thinking::default()
        })),
        Just(Some(Thinking {
            enabled: Some(true),
            effort: Some(Effort::High),
            visible: Some(false),
            ..Thinking::default()
        })),
    ];
    let scalars = (
        any::<bool>(),
        1u64..100_000,
        proptest::option::of((0u8..=64).prop_map(|n| f64::from(n) / 64.0)),
        thinking,
    );
    (
        turns(),
        tools(),
        scalars,
        proptest::collection::vec(words(), 0..3),
        any::<(bool, bool, bool)>(),
    )
        .prop_map(
            |(turns, tools, (stream, limit, temperature, thinking), stop, flags)| {
                let mut request = ChatRequest::new(Dialect::AnthropicMessages, "claude");
                let (formed, alone, cached) = flags;
                request.turns = turns;
                if cached {
                    request.turns[0].blocks[0].cache = Some(CacheHint { seconds: Some(300) });
                }
                if alone && !tools.is_empty() {
                    request.tool_choice = Some(ToolChoice {
                        mode: ToolMode::Auto,
                        only: Vec::new(),
                    });
                    request.parallel_tool_calls = Some(false);
                }
                request.tools = tools;
                request.stream = stream;
                request.stream_usage = true;
                request.max_output_tokens = Some(limit);
                request.thinking = thinking;
                if thinking.and_then(|thinking| thinking.enabled) != Some(true) {
                    request.sampling.temperature = temperature;
                }
                if formed {
                    request.format = Format::JsonSchema {
                        name: None,
                        description: None,
                        schema: raw(r#"{"type":"object"}"#),
                        strict: None,
                    };
                }
                request.stop = stop;
                request.user = Some("u".to_owned());
                request.extra = vec![("container".to_owned(), raw("{ \"id\": 1.0 }"))];
                request
            },
        )
}

fn transcript() -> impl Strategy<Value = Transcript> {
    let citation = (words(), proptest::option::of(words())).prop_map(|(url, title)| Citation {
        url,
        title,
        quote: Some("q".to_owned()),
        span: None,
    });
    let block = prop_oneof![
        (words(), proptest::collection::vec(citation, 0..2))
            .prop_map(|(text, citations)| Answer::Text { text, citations }),
        (words(), proptest::option::of(seal(OpaqueFormat::Signature)))
            .prop_map(|(text, seal)| Answer::Reasoning { text, seal }),
        seal(OpaqueFormat::Sealed).prop_map(Answer::Sealed),
        (name(), object()).prop_map(|(name, arguments)| Answer::ToolCall {
            id: format!("toolu_{name}"),
            name,
            arguments,
        }),
    ];
    let usage = (0u64..1000, 0u64..1000, 1u64..1000, 1u64..1000);
    (
        proptest::collection::vec(block, 0..5),
        usage,
        proptest::option::of(words()),
    )
        .prop_map(|(blocks, (read, write, uncached, output), sequence)| {
            let called = blocks
                .iter()
                .any(|block| matches!(block, Answer::ToolCall { .. }));
            let reason = if called {
                StopReason::ToolCalls
            } else {
                StopReason::StopSequence
            };
            Transcript {
                id: Some("msg_x7".to_owned()),
                model: Some("asked-for".to_owned()),
                blocks,
                usage: Usage {
                    input: Some(uncached + read + write),
                    cache_read: Some(read),
                    cache_write: Some(write),
                    output: Some(output),
                    reasoning: Some(output),
                    web_searches: None,
                },
                finish: Finish {
                    raw: Some(if called { "tool_use" } else { "stop_sequence" }.to_owned()),
                    sequence,
                    ..Finish::because(reason)
                },
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn requests_come_back_as_they_were(request in request()) {
        let target = Target { system_anywhere: true, ..Target::named("claude") };
        let mut losses = Losses::default();
        let sent = Anthropic.encode_request(&request, &target, &mut losses).unwrap();
        let again = Anthropic.decode_request(&sent.body, &mut losses).unwrap();
        prop_assert_eq!(format!("{:#?}", again), format!("{:#?}", request));
        prop_assert!(losses.is_empty(), "{:?}", losses);
    }

    #[test]
    fn streams_come_back_as_they_were(answer in transcript(), cut in 0usize..4000) {
        let (out, losses) = encoded(&answer.clone().into_events());
        prop_assert!(losses.is_empty());
        let cut = cut.min(out.len());
        let (events, result) = decoded(&[&out.as_bytes()[..cut], &out.as_bytes()[cut..]], false);
        prop_assert_eq!(result, Ok(()));
        prop_assert_eq!(Transcript::collect(events), Ok(answer));
    }

    #[test]
    fn whole_answers_come_back_as_they_were(answer in transcript()) {
        let mut losses = Losses::default();
        let body = Anthropic.encode_answer(&answer, &super::context(), &mut losses).unwrap();
        let events: Vec<ChatEvent> = Anthropic.decode_answer(&body).unwrap();
        prop_assert!(losses.is_empty());
        prop_assert_eq!(Transcript::collect(events), Ok(answer));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Anthropic.decode_request(&bytes, &mut Losses::default());
        let _ = Anthropic.decode_answer(&bytes);
        let _ = Anthropic.decode_fault(500, &bytes);
        let _ = Anthropic.scan_usage(&bytes);
        let _ = super::super::estimate_input_tokens(&bytes);
        let _ = decoded(&[&bytes], true);
    }
}
