//! The window's one way in: the contract's methods, and those few that only a desktop has.

use contract::{ApiError, Code, Reason};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tauri::{AppHandle, State};

use crate::host::Desktop;
use crate::preferences::Change;

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
        "desktop.get" => Ok(desktop.preferences_told(&app)),
        "desktop.change" => {
            let change: Change = read(&method, params)?;
            desktop.change(&app, &change)?;
            Ok(desktop.preferences_told(&app))
        }
        "desktop.start" => desktop.start(&app).await.map(|()| Value::Null),
        "desktop.stop" => {
            desktop.stop().await;
            Ok(Value::Null)
        }
        "desktop.start-on" => {
            let PortChoice { port } = read(&method, params)?;
            desktop.start_on(port).await.map(|()| Value::Null)
        }
        _ => desktop.call(&method, params).await,
    }
}

/// Parameters of `desktop.start-on`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct PortChoice {
    port: u16,
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

/// A value as the window gets it.
pub(crate) fn told(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
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
        let wrong: Result<PortChoice, ApiError> = read("desktop.start-on", json!({"port": 70000}));
        assert_eq!(wrong.err().unwrap().code, Code::InvalidParams);
    }
}
