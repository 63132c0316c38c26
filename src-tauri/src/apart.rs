//! The window's process: all that it knows it asks the tray's process, which started it.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use contract::{ApiError, Code, Reason};
use face::Offer;
use face::link::{OF_TRAY, Question, ToTray, ToWindow, write};
use l10n::Messages;
use serde_json::Value;
use tauri::{AppHandle, Manager as _, Url};
use tokio::sync::oneshot;

use crate::{build, builder, complain, window};

/// How long the window may take to close when the tray is gone.
const PATIENCE: Duration = Duration::from_secs(2);

type Answer = Result<Value, ApiError>;

/// The tray's process; cloning shares it.
#[derive(Clone)]
pub(crate) struct Host(Arc<Inner>);

struct Inner {
    to_tray: Mutex<File>,
    asked: AtomicU64,
    waiting: Mutex<HashMap<u64, oneshot::Sender<Answer>>>,
    program: PathBuf,
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `portolan-window` with these arguments, the program's own name first, until its window is
/// closed or the tray is gone.
#[must_use]
pub fn show(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let messages = Messages::detect(&l10n::system_locale().unwrap_or_default());
    let mut arguments = arguments.into_iter().skip(1);
    let program = match (arguments.next(), arguments.next()) {
        (Some(word), Some(program)) if word == OF_TRAY => PathBuf::from(program),
        _ => return complain(&messages.get("desktop-window-alone", &[])),
    };
    let (from_tray, to_tray) = match ends() {
        Ok(ends) => ends,
        Err(error) => return complain(&error.to_string()),
    };
    startup::prepare(None);
    let host = Host(Arc::new(Inner {
        to_tray: Mutex::new(to_tray),
        asked: AtomicU64::new(0),
        waiting: Mutex::default(),
        program,
    }));
    let builder = builder().manage(host).setup(move |app| {
        let app = app.handle().clone();
        thread::Builder::new()
            .name("tray".to_owned())
            .spawn(move || listen(&app, from_tray))?;
        Ok(())
    });
    match build(builder, &messages) {
        Ok(app) => {
            let code = app.run_return(|_, _| {});
            ExitCode::from(u8::try_from(code).unwrap_or(1))
        }
        Err(code) => code,
    }
}

/// This process's ends of the link. WebKit's processes inherit standard input and output, so that
/// these are something else from here on.
fn ends() -> io::Result<(File, File)> {
    let from_tray = io::stdin().as_fd().try_clone_to_owned()?;
    let to_tray = io::stdout().as_fd().try_clone_to_owned()?;
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    rustix::stdio::dup2_stdout(io::stderr())?;
    Ok((from_tray.into(), to_tray.into()))
}

/// Does what the tray says, until it says no more.
#[allow(
    clippy::disallowed_methods,
    reason = "a window that does not close has nothing that it could lose: the daemon is not in it"
)]
fn listen(app: &AppHandle, from_tray: File) {
    let host = app.state::<Host>().inner().clone();
    for line in BufReader::new(from_tray).split(b'\n') {
        let Ok(line) = line else { break };
        match serde_json::from_slice(&line) {
            Ok(said) => host.hear(app, said),
            Err(error) => tracing::warn!(%error, "understand the tray"),
        }
    }
    app.exit(0);
    thread::sleep(PATIENCE);
    std::process::exit(0);
}

impl Host {
    fn hear(&self, app: &AppHandle, said: ToWindow) {
        match said {
            ToWindow::Open(place) => {
                let (host, handle) = (self.clone(), app.clone());
                let opened = app.run_on_main_thread(move || {
                    window::open(&handle, place.as_deref());
                    host.say(&ToTray::Shown);
                });
                drop(opened);
            }
            ToWindow::Changed(topics) => window::tell(app, &topics),
            ToWindow::Answer(number, answer) => {
                if let Some(waiting) = held(&self.0.waiting).remove(&number) {
                    drop(waiting.send(answer));
                }
            }
        }
    }

    fn say(&self, said: &ToTray) {
        let told = write(said)
            .map_err(io::Error::from)
            .and_then(|line| held(&self.0.to_tray).write_all(&line));
        if let Err(error) = told {
            tracing::warn!(%error, "tell the tray");
        }
    }

    async fn ask(&self, question: Question) -> Answer {
        let number = self.0.asked.fetch_add(1, Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        held(&self.0.waiting).insert(number, answer);
        self.say(&ToTray::Ask(number, question));
        answered.await.unwrap_or_else(|_| {
            Err(ApiError::new(Code::ServerUnreachable, []).because(Reason::ServerSilent {}))
        })
    }

    /// Calls a method of the contract or of the desktop.
    pub(crate) async fn call(&self, method: &str, params: Value) -> Answer {
        self.ask(Question::Call(method.to_owned(), params)).await
    }

    /// Whether a sign-in waits for somebody to go to that address now.
    pub(crate) async fn waits_at(&self, url: &Url) -> bool {
        let waits = self.ask(Question::Waits(url.to_string())).await;
        waits == Ok(Value::Bool(true))
    }

    /// The newer release that is known of.
    pub(crate) async fn offer(&self) -> Option<Offer> {
        let offer = self.ask(Question::Offer).await.ok()?;
        serde_json::from_value(offer).ok().flatten()
    }

    /// The file that an update replaces.
    pub(crate) fn program(&self) -> Option<&Path> {
        Some(&self.0.program)
    }

    /// Makes way for the installer, where that ends this program: not here.
    pub(crate) async fn make_way(&self) {}

    /// Has the program that was installed take this one's place.
    pub(crate) async fn replaced(&self, _app: &AppHandle) {
        self.say(&ToTray::Replaced);
    }
}
