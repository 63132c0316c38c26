//! What happens when somebody chooses an entry of the tray's menu.

use std::time::Duration;

use contract::{ApiError, Code, Instance, KeyShown, Reason};
use face::{Action, Notice};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::desktop::Desktop;

/// How long the tray stays after "Quit": a panel on D-Bus waits for the answer to its click, and
/// the library that gives it says nothing of when it has.
const ANSWER_TO_CLICK: Duration = Duration::from_millis(100);

/// Does it.
pub(crate) fn perform(desktop: &Desktop, action: Action) {
    match action {
        Action::Open => desktop.shell().open(None),
        Action::CopyAddress => {
            let copied = desktop.address().map_or(Ok(()), copy);
            tell(desktop, copied);
        }
        Action::Autostart => {
            let on = desktop.shell().autostart().unwrap_or(false);
            tell(desktop, desktop.autostart(!on));
        }
        Action::Start
        | Action::Stop
        | Action::StartInstance(_)
        | Action::StopInstance(_)
        | Action::OtherPort(_)
        | Action::CopyKey
        | Action::CheckUpdates
        | Action::Quit => {
            let clicked = desktop.clone();
            desktop.spawn(async move {
                let done = later(&clicked, action).await;
                tell(&clicked, done);
            });
        }
    }
}

async fn later(desktop: &Desktop, action: Action) -> Result<(), ApiError> {
    match action {
        Action::Start => desktop.start().await,
        Action::OtherPort(port) => desktop.use_port(port).await,
        Action::Stop => {
            desktop.stop().await;
            Ok(())
        }
        Action::StartInstance(name) => {
            let started = desktop
                .call("instances.start", json!({ "name": name }))
                .await?;
            let started: Instance =
                serde_json::from_value(started).map_err(|error| failed(&error))?;
            started.fault.map_or(Ok(()), Err)
        }
        Action::StopInstance(name) => {
            let stopped = desktop.call("instances.stop", json!({ "name": name }));
            stopped.await.map(drop)
        }
        Action::CopyKey => {
            let shown = desktop.call("keys.reveal", Value::Null).await?;
            let shown: KeyShown = serde_json::from_value(shown).map_err(|error| failed(&error))?;
            copy(shown.value.expose().to_owned())
        }
        Action::CheckUpdates => {
            desktop.tell([match desktop.look(true).await? {
                Some(version) => Notice::Update(version),
                None => Notice::Newest,
            }]);
            Ok(())
        }
        Action::Quit => {
            sleep(ANSWER_TO_CLICK).await;
            desktop.end().await;
            Ok(())
        }
        Action::Open | Action::CopyAddress | Action::Autostart => Ok(()),
    }
}

/// Puts it on the clipboard. Where the clipboard belongs to whoever filled it, as under X11, a
/// thread of the library's keeps it until something else is copied.
fn copy(text: String) -> Result<(), ApiError> {
    static KEPT: std::sync::Mutex<Option<arboard::Clipboard>> = std::sync::Mutex::new(None);
    let mut kept = KEPT
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let clipboard = match kept.take() {
        Some(clipboard) => clipboard,
        None => arboard::Clipboard::new().map_err(|error| failed(&error))?,
    };
    kept.insert(clipboard)
        .set_text(text)
        .map_err(|error| failed(&error))
}

fn failed(error: &dyn std::fmt::Display) -> ApiError {
    ApiError::new(Code::Internal, []).because(Reason::said(error))
}

fn tell(desktop: &Desktop, done: Result<(), ApiError>) {
    if let Err(error) = done {
        desktop.complain(&error);
    }
}
