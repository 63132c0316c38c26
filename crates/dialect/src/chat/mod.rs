//! The canonical chat: what every dialect is decoded to and encoded from.

mod event;
mod laws;
mod opaque;
mod request;
mod transcript;
mod usage;

pub use event::{BlockStart, ChatEvent, Citation, Delta, Finish, StopReason};
pub use laws::{Laws, Violation};
pub use opaque::{Opaque, OpaqueFormat};
pub use request::{
    Block, CacheHint, ChatRequest, Content, Document, DocumentSource, Effort, Format, Image,
    Reasoning, Role, Sampling, Source, Thinking, Tool, ToolCall, ToolChoice, ToolKind, ToolMode,
    ToolResult, Turn,
};
pub use transcript::{Answer, Transcript};
pub use usage::Usage;
