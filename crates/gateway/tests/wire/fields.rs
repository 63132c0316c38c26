//! Header fields: which of them cross.

use testkit::{Reply, Upstream, anthropic};

use crate::support::{Setup, Side};

#[tokio::test]
async fn versions_and_betas_reach_the_upstream_as_its_manifest_says() {
    let upstream = Upstream::start(|_| anthropic::answer(&Reply::text("ok")));
    // An address of its own that calls itself compatible takes the version it was built for …
    let compatible = Setup::mock(Side::Messages, &upstream.url()).start().await;
    // … and Anthropic's own is at another origin here, so nothing is known of this one either.
    let fields = [
        ("anthropic-version", "2026-10-21"),
        ("anthropic-beta", "one-2025-01-01,two-2026-02-02"),
    ];
    let body = Side::Messages.request(false);
    let answer = compatible
        .post_with("/v1/messages?beta=true", &fields, &body)
        .await;
    assert_eq!(answer.status, 200);
    let seen = &upstream.requests()[0];
    assert_eq!(seen.header("anthropic-version"), Some("2023-06-01"));
    assert_eq!(
        seen.header("anthropic-beta"),
        Some("one-2025-01-01,two-2026-02-02")
    );

    // Where the manifest says so, the caller's own words go on, byte for byte.
    let forwards = Setup::mock(Side::Messages, &upstream.url())
        .with(|snapshot| {
            let provider = std::sync::Arc::make_mut(&mut snapshot.offers[0].provider);
            provider.endpoints[0].versions.forward = true;
        })
        .start()
        .await;
    assert_eq!(
        forwards
            .post_with("/v1/messages", &fields, &body)
            .await
            .status,
        200
    );
    assert_eq!(
        upstream.requests()[1].header("anthropic-version"),
        Some("2026-10-21")
    );
    // A client that names none gets the manifest's.
    assert_eq!(forwards.post("/v1/messages", &body).await.status, 200);
    assert_eq!(
        upstream.requests()[2].header("anthropic-version"),
        Some("2023-06-01")
    );
}

#[tokio::test]
async fn s42_nothing_that_is_the_clients_own_reaches_the_upstream() {
    let hostile = [
        ("authorization", "Bearer pk-test"),
        ("api-key", "pk-test"),
        ("x-goog-api-key", "pk-test"),
        ("cookie", "session=secret"),
        ("referer", "http://localhost/secret"),
        ("x-forwarded-for", "10.0.0.1"),
        ("x-forwarded-host", "evil"),
        ("forwarded", "for=10.0.0.1"),
        ("proxy-authorization", "Basic c2VjcmV0"),
        ("connection", "keep-alive, x-hop"),
        ("keep-alive", "timeout=5"),
        ("x-hop", "secret"),
        ("te", "trailers"),
        ("trailer", "x-late"),
        ("upgrade", "h2c"),
        ("accept-encoding", "gzip, br, zstd"),
        ("user-agent", "claude-cli/2.0"),
        ("x-stainless-lang", "js"),
        ("x-app", "cli"),
        ("anthropic-dangerous-direct-browser-access", "true"),
    ];
    let allowed = [
        "host",
        "content-type",
        "content-length",
        "accept",
        "user-agent",
        "authorization",
        "x-api-key",
        "anthropic-version",
        "openai-beta",
        "anthropic-beta",
        "idempotency-key",
    ];
    for (client_side, side) in crate::support::PAIRS {
        let upstream = Upstream::start(move |_| side.reply(&Reply::text("ok"), false));
        let gateway = Setup::mock(side, &upstream.url()).start().await;
        let answer = gateway
            .post_with(client_side.path(), &hostile, &client_side.request(false))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let seen = &upstream.requests()[0];
        for (name, value) in seen.headers.iter() {
            assert!(
                allowed.contains(&name.to_ascii_lowercase().as_str()),
                "{name} got through"
            );
            assert!(
                !value.contains("secret") && !value.contains("pk-test"),
                "{name}: {value}"
            );
        }
        assert!(seen.header("user-agent").unwrap().starts_with("portolan/"));
        let key = match side {
            Side::Chat => ("authorization", "Bearer sk-mock"),
            Side::Messages => ("x-api-key", "sk-mock"),
        };
        assert_eq!(seen.header(key.0), Some(key.1));
    }
}

#[tokio::test]
async fn s42_nothing_that_is_the_upstreams_own_reaches_the_client() {
    let forbidden = [
        "set-cookie",
        "server",
        "location",
        "access-control-allow-origin",
        "via",
        "alt-svc",
        "strict-transport-security",
        "x-powered-by",
        "proxy-authenticate",
        "www-authenticate",
        "keep-alive",
        "upgrade",
        "trailer",
        "x-hop",
        "openai-organization",
        "cf-ray",
    ];
    for (client_side, side) in crate::support::PAIRS {
        for stream in [false, true] {
            for status in [200, 400, 500] {
                let upstream = Upstream::start(move |_| {
                    let mut script = if status == 200 {
                        side.reply(&Reply::text("ok"), stream)
                    } else {
                        side.error(status)
                    };
                    for name in forbidden {
                        script = script.header(name, "canary");
                    }
                    script
                        .header("connection", "x-hop")
                        .header("x-ratelimit-remaining-requests", "7")
                });
                let gateway = Setup::mock(side, &upstream.url()).start().await;
                let answer = gateway
                    .post(client_side.path(), &client_side.request(stream))
                    .await;
                assert_eq!(answer.status, status);
                for (name, value) in answer.headers.iter() {
                    assert!(!value.contains("canary"), "{name} got through");
                }
                if status == 200 {
                    let left = answer.headers.get("x-ratelimit-remaining-requests");
                    assert_eq!(left, Some("7"));
                }
            }
        }
    }
}
