//! Sockets that listen: every address of a host bound before any is announced.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::connection::{self, Peer};
use crate::plane::Plane;
use crate::snapshot::Address;

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1024;
/// The pause after an error of `accept` itself (no file descriptors left), so as not to spin.
const BREATHER: Duration = Duration::from_millis(50);

/// Why an address cannot be listened on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot listen on {address}: {kind}")]
pub struct ListenError {
    /// The address, as `host:port`.
    pub address: String,
    /// Why.
    pub kind: ListenErrorKind,
}

/// The kinds of failure to listen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListenErrorKind {
    /// Another program listens there.
    #[error("the port is taken")]
    Taken,
    /// The system reserves it: a port below 1024, or on Windows one of the excluded ranges (10013).
    #[error("the system does not allow it")]
    Forbidden,
    /// The address is not one of this machine's.
    #[error("the address is not one of this machine's")]
    NotLocal,
    /// The host's name means no address.
    #[error("the host is not known")]
    UnknownHost,
    /// Anything else, in the system's words.
    #[error("{0}")]
    Other(String),
}

impl ListenErrorKind {
    fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::AddrInUse => Self::Taken,
            io::ErrorKind::PermissionDenied => Self::Forbidden,
            io::ErrorKind::AddrNotAvailable => Self::NotLocal,
            _ => Self::Other(error.to_string()),
        }
    }
}

/// The sockets of one listener.
pub(crate) struct Bound {
    pub(crate) sockets: Vec<TcpListener>,
    pub(crate) addresses: Vec<SocketAddr>,
}

/// Binds every address that the host means, all or none. `localhost` is both loopback addresses;
/// where the machine has no IPv6 the other one is enough.
pub(crate) async fn bind(address: &Address) -> Result<Bound, ListenError> {
    let fail = |kind| ListenError {
        address: format!("{}:{}", address.host, address.port),
        kind,
    };
    let hosts = hosts(&address.host)
        .await
        .map_err(|_| fail(ListenErrorKind::UnknownHost))?;
    let mut bound = Bound {
        sockets: Vec::new(),
        addresses: Vec::new(),
    };
    let mut port = address.port;
    for host in hosts {
        match open(SocketAddr::new(host, port))
            .and_then(|socket| Ok((socket.local_addr()?, socket)))
        {
            Ok((local, socket)) => {
                // Port 0 takes a free port once; the other addresses follow it.
                port = local.port();
                bound.addresses.push(local);
                bound.sockets.push(socket);
            }
            Err(error) if is_without_ipv6(host, &error) && !bound.sockets.is_empty() => {
                tracing::warn!(%error, "this machine has no IPv6 loopback; listening on 127.0.0.1 alone");
            }
            Err(error) => return Err(fail(ListenErrorKind::of(&error))),
        }
    }
    if bound.sockets.is_empty() {
        return Err(fail(ListenErrorKind::UnknownHost));
    }
    Ok(bound)
}

async fn hosts(host: &str) -> io::Result<Vec<IpAddr>> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if host == "localhost" {
        return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
    }
    if let Ok(address) = bare.parse() {
        return Ok(vec![address]);
    }
    let mut found: Vec<IpAddr> = tokio::net::lookup_host((host, 0))
        .await?
        .map(|address| address.ip())
        .collect();
    found.dedup();
    Ok(found)
}

fn is_without_ipv6(host: IpAddr, error: &io::Error) -> bool {
    host.is_ipv6()
        && matches!(
            error.kind(),
            io::ErrorKind::AddrNotAvailable | io::ErrorKind::Unsupported | io::ErrorKind::Other
        )
        || host.is_ipv6() && error.raw_os_error() == Some(EAFNOSUPPORT)
}

/// "Address family not supported" has no kind of its own; 97 on Linux, 47 on macOS, 10047 on Windows.
const EAFNOSUPPORT: i32 = if cfg!(windows) {
    10047
} else if cfg!(target_os = "macos") {
    47
} else {
    97
};

fn open(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // On Unix this only skips the wait after a restart; on Windows it would let two programs
    // listen on one port.
    if cfg!(unix) {
        socket.set_reuse_address(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// Accepts connections until `stopping` turns true.
pub(crate) async fn accept(
    plane: Arc<Plane>,
    listener: TcpListener,
    instance: Arc<str>,
    mut stopping: watch::Receiver<bool>,
) {
    let Ok(local) = listener.local_addr() else {
        return;
    };
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopping.wait_for(|stop| *stop) => return,
        };
        match accepted {
            Ok((socket, remote)) => {
                let peer = Peer {
                    instance: Arc::clone(&instance),
                    local: socket.local_addr().unwrap_or(local),
                    remote,
                    is_own: false,
                };
                let serving = connection::serve(Arc::clone(&plane), socket, peer, stopping.clone());
                tokio::spawn(serving);
            }
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection; trying again shortly");
                tokio::time::sleep(BREATHER).await;
            }
        }
    }
}

fn is_the_clients(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    )
}
