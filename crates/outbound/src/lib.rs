//! The way out: which proxy applies to an address now, and the connections that requests to providers
//! go over.
//!
//! Where nothing lies between, requests go over TLS through a small client that speaks HTTP/2
//! (`straight`), and without TLS over connections of our own keeping (`plain`); through a proxy a library
//! takes them that knows every kind of proxy.

mod body;
mod clients;
mod connect;
mod failure;
mod joined;
mod pieces;
mod plain;
mod rules;
mod straight;
mod system;
mod way;

pub use body::{Received, Sent};
pub use clients::{Client, Clients, is_loopback};
pub use failure::Failure;
pub use joined::in_one_piece;
pub use pieces::Pieces;
pub use rules::ProxyRules;
pub use system::{ReadSystem, SystemProxy};
pub use way::{Outbound, ProxyInForce, ProxyOrigin};
