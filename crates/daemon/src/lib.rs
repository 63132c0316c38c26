//! The composition root: listeners, life cycle, and the command line program portolan.

mod admin;
mod cli;
mod daemon;
mod engine;
mod environment;
mod folders;
mod hardening;
mod holder;
mod home;
mod lock;
mod logging;
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

pub use cli::{Complaint, run};
pub use daemon::{Daemon, Elsewhere, Opened};
pub use public::{data_folder, read_public};
pub use signals::Signals;

/// Asks of the operating system what a program with secrets in its memory needs, and starts the log
/// as `PORTOLAN_LOG` wants it; for a program other than `portolan`, which does so itself.
pub fn prepare() {
    let refused = hardening::apply();
    let wanted = std::env::var("PORTOLAN_LOG").ok();
    if let Some(reason) = logging::start(wanted.as_deref()) {
        tracing::warn!("PORTOLAN_LOG: {reason}");
    }
    for refusal in refused {
        tracing::info!("refused by the system: {refusal}");
    }
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
