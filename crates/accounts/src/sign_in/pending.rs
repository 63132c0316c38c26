//! A sign-in in any of a provider's ways, from its beginning to its grant.

use std::time::Duration;

use catalog::{FlowKind, Flows};
use url::Url;

use super::loopback::PATIENCE;
use super::{Code, Grant, Http, Loopback, Pages, Paste, SignInError, Transaction};

/// A sign-in that waits for a person. Dropping it gives it up.
#[derive(Debug)]
pub struct PendingSignIn {
    turn: Turn,
}

#[derive(Debug)]
enum Turn {
    Browser(Loopback),
}

/// A sign-in that a person answered; what is left is between the program and the provider.
#[derive(Debug)]
pub struct Answered {
    code: Code,
}

impl PendingSignIn {
    /// Begins a sign-in in the way asked for, or in the first that the provider has.
    ///
    /// `client` is a public client id in place of the one that is set.
    ///
    /// # Errors
    /// There is no such way, a client id is missing, or this computer's port is not to be had.
    pub async fn start(
        flows: &Flows,
        kind: Option<FlowKind>,
        client: Option<String>,
        _http: &dyn Http,
    ) -> Result<Self, SignInError> {
        let client = client.or_else(|| flows.client_id.clone());
        match kind.or_else(|| flows.kinds().first().copied()) {
            Some(FlowKind::Browser) => {
                let flow = flows.browser.clone().ok_or(SignInError::NoSuchFlow)?;
                let transaction = Transaction::begin(flow, client, flows.issuer.clone())?;
                let turn = Turn::Browser(Loopback::open(transaction).await?);
                Ok(Self { turn })
            }
            Some(FlowKind::Device) | None => Err(SignInError::NoSuchFlow),
        }
    }

    /// The way it goes.
    #[must_use]
    pub fn kind(&self) -> FlowKind {
        match &self.turn {
            Turn::Browser(_) => FlowKind::Browser,
        }
    }

    /// The address that the person's own browser is to open; never an embedded one.
    #[must_use]
    pub fn address(&self) -> &Url {
        match &self.turn {
            Turn::Browser(loopback) => loopback.address(),
        }
    }

    /// What the person types there, or compares with what the page shows.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match &self.turn {
            Turn::Browser(_) => None,
        }
    }

    /// Takes an answer that was copied; `None` where there is nothing to copy.
    #[must_use]
    pub fn paste(&self) -> Option<Paste> {
        match &self.turn {
            Turn::Browser(loopback) => Some(loopback.paste()),
        }
    }

    /// How long the person has, from the beginning.
    #[must_use]
    pub fn patience(&self) -> Duration {
        match &self.turn {
            Turn::Browser(_) => PATIENCE,
        }
    }

    /// Waits for the person.
    ///
    /// # Errors
    /// The person or the provider refused, or nobody answered in time.
    pub async fn wait(self, pages: &Pages, _http: &dyn Http) -> Result<Answered, SignInError> {
        match self.turn {
            Turn::Browser(loopback) => Ok(Answered {
                code: loopback.wait(pages).await?,
            }),
        }
    }
}

impl Answered {
    /// Fetches what the person agreed to.
    ///
    /// # Errors
    /// The provider was not reached, refused, or answered something else than it documents.
    pub async fn grant(self, http: &dyn Http) -> Result<Grant, SignInError> {
        self.code.exchange(http).await
    }
}
