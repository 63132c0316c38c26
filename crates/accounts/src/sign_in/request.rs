//! One request to the listener: its reading, and the static page that answers it.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;

/// How long a browser may take to send its request, or to read the page.
const REQUEST_PATIENCE: Duration = Duration::from_secs(10);
/// The largest request head that is read, in bytes.
const LARGEST_HEAD: usize = 16 * 1024;

/// Reads one request; `None` where it is not the one waited for.
pub(super) async fn ask(mut stream: TcpStream, host: &str, path: &str) -> Option<(TcpStream, Url)> {
    let read = tokio::time::timeout(REQUEST_PATIENCE, head(&mut stream)).await;
    let head = read.ok()?.ok()?;
    match target(&head, host, path) {
        Some(url) => Some((stream, url)),
        None => {
            drop(send(&mut stream, "404 Not Found", "").await);
            None
        }
    }
}

async fn head(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
        if bytes.len() > LARGEST_HEAD || stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
    Ok(bytes)
}

/// The whole address that was asked for, where it is `path` at `host` and nothing else.
fn target(head: &[u8], host: &str, path: &str) -> Option<Url> {
    let text = std::str::from_utf8(head).ok()?;
    let mut lines = text.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let mut hosts = lines
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| name.eq_ignore_ascii_case("host"));
    // Another name that leads here belongs to a page that rebound it.
    let named = hosts.next().is_some_and(|(_, value)| value.trim() == host);
    let asked = target.split('?').next().unwrap_or_default();
    if method != "GET" || !named || hosts.next().is_some() || asked != path {
        return None;
    }
    Url::parse(&format!("http://{host}{target}")).ok()
}

pub(super) async fn send(stream: &mut TcpStream, status: &str, page: &str) -> io::Result<()> {
    let length = page.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {length}\r\n\
         cache-control: no-store\r\nreferrer-policy: no-referrer\r\n\
         x-content-type-options: nosniff\r\n\
         content-security-policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\r\n\
         connection: close\r\n\r\n{page}"
    );
    let write = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await
    };
    tokio::time::timeout(REQUEST_PATIENCE, write).await?
}
