//! The desktop application around the daemon: tray, window, notifications, life cycle.

mod actions;
mod bar;
mod display;
#[cfg(test)]
mod guards;
mod host;
mod icons;
mod notify;
mod rpc;
mod tray;
mod updates;
mod window;

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use daemon::Signals;
#[cfg(target_os = "macos")]
use face::Page;
use face::{Action, Arguments};
use l10n::Messages;
use tauri::async_runtime::spawn;
use tauri::{App, AppHandle, Manager as _, RunEvent, generate_context, generate_handler};
use tauri_plugin_autostart::MacosLauncher;

use host::Desktop;
use updates::Updates;

/// Runs `portolan-desktop` with these arguments, the program's own name first, until it is told to
/// end.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = String>) -> ExitCode {
    let messages = Messages::detect(&l10n::system_locale().unwrap_or_default());
    let arguments = Arguments::read(arguments);
    if !display::is_named(|name| std::env::var_os(name)) {
        return complain(&messages.get("desktop-no-display", &[]));
    }
    daemon::prepare();
    // Requests have a thread of their own; one more is enough for everything else.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error.to_string()),
    };
    tauri::async_runtime::set(runtime.handle().clone());
    match build(arguments) {
        Ok(Some(app)) => {
            let code = app.run_return(on_event);
            runtime.shutdown_background();
            ExitCode::from(u8::try_from(code).unwrap_or(1))
        }
        // GTK tells of a display that does not answer by a panic.
        Ok(None) => complain(&messages.get("desktop-no-display", &[])),
        Err(error) => complain(&error.to_string()),
    }
}

/// The application; `None` where its windowing library found no display that answers.
#[allow(
    clippy::disallowed_methods,
    reason = "what `generate_context` expands to, on systems that have no such files"
)]
fn build(arguments: Arguments) -> tauri::Result<Option<App>> {
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let built = catch_unwind(AssertUnwindSafe(|| {
        builder(arguments).build(generate_context!())
    }));
    std::panic::set_hook(loud);
    built.ok().transpose()
}

fn builder(arguments: Arguments) -> tauri::Builder<tauri::Wry> {
    let desktop = Desktop::new();
    tauri::Builder::default()
        // First, so that a second start goes no further than this.
        .plugin(tauri_plugin_single_instance::init(
            |app, arguments, _folder| {
                let asked = Arguments::read(arguments);
                let app = app.clone();
                let handle = app.clone();
                let opened = handle.run_on_main_thread(move || window::open(&app, asked.page));
                drop(opened);
            },
        ))
        .plugin(tauri_plugin_autostart::init(
            MacosLauncher::LaunchAgent,
            Some(vec!["--hidden"]),
        ))
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_updater::Builder::new().build())
        .manage(desktop.clone())
        .invoke_handler(generate_handler![rpc::rpc])
        .on_menu_event(move |app, event| {
            if let Some(action) = Action::of(event.id().as_ref()) {
                actions::perform(app, &desktop, action);
            }
        })
        .setup(move |app| {
            set_up(app, arguments);
            Ok(())
        })
}

fn set_up(app: &mut App, arguments: Arguments) {
    #[cfg(target_os = "macos")]
    app.set_activation_policy(tauri::ActivationPolicy::Accessory);
    let handle = app.handle().clone();
    let desktop = handle.state::<Desktop>().inner().clone();
    if updates::channel().is_some() {
        app.manage(Updates::default());
    }
    tray::on_click(&handle);
    spawn(desktop.clone().live(handle.clone()));
    let ended = handle.clone();
    spawn(async move { end_on_signal(&ended, &desktop).await });
    if !arguments.hidden {
        window::open(&handle, arguments.page);
    }
}

async fn end_on_signal(app: &AppHandle, desktop: &Desktop) {
    let mut signals = match Signals::new() {
        Ok(signals) => signals,
        Err(error) => {
            tracing::error!(%error, "listen to signals");
            return;
        }
    };
    loop {
        signals.next().await;
        let (app, desktop) = (app.clone(), desktop.clone());
        spawn(async move { desktop.end(&app).await });
    }
}

fn on_event(app: &AppHandle, event: RunEvent) {
    match event {
        // The last window was closed: the tray and the gateway go on.
        RunEvent::ExitRequested {
            code: None, api, ..
        } => api.prevent_exit(),
        // However the end came, what is under way gets its time, once.
        RunEvent::Exit => {
            let desktop = app.state::<Desktop>().inner().clone();
            tauri::async_runtime::block_on(desktop.drain());
        }
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            let page = urls.iter().find_map(|url| Page::of_link(url.as_str()));
            if page.is_some() {
                window::open(app, page);
            }
        }
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::open(app, None),
        _ => {}
    }
}

/// One sentence on standard error, and the exit code of failure.
fn complain(words: &str) -> ExitCode {
    drop(writeln!(std::io::stderr(), "{words}"));
    ExitCode::FAILURE
}
