//! `portolan serve`: from the first file opened to the last answer given.

use std::io::{stderr, stdout};
use std::process::ExitCode;
use std::time::Duration;

use contract::{Api as _, ApiError, Code, Remote};
use control::Control;
use l10n::Messages;
use tokio::time::{Instant, timeout};

use crate::cli::{Complaint, Started, print};
use crate::engine::{Engine, Listening};
use crate::home::{Home, unusable};
use crate::lock::{InstanceLock, LockError};
use crate::notices::Notices;
use crate::signals::Signals;
use crate::{logging, reach, socket};

/// How long answers that are under way may take when the program is told to stop.
const GRACE: Duration = Duration::from_secs(30);
/// How much longer everything else may take, before the program ends all the same.
const WATCHDOG: Duration = Duration::from_secs(3);
/// How long a command that works on the files may keep a server from starting.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// Serves until it is told to stop.
///
/// # Errors
/// It could not start.
pub(crate) fn serve(
    home: Home,
    refused: &[String],
    json: bool,
    messages: &Messages,
) -> Result<ExitCode, ApiError> {
    if let Some(reason) = logging::start(home.environment.log.as_deref()) {
        warn(
            messages,
            &messages.get("serve-log-filter", &[("reason", reason.into())]),
        );
    }
    for refusal in refused {
        tracing::info!("refused by the system: {refusal}");
    }
    let runtime = crate::runtime()?;
    let code = runtime.block_on(live(home, json, messages));
    // What still waits for a keyring or a file must not hold the end up.
    runtime.shutdown_background();
    code
}

async fn live(home: Home, json: bool, messages: &Messages) -> Result<ExitCode, ApiError> {
    // From here on a signal asks for an orderly end, also while starting.
    let mut signals = Signals::new().map_err(|error| crate::internal(&error))?;
    home.prepare()?;
    let lock = lock(&home).await?;
    let folders = home.folders.clone();
    let engine = Engine::open(home, lock).await?;
    let listening = match engine.listen().await {
        Ok(listening) => listening,
        Err(error) => {
            engine.stop(Duration::ZERO).await;
            return Err(error);
        }
    };
    let control =
        socket::Listener::bind(&folders).map_err(|error| unusable(&folders.runtime, &error))?;
    let answering = tokio::spawn(socket::serve(control, engine.api()));
    announce(&listening, json, messages);
    live_on(&engine.api(), &mut signals, messages).await;
    let ended = end(&engine, &mut signals, messages).await;
    answering.abort();
    // Until the task is gone its socket is there.
    drop(answering.await);
    Ok(ended)
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

/// Takes the lock.
///
/// # Errors
/// `already-running`, with the addresses of the server that has it.
async fn lock(home: &Home) -> Result<InstanceLock, ApiError> {
    let limit = Instant::now() + PATIENCE.max(GRACE);
    loop {
        match InstanceLock::take(&home.folders.state) {
            Ok(lock) => return Ok(lock),
            Err(LockError::Taken) => {
                if let Some(client) = socket::connect(&home.folders).await?
                    && let Ok(status) = Remote::new(client).status_get().await
                    // One that only lets its last answers end is waited for.
                    && (status.serving || Instant::now() >= limit)
                {
                    let addresses = status.listeners.iter().flat_map(|each| &each.addresses);
                    let urls: Vec<String> =
                        addresses.map(|each| format!("http://{each}")).collect();
                    return Err(ApiError::new(Code::AlreadyRunning, [&urls.join(" ")]));
                }
                if Instant::now() >= limit {
                    return Err(reach::no_lock(home, &LockError::Taken));
                }
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(reach::no_lock(home, &error)),
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
async fn end(engine: &Engine, signals: &mut Signals, messages: &Messages) -> ExitCode {
    let busy = engine.under_way();
    if busy > 0 {
        let complaint = Complaint::of(messages, "serve-stopping", &[("busy", busy.into())]);
        let hint = complaint.hint.unwrap_or_default();
        let hint = messages.get("cli-hint", &[("hint", hint.into())]);
        print(stderr(), &format!("{}\n{hint}\n", complaint.message));
    }
    tokio::select! {
        stopped = timeout(GRACE + WATCHDOG, engine.stop(GRACE)) => match stopped {
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
