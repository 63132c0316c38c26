//! The control plane: owns the settings, publishes snapshots to the data plane, implements the contract.

mod account_edits;
mod activity;
mod admin;
mod api;
mod client_keys;
mod configured;
mod control;
mod default_model;
mod file;
mod home;
mod imports;
mod instances;
mod key_limits;
mod keys;
mod ledger_reads;
mod listeners;
mod local;
mod nearest;
mod overrides;
mod provider_edits;
mod serving;
mod settings;
mod sign_in;
mod snapshot;
mod state;
mod telling;
mod trial;
mod vault;
mod window;

pub use admin::AdminAct;
pub use control::{Control, Environment, Holder, Options, SignInPages};
pub use home::Home;
pub use overrides::Overrides;
pub use reasons::{secret_file_reason, secret_reason};
pub use serving::Served;
