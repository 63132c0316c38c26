//! Updates: from the address and by the key that this build was given, and none without them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use contract::{ApiError, Code, ProxySource, Reason, Status};
use face::{Asked, Channel};
use serde_json::{Value, json};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_updater::{Error, Update, Updater, UpdaterExt as _};

use crate::host::Desktop;

/// How long the answer to a question may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The channel that this program was built with.
pub(crate) fn channel() -> Option<Channel> {
    let of = |endpoint, key| Channel::of(endpoint, key, cfg!(debug_assertions));
    let built = of(
        option_env!("PORTOLAN_UPDATE_ENDPOINT").map(str::to_owned),
        option_env!("PORTOLAN_UPDATE_KEY").map(str::to_owned),
    );
    // A program for development takes them when it starts, so that it can be tested; what
    // people install does not, for whoever sets its environment could replace it.
    if built.is_none() && cfg!(debug_assertions) {
        let set = |name: &str| std::env::var(name).ok();
        return of(set("PORTOLAN_UPDATE_ENDPOINT"), set("PORTOLAN_UPDATE_KEY"));
    }
    built
}

/// What is known.
#[derive(Default)]
pub(crate) struct Updates {
    known: Mutex<Known>,
    asked: Mutex<Asked>,
}

#[derive(Default)]
enum Known {
    /// Nobody has asked yet.
    #[default]
    Unasked,
    /// This version is the newest.
    Current,
    /// A newer one is there.
    Found(Box<Update>),
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Updates {
    fn hold(&self, known: Known) {
        *held(&self.known) = known;
    }

    fn found(&self) -> Option<Update> {
        match &*held(&self.known) {
            Known::Found(update) => Some((**update).clone()),
            Known::Unasked | Known::Current => None,
        }
    }

    /// What the window shows; null where this build has no updates.
    fn told(&self) -> Value {
        match &*held(&self.known) {
            Known::Unasked => json!({ "state": "unasked" }),
            Known::Current => json!({ "state": "current" }),
            Known::Found(update) => json!({
                "state": "found",
                "version": update.version,
                "notes": update.body,
            }),
        }
    }
}

/// `updates.get`, `updates.check`, `updates.install`; `None`: no such method.
pub(crate) async fn call(
    app: &AppHandle,
    desktop: &Desktop,
    method: &str,
) -> Option<Result<Value, ApiError>> {
    let updates = app.try_state::<Updates>();
    let answer = match (method, updates) {
        ("updates.get" | "updates.check" | "updates.install", None) => Ok(Value::Null),
        ("updates.get", Some(updates)) => Ok(updates.told()),
        ("updates.check", Some(updates)) => check(app, desktop).await.map(|_| updates.told()),
        ("updates.install", Some(_)) => install(app, desktop).await.map(|()| Value::Null),
        _ => return None,
    };
    Some(answer)
}

/// Asks for the newest version; the one to install, if it is newer than this one.
///
/// # Errors
/// Why it could not be asked.
pub(crate) async fn check(app: &AppHandle, desktop: &Desktop) -> Result<Option<String>, ApiError> {
    let (Some(updates), Some(channel)) = (app.try_state::<Updates>(), channel()) else {
        return Ok(None);
    };
    let updater = updater(app, desktop, channel).await?;
    let found = updater.check().await.map_err(|error| failed(&error))?;
    let version = found.as_ref().map(|update| update.version.clone());
    updates.hold(found.map_or(Known::Current, |update| Known::Found(Box::new(update))));
    Ok(version)
}

/// Asks once a day, and tells only of a newer version.
pub(crate) async fn look(app: &AppHandle, desktop: &Desktop) -> Option<String> {
    let updates = app.try_state::<Updates>()?;
    if !held(&updates.asked).is_due(Instant::now()) {
        return None;
    }
    match check(app, desktop).await {
        Ok(found) => found,
        Err(error) => {
            tracing::info!(reason = ?error, "look for a newer version");
            None
        }
    }
}

async fn updater(
    app: &AppHandle,
    desktop: &Desktop,
    channel: Channel,
) -> Result<Updater, ApiError> {
    let here = channel.is_here();
    let mut builder = app
        .updater_builder()
        .pubkey(channel.key)
        .timeout(PATIENCE)
        // An older version has holes that a newer one mended: there is no way back.
        .version_comparator(|current, offered| offered.version > current)
        .configure_client(|client| client.https_only(!cfg!(debug_assertions)))
        .endpoints(vec![channel.endpoint])
        .map_err(|error| failed(&error))?;
    let status = desktop.call("status.get", Value::Null).await.ok();
    let status: Option<Status> = status.and_then(|status| serde_json::from_value(status).ok());
    builder = match status.map(|status| status.proxy) {
        // The library reads the environment by itself.
        Some(proxy) if proxy.source == ProxySource::Environment && !here => builder,
        Some(proxy) if !here => match proxy.address.and_then(|address| address.parse().ok()) {
            Some(address) => builder.proxy(address),
            None => builder.no_proxy(),
        },
        _ => builder.no_proxy(),
    };
    builder.build().map_err(|error| failed(&error))
}

/// Installs what was found and starts it. What is under way ends before that.
async fn install(app: &AppHandle, desktop: &Desktop) -> Result<(), ApiError> {
    let Some(update) = app.state::<Updates>().found() else {
        return Err(ApiError::new(Code::NoUpdate, []));
    };
    let package = update.download(|_, _| {}, || {}).await;
    let package = package.map_err(|error| failed(&error))?;
    // Windows' installer ends this program at once.
    if cfg!(windows) {
        desktop.drain().await;
    }
    let installed = tauri::async_runtime::spawn_blocking(move || update.install(package)).await;
    installed
        .map_err(|error| ApiError::new(Code::UpdateFailed, []).because(Reason::said(&error)))?
        .map_err(|error| failed(&error))?;
    desktop.drain().await;
    app.request_restart();
    Ok(())
}

fn failed(error: &Error) -> ApiError {
    let code = match error {
        Error::Minisign(_)
        | Error::Base64(_)
        | Error::SignatureUtf8(_)
        | Error::MissingSignedVersion
        | Error::SignedVersionMismatch { .. } => Code::UpdateUnsigned,
        _ => Code::UpdateFailed,
    };
    ApiError::new(code, []).because(Reason::said(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s64_what_is_signed_by_nobody_is_told_apart() {
        let version = Error::SignedVersionMismatch {
            signed: "0.0.1".to_owned(),
            announced: "9.0.0".to_owned(),
        };
        for error in [version, Error::MissingSignedVersion] {
            assert_eq!(failed(&error).code, Code::UpdateUnsigned);
        }
        assert_eq!(failed(&Error::ReleaseNotFound).code, Code::UpdateFailed);
    }
}
