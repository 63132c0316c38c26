//! The control plane: owns the settings, publishes snapshots to the data plane, implements the contract.

mod account_edits;
mod activity;
mod api;
mod client_keys;
mod configured;
mod control;
mod default_model;
mod disk;
mod file;
mod home;
mod keys;
mod listeners;
mod local;
mod nearest;
mod overrides;
mod reasons;
mod serving;
mod settings;
mod snapshot;
mod state;
mod vault;
mod watcher;

pub use control::{Control, Environment, Holder, Options};
pub use home::Home;
pub use overrides::Overrides;
pub use reasons::{secret_file_reason, secret_reason};
pub use serving::Served;
