//! Providers and models as data: manifests read, checked and offered as typed values.

mod address;
mod agent;
mod auth;
mod catalog;
mod checks;
mod date;
mod embedded;
mod endpoint;
mod flow;
mod kind;
mod locate;
mod model;
mod path;
mod places;
mod problem;
mod provider;
mod proxy;
mod quirk;
mod raw;
mod rule;
mod terms;
mod user;
mod validate;

pub use address::AddressError;
pub use agent::{Agent, AgentForm, AgentSetting, ToolKind, Tools};
pub use auth::{Auth, AuthName, AuthSetting, HeaderSetting};
pub use catalog::{Catalog, UserProblem};
pub use date::Date;
pub use endpoint::{Endpoint, Versions};
pub use flow::{
    DeviceFlow, DeviceWords, Discovery, Flow, FlowClient, FlowExchange, FlowHost, FlowKind,
    FlowQuirk, FlowState, Flows, UserQuestion,
};
pub use kind::ProblemKind;
pub use model::{Abilities, Limits, Model, Price};
pub use places::Places;
pub use problem::{KeyPath, ManifestError, Problem, Step};
pub use provider::{Builtin, KeyAdvice, Provider};
pub use proxy::{NotAProxy, Proxy};
pub use quirk::{Quirk, UnknownQuirk};
pub use rule::{Rule, SamplingField, ThinkingField};
pub use terms::{SignIn, Terms};
pub use user::UserProvider;
