//! The listener on this computer that takes one answer, shows one static page and closes.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use catalog::FlowHost;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use url::Url;

use super::request::{ask, send};
use super::{Code, Paste, SignInError, Transaction};
use crate::secret::Secret;

/// How long a person may take in the browser.
pub(super) const PATIENCE: Duration = Duration::from_secs(5 * 60);
/// How many connections may be open at once; browsers open a few ahead of need.
const MOST_CONNECTIONS: usize = 16;
/// How many ports are tried until one is free for both of a name's addresses.
const PORTS_TRIED: usize = 8;

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
    listeners: Listeners,
    transaction: Arc<Transaction>,
    paste: Paste,
    pasted: mpsc::Receiver<Result<Secret, SignInError>>,
    address: Url,
    host: String,
    patience: Duration,
}

#[derive(Debug)]
struct Listeners {
    port: u16,
    four: TcpListener,
    /// Where the redirect says `localhost`, which may lead to `::1`; computers without IPv6 have none.
    six: Option<TcpListener>,
}

impl Loopback {
    /// Listens on this computer's loopback alone, on the flow's port or on a free one.
    ///
    /// # Errors
    /// [`SignInError::PortBusy`] where the flow has one port and another program uses it.
    pub async fn open(mut transaction: Transaction) -> Result<Self, SignInError> {
        let host = transaction.host();
        let listeners = Listeners::open(transaction.port(), host).await?;
        let name = match host {
            FlowHost::Address => "127.0.0.1",
            FlowHost::Name => "localhost",
        };
        let host = format!("{name}:{}", listeners.port);
        let redirect = Url::parse(&format!("http://{host}{}", transaction.path()))
            .map_err(|error| SignInError::Listen(io::Error::other(error)))?;
        let address = transaction.question(&redirect);
        transaction.redirect_to(redirect);
        let transaction = Arc::new(transaction);
        let (paste, pasted) = Paste::new(Arc::clone(&transaction));
        Ok(Self {
            listeners,
            transaction,
            paste,
            pasted,
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

    /// Takes an answer that was copied, for a browser that cannot reach this computer.
    #[must_use]
    pub fn paste(&self) -> Paste {
        self.paste.clone()
    }

    /// Waits so long in place of five minutes.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Waits for the one answer that belongs to this sign-in, from the browser or pasted, and closes
    /// the port. An answer with another state gets the page of a refusal and changes nothing: any
    /// web page can send one, and must neither finish a sign-in nor end it.
    ///
    /// # Errors
    /// The answer is a refusal, or holds no code, or none came in time.
    pub async fn wait(self, pages: &Pages) -> Result<Code, SignInError> {
        let Self {
            listeners,
            transaction,
            paste,
            mut pasted,
            host,
            patience,
            ..
        } = self;
        let answered = async {
            tokio::select! {
                answer = browsed(&listeners, &transaction, &host, pages) => answer,
                Some(answer) = pasted.recv() => Ok((None, answer)),
            }
        };
        let answered = tokio::time::timeout(patience, answered).await;
        drop((listeners, paste));
        let (browser, answer) = answered.map_err(|_| SignInError::TimedOut)??;
        if let Some(stream) = browser {
            // The browser may be gone; the answer counts all the same.
            drop(show(stream, &answer, pages).await);
        }
        answer.map(|code| Code { transaction, code })
    }
}

impl Listeners {
    async fn open(port: Option<u16>, host: FlowHost) -> Result<Self, SignInError> {
        let told = |error: io::Error| match port {
            Some(port) if error.kind() == io::ErrorKind::AddrInUse => {
                SignInError::PortBusy { port }
            }
            Some(_) | None => SignInError::Listen(error),
        };
        let mut tried = 1;
        loop {
            let four = TcpListener::bind(("127.0.0.1", port.unwrap_or(0)))
                .await
                .map_err(told)?;
            let port = four.local_addr().map_err(SignInError::Listen)?.port();
            let six = match host {
                FlowHost::Address => None,
                FlowHost::Name => match TcpListener::bind(("::1", port)).await {
                    Ok(six) => Some(six),
                    Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                        if tried == PORTS_TRIED {
                            return Err(told(error));
                        }
                        tried += 1;
                        continue;
                    }
                    Err(_) => None,
                },
            };
            return Ok(Self { port, four, six });
        }
    }

    async fn accept(&self) -> io::Result<TcpStream> {
        let accepted = match &self.six {
            None => self.four.accept().await,
            Some(six) => tokio::select! {
                accepted = self.four.accept() => accepted,
                accepted = six.accept() => accepted,
            },
        };
        accepted.map(|(stream, _)| stream)
    }
}

type Browsed = (Option<TcpStream>, Result<Secret, SignInError>);

/// The first answer from a browser that belongs to the transaction; everything else at its path is
/// answered with 400, and everything at another path with 404.
async fn browsed(
    listeners: &Listeners,
    transaction: &Transaction,
    host: &str,
    pages: &Pages,
) -> Result<Browsed, SignInError> {
    let path = transaction.path();
    let mut open = JoinSet::new();
    let mut refused = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listeners.accept(), if open.len() + refused.len() < MOST_CONNECTIONS => {
                let stream = accepted.map_err(SignInError::Listen)?;
                let (host, path) = (host.to_owned(), path.clone());
                open.spawn(async move { ask(stream, &host, &path).await });
            }
            Some(asked) = open.join_next() => {
                let Ok(Some((stream, target))) = asked else { continue };
                match transaction.answer(&target) {
                    Err(error @ SignInError::WrongState) => {
                        let pages = pages.clone();
                        refused.spawn(async move { show(stream, &Err(error), &pages).await });
                    }
                    answer => return Ok((Some(stream), answer)),
                }
            }
            Some(_) = refused.join_next() => {}
        }
    }
}

async fn show(
    mut stream: TcpStream,
    answer: &Result<Secret, SignInError>,
    pages: &Pages,
) -> io::Result<()> {
    let (status, page) = match answer {
        Ok(_) => ("200 OK", &pages.taken),
        Err(_) => ("400 Bad Request", &pages.refused),
    };
    send(&mut stream, status, page).await
}
