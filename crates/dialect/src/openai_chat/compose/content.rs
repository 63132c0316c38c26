//! Writes blocks as parts of a message's content.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::wire::{Breakpoint, File, ImageUrl, InputAudio, Part, PartContent};
use crate::chat::{Block, CacheHint, Content, Document, DocumentSource, Image, Source};
use crate::{Dialect, Fault, LossKind, Losses, Weight};

/// What is known of the request while its blocks are written.
pub(super) struct Setting<'l> {
    /// The client's dialect.
    pub(super) origin: Dialect,
    /// Whether the upstream knows cache breakpoints.
    pub(super) breakpoints: bool,
    /// Where losses go.
    pub(super) losses: &'l mut Losses,
}

impl Setting<'_> {
    pub(super) fn lose(&mut self, path: &str, weight: Weight, reason: &'static str) {
        self.losses.record(path, LossKind::Dropped, weight, reason);
    }

    pub(super) fn near(&mut self, path: &str, weight: Weight, reason: &'static str) {
        self.losses
            .record(path, LossKind::Approximated, weight, reason);
    }

    /// The parts of a block that a user or system message can have; none for one that is lost.
    pub(super) fn parts<'a>(
        &mut self,
        block: &'a Block,
        path: &str,
    ) -> Result<Vec<Part<'a>>, Fault> {
        let mut parts = match &block.content {
            Content::Text(text) if text.is_empty() => Vec::new(),
            Content::Text(text) => vec![Part::text(text.as_str())],
            Content::Image(image) => vec![Part::new(self.image(image, path)?)],
            Content::Document(document) => self.document(document, path)?,
            Content::Audio { format, data } => {
                let input_audio = InputAudio { data, format };
                vec![Part::new(PartContent::InputAudio { input_audio })]
            }
            Content::Refusal(text) => {
                self.near(path, Weight::Cosmetic, "a refusal is sent as text");
                vec![Part::text(text.as_str())]
            }
            Content::Reasoning(_) => {
                self.lose(
                    path,
                    Weight::Cosmetic,
                    "earlier reasoning has no place here",
                );
                Vec::new()
            }
            Content::Unknown { kind } => {
                let path = format!("{path}.{kind}");
                self.lose(
                    &path,
                    Weight::Semantic,
                    "known to the client's dialect only",
                );
                Vec::new()
            }
            Content::ToolCall(_) | Content::ToolResult(_) => {
                self.lose(
                    path,
                    Weight::Semantic,
                    "a tool's call or result stands out of place",
                );
                Vec::new()
            }
        };
        self.cache(block.cache, parts.last_mut(), path);
        Ok(parts)
    }

    /// Puts a cache hint on a part.
    pub(super) fn cache(
        &mut self,
        hint: Option<CacheHint>,
        part: Option<&mut Part<'_>>,
        path: &str,
    ) {
        let Some(hint) = hint else { return };
        match part {
            Some(part) if self.breakpoints => {
                let ttl = match hint.seconds {
                    None => None,
                    Some(..=1800) => Some("30m"),
                    Some(1801..) => Some("12h"),
                };
                if !matches!(hint.seconds, None | Some(1800 | 43_200)) {
                    let path = format!("{path}.cache_control.ttl");
                    self.near(&path, Weight::Cosmetic, "the cache keeps for 30m or 12h");
                }
                part.prompt_cache_breakpoint = Some(Breakpoint {
                    mode: "explicit",
                    ttl,
                });
            }
            Some(_) | None => {
                let path = format!("{path}.cache_control");
                self.lose(
                    &path,
                    Weight::Cosmetic,
                    "no cache breakpoint can stand here",
                );
            }
        }
    }

    fn image<'a>(&mut self, image: &'a Image, path: &str) -> Result<PartContent<'a>, Fault> {
        let url = match &image.source {
            Source::Base64 { media_type, data } => {
                let found = sniffed(data);
                if found.is_some_and(|found| found != media_type) {
                    self.near(
                        path,
                        Weight::Cosmetic,
                        "the media type did not match the bytes",
                    );
                }
                Cow::Owned(format!(
                    "data:{};base64,{data}",
                    found.unwrap_or(media_type)
                ))
            }
            Source::Url(url) => Cow::Borrowed(url.as_str()),
            Source::File(_) => return Err(uploaded(path)),
        };
        Ok(PartContent::ImageUrl {
            image_url: ImageUrl {
                url,
                detail: image.detail.as_deref(),
            },
        })
    }

    fn document<'a>(&mut self, document: &'a Document, path: &str) -> Result<Vec<Part<'a>>, Fault> {
        if document.citations {
            let path = format!("{path}.citations");
            self.lose(
                &path,
                Weight::Semantic,
                "citations of documents cannot be asked for",
            );
        }
        let title = document.title.as_deref();
        let context = document.context.as_deref();
        Ok(match &document.source {
            DocumentSource::Bytes(Source::Base64 { media_type, data }) => {
                let named = if media_type == "application/pdf" {
                    "document.pdf"
                } else {
                    "document"
                };
                let file = File {
                    file_id: None,
                    filename: Some(title.unwrap_or(named)),
                    file_data: Some(format!("data:{media_type};base64,{data}")),
                };
                let mut parts: Vec<Part<'a>> = context.map(Part::text).into_iter().collect();
                parts.push(Part::new(PartContent::File { file }));
                parts
            }
            DocumentSource::Bytes(Source::Url(_)) => {
                return Err(Fault::unsupported(
                    path,
                    format!(
                        "\"{path}\" is a document at an address, which this model's provider does \
                         not fetch; send the document itself"
                    ),
                ));
            }
            // In the same dialect the id is the provider's own.
            DocumentSource::Bytes(Source::File(id)) if self.origin == Dialect::OpenAiChat => {
                let file = File {
                    file_id: Some(id),
                    filename: title,
                    file_data: None,
                };
                vec![Part::new(PartContent::File { file })]
            }
            DocumentSource::Bytes(Source::File(_)) => return Err(uploaded(path)),
            DocumentSource::Text(text) => {
                self.near(path, Weight::Cosmetic, "a document of text is sent as text");
                let head = heading(title, context);
                vec![Part::text(if head.is_empty() {
                    Cow::Borrowed(text.as_str())
                } else {
                    Cow::Owned(format!("{head}{text}"))
                })]
            }
            DocumentSource::Blocks(blocks) => {
                self.near(
                    path,
                    Weight::Cosmetic,
                    "a document of blocks is sent as its blocks",
                );
                let head = heading(title, context);
                let mut parts = Vec::new();
                if !head.is_empty() {
                    parts.push(Part::text(head));
                }
                for (index, block) in blocks.iter().enumerate() {
                    parts.extend(self.parts(block, &format!("{path}.source.content[{index}]"))?);
                }
                parts
            }
        })
    }
}

fn heading(title: Option<&str>, context: Option<&str>) -> String {
    let title = title
        .map(|title| format!("Document: {title}\n\n"))
        .unwrap_or_default();
    let context = context
        .map(|context| format!("{context}\n\n"))
        .unwrap_or_default();
    title + &context
}

fn uploaded(path: &str) -> Fault {
    let message = format!(
        "\"{path}\" is a file uploaded to another provider, which this model's provider cannot \
         read; send the file itself"
    );
    Fault::unsupported(path, message)
}

/// The media type that a picture's first bytes tell, of those that all providers take.
fn sniffed(data: &str) -> Option<&'static str> {
    let bytes = STANDARD.decode(data.get(..16)?).ok()?;
    Some(match bytes.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P'] => "image/webp",
        _ => return None,
    })
}
