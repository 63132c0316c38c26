//! The composition root: listeners, life cycle, and the command line program portolan.

mod cli;
mod engine;
mod environment;
mod folders;
mod hardening;
mod holder;
mod home;
mod lock;
mod logging;
mod private;
mod reach;
mod serve;
mod signals;
mod socket;
mod version;

pub use cli::run;

/// The host's runtime: commands, control and signals. Requests have a thread of their own.
fn runtime() -> Result<tokio::runtime::Runtime, contract::ApiError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| contract::ApiError::new(contract::Code::Internal, [&error]))
}
