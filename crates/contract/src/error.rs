//! A failure as it crosses a transport: a code, and what its message needs.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::reason::Reason;

/// Why a method failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ApiError {
    /// What went wrong; the id of its message is `error-<code>`.
    pub code: Code,
    /// What the message may name, by the names that the code has for it.
    #[serde(default)]
    pub arguments: BTreeMap<String, String>,
    /// Why, of the codes that have a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

impl ApiError {
    /// A failure whose message has the given arguments, in the order of [`Code::arguments`]; those
    /// left out are empty.
    #[must_use]
    pub fn new<const N: usize>(code: Code, arguments: [&dyn fmt::Display; N]) -> Self {
        let given = arguments.into_iter().map(ToString::to_string);
        let given = given.chain(std::iter::repeat_with(String::new));
        let names = code.arguments().iter().filter(|name| **name != "reason");
        Self {
            code,
            arguments: names.map(|&name| name.to_owned()).zip(given).collect(),
            reason: None,
        }
    }

    /// The failure with why it came to be.
    #[must_use]
    pub fn because(self, reason: impl Into<Reason>) -> Self {
        Self {
            reason: Some(reason.into()),
            ..self
        }
    }

    /// An argument; empty where there is none of that name.
    #[must_use]
    pub fn argument(&self, name: &str) -> &str {
        self.arguments.get(name).map_or("", String::as_str)
    }
}

/// For logs and for a caller without the messages: the code, the arguments that say something, and
/// why.
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        let mut separator = ": ";
        for name in self.code.arguments() {
            let value = self.argument(name);
            if !value.is_empty() {
                write!(f, "{separator}{name} {value}")?;
                separator = ", ";
            }
        }
        match &self.reason {
            Some(reason) => write!(f, ": {reason}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ApiError {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::ApiError;
    use crate::code::Code;
    use crate::reason::Reason;

    #[test]
    fn arguments_follow_the_order_of_the_code() {
        let error = ApiError::new(Code::SettingsInvalid, [&"config.toml", &3, &1]);
        assert_eq!(error.argument("line"), "3");
        assert_eq!(error.arguments.len(), 4);
        assert_eq!(error.argument("key"), "");
        assert_eq!(
            error.because(Reason::UnknownKey {}).to_string(),
            "settings-invalid: file config.toml, line 3, column 1: this key is not known"
        );
    }

    #[test]
    fn it_crosses_a_transport_unchanged() {
        let error = ApiError::new(Code::NoSuchKey, [&"laptop", &"laptop-2"]);
        let json = serde_json::to_string(&error).unwrap();
        assert_eq!(
            json,
            r#"{"code":"no-such-key","arguments":{"name":"laptop","nearest":"laptop-2"}}"#
        );
        assert_eq!(serde_json::from_str::<ApiError>(&json).unwrap(), error);
    }
}
