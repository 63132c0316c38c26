//! The control plane's methods, their types and error codes: one table that every transport is made from.

mod account;
mod code;
mod error;
mod event;
mod key;
mod methods;
mod model;
mod reason;
mod remote;
mod route;
mod secret;
mod status;

pub use account::{Account, AccountAdd, AccountChoice, AccountTested, Source, Standing};
pub use code::Code;
pub use error::ApiError;
pub use event::{Changed, Topic};
pub use key::{Key, KeyChoice, KeyCreate, KeyOrigin, KeyShown};
pub use methods::{Api, METHODS, Method, dispatch};
pub use model::{Model, ModelsChoice, Refreshed};
pub use reason::{Reason, ReasonCode};
pub use remote::{Remote, Transport};
pub use route::{Candidate, Explanation, FoundBy, Route, RouteQuestion};
pub use secret::SecretText;
pub use status::{
    Listener, Load, Offered, Outcome, Outcomes, Recent, Refused, Reloaded, SettingsStatus, Status,
    VaultState, VaultStatus, Warning,
};
