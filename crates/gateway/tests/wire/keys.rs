//! The client key: needed everywhere, one check for all ways to send it, its scope on every route.

use gateway::ClientKey;
use serde_json::json;
use testkit::Answer;

use crate::paths::{ROUTES, Route, body, both, names};
use crate::support::{Gateway, Setup, Side, keys};

pub(crate) const JSON: (&str, &str) = ("content-type", "application/json");

pub(crate) async fn ask(
    gateway: &Gateway,
    route: &Route,
    name: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let mut all = vec![JSON];
    all.extend_from_slice(fields);
    gateway.ask(route.method, name, &all, &body(route)).await
}

fn is_unauthorized(answer: &Answer, route: &Route, at: &str) {
    let side = route.side;
    assert_eq!(answer.status, 401, "{at}");
    let words = route.error_words(&answer.json());
    assert!(
        words.contains("portolan keys list"),
        "{at}: it does not say where the key is: {words}"
    );
    assert_eq!(answer.headers.get("x-should-retry"), Some("false"), "{at}");
    if route.worker {
        assert_eq!(answer.json()["error"], "Unauthorized", "{at}");
        return;
    }
    let (field, word) = match side {
        Side::Chat => ("code", "invalid_api_key"),
        Side::Messages => ("type", "authentication_error"),
    };
    assert_eq!(answer.json()["error"][field], word, "{at}");
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
            is_unauthorized(&answer, route, &name);
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
                is_unauthorized(&answer, route, &format!("{name} with {wrong:?}"));
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
    let messages = ROUTES.iter().find(|route| route.path == "/messages");
    is_unauthorized(&answer, messages.unwrap(), "anthropic");
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
        for (way, called) in ways.iter().enumerate() {
            let at = format!("{called} {}", route.path);
            assert_eq!(send((way, "pk-test"), None).await, 200, "{at}");
            assert_eq!(send((way, "pk-wrong"), None).await, 401, "{at}");
            let next = (way + 1) % 4;
            let (a, b) = if *called == "query" {
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
                let words = route.error_words(&answer.json());
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
                slow.limits.requests_per_minute = 1;
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
        route.error_words(&answer.json());
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
