//! What Anthropic refuses in a request whose parts are each right.

use std::borrow::Cow;

use super::super::wire::{self, CacheControl, Part, Sent};
use super::Body;
use super::content::Writer;
use super::thinking::Wanted;
use super::tools::{Choice, Declared};
use super::turns::Message;
use crate::{Fault, Target, Weight};

/// How many cache breakpoints one request may have.
const BREAKPOINTS: usize = 4;

/// A conversation that ends with the model's own words is to be continued from there.
pub(super) fn prefill(
    body: &mut Body<'_>,
    target: &Target,
    writer: &mut Writer<'_>,
) -> Result<(), Fault> {
    let Some(last) = body
        .messages
        .last_mut()
        .filter(|last| last.role == "assistant")
    else {
        return Ok(());
    };
    if !target.prefill {
        let words = "the model does not continue an answer that the client began";
        return Err(Fault::invalid("messages", words));
    }
    if let Some(Sent {
        part: Part::Text { text, .. },
        ..
    }) = last.content.last_mut()
        && text.ends_with(char::is_whitespace)
    {
        *text = Cow::Owned(text.trim_end().to_owned());
        let reason = "space at the end of an answer to continue is refused";
        writer.approximated("messages", Weight::Cosmetic, reason);
    }
    Ok(())
}

/// Thinking gives way to what Anthropic refuses beside it: a tool that must be called, an answer
/// to continue, and (with a budget) a tool loop that began without thoughts.
pub(super) fn contradictions(
    body: &Body<'_>,
    thinking: &mut Option<Wanted>,
    writer: &mut Writer<'_>,
) {
    let Some(wanted) = thinking.filter(Wanted::is_on) else {
        return;
    };
    let reason = if body.tool_choice.as_ref().is_some_and(Choice::is_forced) {
        "not together with a tool that must be called"
    } else if body
        .messages
        .last()
        .is_some_and(|last| last.role == "assistant")
    {
        "not together with an answer to continue"
    } else if wanted.has_budget() && loops_without_thoughts(&body.messages) {
        "the tool calls to go on from have no sealed thoughts"
    } else {
        return;
    };
    writer.dropped("thinking", Weight::Semantic, reason);
    *thinking = None;
}

fn loops_without_thoughts(messages: &[Message<'_>]) -> bool {
    let begins_with = |message: &Message<'_>, test: fn(&Part<'_>) -> bool| {
        message.content.first().is_some_and(|sent| test(&sent.part))
    };
    let in_loop = messages
        .iter()
        .rev()
        .find(|message| message.role == "user")
        .is_some_and(|user| begins_with(user, |part| matches!(part, Part::ToolResult { .. })));
    let thoughtful = messages
        .iter()
        .rev()
        .find(|message| message.role == "assistant")
        .is_some_and(|model| {
            begins_with(model, |part| {
                matches!(part, Part::Thinking { .. } | Part::RedactedThinking { .. })
            })
        });
    in_loop && !thoughtful
}

/// Keeps the last four breakpoints, and the longer-lived ones before the shorter-lived, as
/// Anthropic demands.
pub(super) fn breakpoints(body: &mut Body<'_>, writer: &mut Writer<'_>) {
    let tools = body.tools.iter_mut().filter_map(|tool| match tool {
        Declared::Function { cache_control, .. } => Some(cache_control),
        Declared::Raw(_) => None,
    });
    let system = body.system.iter_mut().map(|sent| &mut sent.cache_control);
    let messages = body
        .messages
        .iter_mut()
        .flat_map(|message| &mut message.content)
        .flat_map(with_nested);
    let all = tools.chain(system).chain(messages);
    let mut set: Vec<&mut Option<CacheControl>> = all.filter(|cache| cache.is_some()).collect();
    let room = BREAKPOINTS - usize::from(body.cache_control.is_some());
    let excess = set.len().saturating_sub(room);
    for cache in set.drain(..excess) {
        *cache = None;
        writer.dropped(
            "cache_control",
            Weight::Cosmetic,
            "only four breakpoints are allowed",
        );
    }
    let mut short = false;
    for control in set.into_iter().flatten() {
        let long = control.ttl == Some("1h");
        if long && short {
            control.ttl = Some("5m");
            let reason = "a long-lived breakpoint cannot follow a short-lived one";
            writer.approximated("cache_control", Weight::Cosmetic, reason);
        }
        short |= !long;
    }
}

/// The breakpoints of a block and of those in a tool's result.
fn with_nested<'s>(sent: &'s mut Sent<'_>) -> Vec<&'s mut Option<CacheControl>> {
    let mut all = Vec::new();
    if let Part::ToolResult {
        content: Some(wire::Body::Blocks(blocks)),
        ..
    } = &mut sent.part
    {
        all.extend(blocks.iter_mut().map(|sent| &mut sent.cache_control));
    }
    all.push(&mut sent.cache_control);
    all
}
