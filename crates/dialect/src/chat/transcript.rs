//! A whole answer: its events folded, so that streamed and whole answers cannot drift apart.

use super::{BlockStart, ChatEvent, Citation, Delta, Finish, Opaque, Usage};
use crate::Fault;

/// One block of a whole answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Words for the user, and where they come from.
    Text {
        /// The words.
        text: String,
        /// Their sources.
        citations: Vec<Citation>,
    },
    /// What the model thought.
    Reasoning {
        /// The thoughts; empty where the provider withholds them.
        text: String,
        /// The provider's seal on them.
        seal: Option<Opaque>,
    },
    /// Thoughts that only the provider can read.
    Sealed(Opaque),
    /// The model declines, in words.
    Refusal(String),
    /// The model calls a tool.
    ToolCall {
        /// The call's id.
        id: String,
        /// The tool's name.
        name: String,
        /// The arguments as JSON text, as the model wrote them.
        arguments: String,
    },
    /// A block that exists in one dialect only.
    Unknown {
        /// What that dialect calls it.
        kind: String,
    },
}

/// A whole answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Transcript {
    /// The upstream's id of the answer.
    pub id: Option<String>,
    /// The model that answered, as the upstream calls it.
    pub model: Option<String>,
    /// The blocks in order.
    pub blocks: Vec<Answer>,
    /// The last token counts.
    pub usage: Usage,
    /// How it ended.
    pub finish: Finish,
}

impl Transcript {
    /// Folds the events of one answer. Fails with `Truncated` when they have no `Finish`.
    pub fn collect(events: impl IntoIterator<Item = ChatEvent>) -> Result<Self, Fault> {
        let (mut answer_id, mut answer_model, mut end) = (None, None, None);
        let mut blocks: Vec<Answer> = Vec::new();
        let mut usage = Usage::default();
        for event in events {
            match event {
                ChatEvent::Start { id, model } => (answer_id, answer_model) = (id, model),
                ChatEvent::Open { block, .. } => blocks.push(opened(block)),
                ChatEvent::Delta { index, delta } => {
                    if let Some(block) = blocks.get_mut(index) {
                        extend(block, delta);
                    }
                }
                ChatEvent::Close { .. } => {}
                ChatEvent::Usage(later) => usage.update(&later),
                ChatEvent::Finish(finish) => end = Some(finish),
            }
        }
        let finish = end.ok_or_else(|| Fault::truncated("the answer has no end"))?;
        Ok(Self {
            id: answer_id,
            model: answer_model,
            blocks,
            usage,
            finish,
        })
    }

    /// The events that a stream of this answer would have had.
    #[must_use]
    pub fn into_events(self) -> Vec<ChatEvent> {
        let mut events = vec![ChatEvent::Start {
            id: self.id,
            model: self.model,
        }];
        for (index, block) in self.blocks.into_iter().enumerate() {
            let (start, deltas) = taken_apart(block);
            events.push(ChatEvent::Open {
                index,
                block: start,
            });
            events.extend(
                deltas
                    .into_iter()
                    .map(|delta| ChatEvent::Delta { index, delta }),
            );
            events.push(ChatEvent::Close { index });
        }
        if !self.usage.is_empty() {
            events.push(ChatEvent::Usage(self.usage));
        }
        events.push(ChatEvent::Finish(self.finish));
        events
    }
}

fn opened(block: BlockStart) -> Answer {
    match block {
        BlockStart::Text => Answer::Text {
            text: String::new(),
            citations: Vec::new(),
        },
        BlockStart::Reasoning => Answer::Reasoning {
            text: String::new(),
            seal: None,
        },
        BlockStart::Sealed(opaque) => Answer::Sealed(opaque),
        BlockStart::Refusal => Answer::Refusal(String::new()),
        BlockStart::ToolCall { id, name } => Answer::ToolCall {
            id,
            name,
            arguments: String::new(),
        },
        BlockStart::Unknown { kind } => Answer::Unknown { kind },
    }
}

fn extend(block: &mut Answer, delta: Delta) {
    match (block, delta) {
        (Answer::Text { text, .. } | Answer::Reasoning { text, .. }, Delta::Text(more))
        | (Answer::Refusal(text), Delta::Text(more)) => text.push_str(&more),
        (Answer::Text { citations, .. }, Delta::Citation(citation)) => citations.push(citation),
        (Answer::Reasoning { seal, .. }, Delta::Seal(opaque)) => *seal = Some(opaque),
        (Answer::ToolCall { arguments, .. }, Delta::Arguments(more)) => arguments.push_str(&more),
        // The laws forbid every other pair; a decoder that breaks them is found in its tests.
        (_, Delta::Text(_) | Delta::Arguments(_) | Delta::Seal(_) | Delta::Citation(_)) => {}
    }
}

fn taken_apart(block: Answer) -> (BlockStart, Vec<Delta>) {
    let words = |text: String| {
        if text.is_empty() {
            Vec::new()
        } else {
            vec![Delta::Text(text)]
        }
    };
    match block {
        Answer::Text { text, citations } => {
            let mut deltas = words(text);
            deltas.extend(citations.into_iter().map(Delta::Citation));
            (BlockStart::Text, deltas)
        }
        Answer::Reasoning { text, seal } => {
            let mut deltas = words(text);
            deltas.extend(seal.map(Delta::Seal));
            (BlockStart::Reasoning, deltas)
        }
        Answer::Sealed(opaque) => (BlockStart::Sealed(opaque), Vec::new()),
        Answer::Refusal(text) => (BlockStart::Refusal, words(text)),
        Answer::ToolCall {
            id,
            name,
            arguments,
        } => (
            BlockStart::ToolCall { id, name },
            vec![Delta::Arguments(arguments)],
        ),
        Answer::Unknown { kind } => (BlockStart::Unknown { kind }, Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Finish, Laws, StopReason, Usage};
    use super::{Answer, Transcript};

    #[test]
    fn folding_and_unfolding_is_the_same_answer() {
        let transcript = Transcript {
            id: Some("a".to_owned()),
            model: Some("m".to_owned()),
            blocks: vec![
                Answer::Reasoning {
                    text: "hm".to_owned(),
                    seal: None,
                },
                Answer::Text {
                    text: "船".to_owned(),
                    citations: Vec::new(),
                },
                Answer::ToolCall {
                    id: "call_1".to_owned(),
                    name: "f".to_owned(),
                    arguments: "{}".to_owned(),
                },
            ],
            usage: Usage {
                input: Some(1),
                output: Some(2),
                ..Usage::default()
            },
            finish: Finish::because(StopReason::ToolCalls),
        };
        let events = transcript.clone().into_events();
        let mut laws = Laws::default();
        for event in &events {
            assert_eq!(laws.check(event), Ok(()));
        }
        assert_eq!(laws.finish(), Ok(()));
        assert_eq!(Transcript::collect(events), Ok(transcript));
    }

    #[test]
    fn an_answer_without_an_end_is_no_answer() {
        let fault = Transcript::collect([]).map_err(|fault| fault.kind);
        assert_eq!(fault, Err(crate::FaultKind::Truncated));
    }
}
