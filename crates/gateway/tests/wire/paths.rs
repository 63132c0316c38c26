//! Every path under all of its names, and what stands on every answer.

use serde_json::json;
use testkit::{Reply, Upstream, anthropic, openai_chat};

use crate::support::{Gateway, KEY, Setup, Side};

/// A method, a path, and whether a key is needed.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) side: Side,
    pub(crate) open: bool,
    /// Whether its body names a model.
    pub(crate) model: bool,
    /// Whether its errors are those of a small proxy.
    pub(crate) worker: bool,
}

impl Route {
    /// The words of an error in the shape of this route's clients.
    pub(crate) fn error_words(&self, body: &serde_json::Value) -> String {
        if !self.worker {
            return self.side.error_words(body);
        }
        assert!(body["error"].is_string(), "{body}");
        body["message"].as_str().unwrap().to_owned()
    }

    /// Where its requests go at the upstream.
    pub(crate) fn upstream(&self) -> String {
        match self.path {
            "/" => "/v1/chat/completions".to_owned(),
            "/generate-image" => "/v1/images/generations".to_owned(),
            path => format!("/v1{path}"),
        }
    }

    /// The methods that it takes.
    fn allowed(&self) -> &'static str {
        if self.path == "/" {
            "GET, POST"
        } else {
            self.method
        }
    }
}

const fn worker(path: &'static str) -> Route {
    Route {
        worker: true,
        ..model(path, Side::Chat)
    }
}

const fn route(method: &'static str, path: &'static str, side: Side) -> Route {
    Route {
        method,
        path,
        side,
        open: false,
        model: false,
        worker: false,
    }
}

const fn model(path: &'static str, side: Side) -> Route {
    Route {
        method: "POST",
        path,
        side,
        open: false,
        model: true,
        worker: false,
    }
}

const fn open(path: &'static str) -> Route {
    Route {
        method: "GET",
        path,
        side: Side::Chat,
        open: true,
        model: false,
        worker: false,
    }
}

/// Every route, by its name without a prefix.
pub(crate) const ROUTES: [Route; 21] = [
    open("/"),
    open("/health"),
    open("/ready"),
    model("/chat/completions", Side::Chat),
    model("/completions", Side::Chat),
    model("/embeddings", Side::Chat),
    model("/moderations", Side::Chat),
    model("/images/generations", Side::Chat),
    model("/images/edits", Side::Chat),
    model("/audio/speech", Side::Chat),
    model("/audio/transcriptions", Side::Chat),
    model("/audio/translations", Side::Chat),
    worker("/"),
    worker("/generate-image"),
    route("GET", "/vision-models", Side::Chat),
    model("/messages", Side::Messages),
    model("/messages/count_tokens", Side::Messages),
    route("GET", "/models", Side::Chat),
    route("GET", "/models/mock-model", Side::Chat),
    route("POST", "/models/refresh", Side::Chat),
    route("POST", "/api/event_logging/batch", Side::Messages),
];

/// All names of a route: with `/v1`, without, under `/api/v1`, each with and without a slash.
pub(crate) fn names(path: &str) -> Vec<String> {
    ["", "/v1", "/api/v1"]
        .iter()
        .flat_map(|prefix| {
            let bare = format!("{prefix}{}", path.trim_end_matches('/'));
            [bare.clone(), format!("{bare}/")]
        })
        .filter(|name| !name.is_empty())
        .collect()
}

/// A body that the route takes.
pub(crate) fn body(route: &Route) -> Vec<u8> {
    match (route.method, route.path) {
        ("POST", "/" | "/chat/completions" | "/messages" | "/messages/count_tokens") => {
            route.side.request(false).to_string().into()
        }
        ("POST", _) => json!({"model": "mock-model", "input": "x", "prompt": "x"})
            .to_string()
            .into(),
        _ => Vec::new(),
    }
}

/// A gateway whose one provider speaks both dialects.
pub(crate) async fn both(setup: impl FnOnce(Setup) -> Setup) -> (Upstream, Gateway) {
    let upstream = Upstream::start(|request| match request.path() {
        "/v1/embeddings" => openai_chat::embeddings("mock-model", 1, false),
        "/v1/completions" => openai_chat::text_completion("mock-model", "x"),
        "/v1/moderations" => openai_chat::moderation("mock-model"),
        "/v1/images/generations" | "/v1/images/edits" => openai_chat::image(),
        "/v1/audio/transcriptions" | "/v1/audio/translations" => openai_chat::transcription("x"),
        "/v1/audio/speech" => openai_chat::speech(),
        "/v1/messages" => anthropic::answer(&Reply::text("ok")),
        "/v1/messages/count_tokens" => anthropic::count(5),
        _ => openai_chat::answer(&Reply::text("ok")),
    });
    let url = upstream.url();
    let ends = [(Side::Chat, url.as_str()), (Side::Messages, url.as_str())];
    let gateway = setup(Setup::new().provider("mock", &ends, &["mock-model"]))
        .start()
        .await;
    (upstream, gateway)
}

#[tokio::test]
async fn every_route_is_there_under_all_of_its_names() {
    let (upstream, gateway) = both(|setup| setup).await;
    let mut asked = 0;
    for route in &ROUTES {
        for name in names(route.path) {
            let fields = [("x-api-key", KEY), ("content-type", "application/json")];
            let answer = gateway
                .ask(route.method, &name, &fields, &body(route))
                .await;
            assert_eq!(
                answer.status,
                200,
                "{} {name}: {}",
                route.method,
                answer.text()
            );
            if route.model {
                asked += 1;
                let seen = upstream.requests().pop().unwrap();
                assert_eq!(seen.path(), route.upstream(), "{name}");
            }
        }
    }
    assert_eq!(upstream.requests().len(), asked);
}

#[tokio::test]
async fn queries_that_sdks_add_are_accepted() {
    let (upstream, gateway) = both(|setup| setup).await;
    let answer = gateway
        .post("/v1/messages?beta=true", &Side::Messages.request(false))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(upstream.requests()[0].path(), "/v1/messages");
    let answer = gateway
        .post(
            "/v1/chat/completions?api-version=2024-10-21",
            &Side::Chat.request(false),
        )
        .await;
    assert_eq!(answer.status, 200);
    assert!(!upstream.requests()[1].target.contains("api-version"));
}

#[tokio::test]
async fn a_look_before_speaking_is_answered_without_a_key() {
    let gateway = Setup::new().start().await;
    for method in ["GET", "HEAD"] {
        for path in ["/", "/v1", "/v1/", "/api/v1", "/health", "/ready"] {
            let answer = gateway.ask(method, path, &[], b"").await;
            assert_eq!(answer.status, 200, "{method} {path}");
            assert_eq!(answer.body.is_empty(), method == "HEAD", "{method} {path}");
        }
    }
    let health = gateway.ask("GET", "/health", &[], b"").await.json();
    assert_eq!(
        health,
        json!({"status": "ok", "service": "portolan", "instance": "default",
            "version": env!("CARGO_PKG_VERSION")})
    );
    let ready = gateway.ask("GET", "/ready", &[], b"").await.json();
    assert_eq!(ready["ready"], true);
}

#[tokio::test]
async fn another_method_is_405_with_the_right_one_and_another_path_404() {
    let (upstream, gateway) = both(|setup| setup).await;
    for route in &ROUTES {
        for method in [
            "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW",
        ] {
            // `/models/refresh` is also a model's name.
            if route.allowed().split(", ").any(|one| one == method)
                || route.path == "/models/refresh"
            {
                continue;
            }
            let fields = [("x-api-key", KEY), ("content-type", "application/json")];
            let answer = gateway.ask(method, route.path, &fields, b"{}").await;
            assert_eq!(answer.status, 405, "{method} {}", route.path);
            assert_eq!(
                answer.headers.get("allow"),
                Some(route.allowed()),
                "{}",
                route.path
            );
            if route.path != "/" {
                route.error_words(&answer.json());
            }
        }
    }
    for path in [
        "/nothing",
        "/v1/nothing",
        "/v2/chat/completions",
        "/v1/v1/models",
        "/admin",
        "/v1/messages/x",
        "//",
        "/v1//models",
        "/health/x",
        "/%2e%2e/models",
        "/v1/chat/completions/../x",
    ] {
        let answer = gateway.get(path, &[]).await;
        assert_eq!(answer.status, 404, "{path}");
        let side = if path.contains("messages") {
            Side::Messages
        } else {
            Side::Chat
        };
        side.error_words(&answer.json());
        // Whether a path exists is nobody's business without a key.
        assert_eq!(
            gateway.ask("GET", path, &[], b"").await.status,
            401,
            "{path}"
        );
    }
    assert_eq!(upstream.requests().len(), 0);
}

#[tokio::test]
async fn what_claude_code_tells_about_itself_is_thrown_away() {
    let (upstream, gateway) = both(|setup| setup).await;
    for body in ["{\"events\":[]}", "", "not json"] {
        let fields = [("x-api-key", KEY), ("content-type", "application/json")];
        let answer = gateway
            .ask("POST", "/api/event_logging/batch", &fields, body.as_bytes())
            .await;
        assert_eq!(answer.status, 200);
    }
    assert_eq!(upstream.requests().len(), 0);
}
