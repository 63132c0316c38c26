//! Who may speak to the gateway: keys, hosts, web pages.

use gateway::ClientKey;
use serde_json::json;
use testkit::Answer;

use crate::paths::{ROUTES, Route, body, both, names};
use crate::support::{Gateway, KEY, Setup, Side, keys};

const JSON: (&str, &str) = ("content-type", "application/json");

async fn ask(gateway: &Gateway, route: &Route, name: &str, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![JSON];
    all.extend_from_slice(fields);
    gateway.ask(route.method, name, &all, &body(route)).await
}

fn is_unauthorized(answer: &Answer, side: Side, at: &str) {
    assert_eq!(answer.status, 401, "{at}");
    let words = side.error_words(&answer.json());
    assert!(
        words.contains("portolan keys list"),
        "{at}: it does not say where the key is: {words}"
    );
    let (field, word) = match side {
        Side::Chat => ("code", "invalid_api_key"),
        Side::Messages => ("type", "authentication_error"),
    };
    assert_eq!(answer.json()["error"][field], word, "{at}");
    assert_eq!(answer.headers.get("x-should-retry"), Some("false"), "{at}");
}

#[tokio::test]
async fn s01_every_route_but_three_needs_a_key() {
    let (upstream, gateway) = both(|setup| setup).await;
    let mut open = 0;
    for route in &ROUTES {
        for name in names(route.path) {
            let answer = ask(&gateway, route, &name, &[]).await;
            if route.open {
                open += 1;
                assert_eq!(answer.status, 200, "{name}");
                continue;
            }
            is_unauthorized(&answer, route.side, &name);
            for wrong in [
                "",
                "pk-tes",
                "pk-test2",
                "PK-TEST",
                "sk-mock",
                "not-needed",
                "' OR 1=1 --",
            ] {
                let field = format!("Bearer {wrong}");
                let answer = ask(&gateway, route, &name, &[("authorization", &field)]).await;
                is_unauthorized(&answer, route.side, &format!("{name} with {wrong:?}"));
            }
        }
    }
    assert_eq!(open, 17);
    assert_eq!(upstream.requests().len(), 0);
    assert!(!gateway.plane.refused().is_empty());
}

#[tokio::test]
async fn s01_the_list_of_models_refuses_in_its_callers_shape() {
    let gateway = Setup::new().start().await;
    let answer = gateway
        .ask(
            "GET",
            "/v1/models",
            &[("anthropic-version", "2023-06-01")],
            b"",
        )
        .await;
    is_unauthorized(&answer, Side::Messages, "anthropic");
    let answer = gateway
        .ask("GET", "/v1/models", &[("x-goog-api-key", "wrong")], b"")
        .await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["error"]["status"], "UNAUTHENTICATED");
    assert!(
        answer.json()["error"]["message"]
            .as_str()
            .unwrap()
            .contains("portolan keys list")
    );
}

#[tokio::test]
async fn s22_one_check_for_all_five_ways_to_send_a_key() {
    let (upstream, gateway) = both(|setup| {
        setup.with(|snapshot| {
            snapshot.keys = keys([ClientKey::unlimited("test"), ClientKey::unlimited("other")]);
        })
    })
    .await;
    let ways = [
        "authorization",
        "x-api-key",
        "api-key",
        "x-goog-api-key",
        "query",
    ];
    let with = |way: usize, key: &str, name: &str| -> (Vec<(String, String)>, String) {
        match ways[way] {
            "authorization" => (
                vec![("authorization".into(), format!("Bearer {key}"))],
                name.into(),
            ),
            "query" => (Vec::new(), format!("{name}?beta=true&key={key}")),
            field => (vec![(field.into(), key.into())], name.into()),
        }
    };
    for route in ROUTES.iter().filter(|route| !route.open) {
        let send = async |first: (usize, &str), second: Option<(usize, &str)>| {
            let (mut fields, mut target) = with(first.0, first.1, route.path);
            if let Some((way, key)) = second {
                let (more, target_too) = with(way, key, &target);
                fields.extend(more);
                target = target_too;
            }
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            ask(&gateway, route, &target, &fields).await.status
        };
        for way in 0..ways.len() {
            let at = format!("{} {}", ways[way], route.path);
            assert_eq!(send((way, "pk-test"), None).await, 200, "{at}");
            assert_eq!(send((way, "pk-wrong"), None).await, 401, "{at}");
            let next = (way + 1) % 4;
            if next == way {
                continue;
            }
            let (a, b) = if ways[way] == "query" {
                (next, way)
            } else {
                (way, next)
            };
            // The same twice; one of ours and one of nobody's; two of ours.
            assert_eq!(
                send((a, "pk-test"), Some((b, "pk-test"))).await,
                200,
                "{at}"
            );
            assert_eq!(
                send((a, "pk-test"), Some((b, "sk-ant-x"))).await,
                200,
                "{at}"
            );
            assert_eq!(
                send((a, "sk-ant-x"), Some((b, "pk-test"))).await,
                200,
                "{at}"
            );
            assert_eq!(
                send((a, "pk-test"), Some((b, "pk-other"))).await,
                400,
                "{at}"
            );
            assert_eq!(send((a, "sk-x"), Some((b, "sk-y"))).await, 401, "{at}");
        }
    }
    for request in upstream.requests() {
        assert!(
            !request.target.contains("key="),
            "the key went on: {}",
            request.target
        );
        assert!(
            request
                .headers
                .iter()
                .all(|(_, value)| !value.contains("pk-"))
        );
    }
}

#[tokio::test]
async fn s23_every_name_of_every_route_holds_the_keys_scope() {
    let (upstream, gateway) = both(|setup| {
        setup.with(|snapshot| {
            let mut narrow = ClientKey::unlimited("narrow");
            narrow.models = vec!["other*".to_owned()];
            snapshot.keys = keys([narrow]);
        })
    })
    .await;
    let key = [("x-api-key", "pk-narrow")];
    for route in &ROUTES {
        for name in names(route.path) {
            let answer = ask(&gateway, route, &name, &key).await;
            let names_a_model = route.model || route.path == "/models/mock-model";
            if names_a_model {
                assert_eq!(answer.status, 403, "{name}: {}", answer.text());
                let words = route.side.error_words(&answer.json());
                assert!(
                    words.contains("mock-model") && words.contains("narrow"),
                    "{words}"
                );
            } else if route.path == "/models" {
                assert_eq!(answer.json()["data"], json!([]), "{name}");
            }
        }
    }
    let posts = upstream
        .requests()
        .iter()
        .filter(|request| request.method == "POST")
        .count();
    assert_eq!(posts, 0);
}

#[tokio::test]
async fn s23_every_route_holds_the_listeners_keys_and_the_keys_rate() {
    for route in ROUTES.iter().filter(|route| !route.open) {
        let (_upstream, gateway) = both(|setup| {
            setup.with(|snapshot| {
                let mut slow = ClientKey::unlimited("slow");
                slow.requests_per_minute = 1;
                snapshot.keys = keys([slow, ClientKey::unlimited("elsewhere")]);
                let here = gateway::Instance {
                    keys: vec!["slow".to_owned()],
                    default_model: None,
                };
                snapshot.instances.insert("default".to_owned(), here);
            })
        })
        .await;
        let answer = ask(
            &gateway,
            route,
            route.path,
            &[("x-api-key", "pk-elsewhere")],
        )
        .await;
        assert_eq!(answer.status, 401, "{}", route.path);
        let key = [("x-api-key", "pk-slow")];
        assert_eq!(
            ask(&gateway, route, route.path, &key).await.status,
            200,
            "{}",
            route.path
        );
        let answer = ask(&gateway, route, route.path, &key).await;
        assert_eq!(answer.status, 429, "{}", route.path);
        route.side.error_words(&answer.json());
        let wait: u64 = answer.headers.get("retry-after").unwrap().parse().unwrap();
        assert!((50..=60).contains(&wait), "{wait}");
    }
}

#[tokio::test]
async fn without_a_required_key_programs_pass_and_a_key_still_counts() {
    let (_upstream, gateway) = both(|setup| {
        setup.with(|snapshot| {
            snapshot.require_key = false;
            let mut narrow = ClientKey::unlimited("narrow");
            narrow.models = vec!["other".to_owned()];
            snapshot.keys = keys([narrow]);
        })
    })
    .await;
    for fields in [
        &[][..],
        &[("x-api-key", "anything")],
        &[("authorization", "Bearer not-needed")],
    ] {
        for route in &ROUTES {
            assert_eq!(
                ask(&gateway, route, route.path, fields).await.status,
                200,
                "{}",
                route.path
            );
        }
    }
    let answer = ask(
        &gateway,
        &ROUTES[3],
        ROUTES[3].path,
        &[("x-api-key", "pk-narrow")],
    )
    .await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn s03_the_host_is_a_name_and_never_a_proof() {
    let (upstream, gateway) = both(|setup| {
        setup.with(|snapshot| snapshot.allowed_hosts = vec!["gateway.lan".to_owned()])
    })
    .await;
    let port = gateway.address.rsplit(':').next().unwrap();
    let with_port = format!("localhost:{port}");
    let send = async |host: &str, target: &str, key: bool| {
        let mut client = gateway.client().await;
        let key = if key { "x-api-key: pk-test\r\n" } else { "" };
        client
            .send(format!(
                "GET {target} HTTP/1.1\r\n{host}{key}connection: close\r\n\r\n"
            ))
            .await
            .unwrap();
        crate::support::in_time(client.answer())
            .await
            .unwrap()
            .status
    };
    for host in [
        "localhost",
        "127.0.0.1",
        "[::1]",
        &with_port,
        "127.0.0.1:1",
        "gateway.lan",
        "gateway.lan:80",
    ] {
        let host = format!("host: {host}\r\n");
        // Local or not, without a key it stays outside; with it, it comes in.
        assert_eq!(send(&host, "/v1/models", false).await, 401, "{host}");
        assert_eq!(send(&host, "/v1/models", true).await, 200, "{host}");
        assert_eq!(send(&host, "/health", false).await, 200, "{host}");
    }
    for host in [
        "evil.com",
        "localhost.evil.com",
        "127.0.0.1.nip.io",
        "localhost.",
        "LOCALHOST.evil.com",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "127.0.0.2",
        "2130706433",
        "0x7f000001",
        "127.1",
        "gateway.lan.evil.com",
        "evil-localhost",
        "192.168.0.1",
        "[::]",
        "xn--localhost-9d0b",
        "localhost.localdomain",
    ] {
        for target in ["/v1/models", "/health", "/", "/ready"] {
            let status = send(&format!("host: {host}\r\n"), target, true).await;
            assert_eq!(status, 421, "{host} {target}");
        }
    }
    for host in [
        "",
        "host: \r\n",
        "host: localhost\r\nhost: localhost\r\n",
        "host: localhost\r\nhost: evil.com\r\n",
        "host: x/v1?\r\n",
        "host: localhost/v1/models?\r\n",
        "host: localhost?x\r\n",
        "host: localhost#x\r\n",
        "host: localhost@evil.com\r\n",
        "host: user@localhost\r\n",
        "host: localhost:\r\n",
        "host: localhost:x\r\n",
        "host: localhost:99999\r\n",
        "host: localhost:0\r\n",
        "host: localhost:80:80\r\n",
        "host: local host\r\n",
        "host: localhost,evil.com\r\n",
        "host: http://localhost\r\n",
        "host: [::1\r\n",
        "host: l\u{f6}calhost\r\n",
        "host: localhost\\evil\r\n",
        "host: %6cocalhost\r\n",
    ] {
        let status = send(host, "/v1/models", true).await;
        assert_eq!(status, 400, "{host:?}");
        assert_eq!(send(host, "/health", false).await, 400, "{host:?}");
    }
    // The path is the target's alone, also where it comes with a host of its own.
    assert_eq!(
        send("host: localhost\r\n", "http://localhost/health", false).await,
        200
    );
    assert_eq!(
        send("host: localhost\r\n", "http://localhost/v1/models", false).await,
        401
    );
    assert_eq!(
        send("host: localhost\r\n", "http://evil.com/health", false).await,
        400
    );
    assert_eq!(
        send("host: localhost\r\n", "http://localhost:81/health", false).await,
        400
    );
    assert_eq!(
        send("host: evil.com\r\n", "http://evil.com/health", false).await,
        421
    );
    assert_eq!(upstream.requests().len(), 0);
}

#[tokio::test]
async fn s03_another_address_than_loopback_takes_any_address_and_still_needs_the_key() {
    let gateway = Setup::new().host("0.0.0.0").start().await;
    let port = gateway.address.rsplit(':').next().unwrap();
    for host in ["localhost", "127.0.0.1"] {
        let mut client = testkit::Client::connect(&format!("127.0.0.1:{port}"))
            .await
            .unwrap();
        client
            .send(format!("GET /v1/models HTTP/1.1\r\nhost: {host}\r\n\r\n"))
            .await
            .unwrap();
        assert_eq!(client.answer().await.unwrap().status, 401);
    }
}

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
