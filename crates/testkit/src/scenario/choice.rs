//! Which answer a scenario's name stands for.

use std::time::Duration;

use super::agent;
use super::asked::{Asked, Image};
use crate::example::example;
use crate::reply::{Part, Reply, Usage};
use crate::script::{End, Script};
use crate::{anthropic, openai_chat};

/// Every scenario's name.
pub const NAMES: &[&str] = &[
    "text",
    "echo",
    "echo-slow",
    "chinese",
    "stream-slow",
    "usage",
    "length",
    "stop-sequence",
    "refusal",
    "tools",
    "parallel-tools",
    "interleaved-tools",
    "no-arg-tool",
    "image",
    "json-schema",
    "thinking",
    "redacted",
    "agent",
    "aider",
    "endless",
    "silent",
    "stall",
    "html",
    "error-400",
    "error-401",
    "error-402",
    "error-403",
    "error-404",
    "error-408",
    "error-409",
    "error-413",
    "error-422",
    "error-429",
    "error-500",
    "error-502",
    "error-503",
    "error-529",
    "error-in-200",
    "error-first-event",
    "error-in-stream",
    "cut",
    "cut-inside-event",
    "reset",
    "garbage",
    "missing-end",
    "empty-stream",
    "embedding",
];

const TEXT: &str = "Hello from the scripted upstream.";
const CHINESE: &str = "你好，世界！这是来自上游的消息：模型、网关与客户端。🚀";
const THOUGHT: &str = "First I look at the question, then I answer it.";
const SIGNATURE: &str = "c2NyaXB0ZWQtc2lnbmF0dXJl";

/// The answer to a chat request in either dialect.
pub(super) fn answer(asked: &Asked) -> Script {
    let scenario = asked.scenario();
    if let Some(status) = scenario
        .strip_prefix("error-")
        .and_then(|word| word.parse().ok())
    {
        return if asked.anthropic {
            anthropic::error(status)
        } else {
            openai_chat::error(status)
        };
    }
    let reply = said(scenario, asked);
    match scenario {
        "silent" => Script::silence(),
        "html" => Script::html(200),
        "error-in-200" if asked.anthropic => anthropic::error_in_ok(),
        "error-in-200" => openai_chat::error_in_ok(),
        _ if asked.stream => streamed(scenario, asked, &reply),
        "stall" => whole(asked, &reply).delay(Duration::from_secs(3600)),
        "endless" => whole(asked, &reply).delay(Duration::from_secs(3600)),
        "cut" | "cut-inside-event" => cut_short(whole(asked, &reply)),
        "reset" => cut_short(whole(asked, &reply)).end(End::Reset),
        "error-in-stream" | "error-first-event" if asked.anthropic => anthropic::error(529),
        "error-in-stream" | "error-first-event" => openai_chat::error(500),
        _ => whole(asked, &reply),
    }
}

/// What the model says.
fn said(scenario: &str, asked: &Asked) -> Reply {
    let reply = match scenario {
        "echo" => Reply::text(&asked.text).delta(5),
        "echo-slow" => Reply::text(&asked.text)
            .delta(5)
            .gap(Duration::from_millis(5)),
        "chinese" => Reply::text(CHINESE).delta(3),
        "stream-slow" => Reply::text(TEXT).gap(Duration::from_millis(60)),
        "usage" => Reply::text(TEXT).usage(Usage {
            input: 1200,
            cached: 1000,
            cache_written: 0,
            output: 90,
            reasoning: 40,
        }),
        "length" => Reply::cut_by_length("Once upon a"),
        "stop-sequence" => Reply::stopped_by("one two", "STOP"),
        "refusal" => Reply::refusal("I cannot help with that."),
        "tools" | "parallel-tools" | "interleaved-tools" | "no-arg-tool" => called(scenario, asked),
        "image" => Reply::text(&seen(asked)),
        "json-schema" => match (&asked.schema, asked.tools.first()) {
            (Some(schema), _) => Reply::text(&example(schema).to_string()),
            // Where the dialect has no schema for answers, a gateway may ask for it as a tool.
            (None, Some(tool)) => Reply::tool_call("call_1", &tool.name, &example(&tool.schema)),
            (None, None) => Reply::text(r#"{"answer":"no schema came"}"#),
        },
        "thinking" => Reply::thinking(THOUGHT, SIGNATURE, "The answer is 42."),
        "redacted" => Reply::redacted(SIGNATURE, "The answer is 42."),
        "agent" => agent::agent(asked),
        "aider" => agent::aider(),
        _ => Reply::text(TEXT),
    };
    let reply = reply.model(&asked.model);
    Reply {
        stream_usage: asked.stream_usage,
        ..reply
    }
}

fn called(scenario: &str, asked: &Asked) -> Reply {
    if asked.ends_with_result {
        return Reply::text(&format!("The tool said: {}", asked.results.join(" | ")));
    }
    let Some(first) = asked.tools.first() else {
        return Reply::text("no tools came");
    };
    let arguments = example(&first.schema);
    let last = asked.tools.last().unwrap_or(first);
    let both = [
        ("call_1", first.name.as_str(), &arguments),
        ("call_2", last.name.as_str(), &example(&last.schema)),
    ];
    match scenario {
        "parallel-tools" => Reply::tool_calls(&both),
        "interleaved-tools" => Reply::interleaved_tool_calls(&both),
        "no-arg-tool" => Reply::call_without_arguments("call_1", &first.name),
        _ => {
            let mut reply = Reply::tool_call("call_1", &first.name, &arguments);
            reply.parts.insert(0, Part::Text("I will look.".to_owned()));
            reply
        }
    }
}

fn seen(asked: &Asked) -> String {
    let words: Vec<String> = asked
        .images
        .iter()
        .map(|image| match image {
            Image::Inline(kind, size) => format!("{kind} {size} bytes"),
            Image::Address(address) => address.clone(),
        })
        .collect();
    if words.is_empty() {
        "no image came".to_owned()
    } else {
        words.join(", ")
    }
}

fn whole(asked: &Asked, reply: &Reply) -> Script {
    if asked.anthropic {
        anthropic::answer(reply)
    } else {
        openai_chat::answer(reply)
    }
}

fn cut_short(script: Script) -> Script {
    let half = script.body().len() / 2;
    script.cut_at(half)
}

fn streamed(scenario: &str, asked: &Asked, reply: &Reply) -> Script {
    let every = Duration::from_millis(20);
    let stream = if asked.anthropic {
        anthropic::stream
    } else {
        openai_chat::stream
    };
    match (scenario, asked.anthropic) {
        ("endless", true) => anthropic::endless(&asked.model, every),
        ("endless", false) => openai_chat::endless(&asked.model, every),
        ("error-first-event", true) => anthropic::error_as_first_event(),
        ("error-first-event", false) => openai_chat::error_as_first_event(),
        ("error-in-stream", true) => anthropic::error_in_stream(reply, 5),
        ("error-in-stream", false) => openai_chat::error_in_stream(reply, 4),
        ("missing-end", true) => anthropic::stream_without_end(reply),
        ("missing-end", false) => openai_chat::stream_without_end(reply),
        ("empty-stream", true) => anthropic::empty_stream(),
        ("empty-stream", false) => openai_chat::empty_stream(),
        ("cut-inside-event", _) => stream(reply).cut_inside(6),
        ("cut", _) => stream(reply).cut_after(6),
        ("reset", _) => stream(reply).cut_after(6).wait(every).end(End::Reset),
        ("garbage", _) => stream(reply).cut_after(6).end(End::Garbage),
        ("stall", _) => stream(reply).cut_after(6).end(End::Stall),
        // Seven bytes a piece, so that characters and events are split between writes.
        ("chinese", _) => stream(reply).sliced(7),
        _ => stream(reply),
    }
}
