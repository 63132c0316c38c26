//! Ranges of addresses that are nobody's public ones.

use std::net::IpAddr;

use fetch::{Bounds, Fetcher, Lookup, Refusal};
use testkit::{Names, Upstream};

use crate::support::{OPEN, Trap, fetcher, opened, png, strict};

/// The first and the last of each range, or the one address that matters.
const CLOSED: &[&str] = &[
    // this network, unspecified
    "0.0.0.0",
    "0.255.255.255",
    // RFC 1918
    "10.0.0.0",
    "10.255.255.255",
    "172.16.0.0",
    "172.31.255.255",
    "192.168.0.0",
    "192.168.255.255",
    // carriers' own
    "100.64.0.0",
    "100.127.255.255",
    // loopback
    "127.0.0.0",
    "127.255.255.255",
    // link-local
    "169.254.0.0",
    "169.254.169.254",
    "169.254.170.2",
    "169.254.255.255",
    // protocols, relays, documentation, benchmarks
    "192.0.0.0",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.0",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.175.48.1",
    // multicast, reserved, broadcast
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.0",
    "255.255.255.255",
    // clouds
    "100.100.100.200",
    "168.63.129.16",
    // IPv6: unspecified, loopback, what carries IPv4
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2001::1",
    // discard, ORCHID, documentation
    "100::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "3fff::1",
    "3fff:fff:ffff::1",
    // unique local, link-local, site-local, multicast
    "fc00::1",
    "fd00:ec2::254",
    "fdff:ffff::1",
    "fe80::1",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    // not given out
    "4000::1",
    "5f00::1",
    "e000::1",
];

#[tokio::test]
async fn s39_no_closed_range_is_connected_to_by_address_or_by_name() {
    assert!(CLOSED.len() >= 40);
    let trap = Trap::at(([127, 0, 0, 1], 0));
    for address in CLOSED {
        let parsed: IpAddr = address.parse().unwrap();
        let names = Names::start(move |_, _| vec![parsed]);
        let fetcher = fetcher(strict(), &names);
        let literal = match parsed {
            IpAddr::V4(_) => format!("http://{address}:{}/", trap.port()),
            IpAddr::V6(_) => format!("http://[{address}]:{}/", trap.port()),
        };
        let refusal = fetcher.get(&literal).await.unwrap_err();
        assert_eq!(refusal, Refusal::Place, "{address}");
        let named = format!("http://name.test:{}/", trap.port());
        let refusal = fetcher.get(&named).await.unwrap_err();
        assert_eq!(refusal, Refusal::Place, "{address} by name");
        assert_eq!(trap.hits(), 0, "{address}");
    }
}

#[tokio::test]
async fn s39_an_address_that_the_settings_allow_is_the_only_one_more() {
    let upstream = Upstream::start(|_| png());
    let port = upstream.address().port();
    let names = Names::start(|name, _| match name {
        "open.test" => vec![OPEN],
        _ => vec![IpAddr::from([127, 0, 0, 2])],
    });
    let fetcher = fetcher(opened(), &names);
    for host in ["open.test", "127.0.0.1"] {
        let picture = fetcher.get(&format!("http://{host}:{port}/a.png")).await;
        assert_eq!(picture.unwrap().media_type, "image/png");
    }
    for host in ["other.test", "127.0.0.2"] {
        let refused = fetcher.get(&format!("http://{host}:{port}/a.png")).await;
        assert_eq!(refused.unwrap_err(), Refusal::Place);
    }
    assert_eq!(upstream.connections(), 2);
}

#[tokio::test]
async fn s39_our_own_listeners_are_never_asked() {
    let upstream = Upstream::start(|_| png());
    let port = upstream.address().port();
    let names = Names::start(|_, _| vec![OPEN]);
    let rules = fetch::Rules {
        own_ports: vec![port],
        ..opened()
    };
    let fetcher = fetcher(rules, &names);
    for host in ["own.test", "127.0.0.1"] {
        let refused = fetcher.get(&format!("http://{host}:{port}/a.png")).await;
        assert_eq!(refused.unwrap_err(), Refusal::Place, "{host}");
    }
    assert_eq!(upstream.connections(), 0);
}

#[tokio::test]
async fn s39_the_systems_own_look_up_is_guarded_too() {
    let trap = Trap::at(([127, 0, 0, 1], 0));
    let lookup: Lookup = fetch::system_lookup();
    let fetcher = Fetcher::new(strict(), lookup, Bounds::default());
    let refused = fetcher
        .get(&format!("http://localhost:{}/", trap.port()))
        .await;
    assert_eq!(refused.unwrap_err(), Refusal::Place);
    assert_eq!(trap.hits(), 0);
}
