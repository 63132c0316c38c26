//! A name that leads to one place when it is looked at, and to another when it is used.

use std::net::IpAddr;

use fetch::Refusal;
use testkit::{Names, Script, Upstream};

use crate::support::{OPEN, Trap, fetcher, opened, png, strict};

const CLOSED: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 2));

/// Leads to the open address the first time and to the closed one ever after.
fn flipping() -> Names {
    Names::start(|_, before| vec![if before == 0 { OPEN } else { CLOSED }])
}

#[tokio::test]
async fn s38_what_was_looked_at_is_what_is_connected_to() {
    let upstream = Upstream::start(|_| png());
    let port = upstream.address().port();
    let trap = Trap::at((CLOSED, port));
    let names = flipping();
    let fetcher = fetcher(opened(), &names);
    let picture = fetcher.get(&format!("http://flip.test:{port}/a.png")).await;
    assert_eq!(picture.unwrap().media_type, "image/png");
    assert_eq!(names.asked(), ["flip.test"], "it is looked up once");
    assert_eq!((upstream.connections(), trap.hits()), (1, 0));
    let again = fetcher.get(&format!("http://flip.test:{port}/a.png")).await;
    assert_eq!(again.unwrap_err(), Refusal::Place);
    assert_eq!((upstream.connections(), trap.hits()), (1, 0));
}

#[tokio::test]
async fn s38_a_redirect_to_the_same_name_is_looked_up_and_judged_again() {
    let upstream = Upstream::start(|_| Script::status(302).header("location", "/b.png"));
    let port = upstream.address().port();
    let trap = Trap::at((CLOSED, port));
    let names = flipping();
    let fetcher = fetcher(opened(), &names);
    let refused = fetcher.get(&format!("http://flip.test:{port}/a.png")).await;
    assert_eq!(refused.unwrap_err(), Refusal::Place);
    assert_eq!(names.asked().len(), 2);
    assert_eq!((upstream.connections(), trap.hits()), (1, 0));
}

#[tokio::test]
async fn s38_of_several_addresses_only_the_allowed_are_tried() {
    let trap = Trap::at((CLOSED, 0));
    let port = trap.port();
    // Nobody listens at the open address: the closed one must not be the way out.
    let names = Names::start(|_, _| vec![CLOSED, OPEN, CLOSED]);
    let refused = fetcher(opened(), &names)
        .get(&format!("http://many.test:{port}/"))
        .await;
    assert_eq!(refused.unwrap_err(), Refusal::Unreachable);
    assert_eq!(trap.hits(), 0);
    let refused = fetcher(strict(), &names)
        .get(&format!("http://many.test:{port}/"))
        .await;
    assert_eq!(refused.unwrap_err(), Refusal::Place);
    assert_eq!(trap.hits(), 0);
}
