//! Addresses that look harmless, or do not, and lead to this machine or a network behind it.

use std::net::{IpAddr, Ipv6Addr};

use fetch::{Refusal, Rules};
use testkit::Names;

use crate::support::{Trap, fetcher, strict};

/// `PORT` is that of listeners on 127.0.0.1 and, where there is IPv6, on `::1`.
const LITERALS: &[&str] = &[
    "http://127.0.0.1:PORT/",
    "http://127.1:PORT/",
    "http://127.0.1:PORT/",
    "http://2130706433:PORT/",
    "http://017700000001:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://0x7f000001:PORT/",
    "http://0x7f.0.0.1:PORT/",
    "http://0x7F.1:PORT/",
    "http://127.0.0.1.:PORT/",
    "http://0.0.0.0:PORT/",
    "http://0:PORT/",
    "http://[::1]:PORT/",
    "http://[::]:PORT/",
    "http://[0:0:0:0:0:0:0:1]:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::ffff:7f00:1]:PORT/",
    "http://[::127.0.0.1]:PORT/",
    "http://[::ffff:169.254.169.254]/latest/meta-data/",
    "http://[64:ff9b::127.0.0.1]:PORT/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b:1::7f00:1]:PORT/",
    "http://[2002:7f00:1::]:PORT/",
    "http://[2001:0:7f00:1::]:PORT/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://[fe80::1]:PORT/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/latest/meta-data/",
    "http://0xa9fea9fe/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://192.168.0.1/",
    "http://10.0.0.1/",
    "http://172.31.255.255/",
    // Digits and dots of other alphabets mean the same to whoever resolves them.
    "http://①②⑦.⓪.⓪.①:PORT/",
    "http://127。0。0。1:PORT/",
    "http://１２７.0.0.1:PORT/",
    "https://127.0.0.1:PORT/",
    "HTTP://127.0.0.1:PORT/",
    "http:127.0.0.1:PORT",
    "http:///127.0.0.1:PORT/",
    "http://%31%32%37.0.0.1:PORT/",
    "http://metadata/computeMetadata/v1/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://METADATA.GOOGLE.INTERNAL./",
    "http://instance-data/latest/meta-data/",
    "http://a.localhost:PORT/",
];

/// What is no address of a picture, whatever is listened on.
const MALFORMED: &[&str] = &[
    "",
    "//127.0.0.1:PORT/",
    "http://",
    "http://127.0.0.1:0/",
    "http://a.test:PORT@127.0.0.1:PORT/",
    "http://a.test@127.0.0.1:PORT/",
    "http://user:secret@open.test:PORT/",
    "http://open.test\\@127.0.0.1:PORT/",
    "http://127.0.0.1:PORT\\@open.test/",
    "http://open.test:PORT/\r\nHost: 127.0.0.1",
    "http://open.test:PORT/%0d%0a\r\nX: y",
    "ht\ttp://127.0.0.1:PORT/",
    "http://127.0.0\n.1:PORT/",
    " http://127.0.0.1:PORT/",
    "http://127.0.0.1 :PORT/",
    "http://127.0.0.1:PORT/\0",
    "http://[::1%25lo]:PORT/",
    "http://256.256.256.256/",
];

const SCHEMES: &[&str] = &[
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "gopher://127.0.0.1:PORT/_GET",
    "ftp://127.0.0.1:PORT/",
    "ws://127.0.0.1:PORT/",
    "dict://127.0.0.1:PORT/",
    "jar:http://127.0.0.1:PORT/!/",
    "data:image/png;base64,iVBORw0KGgo=",
    "javascript:alert(1)",
    "unix:/var/run/docker.sock",
];

/// The traps on a port of their own.
fn traps() -> (u16, Vec<Trap>) {
    let first = Trap::at(([127, 0, 0, 1], 0));
    let port = first.port();
    let mut traps = vec![first];
    // Some machines have no IPv6.
    if std::net::TcpListener::bind((Ipv6Addr::LOCALHOST, port)).is_ok() {
        traps.push(Trap::at((Ipv6Addr::LOCALHOST, port)));
    }
    (port, traps)
}

#[tokio::test]
async fn s38_no_address_of_the_corpus_is_connected_to() {
    let (port, traps) = traps();
    let names = Names::start(|_, _| vec![IpAddr::from([127, 0, 0, 1])]);
    let fetcher = fetcher(strict(), &names);
    let mut tried = 0;
    // Some of the first are no address at all to a careful reader, and some of the second are one.
    let lists: [(&[&str], &[Refusal]); 3] = [
        (LITERALS, &[Refusal::Place, Refusal::Malformed]),
        (MALFORMED, &[Refusal::Malformed, Refusal::Place]),
        (SCHEMES, &[Refusal::Scheme]),
    ];
    for (list, expected) in lists {
        for address in list {
            let address = address.replace("PORT", &port.to_string());
            let refusal = fetcher.get(&address).await.unwrap_err();
            assert!(expected.contains(&refusal), "{address}: {refusal:?}");
            assert_eq!(refusal.code(), "image_address_not_allowed", "{address}");
            for trap in &traps {
                assert_eq!(trap.hits(), 0, "{address}");
            }
            tried += 1;
        }
    }
    assert!(tried > 70, "{tried}");
}

#[tokio::test]
async fn s38_a_name_is_judged_by_what_it_resolves_to() {
    let (port, traps) = traps();
    let names = Names::start(|name, _| {
        let address: &str = match name {
            "localhost" | "plain.test" | "alias.test" => "127.0.0.1",
            "six.test" => "::1",
            "mapped.test" => "::ffff:127.0.0.1",
            "nat64.test" => "64:ff9b::7f00:1",
            "metadata.test" => "169.254.169.254",
            "home.test" => "192.168.1.1",
            "xn--fiqs8s.test" => "10.0.0.1",
            "any.test" => "0.0.0.0",
            _ => return Vec::new(),
        };
        vec![address.parse().unwrap()]
    });
    let fetcher = fetcher(strict(), &names);
    for name in [
        "localhost",
        "localhost.",
        "LOCALHOST",
        "plain.test",
        "alias.test",
        "six.test",
        "mapped.test",
        "nat64.test",
        "metadata.test",
        "home.test",
        "中国.test",
        "any.test",
    ] {
        let address = format!("http://{name}:{port}/a.png");
        let refusal = fetcher.get(&address).await.unwrap_err();
        assert_eq!(refusal, Refusal::Place, "{name}");
        for trap in &traps {
            assert_eq!(trap.hits(), 0, "{name}");
        }
    }
    assert_eq!(names.asked().len(), 12, "each name was really asked for");
    let unknown = fetcher.get("http://nobody.test/").await;
    assert_eq!(unknown.unwrap_err(), Refusal::Unreachable);
}

#[tokio::test]
async fn s38_http_is_for_those_who_ask_for_it() {
    let (port, traps) = traps();
    let names = Names::start(|_, _| vec![IpAddr::from([127, 0, 0, 1])]);
    let rules = Rules {
        addresses: vec![IpAddr::from([127, 0, 0, 1])],
        ..Rules::default()
    };
    let fetcher = fetcher(rules, &names);
    let plain = fetcher.get(&format!("http://open.test:{port}/")).await;
    assert_eq!(plain.unwrap_err(), Refusal::Scheme);
    assert_eq!(traps[0].hits(), 0);
    assert!(names.asked().is_empty());
}
