//! How a connection is made: how its socket is set, and one time limit for all of it.

use std::future::Future;
use std::io;
use std::time::Duration;

use hyper_util::client::legacy::connect::HttpConnector;

use crate::clients::PROBE;
use crate::failure::Broken;
use crate::joined::Joining;

/// How often a silent connection is probed in vain before it counts as dead.
const PROBES: u32 = 3;

/// How long what was sent may stay unacknowledged: a connection that died while asleep looks like one
/// whose other end is slow.
#[cfg(target_os = "linux")]
const UNHEARD: Duration = Duration::from_secs(30);

/// Makes sockets, each address of a name within `connect` in all.
pub(crate) fn connector(connect: Duration) -> Joining {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(connect));
    tcp.set_keepalive(Some(PROBE));
    tcp.set_keepalive_interval(Some(PROBE));
    tcp.set_keepalive_retries(Some(PROBES));
    #[cfg(target_os = "linux")]
    tcp.set_tcp_user_timeout(Some(UNHEARD));
    Joining(tcp)
}

/// A connection, or an error that says that it took too long: name, socket and TLS together.
pub(crate) async fn in_time<T, E: Into<Broken>>(
    within: Duration,
    connecting: impl Future<Output = Result<T, E>>,
) -> Result<T, Broken> {
    match tokio::time::timeout(within, connecting).await {
        Ok(connected) => connected.map_err(Into::into),
        Err(late) => Err(io::Error::new(io::ErrorKind::TimedOut, late).into()),
    }
}
