//! What is sent, and what comes back, whichever way it goes.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use http_body_util::combinators::BoxBody;

use crate::failure::{Broken, Failure};
use crate::pieces::Pieces;
use crate::plain::Held;

/// A request's body.
#[derive(Debug)]
pub struct Sent(Kind);

#[derive(Debug)]
enum Kind {
    Pieces(Pieces),
    /// One that is made while it is sent.
    Made(BoxBody<Bytes, Broken>),
}

impl Sent {
    /// No body.
    #[must_use]
    pub fn nothing() -> Self {
        Self::pieces([])
    }

    /// These pieces, one after the other.
    #[must_use]
    pub fn pieces(pieces: impl IntoIterator<Item = Bytes>) -> Self {
        Self(Kind::Pieces(Pieces::new(pieces)))
    }

    /// The same once more, where it is at hand.
    pub(crate) fn again(&self) -> Option<Self> {
        match &self.0 {
            Kind::Pieces(pieces) => Some(Self(Kind::Pieces(pieces.clone()))),
            Kind::Made(_) => None,
        }
    }

    /// What this body gives when it is asked.
    #[must_use]
    pub fn made<B>(body: B) -> Self
    where
        B: Body<Data = Bytes> + Send + Sync + 'static,
        B::Error: Into<Broken>,
    {
        Self(Kind::Made(body.map_err(Into::into).boxed()))
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        match &mut self.get_mut().0 {
            Kind::Pieces(pieces) => Pin::new(pieces)
                .poll_frame(context)
                .map_err(|never| match never {}),
            Kind::Made(body) => Pin::new(body).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Pieces(pieces) => pieces.is_end_stream(),
            Kind::Made(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Pieces(pieces) => pieces.size_hint(),
            Kind::Made(body) => body.size_hint(),
        }
    }
}

/// An answer's body.
#[derive(Debug)]
pub struct Received(Source);

#[derive(Debug)]
enum Source {
    Plain(Held),
    Straight(hyper::body::Incoming),
    Proxied(reqwest::Body),
    Made(BoxBody<Bytes, Failure>),
}

impl Received {
    /// What this body gives: an answer that came another way, or that was looked at already.
    #[must_use]
    pub fn made<B>(body: B) -> Self
    where
        B: Body<Data = Bytes> + Send + Sync + 'static,
        B::Error: Into<Failure>,
    {
        Self(Source::Made(body.map_err(Into::into).boxed()))
    }

    pub(crate) fn plain(body: Held) -> Self {
        Self(Source::Plain(body))
    }

    pub(crate) fn straight(body: hyper::body::Incoming) -> Self {
        Self(Source::Straight(body))
    }

    pub(crate) fn proxied(body: reqwest::Body) -> Self {
        Self(Source::Proxied(body))
    }
}

impl Body for Received {
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        match &mut self.get_mut().0 {
            Source::Plain(body) => Pin::new(body).poll_frame(context).map_err(Failure::from),
            Source::Straight(body) => Pin::new(body).poll_frame(context).map_err(Failure::from),
            Source::Proxied(body) => Pin::new(body).poll_frame(context).map_err(Failure::from),
            Source::Made(body) => Pin::new(body).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Source::Plain(body) => body.is_end_stream(),
            Source::Straight(body) => body.is_end_stream(),
            Source::Proxied(body) => body.is_end_stream(),
            Source::Made(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Source::Plain(body) => body.size_hint(),
            Source::Straight(body) => body.size_hint(),
            Source::Proxied(body) => body.size_hint(),
            Source::Made(body) => body.size_hint(),
        }
    }
}
