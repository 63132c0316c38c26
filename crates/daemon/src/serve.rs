//! `portolan serve`: from the first file opened to the last answer given.

use std::io::{stderr, stdout};
use std::process::ExitCode;
use std::time::Duration;

use contract::{AdminPassword, ApiError, SecretText};
use control::Control;
use l10n::Messages;
use tokio::time::timeout;

use crate::cli::{Complaint, Started, print};
use crate::daemon::Daemon;
use crate::home::Home;
use crate::notices::Notices;
use crate::reach;
use crate::signals::Signals;

/// How long answers that are under way may take when the program is told to stop.
const GRACE: Duration = Duration::from_secs(30);
/// How much longer everything else may take, before the program ends all the same.
const WATCHDOG: Duration = Duration::from_secs(3);
/// How long a command that works on the files may keep a server from starting.
const PATIENCE: Duration = Duration::from_secs(5);

/// How it is served.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// Without an admin password nobody is answered until its owner has set one.
    pub(crate) claim: bool,
    /// The line on standard output is for a script.
    pub(crate) json: bool,
}

/// Serves until it is told to stop.
///
/// # Errors
/// It could not start.
pub(crate) fn serve(
    home: Home,
    refused: &[String],
    manner: Manner,
    messages: &Messages,
) -> Result<ExitCode, ApiError> {
    if let Some(reason) = startup::start_log(home.environment.log.as_deref(), Some(crate::listed)) {
        warn(
            messages,
            &messages.get("serve-log-filter", &[("reason", reason.into())]),
        );
    }
    for refusal in refused {
        tracing::info!("refused by the system: {refusal}");
    }
    let runtime = crate::runtime()?;
    let code = runtime.block_on(live(home, manner, messages));
    // What still waits for a keyring or a file must not hold the end up.
    runtime.shutdown_background();
    code
}

async fn live(home: Home, manner: Manner, messages: &Messages) -> Result<ExitCode, ApiError> {
    // From here on a signal asks for an orderly end, also while starting.
    let mut signals = Signals::new().map_err(|error| crate::internal(&error))?;
    home.prepare()?;
    let lock = reach::lock(&home, PATIENCE.max(GRACE)).await?;
    let daemon = Daemon::open(home, lock).await?;
    let begun = if manner.claim {
        wait_for_owner(&daemon.control(), &mut signals, messages).await
    } else {
        Ok(true)
    };
    let listening = match begun {
        Ok(true) => listen(&daemon).await.map(Some),
        Ok(false) => Ok(None),
        Err(error) => Err(error),
    };
    let listening = match listening {
        Ok(Some(listening)) => listening,
        Ok(None) => return Ok(end(daemon, &mut signals, messages).await),
        Err(error) => {
            daemon.end(Duration::ZERO).await;
            return Err(error);
        }
    };
    announce(&listening, manner.json, messages);
    live_on(&daemon.control(), &mut signals, messages).await;
    Ok(end(daemon, &mut signals, messages).await)
}

/// Tells the link that sets the admin password, and waits until one is set, or a signal comes: then
/// it is not served at all.
///
/// # Errors
/// The web admin cannot be opened.
async fn wait_for_owner(
    control: &Control,
    signals: &mut Signals,
    messages: &Messages,
) -> Result<bool, ApiError> {
    let is_claimed = || control.admin_password() != AdminPassword::None;
    if is_claimed() {
        return Ok(true);
    }
    let mut changes = control.changes();
    let link = control.wait_for_claim().await?;
    let minutes = [("minutes", (link.seconds / 60).into())];
    let (before, after) = (
        messages.get("serve-unclaimed", &minutes),
        messages.get("serve-unclaimed-later", &[]),
    );
    let address = link.address.expose();
    print(stderr(), &format!("{before}\n{address}\n{after}\n"));
    while !is_claimed() {
        tokio::select! {
            () = signals.next() => return Ok(false),
            // One who was told too much at once looks all the same.
            _ = changes.recv() => {}
        }
    }
    Ok(true)
}

/// What listens.
struct Listening {
    /// The addresses, such as `http://127.0.0.1:28000`; that of `[listen]` first.
    urls: Vec<String>,
    /// The first client key, where it was made just now and is kept nowhere.
    first_key: Option<SecretText>,
    /// Whether `PORTOLAN_CLIENT_KEY` gives one more.
    has_environment_key: bool,
}

/// Opens the listeners. A further one that cannot be opened is no failure; the one of `[listen]`
/// has to be open.
///
/// # Errors
/// It is not, or it would be unsafe.
async fn listen(daemon: &Daemon) -> Result<Listening, ApiError> {
    let mut listening = Listening {
        urls: Vec::new(),
        first_key: None,
        has_environment_key: daemon.has_environment_key(),
    };
    let Some(served) = daemon.start().await? else {
        return Ok(listening);
    };
    for (place, listener) in served.listeners.into_iter().enumerate() {
        match listener.fault {
            Some(fault) if place == 0 => return Err(fault),
            // Who serves tells it.
            Some(_) => {}
            None => {
                let addresses = listener.addresses.iter();
                let urls = addresses.map(|each| format!("http://{each}"));
                listening.urls.extend(urls);
            }
        }
    }
    listening.first_key = served.first_key;
    Ok(listening)
}

/// Tells what comes up, until a signal comes.
async fn live_on(control: &Control, signals: &mut Signals, messages: &Messages) {
    let mut changes = control.changes();
    let mut notices = Notices::default();
    loop {
        notices.tell(messages, &control.settings_status(), &control.listeners());
        tokio::select! {
            () = signals.next() => return,
            // One who was told too much at once looks all the same.
            _ = changes.recv() => {}
        }
    }
}

/// The one line on standard output, and what a person has to know on standard error.
fn announce(listening: &Listening, json: bool, messages: &Messages) {
    if let Some(key) = &listening.first_key {
        let text = messages.get("serve-first-key", &[]);
        let beside = if listening.has_environment_key {
            messages.get("serve-first-key-beside", &[]) + "\n"
        } else {
            String::new()
        };
        print(stderr(), &format!("{text}\n{}\n{beside}", key.expose()));
    }
    let urls = &listening.urls;
    if json {
        let line = serde_json::to_string(&Started { listening: urls });
        print(stdout(), &(line.unwrap_or_default() + "\n"));
    } else {
        let first = urls.first().map_or("", String::as_str);
        print(stdout(), &format!("portolan listening on {first}\n"));
    }
}

/// Lets what is under way end; a second signal, or the watchdog, ends it at once.
async fn end(daemon: Daemon, signals: &mut Signals, messages: &Messages) -> ExitCode {
    let busy = daemon.under_way();
    if busy > 0 {
        let complaint = Complaint::of(messages, "serve-stopping", &[("busy", busy.into())]);
        let hint = complaint.hint.unwrap_or_default();
        let hint = messages.get("cli-hint", &[("hint", hint.into())]);
        print(stderr(), &format!("{}\n{hint}\n", complaint.message));
    }
    tokio::select! {
        stopped = timeout(GRACE + WATCHDOG, daemon.end(GRACE)) => match stopped {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        () = signals.next() => ExitCode::FAILURE,
    }
}

fn warn(messages: &Messages, message: &str) {
    let line = messages.get("cli-warning", &[("message", message.into())]);
    print(stderr(), &format!("{line}\n"));
}
