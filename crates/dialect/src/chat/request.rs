//! What is asked of a model, shaped so that all five dialects fit.

use serde_json::value::RawValue;

use super::Opaque;
use crate::Dialect;

/// A request for a conversation's next turn.
#[derive(Clone, Debug)]
pub struct ChatRequest {
    /// The dialect that it was written in.
    pub origin: Dialect,
    /// The model's name as the client wrote it.
    pub model: String,
    /// Whether the answer is wanted piece by piece.
    pub stream: bool,
    /// Whether the client wants usage in a stream that has it only on request.
    pub stream_usage: bool,
    /// The conversation, system text included, in order.
    pub turns: Vec<Turn>,
    /// The tools that the model may call.
    pub tools: Vec<Tool>,
    /// Whether and which tools must be called.
    pub tool_choice: Option<ToolChoice>,
    /// Whether several tools may be called in one turn; `None`: the provider's default.
    pub parallel_tool_calls: Option<bool>,
    /// How the next token is drawn.
    pub sampling: Sampling,
    /// The most tokens to answer with, reasoning included.
    pub max_output_tokens: Option<u64>,
    /// Texts that end the answer.
    pub stop: Vec<String>,
    /// How many answers are wanted; `None` is one.
    pub candidates: Option<u32>,
    /// How many alternatives per token to report; `Some(0)`: only the token's own probability.
    pub logprobs: Option<u32>,
    /// How much to think.
    pub thinking: Option<Thinking>,
    /// What form the answer must have.
    pub format: Format,
    /// How long or short to answer (`low`, `medium`, `high`).
    pub verbosity: Option<String>,
    /// A key under which providers find the same cache again.
    pub cache_key: Option<String>,
    /// A cache hint for the request as a whole.
    pub cache: Option<CacheHint>,
    /// Whom the request is for, in the client's words.
    pub user: Option<String>,
    /// Which class of service is asked for, in the origin dialect's word.
    pub service_tier: Option<String>,
    /// Top-level fields that only the origin dialect knows, as the client wrote them.
    pub extra: Vec<(String, Box<RawValue>)>,
}

impl ChatRequest {
    /// A request with no turns and every option left to the provider.
    #[must_use]
    pub fn new(origin: Dialect, model: impl Into<String>) -> Self {
        Self {
            origin,
            model: model.into(),
            stream: false,
            stream_usage: false,
            turns: Vec::new(),
            tools: Vec::new(),
            tool_choice: None,
            parallel_tool_calls: None,
            sampling: Sampling::default(),
            max_output_tokens: None,
            stop: Vec::new(),
            candidates: None,
            logprobs: None,
            thinking: None,
            format: Format::Text,
            verbosity: None,
            cache_key: None,
            cache: None,
            user: None,
            service_tier: None,
            extra: Vec::new(),
        }
    }
}

/// How the next token is drawn; every `None` is the provider's default.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sampling {
    /// Randomness: 0 none; OpenAI allows up to 2, Anthropic up to 1.
    pub temperature: Option<f64>,
    /// Only the likeliest tokens that together have this probability.
    pub top_p: Option<f64>,
    /// Only this many of the likeliest tokens.
    pub top_k: Option<u64>,
    /// Against words that came often, −2 to 2.
    pub frequency_penalty: Option<f64>,
    /// Against words that came at all, −2 to 2.
    pub presence_penalty: Option<f64>,
    /// Makes the drawing repeatable where the provider can.
    pub seed: Option<i64>,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Instructions above the user's.
    System,
    /// The same, as OpenAI's reasoning models call it.
    Developer,
    /// The user, and the results of tools.
    User,
    /// The model.
    Assistant,
}

/// What one side says before the other speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who speaks.
    pub role: Role,
    /// The speaker's name, where there are several.
    pub name: Option<String>,
    /// What is said, in order.
    pub blocks: Vec<Block>,
}

/// One block of a turn, and whether a cache may end there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it says.
    pub content: Content,
    /// The conversation up to here may be cached.
    pub cache: Option<CacheHint>,
}

impl Block {
    /// A block without a cache hint.
    #[must_use]
    pub fn new(content: Content) -> Self {
        Self {
            content,
            cache: None,
        }
    }

    /// A block of words.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(Content::Text(text.into()))
    }
}

/// What a block says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Words.
    Text(String),
    /// A picture.
    Image(Image),
    /// A file to read.
    Document(Document),
    /// Speech, base64.
    Audio {
        /// `wav` or `mp3`.
        format: String,
        /// The sound, base64.
        data: String,
    },
    /// What the model thought in an earlier turn.
    Reasoning(Reasoning),
    /// Words with which the model declined in an earlier turn.
    Refusal(String),
    /// A tool that the model called in an earlier turn.
    ToolCall(ToolCall),
    /// What that tool returned.
    ToolResult(ToolResult),
    /// A block that exists in the origin dialect only.
    Unknown {
        /// What that dialect calls it.
        kind: String,
    },
}

/// Where bytes come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// In the request itself.
    Base64 {
        /// The media type (`image/png`).
        media_type: String,
        /// The bytes, base64 in the standard alphabet.
        data: String,
    },
    /// At an address that the upstream fetches.
    Url(String),
    /// Uploaded to the provider before, under this id; means something to that provider alone.
    File(String),
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Where it is.
    pub source: Source,
    /// How closely to look (`auto`, `low`, `high`, `original`).
    pub detail: Option<String>,
}

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Where it is.
    pub source: DocumentSource,
    /// Its title or file name.
    pub title: Option<String>,
    /// What to know about it before reading.
    pub context: Option<String>,
    /// Whether the answer should cite it.
    pub citations: bool,
}

/// Where a document comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentSource {
    /// Bytes somewhere.
    Bytes(Source),
    /// Plain text in the request itself.
    Text(String),
    /// Blocks of text and pictures in the request itself.
    Blocks(Vec<Block>),
}

/// What the model thought in an earlier turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reasoning {
    /// The thoughts; empty where the provider withheld them.
    pub text: String,
    /// The provider's seal on them.
    pub seal: Option<Opaque>,
}

/// A tool that the model called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolCall {
    /// The call's id, by which its result is found.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// The arguments as JSON text, as the client gave them.
    pub arguments: String,
}

/// What a tool returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolResult {
    /// Which call it answers.
    pub call_id: String,
    /// What it returned: text, pictures, documents.
    pub blocks: Vec<Block>,
    /// Whether the tool failed.
    pub is_error: bool,
}

/// A tool that the model may call.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: Option<String>,
    /// What it takes.
    pub kind: ToolKind,
    /// Whether the arguments must match the schema; `None`: the dialect's default.
    pub strict: Option<bool>,
    /// The list of tools up to here may be cached.
    pub cache: Option<CacheHint>,
}

/// What a tool takes.
#[derive(Clone, Debug)]
pub enum ToolKind {
    /// Arguments by a JSON schema; `None`: no arguments.
    Function {
        /// The schema as the client wrote it.
        schema: Option<Box<RawValue>>,
    },
    /// Free text, perhaps by a grammar.
    Custom {
        /// The grammar as the client wrote it.
        grammar: Option<Box<RawValue>>,
    },
    /// A tool that the provider runs (`web_search_20250305`); means something to its dialect alone.
    Server {
        /// What that dialect calls it.
        kind: String,
        /// The whole declaration as the client wrote it.
        raw: Box<RawValue>,
    },
}

/// Whether and which tools must be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolChoice {
    /// How strongly.
    pub mode: ToolMode,
    /// Only these tools; empty: all. One name with [`ToolMode::Required`] forces that tool.
    pub only: Vec<String>,
}

/// How strongly tools are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ToolMode {
    /// The model decides.
    Auto,
    /// None may be called.
    None,
    /// At least one must be called.
    Required,
}

/// How much to think.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Thinking {
    /// On, off, or as the provider decides.
    pub enabled: Option<bool>,
    /// How hard.
    pub effort: Option<Effort>,
    /// The most tokens to think with.
    pub budget: Option<u64>,
    /// Whether the thoughts are wanted in the answer; `None`: the provider's default.
    pub visible: Option<bool>,
}

/// How hard to think, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effort {
    /// Not at all.
    None,
    /// As little as the model can.
    Minimal,
    /// Little.
    Low,
    /// Some.
    Medium,
    /// Much.
    High,
    /// Very much.
    ExtraHigh,
    /// As much as the model can.
    Max,
}

impl Effort {
    /// Every effort, from the least to the most.
    pub const ALL: [Self; 7] = [
        Self::None,
        Self::Minimal,
        Self::Low,
        Self::Medium,
        Self::High,
        Self::ExtraHigh,
        Self::Max,
    ];

    /// The word that OpenAI and Anthropic share for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::ExtraHigh => "xhigh",
            Self::Max => "max",
        }
    }

    /// The effort of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effort| effort.as_str() == name)
    }

    /// The effort that a budget of thinking tokens stands for.
    #[must_use]
    pub fn from_budget(tokens: u64) -> Self {
        match tokens {
            0 => Self::None,
            1..=1023 => Self::Minimal,
            1024..=2047 => Self::Low,
            2048..=4095 => Self::Medium,
            4096..=8191 => Self::High,
            8192..=16383 => Self::ExtraHigh,
            16384.. => Self::Max,
        }
    }
}

/// What form the answer must have.
#[derive(Clone, Debug, Default)]
pub enum Format {
    /// Words.
    #[default]
    Text,
    /// Any JSON object.
    JsonObject,
    /// JSON by a schema.
    JsonSchema {
        /// The schema's name.
        name: Option<String>,
        /// What it is for.
        description: Option<String>,
        /// The schema as the client wrote it.
        schema: Box<RawValue>,
        /// Whether the answer must match it exactly.
        strict: Option<bool>,
    },
}

/// A place up to which a provider may keep what it has read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheHint {
    /// How long to keep it, in seconds; `None`: the provider's default.
    pub seconds: Option<u64>,
}
