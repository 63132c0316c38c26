//! Connections over HTTP/1.1 without TLS, as the models of this machine and its network have: kept in a
//! list of our own, since a general pool takes longer to find one than such a request takes otherwise.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::uri::{PathAndQuery, Scheme, Uri};
use http::{HeaderValue, Request, Response, header};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{self, SendRequest};
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::Instant;
use tower_service::Service as _;

use crate::body::{Received, Sent};
use crate::clients::REST;
use crate::connect::{connector, in_time};
use crate::failure::Failure;
use crate::joined::Joining;

/// How long a connection whose answer is complete may take to be ready for the next request. One that still
/// has much to send is answered already, and better closed.
const SETTLING: Duration = Duration::from_secs(1);

/// Connections by the address that they go to.
#[derive(Clone, Debug)]
pub(crate) struct Plain(Arc<Lanes>);

#[derive(Debug)]
struct Lanes {
    connecting: Joining,
    within: Duration,
    by_authority: Mutex<BTreeMap<Box<str>, Arc<Lane>>>,
}

impl Plain {
    /// Connections that must stand within `connect`.
    pub(crate) fn new(connect: Duration) -> Self {
        Self(Arc::new(Lanes {
            connecting: connector(connect),
            within: connect,
            by_authority: Mutex::default(),
        }))
    }

    /// Sends a request and waits for the head of its answer. On a connection that turns out to be closed
    /// before anything was written, it goes over another one.
    pub(crate) fn send(
        &self,
        mut request: Request<Sent>,
    ) -> impl Future<Output = Result<Response<Received>, Failure>> {
        let uri = std::mem::take(request.uri_mut());
        let lane = self.lane(&uri).inspect(|lane| {
            *request.uri_mut() = origin_form(&uri);
            let fields = request.headers_mut();
            fields
                .entry(header::HOST)
                .or_insert_with(|| lane.host.clone());
        });
        self.go(lane, uri, request)
    }

    /// The usual way, over a connection at rest. A request is large, and what waits for its answer would
    /// carry it more than once if this went on with another one itself.
    async fn go(
        &self,
        lane: Result<Arc<Lane>, Failure>,
        uri: Uri,
        request: Request<Sent>,
    ) -> Result<Response<Received>, Failure> {
        let lane = lane?;
        let request = match lane.take() {
            None => request,
            Some(mut open) => match open.sender.try_send_request(request).await {
                Ok(response) => return Ok(lane.answered(open, response)),
                Err(error) => unsent(error)?,
            },
        };
        Box::pin(self.go_on(lane, uri, request)).await
    }

    /// Sends a request over one of the connections that are left, or over a new one.
    async fn go_on(
        &self,
        lane: Arc<Lane>,
        uri: Uri,
        mut request: Request<Sent>,
    ) -> Result<Response<Received>, Failure> {
        while let Some(mut open) = lane.take() {
            request = match open.sender.try_send_request(request).await {
                Ok(response) => return Ok(lane.answered(open, response)),
                Err(error) => unsent(error)?,
            };
        }
        let mut open = self.connect(uri).await?;
        let response = open.sender.send_request(request).await?;
        Ok(lane.answered(open, response))
    }

    async fn connect(&self, uri: Uri) -> Result<Open, Failure> {
        let connected = self.0.connecting.clone().call(uri);
        let connected = in_time(self.0.within, connected).await;
        let (sender, connection) = http1::handshake(connected.map_err(Failure::unreached)?).await?;
        let driver = tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to a provider ended");
            }
        });
        Ok(Open {
            sender,
            driver: driver.abort_handle(),
        })
    }

    fn lane(&self, uri: &Uri) -> Result<Arc<Lane>, Failure> {
        let authority = match uri.authority() {
            Some(authority) if uri.scheme() == Some(&Scheme::HTTP) => authority.as_str(),
            // What is meant for TLS is never sent without.
            Some(_) | None => return Err(Failure::of("not an address for plain HTTP")),
        };
        let mut lanes = lock(&self.0.by_authority);
        if let Some(lane) = lanes.get(authority) {
            return Ok(Arc::clone(lane));
        }
        lanes.retain(|_, lane| Arc::strong_count(lane) > 1 || !lock(&lane.rest).resting.is_empty());
        let lane = Arc::new(Lane {
            host: host(authority)?,
            rest: Mutex::default(),
        });
        lanes.insert(authority.into(), Arc::clone(&lane));
        Ok(lane)
    }
}

/// The request again, where nothing of it was written.
fn unsent(mut error: TrySendError<Request<Sent>>) -> Result<Request<Sent>, Failure> {
    match error.take_message() {
        Some(request) => Ok(request),
        None => Err(error.into_error().into()),
    }
}

/// What the other end is asked for: the address without scheme, host and port.
fn origin_form(uri: &Uri) -> Uri {
    let path = uri.path_and_query().cloned();
    path.unwrap_or_else(|| PathAndQuery::from_static("/"))
        .into()
}

/// Host and port, without a user name and without the port that goes without saying.
fn host(authority: &str) -> Result<HeaderValue, Failure> {
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    HeaderValue::from_str(host.strip_suffix(":80").unwrap_or(host)).map_err(Failure::of)
}

/// A connection. Dropped it is closed at once: left to itself it would first send all of a request that
/// nobody wants any more, and keep it for as long as the other end does not read.
#[derive(Debug)]
struct Open {
    sender: SendRequest<Sent>,
    driver: AbortHandle,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Connections to one address.
#[derive(Debug)]
struct Lane {
    host: HeaderValue,
    rest: Mutex<Rest>,
}

/// Connections that may be used again.
#[derive(Debug, Default)]
struct Rest {
    /// In the order in which they came to rest.
    resting: Vec<Resting>,
    /// What closes them after a while.
    tended: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Resting {
    open: Open,
    since: Instant,
}

impl Resting {
    fn is_good(&self, now: Instant) -> bool {
        self.since + REST > now && self.open.sender.is_ready()
    }
}

impl Lane {
    /// The connection that has rested for the shortest time; those that ended in the meantime are gone.
    fn take(&self) -> Option<Open> {
        let mut rest = lock(&self.rest);
        while let Some(Resting { open, .. }) = rest.resting.pop() {
            if open.sender.is_ready() {
                return Some(open);
            }
        }
        None
    }

    fn put(self: &Arc<Self>, open: Open) {
        let since = Instant::now();
        let mut rest = lock(&self.rest);
        rest.resting.push(Resting { open, since });
        if rest.tended.as_ref().is_none_or(JoinHandle::is_finished) {
            rest.tended = Some(tokio::spawn(Arc::clone(self).tend(since)));
        }
    }

    /// Closes what rested too long, until nothing rests.
    async fn tend(self: Arc<Self>, mut oldest: Instant) {
        loop {
            tokio::time::sleep_until(oldest + REST).await;
            let mut rest = lock(&self.rest);
            let now = Instant::now();
            rest.resting.retain(|one| one.is_good(now));
            match rest.resting.first() {
                Some(first) => oldest = first.since,
                None => return rest.tended = None,
            }
        }
    }

    /// The answer; once its body has ended, its connection comes to rest.
    fn answered(self: Arc<Self>, open: Open, response: Response<Incoming>) -> Response<Received> {
        response.map(|body| {
            let mut held = Held {
                body,
                connection: Some((open, self)),
            };
            held.rest_at_end();
            Received::plain(held)
        })
    }
}

/// An answer's body, and the connection that it comes over; with the one the other is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    body: Incoming,
    connection: Option<(Open, Arc<Lane>)>,
}

impl Held {
    fn rest_at_end(&mut self) {
        if self.body.is_end_stream() {
            self.rest();
        }
    }

    fn rest(&mut self) {
        let Some((mut open, lane)) = self.connection.take() else {
            return;
        };
        if open.sender.is_ready() {
            lane.put(open);
        } else if !open.sender.is_closed() {
            // It has still to see the end of what it sends or reads.
            tokio::spawn(async move {
                let ready = tokio::time::timeout(SETTLING, open.sender.ready()).await;
                if matches!(ready, Ok(Ok(()))) {
                    lane.put(open);
                }
            });
        }
    }
}

impl Body for Held {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let held = self.get_mut();
        let frame = ready!(Pin::new(&mut held.body).poll_frame(context));
        match &frame {
            Some(Ok(_)) => held.rest_at_end(),
            Some(Err(_)) => held.connection = None,
            None => held.rest(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
