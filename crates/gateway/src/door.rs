//! A door on a listener: requests beneath its path are handed to somebody else, who answers them on
//! another thread. What lies behind it is not known here.

use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use dialect::{Fault, FaultKind, Origin};
use futures_util::Stream;
use http::{Request, Response, request};
use tokio::sync::{mpsc, oneshot};

use crate::guard::body;
use crate::serve::Peer;

/// The largest body that is handed over, in bytes.
const LONGEST: usize = 64 * 1024;
/// How long to wait for each piece of it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Which requests are handed over, and to whom.
#[derive(Clone, Debug)]
pub struct Door {
    /// The path, such as `/admin`, and all beneath it.
    pub path: &'static str,
    /// Paths elsewhere that lead through it too.
    pub others: &'static [&'static str],
    /// The listener that has the door.
    pub instance: &'static str,
    /// Takes the requests. One that finds it full is refused.
    pub knocks: mpsc::Sender<Knock>,
}

/// A request at the door. Its `Host` field is one of ours; nothing else about it was checked.
#[derive(Debug)]
pub struct Knock {
    /// The request, whole.
    pub request: Request<Bytes>,
    /// The client's end of the connection.
    pub remote: SocketAddr,
    /// Takes the answer; a request whose answer is dropped is refused.
    pub reply: oneshot::Sender<Response<Said>>,
}

/// The body of an answer.
#[derive(Debug)]
pub enum Said {
    /// It is there.
    Whole(Bytes),
    /// It comes piece by piece, and ends when its sender is gone.
    Pieces(mpsc::Receiver<Bytes>),
}

impl Door {
    /// Whether a request that came in there goes through this door.
    pub(crate) fn leads(&self, peer: &Peer, path: &str) -> bool {
        let rest = path.strip_prefix(self.path);
        &*peer.instance == self.instance
            && !peer.is_own
            && (rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                || self.others.contains(&path))
    }

    /// Hands a request over and waits for its answer.
    pub(crate) async fn enter<B>(
        &self,
        peer: &Peer,
        head: request::Parts,
        incoming: B,
    ) -> Result<Response<Body>, Fault>
    where
        B: http_body::Body<Data = Bytes> + Unpin,
        B::Error: std::fmt::Display,
    {
        let whole = body::collect(incoming, LONGEST, PATIENCE).await?;
        let (reply, answer) = oneshot::channel();
        let knock = Knock {
            request: Request::from_parts(head, whole),
            remote: peer.remote,
            reply,
        };
        self.knocks.try_send(knock).map_err(|_| nobody())?;
        said(answer).await
    }
}

/// Waits for an answer of somebody else's.
pub(crate) async fn said(
    answer: oneshot::Receiver<Response<Said>>,
) -> Result<Response<Body>, Fault> {
    let answer = answer.await.map_err(|_| nobody())?;
    Ok(answer.map(|said| match said {
        Said::Whole(bytes) => Body::from(bytes),
        Said::Pieces(pieces) => Body::from_stream(Pieces(pieces)),
    }))
}

pub(crate) fn nobody() -> Fault {
    Fault::new(
        Origin::Gateway,
        FaultKind::Overloaded,
        "nobody can answer this now; try again in a moment",
    )
}

struct Pieces(mpsc::Receiver<Bytes>);

impl Stream for Pieces {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|piece| piece.map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use super::Door;
    use crate::serve::Peer;

    #[test]
    fn a_door_leads_beneath_its_path_on_its_own_listener() {
        let door = Door {
            path: "/admin",
            others: &["/oauth/login"],
            instance: "default",
            knocks: tokio::sync::mpsc::channel(1).0,
        };
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let peer = |instance: &str, is_own| Peer {
            instance: instance.into(),
            local: nowhere,
            remote: nowhere,
            is_own,
        };
        for path in ["/admin", "/admin/", "/admin/api/status.get", "/oauth/login"] {
            assert!(door.leads(&peer("default", false), path), "{path}");
            assert!(!door.leads(&peer("work", false), path), "{path}");
            assert!(!door.leads(&peer("default", true), path), "{path}");
        }
        for path in [
            "/",
            "/administrator",
            "/v1/admin",
            "/oauth",
            "/oauth/login/",
            "/Admin",
            "//admin",
            "/admin%2f",
        ] {
            assert!(!door.leads(&peer("default", false), path), "{path}");
        }
    }
}
