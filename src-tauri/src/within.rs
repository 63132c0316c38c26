//! Tray, daemon and window in one process, as on macOS and Windows.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use contract::{ApiError, Topic};
use face::{Arguments, Offer, Page};
use l10n::Messages;
use serde_json::Value;
use tauri::async_runtime::spawn;
use tauri::{App, AppHandle, Manager as _, RunEvent, Url};
use tauri_plugin_autostart::{MacosLauncher, ManagerExt as _};
use tauri_plugin_notification::NotificationExt as _;
use tray::{Desktop, Shell};

use crate::{build, builder, complain, window};

/// The daemon behind the window; cloning shares it.
#[derive(Clone)]
pub(crate) struct Host(Desktop);

/// Runs `portolan-desktop` with these arguments, the program's own name first, until it is told to
/// end.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = String>) -> ExitCode {
    let messages = Messages::detect(&l10n::system_locale().unwrap_or_default());
    let arguments = Arguments::read(arguments);
    tray::prepare();
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
    let handle = runtime.handle().clone();
    // First, so that a second start goes no further than this.
    let alone = tauri_plugin_single_instance::init(|app, arguments, _folder| {
        open_soon(app, Arguments::read(arguments).page);
    });
    let autostart =
        tauri_plugin_autostart::init(MacosLauncher::LaunchAgent, Some(vec!["--hidden"]));
    let builder = builder()
        .plugin(alone)
        .plugin(autostart)
        .plugin(tauri_plugin_notification::init())
        .on_menu_event(|app, event| app.state::<Host>().0.choose(event.id().as_ref()))
        .setup(move |app| {
            set_up(app, arguments, handle);
            Ok(())
        });
    match build(builder, &messages) {
        Ok(app) => {
            let code = app.run_return(on_event);
            runtime.shutdown_background();
            ExitCode::from(u8::try_from(code).unwrap_or(1))
        }
        Err(code) => code,
    }
}

fn set_up(app: &mut App, arguments: Arguments, runtime: tokio::runtime::Handle) {
    #[cfg(target_os = "macos")]
    app.set_activation_policy(tauri::ActivationPolicy::Accessory);
    let handle = app.handle().clone();
    let shell = Arc::new(Surroundings(handle.clone()));
    let desktop = Desktop::new(shell, runtime);
    app.manage(Host(desktop.clone()));
    tray::listen(&desktop);
    spawn(desktop.clone().live());
    spawn(desktop.end_on_signal());
    if !arguments.hidden {
        window::open(&handle, arguments.page.map(Page::place));
    }
}

fn open_soon(app: &AppHandle, page: Option<Page>) {
    let handle = app.clone();
    drop(app.run_on_main_thread(move || window::open(&handle, page.map(Page::place))));
}

fn on_event(app: &AppHandle, event: RunEvent) {
    match event {
        // The last window was closed: the tray and the gateway go on.
        RunEvent::ExitRequested {
            code: None, api, ..
        } => api.prevent_exit(),
        // However the end came, what is under way gets its time, once.
        RunEvent::Exit => {
            let desktop = app.state::<Host>().0.clone();
            tauri::async_runtime::block_on(desktop.drain());
        }
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            let page = urls.iter().find_map(|url| Page::of_link(url.as_str()));
            if let Some(page) = page {
                window::open(app, Some(page.place()));
            }
        }
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::open(app, None),
        _ => {}
    }
}

impl Host {
    /// Calls a method of the contract or of the desktop.
    pub(crate) async fn call(&self, method: &str, params: Value) -> Result<Value, ApiError> {
        self.0.rpc(method, params).await
    }

    /// Whether a sign-in waits for somebody to go to that address now.
    pub(crate) async fn waits_at(&self, url: &Url) -> bool {
        self.0.waits_at(url).await
    }

    /// The newer release that is known of.
    pub(crate) async fn offer(&self) -> Option<Offer> {
        self.0.offer()
    }

    /// The file that an update replaces; `None`: the updater knows.
    pub(crate) fn program(&self) -> Option<&Path> {
        None
    }

    /// Makes way for the installer, where that ends this program: Windows' does, at once.
    pub(crate) async fn make_way(&self) {
        if cfg!(windows) {
            self.0.drain().await;
        }
    }

    /// Has the program that was installed take this one's place.
    pub(crate) async fn replaced(&self, app: &AppHandle) {
        self.0.drain().await;
        app.request_restart();
    }
}

struct Surroundings(AppHandle);

impl Shell for Surroundings {
    fn open(&self, page: Option<Page>) {
        open_soon(&self.0, page);
    }

    fn changed(&self, topics: &[Topic]) {
        window::tell(&self.0, topics);
    }

    fn close(&self) {
        let app = self.0.clone();
        let closed = self.0.run_on_main_thread(move || {
            if let Some(window) = app.get_webview_window(window::LABEL) {
                drop(window.destroy());
            }
        });
        drop(closed);
    }

    fn on_main(&self, work: Box<dyn FnOnce() + Send>) {
        drop(self.0.run_on_main_thread(work));
    }

    fn notify(&self, title: String, body: String) {
        let notification = self.0.notification().builder().title(title).body(body);
        if let Err(error) = notification.show() {
            tracing::debug!(%error, "show a notification");
        }
    }

    fn autostart(&self) -> Option<bool> {
        self.0.autolaunch().is_enabled().ok()
    }

    fn set_autostart(&self, on: bool) -> Result<(), String> {
        let launch = self.0.autolaunch();
        let done = if on {
            launch.enable()
        } else {
            launch.disable()
        };
        done.map_err(|error| error.to_string())
    }

    fn exit(&self, code: i32) {
        self.0.exit(code);
    }
}
