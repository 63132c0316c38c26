//! Shows notifications, in the person's language.

use l10n::Messages;
use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt as _;

use crate::notices::Notice;

/// Shows one. Where the desktop shows none, nothing is lost: the tray and the window tell the same.
pub(crate) fn tell(app: &AppHandle, notice: &Notice, messages: &Messages) {
    let (title, body) = words(notice, messages);
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

fn words(notice: &Notice, messages: &Messages) -> (String, String) {
    match notice {
        Notice::SignIn(account) => {
            let account = [("account", account.as_str().into())];
            (
                messages.get("notice-sign-in", &account),
                messages.get("notice-sign-in.hint", &account),
            )
        }
        Notice::Failover(upstream) => {
            let upstream = [("upstream", upstream.as_str().into())];
            (
                messages.get("notice-failover", &upstream),
                messages.get("notice-failover.hint", &upstream),
            )
        }
        Notice::Update(version) => {
            let version = [("version", version.as_str().into())];
            (
                messages.get("notice-update", &version),
                messages.get("notice-update.hint", &version),
            )
        }
        Notice::Newest => (
            messages.get("notice-newest", &[]),
            messages.get("notice-newest.hint", &[]),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_words_for_each() {
        for language in l10n::languages() {
            let messages = Messages::for_language(&language);
            for notice in [
                Notice::SignIn("mock".to_owned()),
                Notice::Failover("mock/model".to_owned()),
                Notice::Update("mock 2.0".to_owned()),
            ] {
                let (title, body) = words(&notice, &messages);
                assert!(title.contains("mock"), "{language}: {title}");
                assert!(!body.starts_with("notice-"), "{language}: {body}");
            }
        }
    }
}
