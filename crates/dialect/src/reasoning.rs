//! Where the reasoning of an answer goes, for clients that read one field alone.

use crate::chat::{BlockStart, ChatEvent, Delta};

/// Where the reasoning of an answer goes, of clients of OpenAI's chat, whose official form knows no
/// place for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReasoningPlace {
    /// Into `reasoning_content`, and nowhere else.
    #[default]
    Apart,
    /// Before the answer, in `content`: for clients that know no other field.
    Merged,
    /// Into `reasoning_content`; where the answer has neither words nor calls, into `content` too, so
    /// that who reads only that field does not get nothing.
    Copied,
}

impl ReasoningPlace {
    /// The place that `preserve_reasoning_content` means where it is set.
    #[must_use]
    pub fn of_setting(preserve: bool) -> Self {
        if preserve { Self::Copied } else { Self::Merged }
    }
}

/// What stands between reasoning and answer where they share a field.
const BETWEEN: &str = "\n\n";

/// Puts the reasoning of one answer in its place; what comes out keeps the laws that what goes in
/// keeps.
#[derive(Debug, Default)]
pub struct ReasoningPlacer {
    place: ReasoningPlace,
    /// One per block: whether it is reasoning.
    blocks: Vec<bool>,
    /// The reasoning so far, where it may have to be said again.
    thoughts: String,
    /// Reasoning was said among the words, and no words yet.
    parting: bool,
    /// The answer has words or calls of its own.
    answers: bool,
}

impl ReasoningPlacer {
    /// One for an answer.
    #[must_use]
    pub fn new(place: ReasoningPlace) -> Self {
        Self {
            place,
            ..Self::default()
        }
    }

    /// Takes the next event and hands on what becomes of it.
    pub fn push(&mut self, event: ChatEvent, mut out: impl FnMut(ChatEvent)) {
        match self.place {
            ReasoningPlace::Apart => out(event),
            ReasoningPlace::Merged => self.merge(event, out),
            ReasoningPlace::Copied => {
                if matches!(event, ChatEvent::Finish(_)) {
                    self.repeat(&mut out);
                }
                self.note(&event);
                out(event);
            }
        }
    }

    fn merge(&mut self, mut event: ChatEvent, mut out: impl FnMut(ChatEvent)) {
        match &mut event {
            ChatEvent::Open { block, .. } => {
                let reasons = *block == BlockStart::Reasoning;
                self.blocks.push(reasons);
                if reasons {
                    *block = BlockStart::Text;
                }
            }
            ChatEvent::Delta { index, delta } => {
                let reasons = self.is_reasoning(*index);
                match delta {
                    // A seal belongs to reasoning that is sent back as such.
                    Delta::Seal(_) => return,
                    Delta::Text(_) if reasons => self.parting = true,
                    Delta::Text(words) if std::mem::take(&mut self.parting) => {
                        words.insert_str(0, BETWEEN);
                    }
                    Delta::Text(_) | Delta::Arguments(_) | Delta::Citation(_) => {}
                }
            }
            ChatEvent::Start { .. }
            | ChatEvent::Close { .. }
            | ChatEvent::Usage(_)
            | ChatEvent::Finish(_) => {}
        }
        out(event);
    }

    fn note(&mut self, event: &ChatEvent) {
        match event {
            ChatEvent::Open { block, .. } => {
                self.blocks.push(*block == BlockStart::Reasoning);
                self.answers |= match block {
                    BlockStart::ToolCall { .. }
                    | BlockStart::Refusal
                    | BlockStart::Unknown { .. } => true,
                    BlockStart::Text | BlockStart::Reasoning | BlockStart::Sealed(_) => false,
                };
            }
            ChatEvent::Delta { index, delta } => match delta {
                Delta::Text(words) if self.is_reasoning(*index) => {
                    if !self.answers {
                        self.thoughts.push_str(words);
                    }
                }
                Delta::Text(words) => {
                    self.answers |= !words.is_empty();
                    if self.answers {
                        self.thoughts = String::new();
                    }
                }
                Delta::Arguments(_) | Delta::Citation(_) | Delta::Seal(_) => {}
            },
            ChatEvent::Start { .. }
            | ChatEvent::Close { .. }
            | ChatEvent::Usage(_)
            | ChatEvent::Finish(_) => {}
        }
    }

    /// Says the reasoning as the answer, where there is no other.
    fn repeat(&mut self, out: &mut impl FnMut(ChatEvent)) {
        if self.answers || self.thoughts.is_empty() {
            return;
        }
        let index = self.blocks.len();
        let block = BlockStart::Text;
        out(ChatEvent::Open { index, block });
        let delta = Delta::Text(std::mem::take(&mut self.thoughts));
        out(ChatEvent::Delta { index, delta });
        out(ChatEvent::Close { index });
    }

    fn is_reasoning(&self, index: usize) -> bool {
        self.blocks.get(index).copied().unwrap_or_default()
    }
}

/// The events of a whole answer with its reasoning in that place.
#[must_use]
pub fn placed(events: Vec<ChatEvent>, place: ReasoningPlace) -> Vec<ChatEvent> {
    if place == ReasoningPlace::Apart {
        return events;
    }
    let mut placer = ReasoningPlacer::new(place);
    let mut out = Vec::with_capacity(events.len() + 3);
    for event in events {
        placer.push(event, |event| out.push(event));
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::chat::{Finish, Laws, StopReason};

    /// An answer of these blocks: `~` begins reasoning, `!` a tool call, all else is text.
    fn answer(blocks: &[&str]) -> Vec<ChatEvent> {
        let mut events = vec![ChatEvent::Start {
            id: None,
            model: None,
        }];
        for (index, block) in blocks.iter().enumerate() {
            let (start, delta) = if let Some(thought) = block.strip_prefix('~') {
                (BlockStart::Reasoning, Delta::Text(thought.to_owned()))
            } else if let Some(name) = block.strip_prefix('!') {
                let (id, name) = (format!("call_{index}"), name.to_owned());
                (
                    BlockStart::ToolCall { id, name },
                    Delta::Arguments("{}".to_owned()),
                )
            } else {
                (BlockStart::Text, Delta::Text((*block).to_owned()))
            };
            events.push(ChatEvent::Open {
                index,
                block: start,
            });
            events.push(ChatEvent::Delta { index, delta });
            events.push(ChatEvent::Close { index });
        }
        events.push(ChatEvent::Finish(Finish::because(StopReason::Natural)));
        events
    }

    /// What is thought and what is said, after the laws were looked at.
    fn told(events: &[ChatEvent]) -> (String, String) {
        let mut laws = Laws::default();
        let (mut thought, mut said, mut blocks) = (String::new(), String::new(), Vec::new());
        for event in events {
            laws.check(event).unwrap();
            match event {
                ChatEvent::Open { block, .. } => blocks.push(block.clone()),
                ChatEvent::Delta {
                    index,
                    delta: Delta::Text(words),
                } => match blocks[*index] {
                    BlockStart::Reasoning => thought.push_str(words),
                    _ => said.push_str(words),
                },
                _ => {}
            }
        }
        laws.finish().unwrap();
        (thought, said)
    }

    #[test]
    fn each_place_says_what_it_promises() {
        let cases: [(&[&str], ReasoningPlace, &str, &str); 9] = [
            (&["~a", "b"], ReasoningPlace::Apart, "a", "b"),
            (&["~a", "b"], ReasoningPlace::Merged, "", "a\n\nb"),
            (
                &["~a", "~b", "c", "d"],
                ReasoningPlace::Merged,
                "",
                "ab\n\ncd",
            ),
            (&["~a", "!f"], ReasoningPlace::Merged, "", "a"),
            (&["b"], ReasoningPlace::Merged, "", "b"),
            (&["~a", "b"], ReasoningPlace::Copied, "a", "b"),
            (&["~a", "~b"], ReasoningPlace::Copied, "ab", "ab"),
            (&["~a", "!f"], ReasoningPlace::Copied, "a", ""),
            (&["~a", ""], ReasoningPlace::Copied, "a", "a"),
        ];
        for (blocks, place, thought, said) in cases {
            let events = placed(answer(blocks), place);
            assert_eq!(
                told(&events),
                (thought.to_owned(), said.to_owned()),
                "{blocks:?} {place:?}"
            );
        }
    }

    #[test]
    fn an_answer_without_reasoning_is_left_as_it_is() {
        for place in [
            ReasoningPlace::Apart,
            ReasoningPlace::Merged,
            ReasoningPlace::Copied,
        ] {
            let events = answer(&["one", "!f", "two"]);
            assert_eq!(placed(events.clone(), place), events, "{place:?}");
        }
    }
}
