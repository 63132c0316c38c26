//! Why an answer ended, in this dialect's five words, and where its words come from.

use serde::Serialize;

use crate::chat::{Citation, Finish, StopReason};
use crate::{LossKind, Losses, Weight};

/// The `finish_reason` of an answer. Strict clients know no other words than these.
pub(super) fn word(finish: &Finish, losses: &mut Losses) -> &'static str {
    if finish.sequence.is_some() {
        let reason = "no field for the stop sequence that was hit";
        losses.record("stop_sequence", LossKind::Dropped, Weight::Cosmetic, reason);
    }
    match finish.reason {
        StopReason::Natural | StopReason::StopSequence => "stop",
        StopReason::Length | StopReason::ContextFull => "length",
        StopReason::ToolCalls => "tool_calls",
        StopReason::Refusal => "content_filter",
        // `stop` would tell an agent that the work is done.
        StopReason::Paused | StopReason::Other => {
            let reason = "no word for this end; the answer may be incomplete";
            losses.record(
                "finish_reason",
                LossKind::Approximated,
                Weight::Semantic,
                reason,
            );
            "length"
        }
    }
}

/// An annotation of a message.
#[derive(Debug, Serialize)]
pub(super) struct AnnotationOut<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    url_citation: UrlCitationOut<'a>,
}

#[derive(Debug, Serialize)]
struct UrlCitationOut<'a> {
    start_index: usize,
    end_index: usize,
    url: &'a str,
    title: &'a str,
}

impl<'a> AnnotationOut<'a> {
    /// A citation as an annotation. `span` is where the cited block of text stands in the answer,
    /// in characters, for a citation that does not say what it backs.
    pub(super) fn of(citation: &'a Citation, span: (usize, usize), losses: &mut Losses) -> Self {
        if citation.quote.is_some() {
            let reason = "no field for the quoted words";
            losses.record(
                "annotations.quote",
                LossKind::Dropped,
                Weight::Cosmetic,
                reason,
            );
        }
        let (start_index, end_index) = citation.span.unwrap_or_else(|| {
            let reason = "the citation stands for its whole block of text";
            losses.record(
                "annotations.span",
                LossKind::Approximated,
                Weight::Cosmetic,
                reason,
            );
            span
        });
        let title = citation.title.as_deref().unwrap_or_default();
        let url_citation = UrlCitationOut {
            start_index,
            end_index,
            url: &citation.url,
            title,
        };
        Self {
            kind: "url_citation",
            url_citation,
        }
    }
}

/// Remembers that a seal on reasoning found no place.
pub(super) fn lose_seal(losses: &mut Losses) {
    let reason = "no field for a provider's sealed reasoning";
    losses.record(
        "reasoning.signature",
        LossKind::Dropped,
        Weight::Cosmetic,
        reason,
    );
}

/// Remembers that a block found no place.
pub(super) fn lose_block(kind: &str, losses: &mut Losses) {
    let reason = "no such block in a chat completion";
    losses.record(
        format!("content.{kind}"),
        LossKind::Dropped,
        Weight::Semantic,
        reason,
    );
}
