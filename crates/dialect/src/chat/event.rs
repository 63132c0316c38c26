//! What happens in an answer, one step at a time.

use super::{Opaque, Usage};

/// One step of an answer. Every answer is a sequence of these, streamed or not; the order that is
/// allowed is written down and checked in [`super::Laws`].
#[derive(Clone, Debug, PartialEq)]
pub enum ChatEvent {
    /// The answer begins. Always first, exactly once.
    Start {
        /// The upstream's id of the answer, where it gave one.
        id: Option<String>,
        /// The model that answers, as the upstream calls it.
        model: Option<String>,
    },
    /// A block begins. `index` counts from 0 without gaps; several may be open at once.
    Open {
        /// The block's place in the answer.
        index: usize,
        /// What kind of block.
        block: BlockStart,
    },
    /// More of an open block.
    Delta {
        /// The block's place in the answer.
        index: usize,
        /// What is added.
        delta: Delta,
    },
    /// An open block is complete.
    Close {
        /// The block's place in the answer.
        index: usize,
    },
    /// Token counts so far; a later report replaces what an earlier one said.
    Usage(Usage),
    /// The answer is complete. Always last, exactly once, all blocks closed.
    Finish(Finish),
}

/// The kinds of block that an answer is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockStart {
    /// Words for the user.
    Text,
    /// What the model thought.
    Reasoning,
    /// Thoughts that only the provider can read.
    Sealed(Opaque),
    /// The model declines, in words.
    Refusal,
    /// The model calls a tool.
    ToolCall {
        /// The upstream's id of the call; minted by the decoder where the upstream gave none.
        id: String,
        /// The tool's name.
        name: String,
    },
    /// A block that exists in one dialect only (a server-side tool, a compaction).
    Unknown {
        /// What that dialect calls it.
        kind: String,
    },
}

/// What can be added to an open block.
#[derive(Clone, Debug, PartialEq)]
pub enum Delta {
    /// To `Text`, `Reasoning` or `Refusal`: more words.
    Text(String),
    /// To `ToolCall`: more of the arguments' JSON text, which may be cut anywhere.
    Arguments(String),
    /// To `Reasoning`: its seal, whole.
    Seal(Opaque),
    /// To `Text`: where words come from.
    Citation(Citation),
}

/// Where words of a text block come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// The page's address.
    pub url: String,
    /// The page's title.
    pub title: Option<String>,
    /// The words that were quoted.
    pub quote: Option<String>,
    /// The span of the answer's text that it backs, in characters, where the dialect says so.
    pub span: Option<(usize, usize)>,
}

/// How an answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finish {
    /// Why, in the common words.
    pub reason: StopReason,
    /// Why, in the upstream's own word.
    pub raw: Option<String>,
    /// The stop sequence that was hit.
    pub sequence: Option<String>,
    /// Why the provider declined, in its words.
    pub explanation: Option<String>,
}

impl Finish {
    /// An end for the given reason with nothing else to say.
    #[must_use]
    pub fn because(reason: StopReason) -> Self {
        Self {
            reason,
            raw: None,
            sequence: None,
            explanation: None,
        }
    }
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StopReason {
    /// The model had said it all.
    Natural,
    /// A stop sequence of the request came.
    StopSequence,
    /// The limit on output tokens was reached.
    Length,
    /// The conversation filled the model's context.
    ContextFull,
    /// The model waits for the results of its tool calls.
    ToolCalls,
    /// The provider paused a long turn that can be resumed.
    Paused,
    /// The provider or the model declined.
    Refusal,
    /// A reason that no common word says; see [`Finish::raw`].
    Other,
}
