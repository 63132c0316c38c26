//! The window's one way in: the contract's methods, and those few that only a desktop has.

use contract::{ApiError, Code, Reason};
use serde_json::Value;
use tauri::{AppHandle, State};

use crate::host::Host;
use crate::updates;

/// The longest name of a method, in bytes, and the most that its parameters may take when written.
const LONGEST_NAME: usize = 64;
const LONGEST_PARAMETERS: usize = 1 << 20;

/// Calls a method.
#[tauri::command]
pub(crate) async fn rpc(
    app: AppHandle,
    host: State<'_, Host>,
    method: String,
    params: Option<Value>,
) -> Result<Value, ApiError> {
    let params = params.unwrap_or(Value::Null);
    check(&method, &params)?;
    match updates::call(&app, &host, &method).await {
        Some(answer) => answer,
        None => host.call(&method, params).await,
    }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use serde_json::json;

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
    }
}
