//! Reads a public document, such as the news of a release: over TLS off this machine, bounded, with no secret.

use std::sync::Arc;
use std::time::Duration;

use catalog::Proxy;
use http::{HeaderValue, Request, Uri, header};
use http_body_util::BodyExt as _;
use outbound::{Clients, Failure, Outbound, Sent, is_loopback};
use url::Url;

/// How long the whole may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);
/// The largest document that is read, in bytes.
const LIMIT: usize = 1024 * 1024;
/// How often an answer may point elsewhere; the files of a release lie one such step away.
const STEPS: usize = 5;

/// Why there is no document; the text names what was attempted.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unread(String);

/// Reads the document at `url`, by the way out that `proxy` says.
///
/// # Errors
/// It could not be had in time, is too large, or lies where no TLS leads.
pub async fn read_public(url: &Url, outbound: Outbound, proxy: &Proxy) -> Result<Vec<u8>, Unread> {
    let clients = Clients::new(Arc::new(outbound));
    let whole = tokio::time::timeout(PATIENCE, follow(url, &clients, proxy)).await;
    whole.unwrap_or_else(|_| {
        let seconds = PATIENCE.as_secs();
        Err(Unread(format!("no answer within {seconds} seconds")))
    })
}

async fn follow(url: &Url, clients: &Clients, proxy: &Proxy) -> Result<Vec<u8>, Unread> {
    let mut url = url.clone();
    let here = is_loopback(&url);
    for _ in 0..=STEPS {
        // Nobody out there sends this program to a port of its own machine.
        let safe = match is_loopback(&url) {
            true => here,
            false => url.scheme() == "https",
        };
        if !safe {
            return Err(Unread("the address is not https".to_owned()));
        }
        match ask(&url, clients, proxy).await? {
            Answer::Document(document) => return Ok(document),
            Answer::Elsewhere(place) => {
                url = url
                    .join(&place)
                    .map_err(|error| Unread(error.to_string()))?;
            }
        }
    }
    Err(Unread(format!(
        "it points elsewhere more than {STEPS} times"
    )))
}

enum Answer {
    Document(Vec<u8>),
    Elsewhere(String),
}

async fn ask(url: &Url, clients: &Clients, proxy: &Proxy) -> Result<Answer, Unread> {
    let client = clients.get(proxy, url, CONNECT).await;
    let client = client.map_err(|fault| Unread(fault.message))?;
    let mut request = Request::new(Sent::nothing());
    *request.uri_mut() = Uri::try_from(url.as_str()).map_err(|error| Unread(error.to_string()))?;
    let accept = HeaderValue::from_static("application/json, */*;q=0.1");
    request.headers_mut().insert(header::ACCEPT, accept);
    let broke = |failure: Failure| Unread(failure.to_string());
    let response = client.send(request).await.map_err(broke)?;
    let status = response.status();
    if status.is_redirection() {
        let place = response.headers().get(header::LOCATION);
        let place = place.and_then(|place| place.to_str().ok());
        let nowhere = || Unread("it points elsewhere, and does not say where".to_owned());
        return Ok(Answer::Elsewhere(place.ok_or_else(nowhere)?.to_owned()));
    }
    if !status.is_success() {
        return Err(Unread(format!(
            "it answered with the status {}",
            status.as_u16()
        )));
    }
    let mut body = response.into_body();
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(broke)?;
        if let Ok(piece) = frame.into_data() {
            if read.len() + piece.len() > LIMIT {
                return Err(Unread(format!("it answered more than {LIMIT} bytes")));
            }
            read.extend_from_slice(&piece);
        }
    }
    Ok(Answer::Document(read))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use testkit::{Script, Upstream};

    use super::*;

    async fn read(url: &str) -> Result<Vec<u8>, String> {
        let read = read_public(&url.parse().unwrap(), Outbound::bare(), &Proxy::Direct).await;
        read.map_err(|unread| unread.to_string())
    }

    #[tokio::test]
    async fn a_document_is_followed_to_where_it_lies_and_not_in_circles() {
        let news = serde_json::json!({ "news": 1 });
        let server = Upstream::start(move |request| match request.path() {
            "/latest" => Script::status(302).header("location", "/there"),
            "/there" => Script::json(200, &news),
            "/circle" => Script::status(302).header("location", "/circle"),
            "/nowhere" => Script::status(302),
            _ => Script::status(404),
        });
        let at = |path: &str| format!("{}{path}", server.url());
        assert_eq!(read(&at("/latest")).await.unwrap(), br#"{"news":1}"#);
        assert!(
            read(&at("/circle"))
                .await
                .unwrap_err()
                .contains("more than 5")
        );
        assert!(read(&at("/nowhere")).await.unwrap_err().contains("where"));
        assert!(read(&at("/gone")).await.unwrap_err().contains("404"));
    }

    #[tokio::test]
    async fn s64_off_this_machine_it_is_tls_or_nothing() {
        let refused = read("http://example.com/latest.json").await.unwrap_err();
        assert!(refused.contains("https"), "{refused}");
        let server = Upstream::start(|_| {
            Script::status(302).header("location", "http://example.com/latest.json")
        });
        let refused = read(&server.url()).await.unwrap_err();
        assert!(refused.contains("https"), "{refused}");
    }

    #[tokio::test]
    async fn a_document_is_bounded() {
        let large = serde_json::json!({ "x": "y".repeat(LIMIT) });
        let server = Upstream::start(move |_| Script::json(200, &large));
        let refused = read(&server.url()).await.unwrap_err();
        assert!(refused.contains("1048576"), "{refused}");
    }
}
