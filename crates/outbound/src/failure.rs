//! Why a request did not get its answer.

use std::error::Error;
use std::fmt;
use std::io;

use dialect::{Fault, FaultKind, Origin};

/// What breaks a body that is made while it is sent.
pub(crate) type Broken = Box<dyn Error + Send + Sync>;

/// A request that could not be sent, or an answer that broke off. Its words are the causes in one line,
/// without the address, which may hold a key.
#[derive(Debug)]
pub struct Failure {
    stage: Stage,
    cause: Broken,
}

/// How far it had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Nobody was reached.
    Connecting,
    /// Nobody was reached in time.
    Waiting,
    Connected,
}

impl Failure {
    /// One of something that is no connection.
    #[must_use]
    pub fn of(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            stage: Stage::Connected,
            cause: cause.into(),
        }
    }

    /// Nobody was reached.
    pub(crate) fn unreached(cause: Broken) -> Self {
        Self::new(true, cause)
    }

    fn new(connects: bool, cause: Broken) -> Self {
        let stage = match (is_late(cause.as_ref()), connects) {
            (true, _) => Stage::Waiting,
            (false, true) => Stage::Connecting,
            (false, false) => Stage::Connected,
        };
        Self { stage, cause }
    }

    /// What it means for the request.
    #[must_use]
    pub fn fault(&self) -> Fault {
        let (kind, what) = match self.stage {
            Stage::Waiting => (FaultKind::Timeout, "no connection in time"),
            Stage::Connecting => (FaultKind::BadGateway, "cannot be reached"),
            Stage::Connected => (FaultKind::BadGateway, "the connection broke"),
        };
        Fault::new(Origin::Gateway, kind, format!("{what} ({self})"))
    }
}

impl From<hyper_util::client::legacy::Error> for Failure {
    fn from(error: hyper_util::client::legacy::Error) -> Self {
        Self::new(error.is_connect(), Box::new(error))
    }
}

impl From<hyper::Error> for Failure {
    fn from(error: hyper::Error) -> Self {
        Self::new(false, Box::new(error))
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        // Its own words have the address.
        let cause = error.without_url();
        Self::new(cause.is_connect(), Box::new(cause))
    }
}

impl From<std::convert::Infallible> for Failure {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

/// An error and its causes.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

/// Whether the other end says that it has not read the request: it is about to close the connection, as
/// servers do after so many requests, or takes no more at once. It may be sent again, whatever it asks
/// for; <https://www.rfc-editor.org/rfc/rfc9113#section-8.7>.
pub(crate) fn is_turned_away(error: &(dyn Error + 'static)) -> bool {
    let says = |error: &h2::Error| {
        let closes = error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
        let refuses = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
        error.is_remote() && (closes || refuses)
    };
    chain(error).any(|error| error.downcast_ref::<h2::Error>().is_some_and(says))
}

/// Whether something took too long.
fn is_late(error: &(dyn Error + 'static)) -> bool {
    let late = |error: &io::Error| error.kind() == io::ErrorKind::TimedOut;
    chain(error).any(|error| {
        error.downcast_ref::<io::Error>().is_some_and(late)
            || error
                .downcast_ref::<reqwest::Error>()
                .is_some_and(reqwest::Error::is_timeout)
            || error
                .downcast_ref::<hyper::Error>()
                .is_some_and(hyper::Error::is_timeout)
    })
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first: &(dyn Error + 'static) = self.cause.as_ref();
        let mut words = String::new();
        // What a library says of itself tells nobody anything.
        for error in chain(first).filter(|error| !error.is::<reqwest::Error>()) {
            let text = error.to_string();
            if !words.contains(&text) {
                if !words.is_empty() {
                    words.push_str(": ");
                }
                words.push_str(&text);
            }
        }
        if words.is_empty() {
            words.push_str("the connection failed");
        }
        formatter.write_str(&words)
    }
}

impl Error for Failure {}
