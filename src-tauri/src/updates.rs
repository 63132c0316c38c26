//! Updates: from the address and by the key that this build was given, and none without them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use contract::{ApiError, Code, ProxySource, Reason, Status};
use serde_json::{Value, json};
use tauri::{AppHandle, Manager as _, Url};
use tauri_plugin_updater::{Error, Update, Updater, UpdaterExt as _};

use crate::host::Desktop;

/// How long the answer to a question may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two questions nobody asked for by hand.
const PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// Where updates come from.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    /// What tells of the newest version; Tauri's static JSON.
    endpoint: Url,
    /// Whose signature counts: a minisign public key, in base64 as Tauri writes it.
    key: String,
}

impl Channel {
    /// The one that this program was built with.
    pub(crate) fn of_build() -> Option<Self> {
        let built = Self::of(
            option_env!("PORTOLAN_UPDATE_ENDPOINT").map(str::to_owned),
            option_env!("PORTOLAN_UPDATE_KEY").map(str::to_owned),
        );
        // A program for development takes them when it starts, so that it can be tested; what
        // people install does not, for whoever sets its environment could replace it.
        if built.is_none() && cfg!(debug_assertions) {
            let set = |name: &str| std::env::var(name).ok();
            return Self::of(set("PORTOLAN_UPDATE_ENDPOINT"), set("PORTOLAN_UPDATE_KEY"));
        }
        built
    }

    fn of(endpoint: Option<String>, key: Option<String>) -> Option<Self> {
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let endpoint: Url = given(endpoint)?.parse().ok()?;
        let safe = endpoint.scheme() == "https" || cfg!(debug_assertions);
        safe.then_some(Self {
            endpoint,
            key: given(key)?,
        })
    }
}

/// What is known.
#[derive(Default)]
pub(crate) struct Updates {
    known: Mutex<Known>,
    /// When it was last asked without being told to.
    asked: Mutex<Option<Instant>>,
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

    /// Whether a day has passed since it was last asked; it counts as asked then.
    fn is_due(&self, now: Instant) -> bool {
        let mut asked = held(&self.asked);
        let due = asked.is_none_or(|last| now.duration_since(last) >= PAUSE);
        if due {
            *asked = Some(now);
        }
        due
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
    let (Some(updates), Some(channel)) = (app.try_state::<Updates>(), Channel::of_build()) else {
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
    if !updates.is_due(Instant::now()) {
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
    let here = channel.endpoint.host_str() == Some("127.0.0.1");
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
    fn without_an_address_and_a_key_there_are_no_updates() {
        let of = |endpoint: &str, key: &str| {
            Channel::of(Some(endpoint.to_owned()), Some(key.to_owned())).is_some()
        };
        assert!(of("https://example.com/latest.json", "key"));
        for (endpoint, key) in [
            ("", "key"),
            ("https://example.com/latest.json", ""),
            ("latest.json", "key"),
        ] {
            assert!(!of(endpoint, key), "{endpoint} {key}");
        }
        assert!(Channel::of(None, Some("key".to_owned())).is_none());
    }

    #[test]
    fn it_is_asked_once_a_day() {
        let updates = Updates::default();
        let now = Instant::now();
        assert!(updates.is_due(now));
        assert!(!updates.is_due(now + PAUSE / 2));
        assert!(updates.is_due(now + PAUSE));
    }

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
