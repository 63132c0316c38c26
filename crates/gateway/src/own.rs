//! Requests of this program's own, answered by the same handler as everybody else's.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{HeaderValue, Request, header};
use tokio::sync::{mpsc, oneshot};

use crate::headers::UPSTREAM;
use crate::plane::Plane;
use crate::serve::Peer;

/// What this program calls itself in its own records.
const AGENT: &str = concat!("portolan/", env!("CARGO_PKG_VERSION"));
/// How many pieces of an answer may wait for who asked.
const PIECES: usize = 16;

/// The answer to a request of our own; whoever drops it has left, as a client does.
#[derive(Debug)]
pub struct OwnAnswer {
    /// Its HTTP status.
    pub status: u16,
    /// Who answers, as `provider/model`.
    pub upstream: Option<String>,
    /// The body as it comes; `Err` where it broke off.
    pub pieces: mpsc::Receiver<Result<Bytes, BrokeOff>>,
}

/// The answer's body ended before it was whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer broke off")]
pub struct BrokeOff;

/// What is asked.
pub(crate) struct Own {
    /// As whom.
    peer: Peer,
    request: Request<Body>,
    /// Takes the answer.
    reply: oneshot::Sender<OwnAnswer>,
}

impl Own {
    /// A request whose body is JSON, and what its answer comes out of.
    pub(crate) fn new(
        peer: Peer,
        mut request: Request<Body>,
    ) -> (Self, oneshot::Receiver<OwnAnswer>) {
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::CONTENT_TYPE, json);
        let (reply, answer) = oneshot::channel();
        let own = Self {
            peer,
            request,
            reply,
        };
        (own, answer)
    }

    /// A request that needs no key, by the rules of that listener.
    pub(crate) fn of_program(
        instance: &str,
        path: &'static str,
        body: Vec<u8>,
    ) -> Result<(Self, oneshot::Receiver<OwnAnswer>), http::Error> {
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let peer = Peer {
            instance: instance.into(),
            local: nowhere,
            remote: nowhere,
            is_own: true,
        };
        let request = Request::post(path)
            .header(header::HOST, "localhost")
            .header(header::USER_AGENT, AGENT)
            .body(Body::from(body))?;
        Ok(Self::new(peer, request))
    }
}

/// Sends it, and hands over the answer piece by piece.
pub(crate) async fn ask(plane: Arc<Plane>, own: Own) {
    let response = crate::handle::handle(plane, own.peer, own.request).await;
    let field = response.headers().get(UPSTREAM);
    let upstream = field.and_then(|field| field.to_str().ok());
    let (tell, pieces) = mpsc::channel(PIECES);
    let answer = OwnAnswer {
        status: response.status().as_u16(),
        upstream: upstream.map(str::to_owned),
        pieces,
    };
    if own.reply.send(answer).is_err() {
        return;
    }
    let mut body = response.into_body().into_data_stream();
    loop {
        let piece = tokio::select! {
            piece = body.next() => piece,
            () = tell.closed() => return,
        };
        let Some(piece) = piece else { return };
        let is_last = piece.is_err();
        let sent = tell.send(piece.map_err(|_| BrokeOff)).await;
        if is_last || sent.is_err() {
            return;
        }
    }
}
