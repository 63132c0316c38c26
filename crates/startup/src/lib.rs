//! What every program of ours does first: closes its memory to others, and starts its log.

mod hardening;
mod logging;

pub use hardening::harden;
pub use logging::{Listener, start_log};

/// Both, for a program whose log is as `PORTOLAN_LOG` wants it. What is logged goes to standard error
/// and to the listener, where there is one.
pub fn prepare(listener: Option<Listener>) {
    let refused = harden();
    let wanted = std::env::var("PORTOLAN_LOG").ok();
    if let Some(reason) = start_log(wanted.as_deref(), listener) {
        tracing::warn!("PORTOLAN_LOG: {reason}");
    }
    for refusal in refused {
        tracing::info!("refused by the system: {refusal}");
    }
}
