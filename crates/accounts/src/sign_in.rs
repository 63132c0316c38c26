//! Signing in at a provider in the person's own browser: question, answer, exchange.

mod client;
mod device;
mod discovery;
mod exchange;
mod grant;
mod http;
mod id_token;
mod loopback;
mod paste;
mod pending;
mod request;
mod revoke;
mod transaction;
mod transport;
mod user;

pub(crate) use exchange::failure;
pub(crate) use grant::Beside;
pub use grant::Grant;
pub(crate) use grant::Origin;
pub use http::{Http, HttpFailure, Post, Reply, Replying};
pub use loopback::{Loopback, Pages};
pub use paste::Paste;
pub use pending::{Answered, PendingSignIn};
pub use revoke::{GivenUp, revoke};
pub use transaction::{Code, Transaction};

/// What is wrong with an issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssuerFault {
    /// Its address is neither https nor on this computer.
    #[error("the issuer is not https")]
    Plain,
    /// Its description is something else.
    #[error("its description is no JSON document")]
    NotJson,
    /// It says that it takes other challenges alone.
    #[error("it does not know PKCE with S256")]
    WithoutPkce,
    /// It describes an address that is neither https nor on this computer.
    #[error("one of its addresses is not https")]
    PlainAddress,
    /// It does not say where codes are exchanged.
    #[error("it describes no token endpoint")]
    WithoutToken,
}

/// Why a sign-in did not give a secret; no variant quotes a code or a secret.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The provider offers no such way to sign in.
    #[error("begin the sign-in: this provider does not offer it in this way")]
    NoSuchFlow,
    /// The flow needs a client id, and none is set.
    #[error("begin the sign-in: this provider needs a client id, and none is set")]
    NoClient,
    /// The flow needs a client of the user's own, and its secret is missing.
    #[error("begin the sign-in: this provider needs the secret of a client of your own")]
    NoClientSecret,
    /// The one port that the provider redirects to is in use by another program.
    #[error("listen on 127.0.0.1:{port} for the answer: another program uses this port")]
    PortBusy {
        /// The port.
        port: u16,
    },
    /// The listener failed.
    #[error("listen for the answer: {0}")]
    Listen(std::io::Error),
    /// Nobody answered in time.
    #[error("wait for the answer: nobody answered in time")]
    TimedOut,
    /// It has its answer already, or was given up.
    #[error("take the answer: this sign-in is over")]
    Over,
    /// The answer does not belong to this sign-in.
    #[error("check the answer: it does not belong to this sign-in")]
    WrongState,
    /// The answer comes from another provider than the one that was asked.
    #[error("check the answer: it comes from another provider")]
    WrongIssuer,
    /// The id token was made for another program.
    #[error("check the id token: it is for another program")]
    WrongAudience,
    /// The id token's time is over, or this computer's clock is wrong.
    #[error("check the id token: its time is over")]
    WrongTime,
    /// The id token answers another question than ours.
    #[error("check the id token: it does not belong to this sign-in")]
    WrongNonce,
    /// What an issuer says of itself cannot be used.
    #[error("read the issuer's description: {0}")]
    IssuerUnfit(IssuerFault),
    /// The provider or the person refused.
    #[error("sign in: the provider answered {code}")]
    Denied {
        /// The provider's own code, such as `access_denied`.
        code: String,
    },
    /// The answer holds neither a code nor an error.
    #[error("check the answer: it holds no code")]
    NoCode,
    /// The provider could not be reached, or did not answer in time.
    #[error("exchange the code: {0}")]
    Unreachable(#[from] HttpFailure),
    /// The provider refused the code.
    #[error("exchange the code: the provider answered with status {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// The provider answered that it failed; the words are its own.
    #[error("exchange the code: the provider answered: {0}")]
    Failed(String),
    /// The provider's answer is not what it documents.
    #[error("exchange the code: the answer holds no secret that could be read")]
    Unreadable,
}
