//! The window's one way in: the contract's methods, and those few that only a desktop has.

use contract::{ApiError, Code, Reason};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tauri::{AppHandle, Manager as _, State};
use tauri_plugin_autostart::ManagerExt as _;

use crate::host::Desktop;
use crate::updates::{self, Updates};

/// The longest name of a method, in bytes, and the most that its parameters may take when written.
const LONGEST_NAME: usize = 64;
const LONGEST_PARAMETERS: usize = 1 << 20;

/// Calls a method.
#[tauri::command]
pub(crate) async fn rpc(
    app: AppHandle,
    desktop: State<'_, Desktop>,
    method: String,
    params: Option<Value>,
) -> Result<Value, ApiError> {
    let params = params.unwrap_or(Value::Null);
    check(&method, &params)?;
    match method.as_str() {
        "desktop.get" => Ok(told(&app)),
        "desktop.change" => {
            let DesktopChange { autostart } = read(&method, params)?;
            desktop.autostart(&app, autostart)?;
            Ok(told(&app))
        }
        _ => match updates::call(&app, &desktop, &method).await {
            Some(answer) => answer,
            None => desktop.call(&method, params).await,
        },
    }
}

/// Parameters of `desktop.change`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DesktopChange {
    /// Whether to start with the session.
    autostart: bool,
}

/// What only a desktop has: whether it starts with the session, null where that cannot be told; and
/// whether this build can be updated.
fn told(app: &AppHandle) -> Value {
    json!({
        "autostart": app.autolaunch().is_enabled().ok(),
        "updates": app.try_state::<Updates>().is_some(),
    })
}

fn check(method: &str, params: &Value) -> Result<(), ApiError> {
    let name: String = method.chars().take(LONGEST_NAME).collect();
    if name.len() < method.len() {
        return Err(ApiError::new(Code::UnknownMethod, [&name]));
    }
    match params {
        Value::Null => Ok(()),
        Value::Object(_) if params.to_string().len() <= LONGEST_PARAMETERS => Ok(()),
        _ => Err(ApiError::new(Code::InvalidParams, [&method])
            .because(Reason::said(&"not an object, or too long"))),
    }
}

fn read<P: DeserializeOwned>(method: &str, params: Value) -> Result<P, ApiError> {
    let params = if params.is_null() { json!({}) } else { params };
    serde_json::from_value(params).map_err(|error| {
        ApiError::new(Code::InvalidParams, [&method]).because(Reason::said(&error))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn s63_sizes_and_types_are_checked_before_anything_is_called() {
        check("status.get", &Value::Null).unwrap();
        check("accounts.add", &json!({"provider": "mock"})).unwrap();
        for (method, params) in [
            ("m".repeat(65), Value::Null),
            ("status.get".to_owned(), json!([])),
            ("status.get".to_owned(), json!("text")),
            (
                "accounts.add".to_owned(),
                json!({"key": "k".repeat(1 << 20)}),
            ),
        ] {
            check(&method, &params).unwrap_err();
        }
        let wrong: Result<DesktopChange, ApiError> = read("desktop.change", json!({"shell": "sh"}));
        assert_eq!(wrong.err().unwrap().code, Code::InvalidParams);
    }
}
