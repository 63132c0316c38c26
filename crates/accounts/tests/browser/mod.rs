//! What the tests of the sign-in share: a plain client, and a browser that agrees to everything.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(unreachable_pub, reason = "a module of tests")]

use std::time::Duration;

use accounts::{
    Grant, Http, HttpFailure, Pages, PendingSignIn, Post, Reply, Replying, Secret, SignInError,
};
use catalog::{FlowKind, Flows};
use testkit::{Answer, Client};
use url::Url;
use zeroize::Zeroizing;

/// A client for tests, which gives up after two seconds.
pub struct Plain;

impl Http for Plain {
    fn get<'a>(&'a self, url: &'a Url) -> Replying<'a> {
        Box::pin(async move { reply("GET", url, &[], b"").await })
    }

    fn post<'a>(&'a self, post: Post) -> Replying<'a> {
        Box::pin(async move {
            let mut headers = vec![("content-type", post.content_type)];
            if let Some(value) = &post.authorization {
                headers.push(("authorization", value.as_str()));
            }
            reply("POST", &post.url, &headers, post.body.as_bytes()).await
        })
    }
}

async fn reply(
    method: &str,
    url: &Url,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Reply, HttpFailure> {
    let send = async {
        let mut client = Client::connect(&base(url)).await?;
        let target = &url[url::Position::BeforePath..];
        client.request(method, target, headers, body).await?;
        client.answer().await
    };
    let answer = tokio::time::timeout(Duration::from_secs(5), send).await;
    let answer = answer
        .map_err(|_| HttpFailure("no answer in time".to_owned()))?
        .map_err(|error| HttpFailure(error.to_string()))?;
    Ok(Reply {
        status: answer.status,
        body: Zeroizing::new(answer.body.to_vec()),
    })
}

pub fn base(url: &Url) -> String {
    format!("http://127.0.0.1:{}", url.port().unwrap())
}

pub fn pages() -> Pages {
    Pages {
        taken: "<p>signed in</p>".to_owned(),
        refused: "<p>not signed in</p>".to_owned(),
    }
}

pub async fn get(url: &Url, headers: &[(&str, &str)]) -> Answer {
    let target = &url[url::Position::BeforePath..];
    let mut client = Client::connect(&base(url)).await.unwrap();
    client.request("GET", target, headers, b"").await.unwrap();
    client.answer().await.unwrap()
}

/// Where the provider redirects to once the person agreed.
pub async fn location(question: &Url) -> Url {
    let redirect = get(question, &[]).await;
    assert_eq!(redirect.status, 302);
    Url::parse(redirect.headers.get("location").unwrap()).unwrap()
}

/// What a browser does: opens the question, follows the redirect, shows the page.
pub async fn browse(question: &Url) -> Answer {
    get(&location(question).await, &[]).await
}

/// A whole sign-in by somebody who agrees to everything.
pub async fn agree(flows: &Flows, kind: FlowKind) -> Result<Grant, SignInError> {
    agree_as(flows, kind, None).await
}

/// The same with a client's own secret.
pub async fn agree_as(
    flows: &Flows,
    kind: FlowKind,
    secret: Option<Secret>,
) -> Result<Grant, SignInError> {
    let pending = PendingSignIn::start_as(flows, Some(kind), None, secret, &Plain).await?;
    let question = pending.address().clone();
    let answered = match kind {
        FlowKind::Browser => {
            let target = location(&question).await;
            let person = async {
                // A redirect to `localhost` names that host.
                let host = format!("{}:{}", target.host_str().unwrap(), target.port().unwrap());
                let line = &target[url::Position::BeforePath..];
                let mut client = Client::connect(&base(&target)).await.unwrap();
                let head = format!("GET {line} HTTP/1.1\r\nhost: {host}\r\n\r\n");
                client.send(head).await.unwrap();
                client.answer().await.unwrap()
            };
            let pages = pages();
            let (answered, _) = tokio::join!(pending.wait(&pages, &Plain), person);
            answered?
        }
        FlowKind::Device => pending.wait(&pages(), &Plain).await?,
    };
    answered.grant(&Plain).await
}
