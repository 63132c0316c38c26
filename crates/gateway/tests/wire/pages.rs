//! Web pages: which may call, and what protects every answer from them.

use testkit::Answer;

use crate::keys::{JSON, ask};
use crate::paths::{ROUTES, body, both};
use crate::support::{KEY, Setup, Side};

/// Origins that pass with a key.
const LOCAL: [&str; 14] = [
    "http://localhost",
    "http://localhost:3000",
    "https://localhost:8443",
    "http://127.0.0.1",
    "http://127.0.0.1:5173",
    "http://[::1]",
    "http://[::1]:8080",
    "http://app.localhost:80",
    "tauri://localhost",
    "app://obsidian.md",
    "file://",
    "vscode-webview://0abc",
    "chrome-extension://abcdef",
    "capacitor://localhost",
];

/// Origins that pass only where they are listed.
const FOREIGN: [&str; 24] = [
    "null",
    "https://evil.com",
    "http://evil.com",
    "https://localhost.evil.com",
    "http://127.0.0.1.nip.io",
    "http://evil.com:28000",
    "http://localhost@evil.com",
    "http://localhost:x",
    "http://localhost:0",
    "http://localhost:99999",
    "http://localhost/",
    "http://localhost/evil",
    "http://127.0.0.2",
    "http://0.0.0.0",
    "http://[::ffff:127.0.0.1]",
    "http://192.168.1.2",
    "http://evillocalhost",
    "http://.localhost",
    "HTTP://LOCALHOST",
    "localhost",
    "https://listed.example.evil.com",
    "http://listed.example",
    "//localhost",
    "http://localhost http://evil.com",
];

const LISTED: &str = "https://listed.example";

#[tokio::test]
async fn s05_a_web_page_passes_by_its_origin() {
    for require_key in [true, false] {
        let (upstream, gateway) = both(|setup| {
            setup.with(move |snapshot| {
                snapshot.require_key = require_key;
                snapshot.allowed_origins = vec![LISTED.to_owned()];
            })
        })
        .await;
        let all = LOCAL.iter().map(|&origin| (origin, require_key)).chain(
            FOREIGN
                .iter()
                .map(|&origin| (origin, false))
                .chain([(LISTED, true)]),
        );
        let mut served = 0;
        for (origin, passes) in all {
            for route in &ROUTES {
                let at = format!("{origin} {} require_key {require_key}", route.path);
                let preflight = [
                    ("origin", origin),
                    ("access-control-request-method", route.method),
                    (
                        "access-control-request-headers",
                        "authorization, content-type, x-stainless-os",
                    ),
                ];
                let answer = gateway.ask("OPTIONS", route.path, &preflight, b"").await;
                check(&answer, origin, passes, 204, &at);
                let simple = [JSON, ("origin", origin), ("x-api-key", KEY)];
                let answer = gateway
                    .ask(route.method, route.path, &simple, &body(route))
                    .await;
                check(&answer, origin, passes, 200, &at);
                served += usize::from(passes && route.model);
                // As a form or an image would send it: no header of its own, no preflight.
                let target = format!("{}?key={KEY}", route.path);
                let no_cors = [
                    ("origin", origin),
                    ("content-type", "text/plain"),
                    ("sec-fetch-mode", "no-cors"),
                ];
                let answer = gateway
                    .ask(route.method, &target, &no_cors, &body(route))
                    .await;
                let status = if route.model { 415 } else { 200 };
                check(&answer, origin, passes, status, &at);
            }
            if origin != LISTED && passes {
                let answer = gateway
                    .ask("GET", "/v1/models", &[("origin", origin)], b"")
                    .await;
                assert_eq!(answer.status, 401, "{origin}: a page needs the key as well");
            }
        }
        assert_eq!(
            upstream.requests().len(),
            served,
            "a refused page had an effect"
        );
        let refused = gateway.plane.refused();
        assert!(
            refused
                .iter()
                .any(|refused| refused.origin.as_deref() == Some("null"))
        );
    }
}

fn check(answer: &Answer, origin: &str, passes: bool, status: u16, at: &str) {
    let allowed = answer.headers.get("access-control-allow-origin");
    if passes {
        assert_eq!(answer.status, status, "{at}: {}", answer.text());
        assert_eq!(allowed, Some(origin), "{at}");
        assert!(
            answer
                .headers
                .all("vary")
                .any(|name| name.eq_ignore_ascii_case("origin")),
            "{at}"
        );
    } else {
        assert_eq!(answer.status, 403, "{at}");
        assert_eq!(allowed, None, "{at}");
    }
    for (name, value) in answer.headers.iter() {
        assert!(
            !(name.starts_with("access-control-") && value == "*"),
            "{at}: {name}"
        );
        assert_ne!(name, "access-control-allow-credentials", "{at}");
    }
}

#[tokio::test]
async fn s05_a_preflight_allows_what_clients_send_and_says_so_for_private_networks() {
    let gateway = Setup::new().start().await;
    let fields = [
        ("origin", "http://localhost:3000"),
        ("access-control-request-method", "POST"),
        (
            "access-control-request-headers",
            "x-api-key,anthropic-version,content-type",
        ),
    ];
    let answer = gateway.ask("OPTIONS", "/v1/messages", &fields, b"").await;
    assert_eq!(answer.status, 204);
    let allowed = answer.headers.get("access-control-allow-headers").unwrap();
    assert!(allowed.contains("anthropic-version"));
    assert!(
        answer
            .headers
            .get("access-control-allow-methods")
            .unwrap()
            .contains("POST")
    );
    // Two origins are nobody's.
    let doubled = [
        ("origin", "http://localhost"),
        ("origin", "http://localhost"),
        ("x-api-key", KEY),
    ];
    assert_eq!(
        gateway.ask("GET", "/v1/models", &doubled, b"").await.status,
        403
    );
}

#[tokio::test]
async fn s09_every_answer_is_protected() {
    let (_upstream, gateway) = both(|setup| setup).await;
    let mut answers = Vec::new();
    for route in &ROUTES {
        for fields in [
            &[][..],
            &[("x-api-key", KEY)],
            &[("x-api-key", KEY), ("origin", "http://localhost")],
            &[("origin", "https://evil.com")],
        ] {
            answers.push(ask(&gateway, route, route.path, fields).await);
            answers.push(gateway.ask("OPTIONS", route.path, fields, b"").await);
            answers.push(gateway.ask("HEAD", route.path, fields, b"").await);
        }
        let preflight = [
            ("origin", "http://localhost"),
            ("access-control-request-method", "POST"),
        ];
        answers.push(gateway.ask("OPTIONS", route.path, &preflight, b"").await);
        answers.push(
            gateway
                .ask(route.method, route.path, &[("x-api-key", KEY)], b"{")
                .await,
        );
    }
    for side in [Side::Chat, Side::Messages] {
        answers.push(
            gateway
                .post(side.path(), &side.request_for("demo", true))
                .await,
        );
        answers.push(
            gateway
                .post(side.path(), &side.request_for("demo/error", true))
                .await,
        );
        answers.push(gateway.post(side.path(), &side.request(true)).await);
    }
    let statuses: std::collections::BTreeSet<u16> =
        answers.iter().map(|answer| answer.status).collect();
    for status in [200, 204, 401, 403, 405, 415] {
        assert!(
            statuses.contains(&status),
            "{status} is not among {statuses:?}"
        );
    }
    for answer in answers {
        for (name, value) in [
            ("cross-origin-resource-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
        ] {
            let all: Vec<&str> = answer.headers.all(name).collect();
            assert_eq!(
                all,
                [value],
                "{name} on {} {}",
                answer.status,
                answer.text()
            );
        }
        assert!(
            answer
                .headers
                .get("content-security-policy")
                .unwrap()
                .contains("frame-ancestors 'none'")
        );
        assert!(
            answer
                .headers
                .get("x-request-id")
                .is_some_and(|id| id.len() == 32)
        );
        assert!(answer.headers.get("cache-control").is_some());
        assert_eq!(answer.headers.get("server"), None);
    }
}
