//! Streams: bytes go on as they come, silence is answered, and every end is told for what it is.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use accounts::Lease;
use axum::body::Body;
use bytes::Bytes;
use catalog::{Provider, Quirk};
use dialect::translate::StreamTranslator;
use dialect::{Codec, Fault, ReasoningPlace};
use http::Response;
use http_body::Frame;
use http_body_util::BodyExt;
use outbound::Received;
use tokio::time::{Instant, Sleep, sleep, timeout_at};

use super::events::Whole;
use super::side::Side;
use super::{
    Answer, Kind, Passage, as_event_stream, broken, client_codec, reader, response, settle, silent,
    told,
};
use crate::attempt::{cleaned, masked};
use crate::exchange::Outcome;
use crate::record::Record;

/// How long to wait, once an answer has said that it is over, for the connection to say so too:
/// one that does can be used again.
const FAREWELL: Duration = Duration::from_millis(500);

/// Relays a chat stream. Returns once the answer has begun, or with the fault that came instead.
pub(super) async fn relay(
    passage: &Passage<'_>,
    answer: Answer,
    lease: Lease,
    record: &mut Option<Record>,
) -> Result<Response<Body>, Fault> {
    let (call, upstream) = (passage.call, passage.upstream);
    let to = client_codec(call.dialect);
    let Answer {
        kind,
        mut body,
        head,
        aliases,
        losses,
    } = answer;
    let is_stream = kind == Kind::Stream || kind == Kind::Other;
    let reasoning = passage.reasoning();
    let as_it_is =
        reasoning == ReasoningPlace::Apart && !upstream.provider.has(Quirk::RepairedAnswers);
    let side = if upstream.native && is_stream && as_it_is {
        Side::same(to, upstream.provider.has(Quirk::DoneOptional))
    } else {
        let reader = reader(upstream, aliases)?;
        let context = call.context(&call.request()?.0);
        Side::translated(StreamTranslator::new(reader, to, context).with_reasoning(reasoning))
    };
    let (first_byte, idle) = call.patience();
    let mut opening = Opening {
        side,
        ready: VecDeque::new(),
    };
    let opened = if is_stream {
        opening
            .wait(&mut body, Instant::now() + first_byte, first_byte)
            .await
    } else {
        opening
            .whole(&mut body, call.snapshot.limits.answer_body, first_byte)
            .await
    };
    if let Err(fault) = opened {
        let fault = masked(fault, &lease);
        settle(Some(lease), Some(&fault));
        return Err(fault);
    }
    let mut headers = passage.headers(Some(&head), &losses);
    as_event_stream(&mut headers);
    let mut record = record.take();
    if let Some(record) = &mut record {
        record.note(|exchange| {
            exchange.streamed = true;
            exchange.losses = losses;
        });
    }
    let stream = Stream {
        upstream: is_stream.then_some(body),
        side: opening.side,
        ready: opening.ready,
        to,
        request_id: Arc::clone(&call.id),
        provider: Arc::clone(&upstream.provider),
        idle,
        keep_alive: call.snapshot.timeouts.keep_alive,
        last_heard: Instant::now(),
        silence: Box::pin(sleep(call.snapshot.timeouts.keep_alive.min(idle))),
        parting: false,
        lease: Some(lease),
        record,
    };
    Ok(response(headers, Body::new(stream)))
}

/// Forwards a stream that is not a chat, as it is.
pub(super) async fn forward(
    passage: &Passage<'_>,
    answer: Answer,
    lease: Lease,
    record: &mut Option<Record>,
) -> Result<Response<Body>, Fault> {
    let call = passage.call;
    let (_, idle) = call.patience();
    let mut headers = passage.headers(Some(&answer.head), &answer.losses);
    as_event_stream(&mut headers);
    let mut record = record.take();
    if let Some(record) = &mut record {
        record.note(|exchange| exchange.streamed = true);
    }
    let stream = Stream {
        upstream: Some(answer.body),
        side: Side::Opaque(Whole::default()),
        ready: VecDeque::new(),
        to: client_codec(call.dialect),
        request_id: Arc::clone(&call.id),
        provider: Arc::clone(&passage.upstream.provider),
        idle,
        keep_alive: idle,
        last_heard: Instant::now(),
        silence: Box::pin(sleep(idle)),
        parting: false,
        lease: Some(lease),
        record,
    };
    Ok(response(headers, Body::new(stream)))
}

/// A stream that has not begun to mean something yet.
struct Opening {
    side: Side,
    ready: VecDeque<Bytes>,
}

impl Opening {
    /// Reads until the first event with meaning.
    async fn wait(
        &mut self,
        body: &mut Received,
        deadline: Instant,
        patience: Duration,
    ) -> Result<(), Fault> {
        loop {
            let frame = timeout_at(deadline, body.frame())
                .await
                .map_err(|_| silent(patience))?;
            let ready = &mut self.ready;
            let Some(frame) = frame else {
                self.side.finish(&mut |bytes| ready.push_back(bytes))?;
                return self.judge();
            };
            let Ok(bytes) = frame.map_err(|error| broken(&error))?.into_data() else {
                continue;
            };
            let read = self.side.push(bytes, &mut |bytes| ready.push_back(bytes));
            // What is whole before a fault in one and the same piece is not worth a fail-over: the
            // fault is.
            read?;
            self.judge()?;
            if self.side.started(!self.ready.is_empty()) {
                return Ok(());
            }
        }
    }

    /// The upstream would not stream: its whole answer is made into a stream.
    async fn whole(
        &mut self,
        body: &mut Received,
        limit: usize,
        patience: Duration,
    ) -> Result<(), Fault> {
        let limited = http_body_util::Limited::new(body, limit);
        let whole = tokio::time::timeout(patience, limited.collect())
            .await
            .map_err(|_| silent(patience))?
            .map_err(|error| Fault::truncated(format!("the answer broke off ({error})")))?
            .to_bytes();
        let mut written = Vec::new();
        if let Side::Translated(translator) = &mut self.side {
            translator.whole(&whole, &mut written)?;
        }
        self.ready.push_back(written.into());
        Ok(())
    }

    fn judge(&self) -> Result<(), Fault> {
        self.side.fault().map_or(Ok(()), |fault| Err(fault.clone()))
    }
}

/// A stream to a client.
struct Stream {
    /// `None` once there is nothing more to come from there.
    upstream: Option<Received>,
    side: Side,
    ready: VecDeque<Bytes>,
    to: &'static dyn Codec,
    request_id: Arc<str>,
    provider: Arc<Provider>,
    idle: Duration,
    keep_alive: Duration,
    last_heard: Instant,
    silence: Pin<Box<Sleep>>,
    /// The answer is over, and only the connection's end is waited for.
    parting: bool,
    lease: Option<Lease>,
    record: Option<Record>,
}

impl Drop for Stream {
    /// Who left early has used what the upstream had counted by then.
    fn drop(&mut self) {
        let usage = self.side.usage();
        if let Some(record) = &mut self.record {
            record.note(|exchange| exchange.usage = usage);
        }
    }
}

impl Stream {
    fn take(&mut self, bytes: Bytes) {
        self.last_heard = Instant::now();
        let ready = &mut self.ready;
        if let Err(fault) = self.side.push(bytes, &mut |bytes| ready.push_back(bytes)) {
            self.end(Err(fault));
        } else if self.side.ended() && !self.parting {
            self.parting = true;
            self.silence.as_mut().reset(Instant::now() + FAREWELL);
        }
        if let (Some(_), Some(lease)) = (self.side.fault(), &self.lease) {
            for piece in &mut self.ready {
                if let Some(clean) = cleaned(piece, lease) {
                    *piece = clean;
                }
            }
        }
    }

    /// The answer is over, well or not; a fault is told in the client's dialect.
    fn end(&mut self, ended: Result<(), Fault>) {
        self.upstream = None;
        let outcome = match ended {
            Err(fault) => {
                let mut fault = told(&self.provider, fault);
                if let Some(lease) = &self.lease {
                    fault = masked(fault, lease);
                }
                settle(self.lease.take(), Some(&fault));
                fault.message = format!("{}: {}", self.provider.name, fault.message);
                let last = self.to.encode_stream_fault(&fault, &self.request_id);
                self.ready.push_back(last.into());
                Outcome::Truncated(fault)
            }
            Ok(()) => {
                let fault = self.side.fault();
                settle(self.lease.take(), fault);
                fault.map_or(Outcome::Completed, |fault| {
                    Outcome::Truncated(fault.clone())
                })
            }
        };
        let (usage, losses) = (self.side.usage(), self.side.losses());
        if let Some(mut record) = self.record.take() {
            record.note(|exchange| {
                exchange.usage = usage;
                for loss in losses.into_iter().flat_map(dialect::Losses::iter) {
                    exchange
                        .losses
                        .record(loss.path.clone(), loss.kind, loss.weight, loss.reason);
                }
            });
            record.close(outcome);
        }
    }

    fn closed(&mut self) {
        let ready = &mut self.ready;
        let ended = self.side.finish(&mut |bytes| ready.push_back(bytes));
        self.end(ended);
    }

    /// The timer fired: give a sign of life, give up, or sleep on.
    fn quiet(&mut self) {
        let now = Instant::now();
        if self.parting {
            self.end(Ok(()));
            return;
        }
        let heard = now.saturating_duration_since(self.last_heard);
        if heard >= self.idle {
            self.end(Err(silent(self.idle)));
            return;
        }
        let give_up = self.last_heard + self.idle;
        if heard < self.keep_alive {
            self.silence
                .as_mut()
                .reset(give_up.min(self.last_heard + self.keep_alive));
            return;
        }
        self.ready
            .push_back(Bytes::from_static(self.to.keep_alive()));
        self.silence
            .as_mut()
            .reset(give_up.min(now + self.keep_alive));
    }
}

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        loop {
            if let Some(bytes) = this.ready.pop_front() {
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
            let Some(upstream) = &mut this.upstream else {
                if this.record.is_some() {
                    this.end(Ok(()));
                    continue;
                }
                return Poll::Ready(None);
            };
            match Pin::new(upstream).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => {
                    if let Ok(bytes) = frame.into_data() {
                        this.take(bytes);
                    }
                }
                Poll::Ready(Some(Err(error))) if this.parting => {
                    tracing::debug!(%error, "an upstream's connection broke after its answer");
                    this.end(Ok(()));
                }
                Poll::Ready(Some(Err(error))) => this.end(Err(broken(&error))),
                Poll::Ready(None) => this.closed(),
                Poll::Pending => match this.silence.as_mut().poll(context) {
                    Poll::Ready(()) => this.quiet(),
                    Poll::Pending => return Poll::Pending,
                },
            }
        }
    }
}
