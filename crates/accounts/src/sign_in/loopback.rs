//! The listener on 127.0.0.1 that takes one answer, shows one static page and closes.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::Url;

use super::{Code, SignInError, Transaction};

/// How long a person may take in the browser.
const PATIENCE: Duration = Duration::from_secs(5 * 60);
/// How long a browser may take to send its request, or to read the page.
const REQUEST_PATIENCE: Duration = Duration::from_secs(10);
/// The largest request head that is read, in bytes.
const LARGEST_HEAD: usize = 16 * 1024;
/// How many connections may be open at once; browsers open a few ahead of need.
const MOST_CONNECTIONS: usize = 16;

/// The pages that the browser shows in the end: whole HTML documents, in the person's language.
/// They are sent as they are, so nothing of the answer can be in them.
#[derive(Debug, Clone)]
pub struct Pages {
    /// The answer was taken.
    pub taken: String,
    /// The answer was refused.
    pub refused: String,
}

/// A listener that waits for the answer to one sign-in. Dropping it closes the port.
#[derive(Debug)]
pub struct Loopback {
    listener: TcpListener,
    transaction: Transaction,
    address: Url,
    host: String,
    patience: Duration,
}

impl Loopback {
    /// Listens on 127.0.0.1 alone, on the flow's port or on a free one.
    ///
    /// # Errors
    /// [`SignInError::PortBusy`] where the flow has one port and another program uses it.
    pub async fn open(mut transaction: Transaction) -> Result<Self, SignInError> {
        let wanted = transaction.port();
        let listener = TcpListener::bind(("127.0.0.1", wanted.unwrap_or(0)))
            .await
            .map_err(|error| match wanted {
                Some(port) if error.kind() == io::ErrorKind::AddrInUse => {
                    SignInError::PortBusy { port }
                }
                Some(_) | None => SignInError::Listen(error),
            })?;
        let port = listener.local_addr().map_err(SignInError::Listen)?.port();
        let host = format!("127.0.0.1:{port}");
        let redirect = Url::parse(&format!("http://{host}{}", transaction.path()))
            .map_err(|error| SignInError::Listen(io::Error::other(error)))?;
        let address = transaction.question(&redirect);
        transaction.redirect_to(redirect);
        Ok(Self {
            listener,
            transaction,
            address,
            host,
            patience: PATIENCE,
        })
    }

    /// The address that the person's own browser is to open; never an embedded one.
    #[must_use]
    pub fn address(&self) -> &Url {
        &self.address
    }

    /// Waits so long in place of five minutes.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Waits for the one request to the exact path, answers it and closes the port.
    ///
    /// # Errors
    /// The answer is not this sign-in's, or is a refusal, or none came in time.
    pub async fn wait(self, pages: &Pages) -> Result<Code, SignInError> {
        let Self {
            listener,
            transaction,
            host,
            patience,
            ..
        } = self;
        let path = transaction.path();
        let asked = tokio::time::timeout(patience, first(&listener, &host, &path)).await;
        drop(listener);
        let (mut stream, target) = asked.map_err(|_| SignInError::TimedOut)??;
        let result = transaction.answer(&target);
        let (status, page) = match &result {
            Ok(_) => ("200 OK", &pages.taken),
            Err(_) => ("400 Bad Request", &pages.refused),
        };
        // The browser may be gone; the answer counts all the same.
        drop(send(&mut stream, status, page).await);
        result
    }
}

/// The first GET of `path` at `host`; everything else is answered with 404.
async fn first(
    listener: &TcpListener,
    host: &str,
    path: &str,
) -> Result<(TcpStream, Url), SignInError> {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if open.len() < MOST_CONNECTIONS => {
                let (stream, _) = accepted.map_err(SignInError::Listen)?;
                let (host, path) = (host.to_owned(), path.to_owned());
                open.spawn(async move { ask(stream, &host, &path).await });
            }
            Some(asked) = open.join_next() => {
                if let Ok(Some(answer)) = asked {
                    return Ok(answer);
                }
            }
        }
    }
}

/// Reads one request; `None` where it is not the one waited for.
async fn ask(mut stream: TcpStream, host: &str, path: &str) -> Option<(TcpStream, Url)> {
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

async fn send(stream: &mut TcpStream, status: &str, page: &str) -> io::Result<()> {
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
