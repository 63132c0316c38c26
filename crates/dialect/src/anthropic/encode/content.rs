//! One canonical block as a block of this dialect.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::ids;
use super::super::wire::{Body, CacheControl, Enabled, Input, Part, Place, Sent};
use super::image;
use super::names::Names;
use crate::chat::{
    Block, CacheHint, Content, Document, DocumentSource, Image, OpaqueFormat, Reasoning, Role,
    Source, ToolCall, ToolResult, Turn,
};
use crate::{Dialect, Fault, LossKind, Losses, Weight};

/// What writing a block needs to know of the request around it.
pub(super) struct Writer<'w> {
    pub(super) origin: Dialect,
    /// The client's message that each turn begins with; see [`begins`].
    pub(super) begins: &'w [Option<usize>],
    pub(super) names: &'w Names,
    pub(super) losses: &'w mut Losses,
}

/// The number of the client's message that each turn begins with; nothing for system text with a
/// field of its own. In OpenAI's chat every tool result is a message, and results one after the
/// other are one turn.
pub(super) fn begins(origin: Dialect, turns: &[Turn]) -> Vec<Option<usize>> {
    let is_result = |block: &Block| matches!(block.content, Content::ToolResult(_));
    let mut next = 0;
    let mut begins = Vec::with_capacity(turns.len());
    for turn in turns {
        let is_field =
            origin == Dialect::AnthropicMessages && begins.is_empty() && turn.role == Role::System;
        begins.push((!is_field).then_some(next));
        next += match origin {
            _ if is_field => 0,
            Dialect::OpenAiChat if turn.blocks.iter().all(is_result) => turn.blocks.len().max(1),
            _ => 1,
        };
    }
    begins
}

impl Writer<'_> {
    /// Where a turn stands, in the words of the dialect that the client speaks.
    pub(super) fn place(&self, turn: usize) -> String {
        let list = match self.origin {
            Dialect::OpenAiChat | Dialect::AnthropicMessages | Dialect::Ollama => "messages",
            Dialect::OpenAiResponses => "input",
            Dialect::Gemini => "contents",
        };
        match self.begins.get(turn) {
            Some(Some(message)) => format!("{list}[{message}]"),
            Some(None) => "system".to_owned(),
            None => format!("{list}[{turn}]"),
        }
    }

    /// Where a block of a turn stands. In OpenAI's chat calls and thoughts have fields of their own,
    /// and a tool's result is a message.
    pub(super) fn block_place(&self, turn: usize, index: usize, content: &Content) -> String {
        match (self.origin, content, self.begins.get(turn)) {
            (Dialect::OpenAiChat, Content::ToolResult(_), Some(Some(message))) => {
                format!("messages[{}]", message + index)
            }
            (Dialect::OpenAiChat, Content::ToolCall(_), _) => {
                format!("{}.tool_calls", self.place(turn))
            }
            (Dialect::OpenAiChat, Content::Reasoning(_), _) => {
                format!("{}.reasoning_content", self.place(turn))
            }
            (_, _, Some(None)) => format!("system[{index}]"),
            (_, _, _) => format!("{}.content[{index}]", self.place(turn)),
        }
    }

    pub(super) fn dropped(&mut self, path: &str, weight: Weight, reason: &'static str) {
        self.losses.record(path, LossKind::Dropped, weight, reason);
    }

    pub(super) fn approximated(&mut self, path: &str, weight: Weight, reason: &'static str) {
        self.losses
            .record(path, LossKind::Approximated, weight, reason);
    }

    /// A block of a user's, a system's or an assistant's turn; `None` where nothing of it can be
    /// said. Calls and results are written by [`Writer::tool_use`] and [`Writer::tool_result`].
    pub(super) fn block<'a>(
        &mut self,
        block: &'a Block,
        role: Role,
        place: &str,
    ) -> Result<Option<Sent<'a>>, Fault> {
        let part = match &block.content {
            Content::Text(text) | Content::Refusal(text) => self.text(text, place),
            Content::Image(_) | Content::Document(_) if role != Role::User => {
                self.dropped(
                    place,
                    Weight::Semantic,
                    "only a user can show pictures and files",
                );
                None
            }
            Content::Image(image) => Some(self.image(image, place)?),
            Content::Document(document) => Some(self.document(document, place)?),
            Content::Audio { .. } => {
                return Err(Fault::unsupported(
                    place,
                    "the target model cannot listen to audio",
                ));
            }
            Content::Reasoning(reasoning) => self.reasoning(reasoning, place),
            Content::ToolCall(_) | Content::ToolResult(_) => None,
            Content::Unknown { .. } => {
                self.dropped(place, Weight::Semantic, "a block of one dialect only");
                None
            }
        };
        let cacheable = !matches!(
            part,
            Some(Part::Thinking { .. } | Part::RedactedThinking { .. })
        );
        let cache_control = block
            .cache
            .filter(|_| cacheable)
            .map(|hint| self.breakpoint(hint, place));
        Ok(part.map(|part| Sent {
            part,
            cache_control,
        }))
    }

    /// A cache breakpoint. There are two lifetimes: five minutes, which is the default, and an
    /// hour.
    pub(super) fn breakpoint(&mut self, hint: CacheHint, place: &str) -> CacheControl {
        let ttl = match hint.seconds {
            None => None,
            Some(..=300) => Some("5m"),
            Some(_) => Some("1h"),
        };
        if !matches!(hint.seconds, None | Some(300 | 3600)) {
            self.approximated(
                &format!("{place}.cache"),
                Weight::Cosmetic,
                "a cache lasts five minutes or an hour",
            );
        }
        CacheControl::lasting(ttl)
    }

    /// Words, unless they are nothing but space, which is refused upstream.
    fn text<'a>(&mut self, text: &'a str, place: &str) -> Option<Part<'a>> {
        if text.trim().is_empty() {
            if !text.is_empty() {
                self.dropped(
                    place,
                    Weight::Cosmetic,
                    "a text of nothing but space is refused",
                );
            }
            return None;
        }
        Some(Part::Text {
            text: Cow::Borrowed(text),
            citations: Vec::new(),
        })
    }

    fn reasoning<'a>(&mut self, reasoning: &'a Reasoning, place: &str) -> Option<Part<'a>> {
        match &reasoning.seal {
            Some(seal) if seal.owner == Dialect::AnthropicMessages => Some(match seal.format {
                OpaqueFormat::Signature => Part::Thinking {
                    thinking: &reasoning.text,
                    signature: &seal.payload,
                },
                OpaqueFormat::Sealed => Part::RedactedThinking {
                    data: &seal.payload,
                },
            }),
            Some(_) | None => {
                self.dropped(
                    place,
                    Weight::Cosmetic,
                    "thoughts need the provider's own seal",
                );
                None
            }
        }
    }

    fn file<'a>(&self, id: &'a str, place: &str) -> Result<Place<'a>, Fault> {
        if self.origin == Dialect::AnthropicMessages {
            Ok(Place::File { file_id: id })
        } else {
            Err(Fault::unsupported(
                place,
                "a file uploaded to one provider is unknown to others",
            ))
        }
    }

    fn image<'a>(&mut self, image: &'a Image, place: &str) -> Result<Part<'a>, Fault> {
        if image.detail.is_some() {
            let path = format!("{place}.detail");
            self.dropped(
                &path,
                Weight::Cosmetic,
                "pictures have no detail setting here",
            );
        }
        let source = match &image.source {
            Source::Base64 { media_type, data } => {
                let told = image::media_type(data).ok_or_else(|| {
                    Fault::invalid(place, "the picture is none of png, jpeg, gif and webp")
                })?;
                if told != media_type {
                    let path = format!("{place}.media_type");
                    self.approximated(&path, Weight::Cosmetic, "the bytes are of another type");
                }
                Place::Base64 {
                    media_type: Cow::Borrowed(told),
                    data,
                }
            }
            Source::Url(url) => Place::Url { url },
            Source::File(id) => self.file(id, place)?,
        };
        Ok(Part::Image { source })
    }

    fn document<'a>(&mut self, document: &'a Document, place: &str) -> Result<Part<'a>, Fault> {
        let source = match &document.source {
            DocumentSource::Text(text) => Place::Text {
                media_type: "text/plain",
                data: Cow::Borrowed(text),
            },
            DocumentSource::Blocks(blocks) => Place::Content {
                content: self.blocks(blocks, place)?,
            },
            DocumentSource::Bytes(Source::Url(url)) => Place::Url { url },
            DocumentSource::Bytes(Source::File(id)) => self.file(id, place)?,
            DocumentSource::Bytes(Source::Base64 { media_type, data }) => {
                if media_type == "application/pdf" || image::is_pdf(data) {
                    Place::Base64 {
                        media_type: Cow::Borrowed("application/pdf"),
                        data,
                    }
                } else if let Some(told) = image::media_type(data) {
                    let source = Place::Base64 {
                        media_type: Cow::Borrowed(told),
                        data,
                    };
                    return Ok(Part::Image { source });
                } else if let Some(text) = plain_text(data) {
                    Place::Text {
                        media_type: "text/plain",
                        data: Cow::Owned(text),
                    }
                } else {
                    let words = "the target model reads PDF and plain text files only";
                    return Err(Fault::unsupported(place, words));
                }
            }
        };
        Ok(Part::Document {
            source,
            title: document.title.as_deref(),
            context: document.context.as_deref(),
            citations: document.citations.then_some(Enabled { enabled: true }),
        })
    }

    fn blocks<'a>(&mut self, blocks: &'a [Block], place: &str) -> Result<Vec<Sent<'a>>, Fault> {
        let mut sent = Vec::with_capacity(blocks.len());
        for (index, block) in blocks.iter().enumerate() {
            sent.extend(self.block(block, Role::User, &format!("{place}.content[{index}]"))?);
        }
        Ok(sent)
    }

    /// A call of an earlier turn. `free`: the tool takes free text, which is wrapped.
    pub(super) fn tool_use<'a>(
        &mut self,
        call: &'a ToolCall,
        id: String,
        free: bool,
        place: &str,
    ) -> Part<'a> {
        let mut input = Input::of(&call.arguments);
        if free && !matches!(input, Input::Raw(_)) {
            input = Input::Free {
                input: &call.arguments,
            };
        }
        if matches!(input, Input::Broken { .. }) {
            self.approximated(
                place,
                Weight::Cosmetic,
                "the call's arguments are no JSON object",
            );
        }
        Part::ToolUse {
            id: Cow::Owned(id),
            name: self.names.sent(&call.name),
            input,
        }
    }

    /// The result of a call.
    pub(super) fn tool_result<'a>(
        &mut self,
        block: &'a Block,
        result: &'a ToolResult,
        id: String,
        place: &str,
    ) -> Result<Sent<'a>, Fault> {
        let content = self.blocks(&result.blocks, place)?;
        let cache_control = block.cache.map(|hint| self.breakpoint(hint, place));
        let part = Part::ToolResult {
            tool_use_id: Cow::Owned(id),
            content: (!content.is_empty()).then(|| Body::of(content)),
            is_error: result.is_error,
        };
        Ok(Sent {
            part,
            cache_control,
        })
    }
}

/// The id of a call in this dialect's alphabet, made different from those in `used`.
pub(super) fn unique_id(id: &str, used: &mut std::collections::HashSet<String>) -> String {
    let wire = ids::sent(id).into_owned();
    let mut unique = wire.clone();
    let mut round = 2u32;
    while !used.insert(unique.clone()) {
        unique = format!("{wire}_{round}");
        round += 1;
    }
    unique
}

fn plain_text(data: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(data).ok()?)
        .ok()
        .filter(|text| !text.contains('\0'))
}
