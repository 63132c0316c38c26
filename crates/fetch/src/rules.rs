//! What may be fetched beyond what everybody may.

use std::net::IpAddr;

use crate::address;

/// What the settings allow beyond pictures of the public internet by https.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Whether http will do.
    pub http: bool,
    /// Addresses that are not public and may be fetched from all the same.
    pub addresses: Vec<IpAddr>,
    /// The ports that this program listens on: at an address of this machine they are never asked.
    pub own_ports: Vec<u16>,
}

impl Rules {
    /// Whether a connection to this address and port may be made.
    pub(crate) fn allow(&self, address: IpAddr, port: u16) -> bool {
        if self.addresses.contains(&address) {
            !(self.own_ports.contains(&port) && address::is_own(address))
        } else {
            address::is_public(address) && !address::is_own(address)
        }
    }
}
