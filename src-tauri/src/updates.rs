//! Updates: from the address and by the key that this build was given, and none without them.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use contract::{ApiError, Code, ProxyInForce, ProxySource, Reason, Status};
use face::{Channel, Release, Seen};
use serde_json::{Value, json};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_updater::{Error, Update, Updater, UpdaterExt as _};

use crate::host::Host;

/// How long the answer to a question may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is known.
#[derive(Default)]
pub(crate) struct Updates {
    known: Mutex<Known>,
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

    fn is_unasked(&self) -> bool {
        matches!(&*held(&self.known), Known::Unasked)
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
    host: &Host,
    method: &str,
) -> Option<Result<Value, ApiError>> {
    let updates = app.try_state::<Updates>();
    let answer = match (method, updates) {
        ("updates.get" | "updates.check" | "updates.install", None) => Ok(Value::Null),
        ("updates.get", Some(updates)) => {
            // What the tray has told of is shown, and may be installed.
            if updates.is_unasked() && host.knows_of_newer().await {
                drop(look(app, host, true).await);
            }
            Ok(updates.told())
        }
        ("updates.check", Some(updates)) => look(app, host, true).await.map(|_| updates.told()),
        ("updates.install", Some(_)) => install(app, host).await.map(|()| Value::Null),
        _ => return None,
    };
    Some(answer)
}

/// Asks for the newest version; the one to install, if it is newer than this one. Where nobody asked
/// `by_hand`, it has to be this installation's turn, too.
///
/// # Errors
/// Why it could not be asked, or what it was answered does not count.
pub(crate) async fn look(
    app: &AppHandle,
    host: &Host,
    by_hand: bool,
) -> Result<Option<String>, ApiError> {
    let (Some(updates), Some(channel)) = (app.try_state::<Updates>(), tray::channel()) else {
        return Ok(None);
    };
    let (turn, found) = ask(app, host, &channel).await?;
    if !by_hand && !turn {
        return Ok(None);
    }
    let version = found.as_ref().map(|update| update.version.clone());
    updates.hold(found.map_or(Known::Current, |update| Known::Found(Box::new(update))));
    Ok(version)
}

/// What the makers say: whether it is this installation's turn, and the update if it is one.
async fn ask(
    app: &AppHandle,
    host: &Host,
    channel: &Channel,
) -> Result<(bool, Option<Update>), ApiError> {
    let status = host.call("status.get", Value::Null).await.ok();
    let status: Option<Status> = status.and_then(|status| serde_json::from_value(status).ok());
    let proxy = status.map(|status| status.proxy);
    let answer = daemon::read_public(&channel.endpoint, proxy.as_ref()).await;
    let answer = answer
        .map_err(|error| ApiError::new(Code::UpdateFailed, []).because(Reason::said(&error)))?;
    let memory = daemon::data_folder()?.join("updates.json");
    let text = std::fs::read_to_string(&memory).ok();
    let mut seen = Seen::read(text.as_deref(), RandomState::new().hash_one(0));
    let now = SystemTime::now();
    let release = Release::read(&answer, &channel.keys, &seen, now).map_err(|why| why.error())?;
    seen.note(&release);
    if let Err(error) = std::fs::write(&memory, seen.text()) {
        tracing::warn!(%error, "remember what was told of updates");
    }
    let (turn, news) = (release.is_turn(&seen, now), release.news.clone());
    let updater = updater(app, host, proxy, channel, release)?;
    let update = updater.restore_update(news);
    Ok((turn, update.map_err(|error| failed(&error))?))
}

fn updater(
    app: &AppHandle,
    host: &Host,
    proxy: Option<ProxyInForce>,
    channel: &Channel,
    release: Release,
) -> Result<Updater, ApiError> {
    let mut builder = app
        .updater_builder()
        .pubkey(release.key.clone())
        .timeout(PATIENCE)
        .version_comparator(move |current, _| release.is_newer(&current.to_string()))
        .configure_client(|client| client.https_only(!cfg!(debug_assertions)))
        .endpoints(vec![channel.endpoint.clone()])
        .map_err(|error| failed(&error))?;
    if let Some(program) = host.program() {
        builder = builder.executable_path(program);
    }
    builder = match proxy {
        // The library reads the environment by itself.
        Some(proxy) if proxy.source == ProxySource::Environment && !channel.is_here() => builder,
        Some(proxy) if !channel.is_here() => {
            match proxy.address.and_then(|address| address.parse().ok()) {
                Some(address) => builder.proxy(address),
                None => builder.no_proxy(),
            }
        }
        _ => builder.no_proxy(),
    };
    builder.build().map_err(|error| failed(&error))
}

/// Installs what was found and starts it. What is under way ends before that.
async fn install(app: &AppHandle, host: &Host) -> Result<(), ApiError> {
    let Some(update) = app.state::<Updates>().found() else {
        return Err(ApiError::new(Code::NoUpdate, []));
    };
    let package = update.download(|_, _| {}, || {}).await;
    let package = package.map_err(|error| failed(&error))?;
    host.make_way().await;
    let installed = tauri::async_runtime::spawn_blocking(move || update.install(package)).await;
    installed
        .map_err(|error| ApiError::new(Code::UpdateFailed, []).because(Reason::said(&error)))?
        .map_err(|error| failed(&error))?;
    host.replaced(app).await;
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
