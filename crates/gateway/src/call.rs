//! One client's request as every candidate needs it.

use std::sync::{Arc, OnceLock};

use accounts::Credential;
use bytes::Bytes;
use dialect::chat::ChatRequest;
use dialect::peek::Peek;
use dialect::{AnswerContext, Dialect, Fault, Losses, Operation};
use http::HeaderMap;
use intake::form::Form;
use tokio::sync::OnceCell;

use crate::key::ClientKey;
use crate::reply::codec_for;
use crate::snapshot::Snapshot;

/// One client's request.
pub(crate) struct Call {
    pub(crate) snapshot: Arc<Snapshot>,
    /// The id in `x-request-id`.
    pub(crate) id: Arc<str>,
    pub(crate) dialect: Dialect,
    pub(crate) operation: Operation,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What was sent in several parts; the body is empty then.
    pub(crate) form: Option<Form>,
    pub(crate) peek: Peek,
    /// The model as the client named it.
    pub(crate) model: String,
    /// Seconds since 1970.
    pub(crate) created: u64,
    /// What the client presented.
    pub(crate) key: Option<Arc<ClientKey>>,
    /// The provider's key that the client brought.
    pub(crate) brought: Option<Arc<Credential>>,
    /// What was lost on the way to this body.
    pub(crate) lost: Losses,
    /// The request taken apart, once a candidate needs it so.
    decoded: OnceLock<Result<(ChatRequest, Losses), Fault>>,
    /// The same with its pictures inside, once a candidate needs it so.
    pictured: OnceCell<Result<Box<Call>, Fault>>,
}

/// What a call is made of.
pub(crate) struct Parts {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) id: Arc<str>,
    pub(crate) dialect: Dialect,
    pub(crate) operation: Operation,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What was sent in several parts; the body is empty then.
    pub(crate) form: Option<Form>,
    pub(crate) peek: Peek,
    pub(crate) created: u64,
    pub(crate) key: Option<Arc<ClientKey>>,
    pub(crate) brought: Option<Arc<Credential>>,
}

impl Call {
    /// Fails when the request names no model.
    pub(crate) fn new(parts: Parts) -> Result<Self, Fault> {
        let model = parts.peek.model.clone().filter(|model| !model.is_empty());
        let model = model.ok_or_else(|| Fault::invalid("model", "\"model\" is missing"))?;
        Ok(Self {
            snapshot: parts.snapshot,
            id: parts.id,
            dialect: parts.dialect,
            operation: parts.operation,
            headers: parts.headers,
            body: parts.body,
            form: parts.form,
            peek: parts.peek,
            model,
            created: parts.created,
            key: parts.key,
            brought: parts.brought,
            lost: Losses::default(),
            decoded: OnceLock::new(),
            pictured: OnceCell::new(),
        })
    }

    /// The request for an upstream that fetches no pictures: with those inside that it names by their
    /// addresses.
    pub(crate) async fn with_pictures(&self) -> Result<&Self, Fault> {
        let images = codec_for(self.dialect).remote_images(&self.body);
        if images.is_empty() {
            return Ok(self);
        }
        let made = self.pictured.get_or_init(async || {
            let snapshot = &self.snapshot;
            let most = snapshot.limits.request_body;
            let body = fetch::inline(&snapshot.pictures, &self.body, &images, most).await?;
            self.with_body(body)
        });
        made.await.as_deref().map_err(Clone::clone)
    }

    /// The same client's request with another body. It is large: so it comes in a box.
    pub(crate) fn with_body(&self, body: Bytes) -> Result<Box<Self>, Fault> {
        Self::new(Parts {
            peek: Peek::at(&body, dialect::peek::Limits::default())?,
            snapshot: Arc::clone(&self.snapshot),
            id: Arc::clone(&self.id),
            dialect: self.dialect,
            operation: self.operation,
            headers: self.headers.clone(),
            body,
            form: None,
            created: self.created,
            key: self.key.clone(),
            brought: self.brought.clone(),
        })
        .map(Box::new)
    }

    /// The request taken apart, and what that lost.
    pub(crate) fn request(&self) -> Result<&(ChatRequest, Losses), Fault> {
        let decoded = self.decoded.get_or_init(|| {
            let mut losses = Losses::default();
            codec_for(self.dialect)
                .decode_request(&self.body, &mut losses)
                .map(|request| (request, losses))
        });
        decoded.as_ref().map_err(Clone::clone)
    }

    /// What the client's encoder needs to know.
    pub(crate) fn context(&self, request: &ChatRequest) -> AnswerContext {
        AnswerContext {
            id: self.id.to_string(),
            model: self.model.clone(),
            created: self.created,
            include_usage: request.stream_usage,
            input_estimate: (self.dialect == Dialect::AnthropicMessages && self.peek.stream)
                .then(|| dialect::anthropic::estimate_input_tokens(&self.body)),
        }
    }

    /// How long to wait for the first byte and between two pieces.
    pub(crate) fn patience(&self) -> (std::time::Duration, std::time::Duration) {
        let timeouts = &self.snapshot.timeouts;
        let first = if self.peek.reasons || !self.peek.stream {
            timeouts.first_byte_reasoning
        } else {
            timeouts.first_byte
        };
        let idle = if self.peek.reasons {
            timeouts.idle_reasoning
        } else {
            timeouts.idle
        };
        (first, idle)
    }
}
