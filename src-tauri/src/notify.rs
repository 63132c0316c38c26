//! Shows notifications, in the person's language.

use face::Notice;
use l10n::Messages;
use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt as _;

/// Shows one. Where the desktop shows none, nothing is lost: the tray and the window tell the same.
pub(crate) fn tell(app: &AppHandle, notice: &Notice, messages: &Messages) {
    let (title, body) = notice.words(messages);
    say(app, &title, &body);
}

/// Shows that something could not be done.
pub(crate) fn complain(app: &AppHandle, error: &contract::ApiError, messages: &Messages) {
    let complaint = daemon::Complaint::of_error(messages, error);
    say(app, "Portolan", &complaint.message);
}

fn say(app: &AppHandle, title: &str, body: &str) {
    let notification = app.notification().builder().title(title).body(body);
    if let Err(error) = notification.show() {
        tracing::debug!(%error, "show a notification");
    }
}
