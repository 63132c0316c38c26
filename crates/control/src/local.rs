//! Model servers that run on this machine: looked for on loopback, with no key sent.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use catalog::{Catalog, Provider};
use contract::{LocalServer, Offered};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use url::{Host, Url};

/// How long all of them together have to answer.
pub(crate) const PATIENCE: Duration = Duration::from_millis(300);

/// How much of an answer's head is read, in bytes.
const LONGEST_HEAD: usize = 1024;

/// How much of a list of models is read, in bytes.
const LONGEST_LIST: u64 = 1024 * 1024;

/// The local servers that answer now and have no account; `taken` are the providers that have one.
pub(crate) async fn offered(catalog: &Catalog, taken: &[String]) -> Vec<Offered> {
    let wanted = catalog.providers().filter(|provider| provider.local);
    let wanted = wanted.filter(|provider| !taken.contains(&provider.id));
    let mut under_way = JoinSet::new();
    for provider in wanted {
        if let Some(url) = provider.probe_url() {
            let provider = Arc::clone(provider);
            under_way.spawn(async move {
                let address = timeout(PATIENCE, answers(&url)).await.ok().flatten()?;
                Some(offer(&provider, address))
            });
        }
    }
    let mut found: Vec<Offered> = under_way.join_all().await.into_iter().flatten().collect();
    found.sort_by(|left, right| left.provider.cmp(&right.provider));
    found
}

/// Every local server that answers now, with how many models it lists.
pub(crate) async fn found(catalog: &Catalog) -> Vec<LocalServer> {
    let mut under_way = JoinSet::new();
    for offered in offered(catalog, &[]).await {
        let list = catalog
            .provider(&offered.provider)
            .and_then(|provider| provider.model_list())
            .map(|(_, url)| url.clone());
        under_way.spawn(async move {
            let asking = async {
                let address = offered.address.parse().ok()?;
                count(address, &list?).await.ok()?
            };
            LocalServer {
                models: timeout(PATIENCE, asking).await.ok().flatten(),
                provider: offered.provider,
                name: offered.name,
                address: offered.address,
            }
        });
    }
    let mut found = under_way.join_all().await;
    found.sort_by(|left, right| left.provider.cmp(&right.provider));
    found
}

/// How many models the server lists, in the way of OpenAI's `GET /models`.
async fn count(address: SocketAddr, url: &Url) -> std::io::Result<Option<usize>> {
    let mut stream = TcpStream::connect(address).await?;
    let path = url.path();
    // HTTP/1.0: the body ends with the connection, in one piece.
    let request = format!("GET {path} HTTP/1.0\r\nhost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(LONGEST_LIST).read_to_end(&mut answer).await?;
    let is_good = answer.starts_with(b"HTTP/1.1 200") || answer.starts_with(b"HTTP/1.0 200");
    let body = answer.windows(4).position(|part| part == b"\r\n\r\n");
    let body = body.filter(|_| is_good).map(|end| &answer[end + 4..]);
    let list = body.and_then(|body| serde_json::from_slice::<Value>(body).ok());
    let data = list.as_ref().and_then(|list| list.get("data")?.as_array());
    Ok(data.map(Vec::len))
}

fn offer(provider: &Provider, address: SocketAddr) -> Offered {
    let (id, name) = (provider.id.clone(), provider.name.clone());
    Offered {
        provider: id,
        name,
        address: address.to_string(),
    }
}

/// The address at which the server answers the probe with success. Only plain HTTP on loopback is
/// asked.
async fn answers(url: &Url) -> Option<SocketAddr> {
    if url.scheme() != "http" {
        return None;
    }
    let port = url.port_or_known_default()?;
    let addresses: Vec<IpAddr> = match url.host()? {
        Host::Domain("localhost") => {
            vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
        }
        Host::Domain(_) => return None,
        Host::Ipv4(address) => vec![address.into()],
        Host::Ipv6(address) => vec![address.into()],
    };
    for address in addresses.into_iter().filter(IpAddr::is_loopback) {
        let address = SocketAddr::new(address, port);
        if succeeds(address, url).await.unwrap_or(false) {
            return Some(address);
        }
    }
    None
}

async fn succeeds(address: SocketAddr, url: &Url) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(address).await?;
    let path = url.path();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut head = Vec::new();
    while head.len() < LONGEST_HEAD && !head.contains(&b'\n') {
        if stream.read_buf(&mut head).await? == 0 {
            break;
        }
    }
    Ok(head.starts_with(b"HTTP/1.1 200") || head.starts_with(b"HTTP/1.0 200"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::time::Instant;

    use tokio::net::TcpListener;

    use super::*;
    use crate::settings::read;

    /// A catalogue whose Ollama is at this port, and whose other local servers are nowhere.
    fn catalog(port: u16) -> Catalog {
        let nowhere = "{ openai-chat = \"http://127.0.0.1:9/v1\" }";
        let text = format!(
            "[provider.ollama]\nendpoints = {{ openai-chat = \"http://127.0.0.1:{port}/v1\" }}\n\
             [provider.lm-studio]\nendpoints = {nowhere}\n\
             [provider.llama-cpp]\nendpoints = {nowhere}\n"
        );
        read("config.toml", &text, &Catalog::builtin().unwrap())
            .unwrap()
            .catalog
    }

    /// Takes one request, answers with `answer`, and gives the request.
    async fn server(answer: &'static str) -> (u16, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let task = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                stream.read_buf(&mut request).await.unwrap();
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            // Kept open: the probe must not wait for the end.
            tokio::time::sleep(Duration::from_secs(2)).await;
            String::from_utf8(request).unwrap()
        });
        (port, task)
    }

    #[tokio::test]
    async fn a_server_that_answers_is_offered_and_gets_no_key() {
        let (port, request) = server("HTTP/1.1 200 OK\r\n\r\n{}").await;
        let found = offered(&catalog(port), &[]).await;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].provider, "ollama");
        assert_eq!(found[0].address, format!("127.0.0.1:{port}"));
        let request = request.await.unwrap();
        assert!(
            request.starts_with("GET /api/version HTTP/1.1\r\n"),
            "{request}"
        );
        assert!(
            !request.to_lowercase().contains("authorization"),
            "{request}"
        );
    }

    #[tokio::test]
    async fn one_that_has_an_account_or_answers_otherwise_is_not_offered() {
        let (port, _request) = server("HTTP/1.1 404 Not Found\r\n\r\n").await;
        assert_eq!(offered(&catalog(port), &["ollama".to_owned()]).await, []);
        assert_eq!(offered(&catalog(port), &[]).await, []);
    }

    #[tokio::test]
    async fn silence_costs_no_more_than_the_patience() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let began = Instant::now();
        assert_eq!(
            offered(&catalog(listener.local_addr().unwrap().port()), &[]).await,
            []
        );
        assert!(began.elapsed() < PATIENCE * 30, "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn only_loopback_is_asked() {
        for url in [
            "http://10.0.0.1/",
            "https://127.0.0.1/",
            "http://example.com/",
        ] {
            assert_eq!(answers(&url.parse().unwrap()).await, None, "{url}");
        }
    }
}
