//! The seam between the dialects: all that one wire format can decode and encode.

use std::collections::HashMap;

use crate::chat::{ChatEvent, ChatRequest, Transcript, Usage};
use crate::frame::Frame;
use crate::{Dialect, Fault, Losses, RemoteImage};

/// All that one dialect can decode and encode.
pub trait Codec: Send + Sync {
    /// Which wire format this is.
    fn dialect(&self) -> Dialect;

    /// Reads a client's request. Fails with `InvalidRequest` and the field's name.
    fn decode_request(&self, body: &[u8], losses: &mut Losses) -> Result<ChatRequest, Fault>;

    /// The pictures of a client's request that are given by their addresses, in order. What is no
    /// request of this dialect has none.
    fn remote_images(&self, body: &[u8]) -> Vec<RemoteImage>;

    /// Writes a request for an upstream of this dialect. Fails with `Unsupported` when the request
    /// asks for something that this dialect has no way to say and that must not be dropped.
    fn encode_request(
        &self,
        request: &ChatRequest,
        target: &Target,
        losses: &mut Losses,
    ) -> Result<EncodedRequest, Fault>;

    /// Reads an upstream's whole answer as the events that a stream of it would have had. A
    /// body that is an error in disguise fails as that error.
    fn decode_answer(&self, body: &[u8]) -> Result<Vec<ChatEvent>, Fault>;

    /// Writes a whole answer for a client.
    fn encode_answer(
        &self,
        answer: &Transcript,
        context: &AnswerContext,
        losses: &mut Losses,
    ) -> Result<Vec<u8>, Fault>;

    /// A new reader of an upstream's stream. `done_optional`: the upstream is known to leave out
    /// the dialect's terminal frame after its finish reason.
    fn stream_decoder(&self, done_optional: bool) -> Box<dyn StreamDecoder>;

    /// A new reader for an upstream that is careless of the dialect's grammar: what can still be
    /// understood for certain is.
    fn lenient_stream_decoder(&self) -> Box<dyn StreamDecoder> {
        self.stream_decoder(true)
    }

    /// A new writer of a client's stream.
    fn stream_encoder(&self, context: AnswerContext) -> Box<dyn StreamEncoder>;

    /// Reads an upstream's error answer. Never fails: an unreadable body gives the status' kind.
    fn decode_fault(&self, status: u16, body: &[u8]) -> Fault;

    /// Writes an error body for a client.
    fn encode_fault(&self, fault: &Fault, request_id: &str) -> Vec<u8>;

    /// Writes an error as a frame of a stream that has already begun; it ends the stream.
    fn encode_stream_fault(&self, fault: &Fault, request_id: &str) -> Vec<u8>;

    /// The bytes that keep a silent stream open without meaning anything.
    fn keep_alive(&self) -> &'static [u8];

    /// Looks at one frame of a stream that is forwarded unread, and notes what it says.
    fn scan(&self, frame: Frame<'_>, scan: &mut Scan);

    /// Finds the usage in a whole answer that is forwarded unread; `tail` may begin anywhere.
    fn scan_usage(&self, tail: &[u8]) -> Option<Usage>;
}

/// Reads one upstream stream, frame by frame.
pub trait StreamDecoder: Send {
    /// Reads a frame and appends what it means. An error frame fails as that error.
    fn push(&mut self, frame: Frame<'_>, events: &mut Vec<ChatEvent>) -> Result<(), Fault>;

    /// The upstream closed the stream. Fails with `Truncated` when it never said that it was done.
    fn finish(&mut self, events: &mut Vec<ChatEvent>) -> Result<(), Fault>;
}

/// Writes one client stream, event by event.
pub trait StreamEncoder: Send {
    /// Appends the bytes that say this event. Events obey the laws of [`crate::chat::Laws`].
    fn push(&mut self, event: &ChatEvent, losses: &mut Losses, out: &mut Vec<u8>);
}

/// What the upstream at hand accepts, and what it calls the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The model's name at the upstream.
    pub model: String,
    /// The most tokens that the model can answer with, where known.
    pub max_output_tokens: Option<u64>,
    /// Whether the model takes `temperature`, `top_p` and `top_k`.
    pub sampling: bool,
    /// Whether the upstream knows `max_completion_tokens`; older ones only know `max_tokens`.
    pub max_completion_tokens: bool,
    /// Whether the upstream knows what OpenAI alone added to its dialect of late: cache
    /// breakpoints, `safety_identifier` and `verbosity`. Some others refuse fields they do not know.
    pub openai_additions: bool,
    /// Whether the upstream knows the role `developer`.
    pub developer_role: bool,
    /// Whether the upstream knows `stream_options.include_usage`.
    pub stream_usage: bool,
    /// Whether the model thinks by effort (`adaptive`); older ones take a budget of tokens.
    pub adaptive_thinking: bool,
    /// Whether system text may stand between other turns.
    pub system_anywhere: bool,
    /// Whether a request may end with an unfinished assistant turn.
    pub prefill: bool,
}

impl Target {
    /// A target about which nothing is known but the model's name: what most upstreams accept.
    #[must_use]
    pub fn named(model: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            max_output_tokens: None,
            sampling: true,
            max_completion_tokens: true,
            openai_additions: false,
            developer_role: true,
            stream_usage: true,
            adaptive_thinking: true,
            system_anywhere: false,
            prefill: true,
        }
    }
}

/// A request in an upstream's dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedRequest {
    /// The JSON body.
    pub body: Vec<u8>,
    /// Tool names that had to be changed: the name sent → the client's name.
    pub aliases: HashMap<String, String>,
}

/// What an encoder needs to know of the exchange to write its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerContext {
    /// This exchange's own id without a prefix; ASCII letters and digits.
    pub id: String,
    /// The model's name as the client wrote it.
    pub model: String,
    /// When the answer began, in seconds since 1970.
    pub created: u64,
    /// Whether the client wants usage in a stream that has it only on request.
    pub include_usage: bool,
    /// An estimate of the request's size in tokens, for dialects that state it up front.
    pub input_estimate: Option<u64>,
}

/// What was seen in a stream that is forwarded unread.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scan {
    /// Whether a frame with meaning came (not a comment, not a ping).
    pub started: bool,
    /// Whether a reason for the end came.
    pub finished: bool,
    /// Whether the dialect's terminal frame came.
    pub ended: bool,
    /// The usage so far.
    pub usage: Usage,
    /// An error frame; nothing meaningful follows it.
    pub fault: Option<Fault>,
}

/// The codec of a dialect. `None` for one that this version does not translate.
#[must_use]
pub fn codec(dialect: Dialect) -> Option<&'static dyn Codec> {
    match dialect {
        Dialect::OpenAiChat => Some(&crate::openai_chat::OpenAiChat),
        Dialect::AnthropicMessages => Some(&crate::anthropic::Anthropic),
        Dialect::OpenAiResponses | Dialect::Gemini | Dialect::Ollama => None,
    }
}
