//! The floor of `cargo xtask bench`: the least that a gateway of axum and reqwest can be.
//!
//! One thread; it checks the client's key, looks at `model` and `stream`, puts the upstream's key
//! in, and passes the answer through as it comes. `bench-floor PORT UPSTREAM` serves until its
//! standard input ends; the keys are in `BENCH_CLIENT_KEY` and `BENCH_UPSTREAM_KEY`.

use std::borrow::Cow;
use std::io::{self, Read as _};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::routing::post;
use axum::serve::ListenerExt as _;

#[derive(serde::Deserialize)]
struct Peek<'a> {
    #[serde(borrow)]
    model: Cow<'a, str>,
    #[serde(default)]
    stream: bool,
}

struct Floor {
    client: reqwest::Client,
    url: reqwest::Url,
    client_key: HeaderValue,
    upstream_key: HeaderValue,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let mut rest = Vec::new();
        let _read = io::stdin().read_to_end(&mut rest);
        drop(end);
    });
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, upstream] = arguments.as_slice() else {
        return Err(io::Error::other("usage: bench-floor PORT UPSTREAM"));
    };
    let port = port.parse().map_err(io::Error::other)?;
    let _already = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .build()
        .map_err(io::Error::other)?;
    let floor = Floor {
        client,
        url: format!("http://{upstream}/v1/chat/completions")
            .parse()
            .map_err(io::Error::other)?,
        client_key: bearer("BENCH_CLIENT_KEY")?,
        upstream_key: bearer("BENCH_UPSTREAM_KEY")?,
    };
    let router = Router::new()
        .route("/v1/chat/completions", post(relay))
        .layer(DefaultBodyLimit::disable())
        .with_state(Arc::new(floor));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let listener = listener.tap_io(|stream| {
        let _closed = stream.set_nodelay(true);
    });
    tokio::select! {
        served = std::future::IntoFuture::into_future(axum::serve(listener, router)) => served,
        _ended = ended => Ok(()),
    }
}

async fn relay(
    State(floor): State<Arc<Floor>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response<Body>, StatusCode> {
    if headers.get(header::AUTHORIZATION) != Some(&floor.client_key) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let peek: Peek<'_> = serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    if peek.model.is_empty() {
        return Err(StatusCode::NOT_FOUND);
    }
    let accept = if peek.stream {
        "text/event-stream"
    } else {
        "application/json"
    };
    let answer = floor
        .client
        .post(floor.url.clone())
        .header(header::AUTHORIZATION, floor.upstream_key.clone())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, accept)
        .body(body)
        .send()
        .await
        .map_err(|_| StatusCode::BAD_GATEWAY)?;
    let mut answer: Response<reqwest::Body> = answer.into();
    answer.headers_mut().remove(header::TRANSFER_ENCODING);
    answer.headers_mut().remove(header::CONNECTION);
    Ok(answer.map(Body::new))
}

fn bearer(variable: &str) -> io::Result<HeaderValue> {
    let key = std::env::var(variable).map_err(io::Error::other)?;
    HeaderValue::from_str(&format!("Bearer {key}")).map_err(io::Error::other)
}
