//! Writes a client's stream of chunks.

use serde::Serialize;

use super::finish::{self, AnnotationOut};
use super::usage::UsageOut;
use crate::chat::{BlockStart, ChatEvent, Citation, Delta, Finish, Usage};
use crate::{AnswerContext, Losses, StreamEncoder};

/// The writer of one stream.
#[derive(Debug)]
pub(super) struct Encoder {
    /// Every chunk up to its choices: id, time and model never change within a stream.
    head: Vec<u8>,
    include_usage: bool,
    usage: Usage,
    blocks: Vec<Block>,
    tools: usize,
    text: Written,
    /// Citations that stand for their whole block of text, which is known once it is closed:
    /// Anthropic's web search cites a block before it says it.
    cited: Vec<(usize, Citation)>,
    refused: bool,
}

/// The text so far, which all text blocks share.
#[derive(Clone, Copy, Debug, Default)]
struct Written {
    characters: usize,
    ends_line: bool,
    /// A block of another kind came since the last text.
    interrupted: bool,
}

/// A block of the answer.
#[derive(Clone, Copy, Debug)]
enum Block {
    /// Text that began at this character of the answer.
    Text {
        start: usize,
    },
    Reasoning,
    Refusal,
    /// A tool call, its number among the tool calls, and whether it has arguments yet.
    Tool {
        number: usize,
        argued: bool,
    },
    /// Nothing of it is written.
    Lost,
}

#[derive(Debug, Default, Serialize)]
struct DeltaOut<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<[AnnotationOut<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_calls: Option<[CallOut<'a>; 1]>,
}

#[derive(Debug, Serialize)]
struct CallOut<'a> {
    index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    function: FunctionOut<'a>,
}

#[derive(Debug, Serialize)]
struct FunctionOut<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    arguments: &'a str,
}

#[derive(Serialize)]
struct Head<'a> {
    id: String,
    object: &'static str,
    created: u64,
    model: &'a str,
}

impl Encoder {
    pub(super) fn new(context: &AnswerContext) -> Self {
        let mut head = b"data: ".to_vec();
        let fields = Head {
            id: format!("chatcmpl-{}", context.id),
            object: "chat.completion.chunk",
            created: context.created,
            model: &context.model,
        };
        write_json(&fields, &mut head);
        // The closing brace comes after the choices.
        head.pop();
        head.extend_from_slice(b",\"choices\":[");
        Self {
            head,
            include_usage: context.include_usage,
            usage: Usage::default(),
            blocks: Vec::new(),
            tools: 0,
            text: Written::default(),
            cited: Vec::new(),
            refused: false,
        }
    }

    fn chunk(&self, delta: &DeltaOut<'_>, finish_reason: Option<&str>, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.head);
        out.extend_from_slice(b"{\"index\":0,\"delta\":");
        write_json(delta, out);
        match finish_reason {
            None => out.extend_from_slice(b",\"logprobs\":null,\"finish_reason\":null}]"),
            Some(word) => {
                out.extend_from_slice(b",\"logprobs\":null,\"finish_reason\":\"");
                out.extend_from_slice(word.as_bytes());
                out.extend_from_slice(b"\"}]");
            }
        }
        let end: &[u8] = if self.include_usage {
            b",\"usage\":null}\n\n"
        } else {
            b"}\n\n"
        };
        out.extend_from_slice(end);
    }

    fn open(&mut self, block: &BlockStart, losses: &mut Losses, out: &mut Vec<u8>) {
        let opened = match block {
            BlockStart::Text => {
                if self.text.interrupted && self.text.characters > 0 && !self.text.ends_line {
                    self.write_text("\n\n", out);
                }
                self.text.interrupted = false;
                Block::Text {
                    start: self.text.characters,
                }
            }
            BlockStart::Reasoning => Block::Reasoning,
            BlockStart::Refusal => Block::Refusal,
            BlockStart::ToolCall { id, name } => {
                let number = self.tools;
                self.tools += 1;
                let function = FunctionOut {
                    name: Some(name),
                    arguments: "",
                };
                let call = CallOut {
                    index: number,
                    id: Some(id),
                    kind: Some("function"),
                    function,
                };
                self.chunk(
                    &DeltaOut {
                        tool_calls: Some([call]),
                        ..DeltaOut::default()
                    },
                    None,
                    out,
                );
                Block::Tool {
                    number,
                    argued: false,
                }
            }
            BlockStart::Sealed(_) => {
                finish::lose_seal(losses);
                Block::Lost
            }
            BlockStart::Unknown { kind } => {
                finish::lose_block(kind, losses);
                Block::Lost
            }
        };
        self.text.interrupted |= !matches!(opened, Block::Text { .. });
        self.blocks.push(opened);
    }

    fn delta(&mut self, index: usize, delta: &Delta, losses: &mut Losses, out: &mut Vec<u8>) {
        let Some(block) = self.blocks.get(index).copied() else {
            return;
        };
        match (block, delta) {
            (Block::Text { .. }, Delta::Text(text)) => self.write_text(text, out),
            (Block::Reasoning, Delta::Text(text)) => {
                let delta = DeltaOut {
                    reasoning_content: Some(text),
                    ..DeltaOut::default()
                };
                self.chunk(&delta, None, out);
            }
            (Block::Refusal, Delta::Text(text)) => {
                self.refused = true;
                self.chunk(
                    &DeltaOut {
                        refusal: Some(text),
                        ..DeltaOut::default()
                    },
                    None,
                    out,
                );
            }
            (Block::Tool { number, .. }, Delta::Arguments(arguments)) => {
                if !arguments.is_empty() {
                    self.argue(index, number, arguments, out);
                }
            }
            (Block::Text { start }, Delta::Citation(citation)) if citation.span.is_some() => {
                self.cite(start, citation, losses, out);
            }
            (Block::Text { .. }, Delta::Citation(citation)) => {
                self.cited.push((index, citation.clone()));
            }
            (_, Delta::Seal(_)) => finish::lose_seal(losses),
            // The laws forbid every other pair.
            (_, Delta::Text(_) | Delta::Arguments(_) | Delta::Citation(_)) => {}
        }
    }

    fn write_text(&mut self, text: &str, out: &mut Vec<u8>) {
        if text.is_empty() {
            return;
        }
        self.text.characters += text.chars().count();
        self.text.ends_line = text.ends_with('\n');
        self.chunk(
            &DeltaOut {
                content: Some(text),
                ..DeltaOut::default()
            },
            None,
            out,
        );
    }

    fn cite(&self, start: usize, citation: &Citation, losses: &mut Losses, out: &mut Vec<u8>) {
        let span = (start, self.text.characters);
        let annotation = AnnotationOut::of(citation, span, losses);
        let delta = DeltaOut {
            annotations: Some([annotation]),
            ..DeltaOut::default()
        };
        self.chunk(&delta, None, out);
    }

    fn close(&mut self, index: usize, losses: &mut Losses, out: &mut Vec<u8>) {
        match self.blocks.get(index).copied() {
            Some(Block::Tool {
                number,
                argued: false,
            }) => self.argue(index, number, "{}", out),
            Some(Block::Text { start }) => {
                for (block, citation) in std::mem::take(&mut self.cited) {
                    if block == index {
                        self.cite(start, &citation, losses, out);
                    } else {
                        self.cited.push((block, citation));
                    }
                }
            }
            Some(Block::Tool { .. } | Block::Reasoning | Block::Refusal | Block::Lost) | None => {}
        }
    }

    fn argue(&mut self, block: usize, number: usize, arguments: &str, out: &mut Vec<u8>) {
        let function = FunctionOut {
            name: None,
            arguments,
        };
        let call = CallOut {
            index: number,
            id: None,
            kind: None,
            function,
        };
        self.chunk(
            &DeltaOut {
                tool_calls: Some([call]),
                ..DeltaOut::default()
            },
            None,
            out,
        );
        self.blocks[block] = Block::Tool {
            number,
            argued: true,
        };
    }

    fn finish(&mut self, finish: &Finish, losses: &mut Losses, out: &mut Vec<u8>) {
        if let Some(explanation) = finish.explanation.as_deref().filter(|_| !self.refused) {
            self.chunk(
                &DeltaOut {
                    refusal: Some(explanation),
                    ..DeltaOut::default()
                },
                None,
                out,
            );
        }
        self.chunk(
            &DeltaOut::default(),
            Some(finish::word(finish, losses)),
            out,
        );
        if let Some(usage) = UsageOut::of(&self.usage).filter(|_| self.include_usage) {
            out.extend_from_slice(&self.head);
            out.extend_from_slice(b"],\"usage\":");
            write_json(&usage, out);
            out.extend_from_slice(b"}\n\n");
        }
        out.extend_from_slice(b"data: [DONE]\n\n");
    }
}

impl StreamEncoder for Encoder {
    fn push(&mut self, event: &ChatEvent, losses: &mut Losses, out: &mut Vec<u8>) {
        match event {
            ChatEvent::Start { .. } => {
                let delta = DeltaOut {
                    role: Some("assistant"),
                    content: Some(""),
                    ..DeltaOut::default()
                };
                self.chunk(&delta, None, out);
            }
            ChatEvent::Open { block, .. } => self.open(block, losses, out),
            ChatEvent::Delta { index, delta } => self.delta(*index, delta, losses, out),
            ChatEvent::Close { index } => self.close(*index, losses, out),
            ChatEvent::Usage(usage) => self.usage.update(usage),
            ChatEvent::Finish(finish) => self.finish(finish, losses, out),
        }
    }
}

/// Appends a value's JSON. Writing plain structs of strings and numbers to memory cannot fail.
fn write_json<T: Serialize>(value: &T, out: &mut Vec<u8>) {
    let _infallible = serde_json::to_writer(out, value);
}
