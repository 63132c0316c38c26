//! Asks the addresses where sign-ins are exchanged: no redirects, bounded answers, TLS off this machine.

use std::sync::Arc;
use std::time::Duration;

use accounts::{Http, HttpFailure, Post, Reply, Replying};
use bytes::Bytes;
use catalog::Proxy;
use http::{HeaderValue, Method, Request, Uri, header};
use http_body_util::BodyExt as _;
use outbound::{Client, Clients, Failure, Sent, is_loopback};
use url::Url;
use zeroize::Zeroizing;

/// How long the whole of a question may take; people wait for it.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);
/// The largest answer that is read, in bytes; tokens are a few kilobytes.
const LIMIT: usize = 64 * 1024;

/// Asks providers' token endpoints, by the way out that applies to them.
#[derive(Clone, Debug)]
pub struct TokenClient {
    clients: Arc<Clients>,
    proxy: Proxy,
    patience: Duration,
}

impl TokenClient {
    pub(crate) fn new(clients: Arc<Clients>, proxy: Proxy) -> Self {
        Self {
            clients,
            proxy,
            patience: PATIENCE,
        }
    }

    /// Waits so long for a whole answer in place of 15 seconds.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    async fn client(&self, url: &Url) -> Result<Client, HttpFailure> {
        // What is sent there opens an account; the catalogue's own check is not the last word.
        if url.scheme() != "https" && !is_loopback(url) {
            return Err(HttpFailure("the address is not https".to_owned()));
        }
        self.clients
            .get(&self.proxy, url, CONNECT)
            .await
            .map_err(|fault| HttpFailure(fault.message))
    }

    async fn whole(
        &self,
        ask: impl Future<Output = Result<Reply, HttpFailure>>,
    ) -> Result<Reply, HttpFailure> {
        let whole = tokio::time::timeout(self.patience, ask).await;
        whole.unwrap_or_else(|_| {
            let seconds = self.patience.as_secs();
            Err(HttpFailure(format!("no answer within {seconds} seconds")))
        })
    }

    async fn read(&self, url: &Url) -> Result<Reply, HttpFailure> {
        let client = self.client(url).await?;
        let mut request = Request::new(Sent::nothing());
        *request.uri_mut() = address(url)?;
        let accept = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::ACCEPT, accept);
        answer(&client, request).await
    }

    async fn send(&self, post: Post) -> Result<Reply, HttpFailure> {
        let client = self.client(&post.url).await?;
        let body = Bytes::copy_from_slice(post.body.as_bytes());
        let mut request = Request::new(Sent::pieces([body]));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = address(&post.url)?;
        let fields = request.headers_mut();
        fields.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(post.content_type),
        );
        fields.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(value) = &post.authorization {
            let mut value = HeaderValue::from_str(value)
                .map_err(|_| HttpFailure("the client's secret cannot be sent".to_owned()))?;
            value.set_sensitive(true);
            fields.insert(header::AUTHORIZATION, value);
        }
        answer(&client, request).await
    }
}

fn address(url: &Url) -> Result<Uri, HttpFailure> {
    Uri::try_from(url.as_str()).map_err(|error| HttpFailure(error.to_string()))
}

async fn answer(client: &Client, request: Request<Sent>) -> Result<Reply, HttpFailure> {
    let failed = |failure: Failure| HttpFailure(failure.to_string());
    let response = client.send(request).await.map_err(failed)?;
    let status = response.status().as_u16();
    let mut body = response.into_body();
    let mut read = Zeroizing::new(Vec::new());
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(failed)?;
        let Ok(piece) = frame.into_data() else {
            continue;
        };
        if read.len() + piece.len() > LIMIT {
            return Err(HttpFailure(format!("it answered more than {LIMIT} bytes")));
        }
        read.extend_from_slice(&piece);
    }
    Ok(Reply { status, body: read })
}

impl Http for TokenClient {
    fn post<'a>(&'a self, post: Post) -> Replying<'a> {
        Box::pin(self.whole(self.send(post)))
    }

    fn get<'a>(&'a self, url: &'a Url) -> Replying<'a> {
        Box::pin(self.whole(self.read(url)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use testkit::{Script, Upstream};

    use super::*;
    use outbound::Outbound;

    fn client() -> TokenClient {
        let clients = Clients::new(Arc::new(Outbound::bare()));
        TokenClient::new(Arc::new(clients), Proxy::Direct)
    }

    fn post(url: &str) -> Post {
        Post {
            url: url.parse().unwrap(),
            content_type: "application/json",
            body: Zeroizing::new("{}".to_owned()),
            authorization: None,
        }
    }

    #[tokio::test]
    async fn s58_secrets_go_over_tls_and_follow_no_redirect() {
        let refused = client().post(post("http://example.com/token")).await;
        assert!(refused.err().unwrap().0.contains("https"));
        let elsewhere = Upstream::start(|_| Script::status(200));
        let there = elsewhere.url();
        let server = Upstream::start(move |_| Script::status(307).header("location", &there));
        let reply = client().post(post(&server.url())).await.unwrap();
        assert_eq!(reply.status, 307);
        assert!(elsewhere.requests().is_empty());
    }

    #[tokio::test]
    async fn an_answer_is_bounded_in_size_and_time() {
        let large = serde_json::json!({ "x": "y".repeat(LIMIT) });
        let server = Upstream::start(move |_| Script::json(200, &large));
        let refused = client().post(post(&server.url())).await;
        assert!(refused.err().unwrap().0.contains("65536"));
        let silent = Upstream::start(|_| Script::silence());
        let patient = client().patience(Duration::from_millis(50));
        let refused = patient.post(post(&silent.url())).await;
        assert!(refused.err().unwrap().0.contains("no answer"));
    }
}
