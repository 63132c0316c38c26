//! A fetcher whose names come from a name server of the test's own, and traps beside it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use fetch::{Bounds, Fetcher, Lookup, Rules};
use testkit::{Names, Script, look_up};

/// A picture of one point.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

/// The one address of this machine that stands for the public internet.
pub(crate) const OPEN: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Rules under which http will do, and no address but public ones.
pub(crate) fn strict() -> Rules {
    Rules {
        http: true,
        ..Rules::default()
    }
}

/// The same, with [`OPEN`] as one more.
pub(crate) fn opened() -> Rules {
    Rules {
        addresses: vec![OPEN],
        ..strict()
    }
}

pub(crate) fn fetcher(rules: Rules, names: &Names) -> Fetcher {
    within(rules, names, Bounds::default())
}

pub(crate) fn within(rules: Rules, names: &Names, bounds: Bounds) -> Fetcher {
    let server = names.address();
    let lookup: Lookup =
        Arc::new(move |name| Box::pin(async move { look_up(server, &name).await }));
    Fetcher::new(rules, lookup, bounds)
}

/// A name server that knows no name.
pub(crate) fn nobody() -> Names {
    Names::start(|_, _| Vec::new())
}

pub(crate) fn png() -> Script {
    Script::status(200)
        .header("content-type", "image/png")
        .bytes(PNG)
}

/// A listener that nobody may connect to.
pub(crate) struct Trap(TcpListener);

impl Trap {
    /// On a free port of this address.
    pub(crate) fn at(address: impl Into<SocketAddr>) -> Self {
        let listener = TcpListener::bind(address.into()).expect("bind a trap");
        listener.set_nonblocking(true).expect("do not wait");
        Self(listener)
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.local_addr().expect("an address").port()
    }

    /// How many connections the system took for it since the last time.
    pub(crate) fn hits(&self) -> usize {
        std::iter::from_fn(|| self.0.accept().ok()).count()
    }
}
