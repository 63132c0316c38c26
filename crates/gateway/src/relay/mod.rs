//! From an upstream's answer to the client's: forwarded where both speak the same dialect,
//! translated where they do not, streamed or whole.

mod events;
mod script;
mod side;
mod stream;
mod whole;

use accounts::{Lease, Outcome as Health};
use axum::body::Body;
use catalog::{Provider, Quirk};
use dialect::translate::AnswerReader;
use dialect::{Dialect, Fault, FaultKind, Operation, Origin, ReasoningPlace};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use outbound::{Failure, Received};

use crate::attempt::{self, Accepted};
use crate::call::Call;
use crate::headers as fields;
use crate::plan::Upstream;
use crate::quirk;
use crate::record::Record;
use crate::reply;

pub(crate) use script::{stream as stream_script, whole as whole_script};
pub(crate) use whole::transcript;

/// What an upstream sends, by its content type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Stream,
    Json,
    Page,
    Other,
}

impl Kind {
    fn of(headers: &HeaderMap) -> Self {
        let said = fields::content_type(headers);
        let is = |kind: &str| said.eq_ignore_ascii_case(kind.as_bytes());
        if fields::is_json(said) {
            Self::Json
        } else if is("text/event-stream") {
            Self::Stream
        } else if is("text/html") || is("application/xhtml+xml") {
            Self::Page
        } else {
            Self::Other
        }
    }
}

/// An upstream's answer on its way to the client.
pub(crate) struct Passage<'a> {
    pub(crate) call: &'a Call,
    pub(crate) upstream: &'a Upstream,
    /// How many tries it took.
    pub(crate) attempts: usize,
}

impl Passage<'_> {
    /// Waits until the answer has begun to mean something and gives it to the client. Until then a
    /// fault is returned, and another candidate can still be tried.
    pub(crate) async fn relay(
        &self,
        accepted: Accepted,
        record: &mut Option<Record>,
    ) -> Result<Response<Body>, Fault> {
        let Accepted {
            lease,
            response,
            aliases,
            losses,
        } = accepted;
        let (head, body) = response.into_parts();
        let kind = Kind::of(&head.headers);
        if kind == Kind::Page {
            lease.report(Health::Failed, std::time::Instant::now());
            return Err(attempt::named(
                self.upstream,
                Fault::unreadable(
                    "it answered with a web page; is the address right, and is there a sign-in \
                     page between this machine and the network?",
                )
                .with_code("html_instead_of_json"),
            ));
        }
        if head.headers.contains_key(header::CONTENT_ENCODING) {
            lease.report(Health::Failed, std::time::Instant::now());
            let message = "it compressed its answer without being asked to";
            return Err(attempt::named(self.upstream, Fault::unreadable(message)));
        }
        let answer = Answer {
            kind,
            body,
            head: head.headers,
            aliases,
            losses,
        };
        let is_chat = attempt::is_chat(self.call.operation, self.call.dialect);
        let relayed = if is_chat && self.call.peek.stream {
            stream::relay(self, answer, lease, record).await
        } else if self.call.peek.stream && kind == Kind::Stream {
            stream::forward(self, answer, lease, record).await
        } else {
            whole::relay(self, answer, lease, record).await
        };
        relayed.map_err(|fault| attempt::named(self.upstream, told(&self.upstream.provider, fault)))
    }

    /// Where reasoning goes in this answer. Other dialects have a place of their own for it.
    fn reasoning(&self) -> ReasoningPlace {
        let speaks = self.call.dialect == Dialect::OpenAiChat;
        let key = self.call.key.as_ref();
        let chosen = key
            .and_then(|key| key.reasoning)
            .or(self.upstream.reasoning);
        chosen
            .filter(|_| speaks && self.call.operation == Operation::Chat)
            .unwrap_or_default()
    }

    /// The fields that every answer of an upstream carries.
    fn headers(&self, upstream: Option<&HeaderMap>, losses: &dialect::Losses) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(12);
        if let Some(upstream) = upstream {
            fields::to_client(upstream, &mut headers);
        }
        described(
            &mut headers,
            &self.upstream.provider.id,
            &self.upstream.model,
            self.attempts,
            losses.header().as_deref(),
        );
        headers
    }
}

/// An accepted answer, not yet read.
struct Answer {
    kind: Kind,
    body: Received,
    head: HeaderMap,
    aliases: std::collections::HashMap<String, String>,
    losses: dialect::Losses,
}

/// Says who answered, after how many tries, and what was lost.
pub(crate) fn described(
    headers: &mut HeaderMap,
    provider: &str,
    model: &str,
    attempts: usize,
    losses: Option<&str>,
) {
    let mut upstream = String::with_capacity(provider.len() + 1 + model.len());
    for name in [provider, "/", model] {
        if name.bytes().all(|byte| byte.is_ascii_graphic()) {
            upstream.push_str(name);
        } else {
            let shown = |c: char| if c.is_ascii_graphic() { c } else { '_' };
            upstream.extend(name.chars().map(shown));
        }
    }
    if let Ok(upstream) = HeaderValue::try_from(upstream) {
        headers.insert(fields::UPSTREAM, upstream);
    }
    let attempts = match attempts {
        1 => HeaderValue::from_static("1"),
        several => HeaderValue::from(several),
    };
    headers.insert(fields::ATTEMPTS, attempts);
    if let Some(losses) = losses.and_then(|losses| HeaderValue::from_str(losses).ok()) {
        headers.insert(fields::LOSS, losses);
    }
}

/// A response with these fields.
fn response(headers: HeaderMap, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::OK;
    *response.headers_mut() = headers;
    response
}

/// Marks the fields as those of an event stream.
pub(crate) fn as_event_stream(headers: &mut HeaderMap) {
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
}

/// What a broken connection to the upstream means once its answer had begun.
fn broken(failure: &Failure) -> Fault {
    let message = format!("the answer broke off ({failure})");
    Fault::truncated(message)
}

/// What silence means.
fn silent(patience: std::time::Duration) -> Fault {
    let message = format!("nothing came for {} seconds", patience.as_secs());
    Fault::new(Origin::Upstream, FaultKind::Timeout, message)
}

/// What the way an answer ended says about its account.
fn settle(lease: Option<Lease>, fault: Option<&Fault>) {
    let Some(lease) = lease else { return };
    let health = match fault.map(|fault| fault.kind) {
        None => Health::Success,
        Some(FaultKind::RateLimit) => Health::RateLimited {
            retry_after: fault.and_then(|fault| fault.retry_after),
        },
        Some(FaultKind::Authentication | FaultKind::Permission) => Health::Rejected,
        Some(FaultKind::Billing) => Health::Unpaid,
        Some(
            FaultKind::Internal
            | FaultKind::Overloaded
            | FaultKind::BadGateway
            | FaultKind::Truncated
            | FaultKind::Timeout,
        ) => Health::Failed,
        Some(_) => Health::Unrelated,
    };
    lease.report(health, std::time::Instant::now());
}

/// What reads the upstream's answers.
fn reader(
    upstream: &Upstream,
    aliases: std::collections::HashMap<String, String>,
) -> Result<AnswerReader, Fault> {
    let codec = attempt::codec_of(upstream)?;
    Ok(if upstream.provider.has(Quirk::RepairedAnswers) {
        AnswerReader::lenient(codec, aliases)
    } else {
        AnswerReader::new(codec, aliases, upstream.provider.has(Quirk::DoneOptional))
    })
}

/// A fault that came in an answer, as what it means at this provider.
fn told(provider: &Provider, fault: Fault) -> Fault {
    if provider.has(Quirk::StatusInBody) {
        quirk::status::told(fault)
    } else {
        fault
    }
}

/// The codec of the client's side.
fn client_codec(dialect: Dialect) -> &'static dyn dialect::Codec {
    reply::codec_for(dialect)
}
