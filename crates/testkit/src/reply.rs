//! What a model says, whatever the dialect: parts, why it stopped, what it cost.

use std::time::Duration;

use serde_json::Value;

/// A model's answer, for [`crate::openai_chat`] and [`crate::anthropic`] to put in their words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The model's name in the answer.
    pub model: String,
    /// What it says, in order.
    pub parts: Vec<Part>,
    /// Why it stopped.
    pub stop: Stop,
    /// What it cost.
    pub usage: Usage,
    /// Characters for each delta of a stream.
    pub delta: usize,
    /// Wait between two events of a stream.
    pub gap: Duration,
    /// Whether the argument deltas of several tool calls alternate, where the dialect can.
    pub interleaved: bool,
    /// Whether a chat stream ends with a usage chunk (`stream_options.include_usage`).
    pub stream_usage: bool,
}

/// One part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words for the user.
    Text(String),
    /// Reasoning, and the signature that lets it be sent back; chat has no place for the latter.
    Thinking(String, String),
    /// Reasoning that only its provider can read; nothing in chat.
    Redacted(String),
    /// A call: id, name, arguments as JSON text.
    Tool(String, String, String),
    /// Words that say no.
    Refusal(String),
}

/// Why a model stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It was done.
    Natural,
    /// It was cut at the limit of tokens.
    Length,
    /// It met this stop string.
    Sequence(String),
    /// It waits for tools.
    Tools,
    /// It refused.
    Refusal,
}

/// Token counts, each total with its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// All of the input, with what was cached.
    pub input: u64,
    /// Input read from a cache.
    pub cached: u64,
    /// Input written to a cache.
    pub cache_written: u64,
    /// All of the output, with the reasoning.
    pub output: u64,
    /// Output that was reasoning.
    pub reasoning: u64,
}

impl Reply {
    /// These parts, stopped by themselves or for tools.
    #[must_use]
    pub fn new(parts: Vec<Part>) -> Self {
        let tools = parts.iter().any(|part| matches!(part, Part::Tool(..)));
        Self {
            model: "scripted".to_owned(),
            parts,
            stop: if tools { Stop::Tools } else { Stop::Natural },
            usage: Usage {
                input: 11,
                cached: 0,
                cache_written: 0,
                output: 7,
                reasoning: 0,
            },
            delta: 4,
            gap: Duration::ZERO,
            interleaved: false,
            stream_usage: true,
        }
    }

    /// Plain words.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::new(vec![Part::Text(text.to_owned())])
    }

    /// One tool call.
    #[must_use]
    pub fn tool_call(id: &str, name: &str, arguments: &Value) -> Self {
        Self::tool_calls(&[(id, name, arguments)])
    }

    /// Several tool calls: id, name, arguments.
    #[must_use]
    pub fn tool_calls(calls: &[(&str, &str, &Value)]) -> Self {
        let part = |(id, name, arguments): &(&str, &str, &Value)| {
            Part::Tool((*id).to_owned(), (*name).to_owned(), arguments.to_string())
        };
        Self::new(calls.iter().map(part).collect())
    }

    /// Several tool calls whose arguments come in turns, a piece of each.
    #[must_use]
    pub fn interleaved_tool_calls(calls: &[(&str, &str, &Value)]) -> Self {
        Self {
            interleaved: true,
            ..Self::tool_calls(calls)
        }
    }

    /// A call of a tool that takes nothing.
    #[must_use]
    pub fn call_without_arguments(id: &str, name: &str) -> Self {
        Self::tool_call(id, name, &serde_json::json!({}))
    }

    /// Reasoning, then words.
    #[must_use]
    pub fn thinking(thought: &str, signature: &str, text: &str) -> Self {
        let thinking = Part::Thinking(thought.to_owned(), signature.to_owned());
        let mut reply = Self::new(vec![thinking, Part::Text(text.to_owned())]);
        reply.usage.reasoning = 3;
        reply
    }

    /// Reasoning that nobody may read, then words.
    #[must_use]
    pub fn redacted(data: &str, text: &str) -> Self {
        Self::new(vec![
            Part::Redacted(data.to_owned()),
            Part::Text(text.to_owned()),
        ])
    }

    /// A refusal.
    #[must_use]
    pub fn refusal(text: &str) -> Self {
        Self {
            stop: Stop::Refusal,
            ..Self::new(vec![Part::Refusal(text.to_owned())])
        }
    }

    /// Words cut at the limit of tokens.
    #[must_use]
    pub fn cut_by_length(text: &str) -> Self {
        Self {
            stop: Stop::Length,
            ..Self::text(text)
        }
    }

    /// Words ended by a stop string.
    #[must_use]
    pub fn stopped_by(text: &str, sequence: &str) -> Self {
        Self {
            stop: Stop::Sequence(sequence.to_owned()),
            ..Self::text(text)
        }
    }

    /// Sets the model's name.
    #[must_use]
    pub fn model(mut self, name: &str) -> Self {
        name.clone_into(&mut self.model);
        self
    }

    /// Sets what it cost.
    #[must_use]
    pub fn usage(mut self, usage: Usage) -> Self {
        self.usage = usage;
        self
    }

    /// Sets the characters for each delta.
    #[must_use]
    pub fn delta(mut self, characters: usize) -> Self {
        self.delta = characters;
        self
    }

    /// Sets the wait between two events.
    #[must_use]
    pub fn gap(mut self, gap: Duration) -> Self {
        self.gap = gap;
        self
    }

    /// `text` in pieces of this reply's delta size; none for an empty text.
    pub(crate) fn pieces(&self, text: &str) -> Vec<String> {
        let characters: Vec<char> = text.chars().collect();
        characters
            .chunks(self.delta.max(1))
            .map(|piece| piece.iter().collect())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_join_to_the_text_and_never_split_a_character() {
        let reply = Reply::text("").delta(3);
        let pieces = reply.pieces("你好，世界🚀!");
        assert_eq!(
            (pieces.len(), pieces.concat().as_str()),
            (3, "你好，世界🚀!")
        );
        assert!(reply.pieces("").is_empty());
    }
}
