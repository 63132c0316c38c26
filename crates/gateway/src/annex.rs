//! The annex: what the guard has let in and what is no request to a model is answered by somebody
//! else, on another thread, who may ask models on the client's behalf. What it is is not known here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use bytes::Bytes;
use dialect::Fault;
use http::{HeaderMap, Request, Response, Uri, header, request};
use limits::Rates;
use tokio::sync::{mpsc, oneshot};

use crate::door::{self, Said};
use crate::guard::{Admitted, hash_of};
use crate::key::KeyHash;
use crate::own::Own;
use crate::serve::Peer;
use crate::snapshot::Snapshot;

/// The largest body that is handed over, in bytes.
pub(crate) const LONGEST: usize = 1024 * 1024;
/// Fields that say how one message was sent, and which of them the next one has its own.
const OF_ONE_MESSAGE: [header::HeaderName; 8] = [
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::CONTENT_ENCODING,
    header::TRANSFER_ENCODING,
    header::ACCEPT_ENCODING,
    header::CONNECTION,
    header::EXPECT,
    header::ORIGIN,
];

/// A request that was let in.
#[derive(Debug)]
pub struct Guest {
    /// The request, whole; what was compressed no longer is.
    pub request: Request<Bytes>,
    /// Who sent it.
    pub visitor: Visitor,
    /// Takes the answer; a request whose answer is dropped is refused. Closed once the client left.
    pub reply: oneshot::Sender<Response<Said>>,
}

/// A client that was let in, as which models can be asked: what it sent to be let in is sent again.
#[derive(Clone, Debug)]
pub struct Visitor {
    peer: Peer,
    uri: Uri,
    fields: HeaderMap,
    key: Option<(Arc<str>, KeyHash)>,
    has_asked: Arc<AtomicBool>,
}

impl Visitor {
    /// The client's key, unlike any other's; `None` where none was needed and none was sent.
    #[must_use]
    pub fn key(&self) -> Option<KeyHash> {
        self.key.as_ref().map(|(_, hash)| *hash)
    }

    /// A request to a model, as if the client had sent it. The first one of a visit is the visit
    /// itself, as the key's limits count.
    pub(crate) fn ask(
        &self,
        path: &'static str,
        body: Vec<u8>,
        rates: &Rates,
    ) -> Result<(Own, oneshot::Receiver<crate::OwnAnswer>), http::Error> {
        if let Some((name, _)) = &self.key
            && !self.has_asked.swap(true, Ordering::Relaxed)
        {
            rates.take_back(name);
        }
        let target = match self.uri.query() {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        };
        let mut request = Request::post(target).body(Body::from(body))?;
        *request.headers_mut() = self.fields.clone();
        Ok(Own::new(self.peer.clone(), request))
    }
}

/// Hands a request over and waits for its answer.
pub(crate) async fn enter(
    guests: &mpsc::Sender<Guest>,
    peer: &Peer,
    snapshot: &Snapshot,
    admitted: Option<&Admitted>,
    head: request::Parts,
    body: Bytes,
) -> Result<Response<Body>, Fault> {
    let mut fields = head.headers.clone();
    for name in OF_ONE_MESSAGE {
        fields.remove(name);
    }
    let key = admitted.and_then(|admitted| {
        let name = &admitted.key.as_ref()?.name;
        let hash = hash_of(&head.headers, head.uri.query(), snapshot, name)?;
        Some((Arc::clone(name), hash))
    });
    let visitor = Visitor {
        peer: peer.clone(),
        uri: head.uri.clone(),
        fields,
        key,
        has_asked: Arc::default(),
    };
    let (reply, answer) = oneshot::channel();
    let guest = Guest {
        request: Request::from_parts(head, body),
        visitor,
        reply,
    };
    guests.try_send(guest).map_err(|_| door::nobody())?;
    door::said(answer).await
}
