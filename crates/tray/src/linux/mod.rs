//! The application on Linux: this process has the tray and the daemon, another one the window, for
//! as long as there is one (docs/adr/0018-a-window-is-a-process.md).

mod autostart;
mod display;
mod instance;
mod notify;
mod plasma;
mod program;
mod surroundings;
mod theme;
mod window;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc;

use face::{Arguments, Notice};
use l10n::Messages;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::unbounded_channel;

use crate::desktop::Desktop;
use crate::shell::Shell as _;
use display::Display;
use instance::Start;
use program::Program;
use surroundings::{Surroundings, Work};
pub(crate) use theme::told_bar;
use window::Window;

/// Runs `portolan-desktop` with these arguments, the program's own name first, until it is told to
/// end.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = String>) -> ExitCode {
    let messages = Messages::detect(&l10n::system_locale().unwrap_or_default());
    let arguments: Vec<String> = arguments.into_iter().collect();
    let Some(display) = Display::connect(|name| std::env::var_os(name)) else {
        return complain(&messages.get("desktop-no-display", &[]));
    };
    daemon::prepare();
    let (wish, wishes) = unbounded_channel();
    let (work, works) = mpsc::channel();
    let open = wish.clone();
    let started = instance::start(&arguments, move |page| {
        drop(open.send(window::Wish::Open(page)));
    });
    let bus = match started {
        Ok(Start::First(bus)) => bus,
        Ok(Start::Second) => return ExitCode::SUCCESS,
        Err(error) => return complain(&error.to_string()),
    };
    let (runtime, program) = match (runtime(), Program::of_environment()) {
        (Ok(runtime), Ok(program)) => (runtime, program),
        (Err(error), _) | (_, Err(error)) => return complain(&error.to_string()),
    };
    let surroundings = Arc::new(Surroundings {
        wish,
        work: work.clone(),
        bus: bus.clone(),
        launch: autostart::of(program.tray()),
    });
    let desktop = Desktop::new(surroundings.clone(), runtime.handle().clone());
    if let Some(bus) = &bus {
        theme::follow(
            bus,
            &std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default(),
        );
    }
    let tray = program.tray().to_owned();
    let window = Window::new(program, desktop.clone(), wishes, work);
    drop(runtime.spawn(window.live()));
    drop(runtime.spawn(desktop.clone().live()));
    drop(runtime.spawn(desktop.clone().end_on_signal()));
    end_with(display, desktop.clone());
    let asked = Arguments::read(arguments.iter().cloned());
    if !asked.hidden {
        surroundings.open(asked.page);
    }
    let code = follow(&works, &desktop, &runtime);
    runtime.shutdown_background();
    if let Some(bus) = &bus {
        instance::leave(bus);
    }
    match code {
        Some(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        None => complain(&program::replace(&tray, &arguments).to_string()),
    }
}

/// Does what belongs to this thread until the end; the program's code, or `None` where another
/// program takes its place.
fn follow(works: &mpsc::Receiver<Work>, desktop: &Desktop, runtime: &Runtime) -> Option<i32> {
    while let Ok(work) = works.recv() {
        match work {
            Work::Do(work) => work(),
            Work::End(code) => return Some(code),
            Work::Replace => {
                crate::item::remove();
                runtime.block_on(desktop.drain());
                return None;
            }
        }
    }
    Some(1)
}

/// Requests have a thread of their own; one more is enough for everything else.
fn runtime() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        // Files are read at the start, and then hardly ever.
        .thread_keep_alive(std::time::Duration::from_secs(1))
        .build()
}

/// Ends with the display: a session that is over has nobody who could end this program.
fn end_with(display: Display, desktop: Desktop) {
    let waiting = std::thread::Builder::new()
        .name("display".to_owned())
        .spawn(move || {
            display.wait();
            if !desktop.is_ending() {
                let ending = desktop.clone();
                desktop.spawn(async move { ending.end().await });
            }
        });
    if let Err(error) = waiting {
        tracing::warn!(%error, "watch the display");
    }
}

/// Says that there is no window, and that everything else goes on.
fn tell_of_no_window(desktop: &Desktop) {
    desktop.tell([Notice::NoWindow]);
}

/// One sentence on standard error, and the exit code of failure.
fn complain(words: &str) -> ExitCode {
    drop(writeln!(std::io::stderr(), "{words}"));
    ExitCode::FAILURE
}
