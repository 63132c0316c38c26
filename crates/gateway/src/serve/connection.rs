//! One client's connection: HTTP/1.1 with limits, until either side has had enough.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::watch::{Held, Overdue, Watch, Watched};
use crate::plane::Plane;

/// The largest head of a request, in bytes.
const HEAD_LIMIT: usize = 64 * 1024;
/// The largest that a connection's buffers grow, in bytes. A head must fit into one.
const BUFFER_LIMIT: usize = 64 * 1024;
/// The most header fields in a request.
const FIELD_LIMIT: usize = 100;

/// Where a request came in.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    /// The listener's name.
    pub(crate) instance: Arc<str>,
    /// Our end of the connection.
    pub(crate) local: SocketAddr,
    /// The client's end.
    pub(crate) remote: SocketAddr,
    /// Whether it is this program that asks: it needs no key.
    pub(crate) is_own: bool,
}

/// Serves one connection until it ends, is overdue, or `stopping` turns true and nothing is left
/// to answer.
pub(super) async fn serve(
    plane: Arc<Plane>,
    socket: TcpStream,
    peer: Peer,
    mut stopping: watch::Receiver<bool>,
) {
    // A stream's last chunk would otherwise wait for the acknowledgement of the one before it.
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "a client's socket takes no options");
    }
    let timeouts = plane.snapshot().timeouts;
    let watch = Watch::new();
    let io = TokioIo::new(Watched::new(socket, watch.clone()));
    let service = hyper::service::service_fn({
        let (plane, peer, watch) = (Arc::clone(&plane), peer.clone(), watch.clone());
        move |request: http::Request<Incoming>| {
            let (plane, peer, serving) = (Arc::clone(&plane), peer.clone(), watch.serving());
            async move {
                let response = crate::handle::handle(plane, peer, request).await;
                Ok::<_, Infallible>(response.map(|body| Held::new(body, serving)))
            }
        }
    });
    let mut builder = http1::Builder::new();
    builder
        .header_read_timeout(None)
        .max_buf_size(BUFFER_LIMIT)
        .max_headers(FIELD_LIMIT)
        .max_header_size(HEAD_LIMIT);
    let mut connection = pin!(builder.serve_connection(io, service));
    let mut overdue = pin!(Overdue::new(watch.clone(), timeouts));
    // Borrowed, not moved: whoever stops the listener waits until this receiver is gone.
    let mut asked_to_stop = pin!(stopping.wait_for(|stop| *stop));
    let mut ending = false;
    std::future::poll_fn(|context| {
        if !ending && asked_to_stop.as_mut().poll(context).is_ready() {
            ending = true;
            connection.as_mut().graceful_shutdown();
        }
        if let Poll::Ready(ended) = connection.as_mut().poll(context) {
            if let Err(error) = ended {
                tracing::debug!(remote = %peer.remote, %error, "a connection ended early");
            }
            return Poll::Ready(());
        }
        if ending && watch.is_idle() {
            return Poll::Ready(());
        }
        overdue.as_mut().poll(context)
    })
    .await;
}
