//! Why something failed, in a form that every dialect can say and every layer can act on.

use std::time::Duration;

use crate::Dialect;

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// What the client sent.
    Client,
    /// What the provider answered.
    Upstream,
    /// This program, or the path between it and the provider.
    Gateway,
}

/// What kind of failure, across all dialects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The request is malformed or contradicts itself.
    InvalidRequest,
    /// The request asks for something that the target cannot do.
    Unsupported,
    /// The conversation is longer than the model can read.
    ContextTooLong,
    /// No key, or a wrong one.
    Authentication,
    /// The key is known but may not do this.
    Permission,
    /// The provider wants money first.
    Billing,
    /// No such model, route or object.
    NotFound,
    /// The path exists, but not with this method.
    MethodNotAllowed,
    /// The request collides with another one.
    Conflict,
    /// The body is larger than allowed.
    TooLarge,
    /// The body is not of a content type that is read here.
    UnsupportedMediaType,
    /// The request was meant for another host.
    Misdirected,
    /// Too many requests for now.
    RateLimit,
    /// A quota or spending cap is used up.
    Quota,
    /// The provider declined the content.
    ContentPolicy,
    /// The provider, or this program, broke.
    Internal,
    /// The provider is overloaded.
    Overloaded,
    /// The provider could not be reached, or sent what cannot be read.
    BadGateway,
    /// The answer ended before its provider said that it was complete.
    Truncated,
    /// Nothing came in time.
    Timeout,
    /// No account can serve the request now.
    NoAccount,
    /// The gateway is stopped or stopping.
    Stopped,
}

impl FaultKind {
    /// The HTTP status that says this in the given dialect, where no provider set one.
    #[must_use]
    pub fn status(self, dialect: Dialect) -> u16 {
        match self {
            Self::InvalidRequest
            | Self::Unsupported
            | Self::ContextTooLong
            | Self::ContentPolicy => 400,
            Self::Authentication => 401,
            Self::Billing => 402,
            Self::Permission => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict => 409,
            Self::TooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::Misdirected => 421,
            Self::RateLimit | Self::Quota => 429,
            Self::Internal => 500,
            Self::BadGateway | Self::Truncated => 502,
            // Only Anthropic's clients know 529.
            Self::Overloaded if dialect == Dialect::AnthropicMessages => 529,
            Self::Overloaded | Self::NoAccount | Self::Stopped => 503,
            Self::Timeout => 504,
        }
    }

    /// The kind that an upstream's status stands for when its body says nothing more exact.
    #[must_use]
    pub fn from_status(status: u16) -> Self {
        match status {
            401 => Self::Authentication,
            402 => Self::Billing,
            403 => Self::Permission,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            408 | 504 => Self::Timeout,
            409 => Self::Conflict,
            413 => Self::TooLarge,
            415 => Self::UnsupportedMediaType,
            429 => Self::RateLimit,
            503 | 529 => Self::Overloaded,
            502 => Self::BadGateway,
            400..=499 => Self::InvalidRequest,
            _ => Self::Internal,
        }
    }

    /// A stable word for headers, logs and the `code` of an error that this program made.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::Unsupported => "unsupported",
            Self::ContextTooLong => "context_length_exceeded",
            Self::Authentication => "invalid_api_key",
            Self::Permission => "permission_denied",
            Self::Billing => "billing",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Conflict => "conflict",
            Self::TooLarge => "request_too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::Misdirected => "misdirected_request",
            Self::RateLimit => "rate_limit_exceeded",
            Self::Quota => "insufficient_quota",
            Self::ContentPolicy => "content_policy",
            Self::Internal => "internal_error",
            Self::Overloaded => "overloaded",
            Self::BadGateway => "bad_gateway",
            Self::Truncated => "truncated",
            Self::Timeout => "timeout",
            Self::NoAccount => "no_account",
            Self::Stopped => "stopped",
        }
    }
}

/// A failure: whose, what kind, in words, and when it is worth trying again.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// Whose fault it is.
    pub origin: Origin,
    /// What kind of failure.
    pub kind: FaultKind,
    /// The status that the upstream answered with; kept when the fault is passed on.
    pub status: Option<u16>,
    /// English words for a person: what failed and what to do. Never a secret or a prompt.
    pub message: String,
    /// A stable code: the upstream's own, or a more exact one than the kind's.
    pub code: Option<String>,
    /// The upstream's own `type` word, kept for a client of the same dialect.
    pub wire_type: Option<String>,
    /// The request field at fault, as the client wrote it (`messages[2].content`).
    pub param: Option<String>,
    /// How long to wait before another try, when the upstream said so.
    pub retry_after: Option<Duration>,
}

impl Fault {
    /// A fault with nothing but its origin, kind and message.
    #[must_use]
    pub fn new(origin: Origin, kind: FaultKind, message: impl Into<String>) -> Self {
        Self {
            origin,
            kind,
            status: None,
            message: message.into(),
            code: None,
            wire_type: None,
            param: None,
            retry_after: None,
        }
    }

    /// What the client sent cannot be understood; `param` names the field.
    #[must_use]
    pub fn invalid(param: impl Into<String>, message: impl Into<String>) -> Self {
        let mut fault = Self::new(Origin::Client, FaultKind::InvalidRequest, message);
        let param = param.into();
        fault.param = (!param.is_empty()).then_some(param);
        fault
    }

    /// What the client asks for cannot be done by the target; `param` names the field.
    #[must_use]
    pub fn unsupported(param: impl Into<String>, message: impl Into<String>) -> Self {
        let mut fault = Self::invalid(param, message);
        fault.kind = FaultKind::Unsupported;
        fault.code = Some("unsupported_parameter".to_owned());
        fault
    }

    /// The upstream sent something that is not of its dialect.
    #[must_use]
    pub fn unreadable(message: impl Into<String>) -> Self {
        Self::new(Origin::Upstream, FaultKind::BadGateway, message)
    }

    /// The upstream's answer ended before it was complete.
    #[must_use]
    pub fn truncated(message: impl Into<String>) -> Self {
        Self::new(Origin::Upstream, FaultKind::Truncated, message)
    }

    /// The same fault with a stable code of its own.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// The status to answer a client of `dialect` with: the upstream's own, or the kind's.
    #[must_use]
    pub fn status_for(&self, dialect: Dialect) -> u16 {
        match self.status {
            // 529 is Anthropic's own; elsewhere the same thing is called 503.
            Some(529) if dialect != Dialect::AnthropicMessages => 503,
            Some(status) if (400..=599).contains(&status) => status,
            Some(_) | None => self.kind.status(dialect),
        }
    }

    /// The stable code: the exact one when there is one, else the kind's.
    #[must_use]
    pub fn code(&self) -> &str {
        self.code.as_deref().unwrap_or(self.kind.code())
    }
}

impl From<crate::frame::FrameTooLong> for Fault {
    fn from(error: crate::frame::FrameTooLong) -> Self {
        Self::unreadable(error.to_string())
    }
}
