//! Connections over TLS with nothing between: HTTP/2 or HTTP/1.1, whichever the other end speaks.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use tower_service::Service;

use crate::body::{Received, Sent};
use crate::clients::{FAREWELL, PROBE, REST};
use crate::connect::{connector, in_time};
use crate::failure::{Broken, Failure, is_turned_away};
use crate::joined::{Joined, Joining};

/// How often a request is sent once more that was turned away unread.
const TRIES: u32 = 3;

/// A pool of connections.
#[derive(Clone, Debug)]
pub(crate) struct Straight(Arc<legacy::Client<Connecting, Sent>>);

impl Straight {
    /// Connections that must stand within `connect`, and know their other end by `tls`.
    pub(crate) fn new(tls: ClientConfig, connect: Duration) -> Self {
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_only()
            .enable_all_versions()
            .wrap_connector(connector(connect));
        let connecting = Connecting {
            https: Arc::new(https),
            within: connect,
        };
        let client = legacy::Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(REST)
            .http2_keep_alive_interval(PROBE)
            .http2_keep_alive_timeout(FAREWELL)
            .http2_keep_alive_while_idle(false)
            .build(connecting);
        Self(Arc::new(client))
    }

    /// Sends a request and waits for the head of its answer.
    pub(crate) async fn send(&self, request: Request<Sent>) -> Result<Response<Received>, Failure> {
        let mut request = request;
        let mut tries = 0;
        loop {
            let again = again(&request).filter(|_| tries < TRIES);
            match (self.0.request(request).await, again) {
                (Ok(response), _) => return Ok(response.map(Received::straight)),
                (Err(error), Some(again)) if is_turned_away(&error) => request = again,
                (Err(error), _) => return Err(error.into()),
            }
            tries += 1;
        }
    }
}

/// The same request once more: over HTTP/2 the other end may say that it has not read it.
fn again(request: &Request<Sent>) -> Option<Request<Sent>> {
    let mut again = Request::new(request.body().again()?);
    *again.method_mut() = request.method().clone();
    *again.uri_mut() = request.uri().clone();
    *again.headers_mut() = request.headers().clone();
    Some(again)
}

/// Makes connections, each within one time limit: name, socket and TLS together.
#[derive(Clone, Debug)]
struct Connecting {
    https: Arc<HttpsConnector<Joining>>,
    within: Duration,
}

impl Service<Uri> for Connecting {
    type Response = MaybeHttpsStream<Joined>;
    type Error = Broken;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Broken>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Broken>> {
        // Those that make connections here are always ready; a copy is asked below.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, address: Uri) -> Self::Future {
        let connected = HttpsConnector::clone(&self.https).call(address);
        let within = self.within;
        Box::pin(in_time(within, connected))
    }
}

#[cfg(test)]
mod tests;
