//! Requests: what both dialects can say survives any way through them.

use dialect::chat::{
    Block, ChatRequest, Content, Effort, Format, Image, Role, Sampling, Source, Thinking, Tool,
    ToolCall, ToolChoice, ToolKind, ToolMode, ToolResult, Turn,
};
use dialect::{Codec, Dialect, Losses, Target};
use proptest::option::of;
use proptest::prelude::*;
use serde_json::value::RawValue;

use crate::common::{anthropic, openai};

const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// Words that are more than space, and do not end in it: both are refused in places.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z \"\\\\{}\n]{0,12}[a-z]",
        "\\PC{0,8}x",
        Just("船🚢\u{2028}\0.".to_owned())
    ]
}

fn said() -> impl Strategy<Value = Vec<Block>> {
    let source = prop_oneof![
        Just(Source::Base64 {
            media_type: "image/png".to_owned(),
            data: PNG.to_owned()
        }),
        "[a-z]{1,8}".prop_map(|path| Source::Url(format!("https://example.org/{path}"))),
    ];
    let content = prop_oneof![
        3 => words().prop_map(Content::Text),
        1 => source.prop_map(|source| Content::Image(Image { source, detail: None })),
    ];
    proptest::collection::vec(content.prop_map(Block::new), 1..3)
}

fn turn(role: Role, blocks: Vec<Block>) -> Turn {
    Turn {
        role,
        name: None,
        blocks,
    }
}

/// Users and the model take turns; calls are answered by a turn of results.
fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let calls = proptest::collection::vec(("[a-zA-Z0-9_-]{1,64}", words(), words()), 0..3);
    let exchange = (said(), words(), calls);
    (
        of(words()),
        proptest::collection::vec(exchange, 0..4),
        said(),
    )
        .prop_map(|(system, exchanges, last)| {
            let mut turns: Vec<Turn> = system
                .into_iter()
                .map(|text| turn(Role::System, vec![Block::text(text)]))
                .collect();
            let mut count = 0;
            // After results the model speaks: a user's turn there would be merged with them.
            let mut answered = false;
            for (asked, text, calls) in exchanges {
                if !answered {
                    turns.push(turn(Role::User, asked));
                }
                let (mut blocks, mut results) = (vec![Block::text(text)], Vec::new());
                for (name, argument, result) in calls {
                    count += 1;
                    let id = format!("call_{count}");
                    let arguments = serde_json::json!({ "a": argument }).to_string();
                    let call = ToolCall {
                        id: id.clone(),
                        name,
                        arguments,
                    };
                    blocks.push(Block::new(Content::ToolCall(call)));
                    let result = ToolResult {
                        call_id: id,
                        blocks: vec![Block::text(result)],
                        is_error: false,
                    };
                    results.push(Block::new(Content::ToolResult(result)));
                }
                turns.push(turn(Role::Assistant, blocks));
                answered = !results.is_empty();
                if answered {
                    turns.push(turn(Role::User, results));
                }
            }
            if !answered {
                turns.push(turn(Role::User, last));
            }
            turns
        })
}

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

fn tools() -> impl Strategy<Value = Vec<Tool>> {
    let tool = (of(words()), words(), of(Just(true)));
    proptest::collection::vec(tool, 0..4).prop_map(|tools| {
        let tools = tools.into_iter().enumerate();
        tools
            .map(|(number, (description, property, strict))| {
                let property = serde_json::Value::from(property);
                let schema = format!("{{ \"type\":\"object\",\"properties\":{{{property}:{{}}}}}}");
                Tool {
                    name: format!("tool_{number}"),
                    description,
                    kind: ToolKind::Function {
                        schema: Some(raw(&schema)),
                    },
                    strict,
                    cache: None,
                }
            })
            .collect()
    })
}

fn choice() -> impl Strategy<Value = Option<ToolChoice>> {
    let choice = |mode, only: &[&str]| {
        Some(ToolChoice {
            mode,
            only: only.iter().map(|name| (*name).to_owned()).collect(),
        })
    };
    prop_oneof![
        Just(None),
        Just(choice(ToolMode::Auto, &[])),
        Just(choice(ToolMode::None, &[])),
        Just(choice(ToolMode::Required, &[])),
        Just(choice(ToolMode::Required, &["tool_0"])),
    ]
}

fn sampling() -> impl Strategy<Value = Sampling> {
    prop_oneof![
        Just(Sampling::default()),
        (0..=100u32).prop_map(|t| Sampling {
            temperature: Some(f64::from(t) / 100.0),
            ..Sampling::default()
        }),
        (0..=100u32).prop_map(|p| Sampling {
            top_p: Some(f64::from(p) / 100.0),
            ..Sampling::default()
        }),
    ]
}

fn thinking() -> impl Strategy<Value = Option<Thinking>> {
    let on = |effort| Thinking {
        enabled: Some(true),
        effort: Some(effort),
        ..Thinking::default()
    };
    prop_oneof![
        Just(None),
        prop_oneof![
            Just(Effort::Low),
            Just(Effort::Medium),
            Just(Effort::High),
            Just(Effort::ExtraHigh),
            Just(Effort::Max)
        ]
        .prop_map(move |effort| Some(on(effort))),
    ]
}

fn request() -> impl Strategy<Value = ChatRequest> {
    let options = (
        1..100_000u64,
        proptest::collection::vec("[a-zA-Z#]{1,6}", 0..5),
        of("[a-z0-9-]{1,20}"),
        of(Just("{\"type\":\"object\",\"properties\":{}}")),
        any::<bool>(),
        any::<bool>(),
    );
    (turns(), tools(), choice(), sampling(), thinking(), options).prop_map(
        |(turns, tools, choice, sampling, thinking, options)| {
            let (limit, stop, user, schema, stream, alone) = options;
            let mut request = ChatRequest::new(Dialect::OpenAiChat, "upstream-model");
            request.stream = stream;
            request.turns = turns;
            request.max_output_tokens = Some(limit);
            request.stop = stop;
            request.user = user;
            request.format = match schema {
                Some(schema) => Format::JsonSchema {
                    name: None,
                    description: None,
                    schema: raw(schema),
                    strict: None,
                },
                None => Format::Text,
            };
            if !tools.is_empty() {
                let mode = choice.as_ref().map(|choice| choice.mode);
                let may = matches!(mode, Some(ToolMode::Auto | ToolMode::Required));
                request.parallel_tool_calls = (alone && may).then_some(false);
                request.tool_choice = choice;
            }
            request.tools = tools;
            // Anthropic refuses thinking beside a forced call and beside most sampling.
            let forced = request
                .tool_choice
                .as_ref()
                .is_some_and(|choice| choice.mode == ToolMode::Required);
            if forced || sampling != Sampling::default() {
                request.sampling = sampling;
            } else {
                request.thinking = thinking;
            }
            request
        },
    )
}

/// Everything that matters of a request, as text: schemas have no equality.
fn essence(request: &ChatRequest) -> String {
    let mut request = request.clone();
    request.origin = Dialect::OpenAiChat;
    // One dialect always reports usage, and one has names for schemas.
    request.stream_usage = false;
    if let Format::JsonSchema { name, .. } = &mut request.format {
        *name = None;
    }
    format!("{request:#?}")
}

fn through(request: &ChatRequest, codec: &dyn Codec) -> ChatRequest {
    let target = Target {
        openai_additions: true,
        ..Target::named("upstream-model")
    };
    let mut losses = Losses::default();
    let sent = codec.encode_request(request, &target, &mut losses).unwrap();
    assert!(sent.aliases.is_empty());
    let read = codec.decode_request(&sent.body, &mut losses).unwrap();
    assert!(losses.is_empty(), "{losses:?}");
    read
}

proptest! {
    #![proptest_config(crate::cases())]

    #[test]
    fn a_request_is_read_as_it_was_written(request in request()) {
        for codec in [openai(), anthropic()] {
            prop_assert_eq!(essence(&through(&request, codec)), essence(&request));
        }
    }

    #[test]
    fn a_request_comes_back_from_the_other_dialect(request in request()) {
        for (there, back) in [(openai(), anthropic()), (anthropic(), openai())] {
            let across = through(&through(&request, there), back);
            prop_assert_eq!(essence(&across), essence(&request));
            prop_assert_eq!(essence(&through(&across, there)), essence(&request));
        }
    }
}
