//! Control as every door of this process asks it: by the name of a method, through one piece of code.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use contract::{ApiError, Transport, dispatch};
use control::Control;
use serde_json::Value;

/// An answer to wait for. It has no type of its own: the code behind all methods is large, and would
/// be in the program once for each place that waits.
pub(crate) type Asked<'a> = Pin<Box<dyn Future<Output = Result<Value, ApiError>> + Send + 'a>>;

/// Calls a method of the contract by its name.
pub(crate) fn ask<'a>(control: &'a Control, method: &'a str, params: Value) -> Asked<'a> {
    Box::pin(dispatch(control, method, params))
}

/// The control plane of this process as what carries calls to one.
pub(crate) struct Here(pub(crate) Arc<Control>);

impl Transport for Here {
    async fn call(&self, method: &str, params: Value) -> Result<Value, ApiError> {
        ask(&self.0, method, params).await
    }
}
