//! Where a server of pictures sends one on to.

use std::net::IpAddr;

use fetch::Refusal;
use testkit::{Names, Script, Upstream};

use crate::support::{OPEN, Trap, fetcher, opened, png};

fn names() -> Names {
    Names::start(|name, _| match name {
        "open.test" => vec![OPEN],
        "closed.test" => vec![IpAddr::from([127, 0, 0, 2])],
        _ => Vec::new(),
    })
}

#[tokio::test]
async fn s38_every_redirect_is_judged_as_the_first_address_was() {
    let trap = Trap::at(([127, 0, 0, 2], 0));
    let port = trap.port();
    for (location, expected) in [
        ("http://127.0.0.2:PORT/", Refusal::Place),
        ("//127.0.0.2:PORT/", Refusal::Place),
        ("http://closed.test:PORT/", Refusal::Place),
        ("http://0x7f000002:PORT/", Refusal::Place),
        ("http://[::ffff:127.0.0.2]:PORT/", Refusal::Place),
        ("http://169.254.169.254/latest/meta-data/", Refusal::Place),
        ("http://metadata.google.internal/", Refusal::Place),
        ("http://user:secret@open.test:PORT/", Refusal::Malformed),
        ("http://open.test\\@127.0.0.2:PORT/", Refusal::Malformed),
        ("file:///etc/passwd", Refusal::Scheme),
        ("gopher://127.0.0.2:PORT/", Refusal::Scheme),
        ("data:image/png;base64,iVBORw0KGgo=", Refusal::Scheme),
    ] {
        let location = location.replace("PORT", &port.to_string());
        let sent = location.clone();
        let upstream = Upstream::start(move |_| Script::status(302).header("location", &sent));
        let names = names();
        let address = format!("http://open.test:{}/a.png", upstream.address().port());
        let refused = fetcher(opened(), &names).get(&address).await;
        assert_eq!(refused.unwrap_err(), expected, "{location}");
        assert_eq!(upstream.connections(), 1, "{location}");
        assert_eq!(trap.hits(), 0, "{location}");
    }
}

#[tokio::test]
async fn s38_three_redirects_are_followed_and_no_fourth() {
    let upstream = Upstream::start(|request| {
        let left: u32 = request.path()[1..].parse().unwrap();
        match left {
            0 => png(),
            left => {
                let statuses = [301, 302, 303, 307, 308];
                let status = statuses[left as usize % statuses.len()];
                Script::status(status).header("location", &format!("/{}", left - 1))
            }
        }
    });
    let names = names();
    let fetcher = fetcher(opened(), &names);
    let at = |left: u32| format!("http://open.test:{}/{left}", upstream.address().port());
    assert!(fetcher.get(&at(3)).await.is_ok());
    assert_eq!(upstream.requests().len(), 4);
    assert_eq!(fetcher.get(&at(4)).await.unwrap_err(), Refusal::Redirects);
    assert_eq!(upstream.requests().len(), 8);
    assert!(upstream.requests().iter().all(|seen| seen.method == "GET"));
}

#[tokio::test]
async fn s38_a_redirect_that_leads_nowhere_is_an_end() {
    let upstream = Upstream::start(|_| Script::status(302));
    let names = names();
    let address = format!("http://open.test:{}/", upstream.address().port());
    let refused = fetcher(opened(), &names).get(&address).await;
    assert_eq!(refused.unwrap_err(), Refusal::Malformed);
}
