//! The composition root: listeners, life cycle, and the command line program portolan.

mod admin;
mod annex;
mod cli;
mod daemon;
mod engine;
mod environment;
mod folders;
mod here;
mod holder;
mod home;
mod lock;
mod notices;
mod pages;
mod private;
mod proxy;
mod public;
mod reach;
mod serve;
mod signals;
mod socket;
mod version;

pub use cli::{Complaint, run, save_log};
pub use daemon::{Daemon, Elsewhere, Opened};
pub use public::{data_folder, read_public};
pub use signals::Signals;

/// What a program other than `portolan` does first; `portolan` does so itself. The window lists what
/// is logged.
pub fn prepare() {
    startup::prepare(Some(listed));
}

/// Hands an event to what the window lists.
fn listed(event: &tracing::Event<'_>) {
    journal::logs().take(event);
}

/// The host's runtime: commands, control and signals. Requests have a thread of their own.
fn runtime() -> Result<tokio::runtime::Runtime, contract::ApiError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        // Files are read at the start, and then hardly ever.
        .thread_keep_alive(std::time::Duration::from_secs(1))
        .build()
        .map_err(|error| internal(&error))
}

/// A failure of this program or of its surroundings, in the words of whoever noticed it.
fn internal(words: &dyn std::fmt::Display) -> contract::ApiError {
    contract::ApiError::new(contract::Code::Internal, []).because(contract::Reason::said(words))
}
