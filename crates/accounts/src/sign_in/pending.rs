//! A sign-in in any of a provider's ways, from its beginning to its grant.

use std::time::Duration;

use catalog::{FlowClient, FlowKind, Flows};
use url::Url;

use super::device::Device;
use super::discovery::discover;
use super::loopback::PATIENCE;
use super::{Code, Grant, Http, Loopback, Pages, Paste, SignInError, Transaction};
use crate::secret::Secret;

/// A sign-in that waits for a person. Dropping it gives it up.
#[derive(Debug)]
pub struct PendingSignIn {
    turn: Turn,
}

#[derive(Debug)]
enum Turn {
    Browser(Box<Loopback>),
    Device(Box<Device>),
}

/// A sign-in that a person answered; what is left is between the program and the provider.
#[derive(Debug)]
pub struct Answered(Given);

#[derive(Debug)]
enum Given {
    Code(Code),
    Grant(Box<Grant>),
}

impl PendingSignIn {
    /// Begins a sign-in in the way asked for, or in the first that the provider has.
    ///
    /// `client` is a public client id in place of the one that is set.
    ///
    /// # Errors
    /// There is no such way, a client id is missing, this computer's port is not to be had, or the
    /// provider could not be asked.
    pub async fn start(
        flows: &Flows,
        kind: Option<FlowKind>,
        client: Option<String>,
        http: &dyn Http,
    ) -> Result<Self, SignInError> {
        Self::start_as(flows, kind, client, None, http).await
    }

    /// The same with the secret of a client of the user's own.
    ///
    /// # Errors
    /// The same, and that the secret is missing.
    pub async fn start_as(
        flows: &Flows,
        kind: Option<FlowKind>,
        client: Option<String>,
        secret: Option<Secret>,
        http: &dyn Http,
    ) -> Result<Self, SignInError> {
        let client = client.or_else(|| flows.client_id.clone());
        if flows.client() == FlowClient::Secret {
            // A secret without the id that it belongs to is of no use.
            if client.is_none() {
                return Err(SignInError::NoClient);
            }
            if secret.is_none() {
                return Err(SignInError::NoClientSecret);
            }
        }
        let described = match &flows.discovery {
            Some(discovery) => Some(discover(discovery, client.clone(), http).await?),
            None => None,
        };
        let (flows, names_issuer) = match &described {
            Some(described) => (&described.flows, described.names_issuer),
            None => (flows, false),
        };
        let kind = kind.or_else(|| flows.kinds().first().copied());
        let issuer = flows.issuer.clone();
        let turn = match kind.ok_or(SignInError::NoSuchFlow)? {
            FlowKind::Browser => {
                let flow = flows.browser.clone().ok_or(SignInError::NoSuchFlow)?;
                let transaction = Transaction::begin(flow, client, issuer)?
                    .with_secret(secret)
                    .issuer_is_named(names_issuer);
                Turn::Browser(Box::new(Loopback::open(transaction).await?))
            }
            FlowKind::Device => {
                let flow = flows.device.clone().ok_or(SignInError::NoSuchFlow)?;
                Turn::Device(Box::new(Device::start(flow, client, issuer, http).await?))
            }
        };
        Ok(Self { turn })
    }

    /// The way it goes.
    #[must_use]
    pub fn kind(&self) -> FlowKind {
        match &self.turn {
            Turn::Browser(_) => FlowKind::Browser,
            Turn::Device(_) => FlowKind::Device,
        }
    }

    /// The address that the person's own browser is to open; never an embedded one.
    #[must_use]
    pub fn address(&self) -> &Url {
        match &self.turn {
            Turn::Browser(loopback) => loopback.address(),
            Turn::Device(device) => device.address(),
        }
    }

    /// What the person types there, or compares with what the page shows.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match &self.turn {
            Turn::Browser(_) => None,
            Turn::Device(device) => Some(device.user_code()),
        }
    }

    /// Takes an answer that was copied; `None` where there is nothing to copy.
    #[must_use]
    pub fn paste(&self) -> Option<Paste> {
        match &self.turn {
            Turn::Browser(loopback) => Some(loopback.paste()),
            Turn::Device(_) => None,
        }
    }

    /// How long the person has, from the beginning.
    #[must_use]
    pub fn patience(&self) -> Duration {
        match &self.turn {
            Turn::Browser(_) => PATIENCE,
            Turn::Device(device) => device.patience(),
        }
    }

    /// Waits for the person.
    ///
    /// # Errors
    /// The person or the provider refused, or nobody answered in time.
    pub async fn wait(self, pages: &Pages, http: &dyn Http) -> Result<Answered, SignInError> {
        let given = match self.turn {
            Turn::Browser(loopback) => Given::Code(loopback.wait(pages).await?),
            Turn::Device(device) => Given::Grant(Box::new(device.wait(http).await?)),
        };
        Ok(Answered(given))
    }
}

impl Answered {
    /// Fetches what the person agreed to.
    ///
    /// # Errors
    /// The provider was not reached, refused, or answered something else than it documents.
    pub async fn grant(self, http: &dyn Http) -> Result<Grant, SignInError> {
        match self.0 {
            Given::Code(code) => code.exchange(http).await,
            Given::Grant(grant) => Ok(*grant),
        }
    }
}
