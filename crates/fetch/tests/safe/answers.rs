//! What a server of pictures is told, and what it may answer.

use std::time::Duration;

use fetch::{Bounds, Refusal};
use testkit::{End, Framing, Names, Script, Upstream};

use crate::support::{OPEN, PNG, fetcher, nobody, opened, png, within};

fn at(upstream: &Upstream) -> String {
    format!("{}/a.png?size=1#part", upstream.url())
}

#[tokio::test]
async fn s38_a_server_learns_nothing_but_what_is_wanted() {
    let upstream = Upstream::start(|_| png().header("set-cookie", "a=b"));
    let names = Names::start(|_, _| vec![OPEN]);
    let fetcher = fetcher(opened(), &names);
    for _ in 0..2 {
        let address = format!("http://pictures.test:{}/a.png", upstream.address().port());
        assert!(fetcher.get(&address).await.is_ok());
    }
    assert!(fetcher.get(&at(&upstream)).await.is_ok());
    let seen = upstream.requests();
    assert_eq!(seen[2].target, "/a.png?size=1", "a fragment stays here");
    assert_eq!(upstream.connections(), 3, "no connection is kept");
    for request in &seen {
        assert_eq!(request.method, "GET");
        assert_eq!(request.header("accept-encoding"), Some("identity"));
        for name in ["cookie", "authorization", "referer", "proxy-authorization"] {
            assert_eq!(request.header(name), None, "{name}");
        }
        assert!(request.body.is_empty());
    }
}

#[tokio::test]
async fn s38_only_pictures_are_taken_by_their_head_and_their_bytes() {
    let names = nobody();
    let answered = async |script: Script| {
        let upstream = Upstream::start(move |_| script.clone());
        fetcher(opened(), &names).get(&at(&upstream)).await
    };
    let typed = |kind: &str, bytes: &'static [u8]| {
        Script::status(200)
            .header("content-type", kind)
            .bytes(bytes)
    };
    for (kind, bytes) in [
        ("text/html", PNG),
        ("application/octet-stream", PNG),
        (
            "image/svg+xml",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        ),
        ("image/png", b"{\"secret\": \"an answer of some service\"}"),
        ("image/png", b""),
        ("image/x-icon", PNG),
        ("", PNG),
    ] {
        let refused = answered(typed(kind, bytes)).await;
        assert_eq!(refused.unwrap_err(), Refusal::Type, "{kind}");
    }
    let packed = typed("image/png", PNG).header("content-encoding", "gzip");
    assert_eq!(answered(packed).await.unwrap_err(), Refusal::Type);
    let taken = answered(typed("Image/JPEG; charset=binary", PNG)).await;
    assert_eq!(taken.unwrap().media_type, "image/png", "the bytes decide");
    for status in [204, 206, 304, 401, 404, 500] {
        let script = Script { status, ..png() };
        let refused = answered(script).await.unwrap_err();
        assert_eq!(refused, Refusal::Status(status));
        assert_eq!(refused.code(), "image_not_available");
    }
}

#[tokio::test]
async fn s38_a_picture_is_not_larger_than_allowed_whatever_was_announced() {
    let names = nobody();
    let bounds = Bounds {
        bytes: 64 * 1024,
        ..Bounds::default()
    };
    let announced = Upstream::start(|_| {
        png()
            .bytes(vec![0; 64 * 1024])
            .framing(Framing::ContentLength)
    });
    let endless = Upstream::start(|_| {
        png()
            .framing(Framing::Chunked)
            .repeat(vec![0; 8 * 1024], Duration::ZERO)
    });
    for upstream in [&announced, &endless] {
        let fetched = within(opened(), &names, bounds).get(&at(upstream)).await;
        assert_eq!(fetched.unwrap_err(), Refusal::TooLarge);
    }
    assert_eq!(Bounds::default().bytes, 20 * 1024 * 1024);
}

#[tokio::test]
async fn s38_nobody_is_waited_for_longer_than_allowed() {
    let names = nobody();
    let bounds = Bounds {
        time: Duration::from_millis(300),
        ..Bounds::default()
    };
    let silent = Upstream::start(|_| Script::silence());
    let dripping = Upstream::start(|_| {
        png()
            .framing(Framing::Chunked)
            .repeat("x", Duration::from_millis(20))
    });
    let passing_on = Upstream::start(|_| {
        Script::status(302)
            .header("location", "/")
            .delay(Duration::from_millis(200))
    });
    for upstream in [&silent, &dripping, &passing_on] {
        let fetched = within(opened(), &names, bounds).get(&at(upstream)).await;
        assert_eq!(fetched.unwrap_err(), Refusal::TooSlow);
    }
    assert_eq!(Bounds::default().time, Duration::from_secs(10));
}

#[tokio::test]
async fn a_picture_that_breaks_off_is_none() {
    let names = nobody();
    let upstream = Upstream::start(|_| png().end(End::CloseEarly));
    let fetched = fetcher(opened(), &names).get(&at(&upstream)).await;
    assert_eq!(fetched.unwrap_err(), Refusal::Unreachable);
}
