//! The control plane's methods, their types and error codes: one table that every transport is made from.

mod account;
mod activity;
mod admin;
mod code;
mod error;
mod event;
mod import;
mod instance;
mod key;
mod log;
mod methods;
mod model;
#[cfg(feature = "openapi")]
pub mod openapi;
mod provider;
mod reason;
mod refused;
mod remote;
mod route;
mod secret;
mod settings;
mod sign_in;
mod status;
mod trial;
#[cfg(feature = "typescript")]
pub mod typescript;

pub use account::{
    Account, AccountAdd, AccountChoice, AccountKey, AccountRemoved, AccountTested, Revocation,
    Source, Standing,
};
pub use activity::{
    ActivityAttempt, ActivityChoice, ActivityDetail, ActivityId, ActivityPage, ActivityRow,
    AnsweredBy, TokenCounts,
};
pub use admin::{Admin, AdminLink, AdminPassword, AdminSession};
pub use code::Code;
pub use error::ApiError;
pub use event::{Changed, Topic};
pub use import::{
    Import, ImportChoice, ImportFile, ImportLeave, ImportSource, ImportStanding, ImportTake,
    ImportWhat, ImportWhy, Imported,
};
pub use instance::{Instance, InstanceAdd, InstanceChange, InstanceChoice, InstanceState};
pub use key::{Key, KeyChoice, KeyCreate, KeyLimit, KeyOrigin, KeyShown};
pub use log::{LogLevel, LogLine, LogsChoice};
pub use methods::{Api, METHODS, Method, dispatch};
pub use model::{Model, ModelsChoice, Refreshed};
pub use provider::{
    LocalServer, Provider, ProviderAdd, ProviderChoice, ProviderSet, SignIn, Terms, TermsSummary,
};
pub use reason::{Reason, ReasonCode};
pub use refused::OriginChoice;
pub use remote::{Remote, Transport};
pub use route::{Candidate, Explanation, FoundBy, Route, RouteQuestion};
pub use secret::SecretText;
pub use settings::{Proxy, ProxyInForce, ProxyMode, ProxySource, Settings, SettingsChange, Theme};
pub use sign_in::{
    ClientNeed, Flow, FlowKind, SignInAnswer, SignInChoice, SignInStart, SignInState, SignInTurn,
};
pub use status::{
    Listener, Load, Offered, Outcome, Outcomes, Recent, Refused, Reloaded, SettingsStatus, Status,
    VaultState, VaultStatus, Warning,
};
pub use trial::{FAULT_CODES, FaultShown, Trial, TrialChoice, TrialSend};
