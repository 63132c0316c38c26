//! Updates: what the tray knows of is fetched and installed here, for that is Tauri's.

use std::path::Path;

use contract::{ApiError, Code, ProxyInForce, ProxySource, Reason, Status};
use face::Offer;
use serde_json::{Value, json};
use tauri::AppHandle;
use tauri::utils::config::BundleType;
use tauri::utils::platform::bundle_type;
use tauri_plugin_updater::{Error, Update, UpdaterExt as _};

use crate::host::Host;
use crate::previous::Previous;

/// `updates.get`, `updates.check`, `updates.install`, `updates.back`; `None`: no such method.
pub(crate) async fn call(
    app: &AppHandle,
    host: &Host,
    method: &str,
) -> Option<Result<Value, ApiError>> {
    match method {
        "updates.get" => Some(match told(app, host, method).await {
            // What cannot be installed here is not offered.
            Err(error) if error.code == Code::UpdateFailed => Ok(json!({ "state": "unasked" })),
            told => told,
        }),
        "updates.check" => Some(told(app, host, method).await),
        "updates.back" => Some(back(app, host).await.map(|()| Value::Null)),
        "updates.install" => Some(install(app, host).await.map(|()| Value::Null)),
        _ => None,
    }
}

/// What is known, as long as the updater can do something with it.
async fn told(app: &AppHandle, host: &Host, method: &str) -> Result<Value, ApiError> {
    let mut told = host.call(method, Value::Null).await?;
    if let (Some(told), Some((_, previous))) = (told.as_object_mut(), previous(app, host)) {
        told.insert("previous".to_owned(), Value::String(previous.version));
    }
    if let Some(offer) = host.offer().await {
        update(app, host, offer, None)?;
    }
    Ok(told)
}

/// The updater's own of what is offered.
fn update(
    app: &AppHandle,
    host: &Host,
    offer: Offer,
    proxy: Option<ProxyInForce>,
) -> Result<Option<Update>, ApiError> {
    let is_here = offer.is_here();
    let mut builder = app
        .updater_builder()
        .pubkey(offer.key)
        .configure_client(|client| client.https_only(!cfg!(debug_assertions)))
        .endpoints(vec![offer.endpoint])
        .map_err(|error| failed(&error))?;
    if let Some(program) = host.program() {
        builder = builder.executable_path(program);
    }
    builder = match proxy {
        // The library reads the environment by itself.
        Some(proxy) if proxy.source == ProxySource::Environment && !is_here => builder,
        Some(proxy) if !is_here => match proxy.address.and_then(|address| address.parse().ok()) {
            Some(address) => builder.proxy(address),
            None => builder.no_proxy(),
        },
        _ => builder.no_proxy(),
    };
    let updater = builder.build().map_err(|error| failed(&error))?;
    let update = updater.restore_update(offer.news);
    update.map_err(|error| failed(&error))
}

/// The file that an update replaces where it is a file of the person's own, not one of a package.
fn replaceable(host: &Host) -> Option<&Path> {
    match bundle_type() {
        Some(BundleType::AppImage) | None => host.program(),
        Some(_) => None,
    }
}

/// That file, and the version that was there before it.
fn previous<'a>(app: &AppHandle, host: &'a Host) -> Option<(&'a Path, Previous)> {
    let program = replaceable(host)?;
    let running = app.package_info().version.to_string();
    Some((program, Previous::of(program, &running)?))
}

/// Goes back to the version before the last update and starts it.
async fn back(app: &AppHandle, host: &Host) -> Result<(), ApiError> {
    let (program, previous) =
        previous(app, host).ok_or_else(|| ApiError::new(Code::NoUpdate, []))?;
    let placed = previous.take_place(program);
    placed.map_err(|error| failed_here(&error))?;
    host.replaced(app).await;
    Ok(())
}

/// Installs what was found and starts it. What is under way ends before that.
async fn install(app: &AppHandle, host: &Host) -> Result<(), ApiError> {
    let status = host.call("status.get", Value::Null).await.ok();
    let status: Option<Status> = status.and_then(|status| serde_json::from_value(status).ok());
    let proxy = status.map(|status| status.proxy);
    let update = match host.offer().await {
        Some(offer) => update(app, host, offer, proxy)?,
        None => None,
    };
    let update = update.ok_or_else(|| ApiError::new(Code::NoUpdate, []))?;
    // The updater chooses for itself only where it asks for news by itself. `Err` means that the
    // choice was made before.
    let _already = rustls::crypto::ring::default_provider().install_default();
    let package = update.download(|_, _| {}, || {}).await;
    let package = package.map_err(|error| failed(&error))?;
    host.make_way().await;
    if let Some(program) = replaceable(host) {
        let running = app.package_info().version.to_string();
        Previous::keep(program, &running).map_err(|error| failed_here(&error))?;
    }
    let installed = tauri::async_runtime::spawn_blocking(move || update.install(package)).await;
    installed
        .map_err(|error| ApiError::new(Code::UpdateFailed, []).because(Reason::said(&error)))?
        .map_err(|error| failed(&error))?;
    host.replaced(app).await;
    Ok(())
}

fn failed_here(error: &std::io::Error) -> ApiError {
    ApiError::new(Code::UpdateFailed, []).because(Reason::said(error))
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
