//! The way out: which proxy applies to an address now, and the connections that requests to providers
//! go over.
//!
//! Where nothing lies between, requests go over connections of our own keeping (`straight`); through
//! a proxy a library takes them, which knows every kind of proxy.

mod body;
mod clients;
mod failure;
mod joined;
mod pieces;
mod rules;
mod straight;
mod system;
mod way;

pub use body::{Received, Sent};
pub use clients::{Client, Clients, is_loopback};
pub use failure::Failure;
pub use pieces::Pieces;
pub use rules::ProxyRules;
pub use system::{ReadSystem, SystemProxy};
pub use way::{Outbound, ProxyInForce, ProxyOrigin};
