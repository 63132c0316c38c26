//! One program's file of settings: its fields, and the sealed ones opened.

use accounts::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde_json::{Map, Value};

use crate::fernet::Key;
use crate::found::{Left, LeftWhy};

/// What stands before a sealed text.
const SEALED: &str = "enc:";

/// The fields of a file, and the key that opens those of them that are sealed.
pub(crate) struct Object<'a> {
    pub(crate) fields: Map<String, Value>,
    pub(crate) key: Option<&'a Key>,
}

impl Object<'_> {
    /// A text that is there and is not empty, opened where it is sealed. What cannot be opened is
    /// noted.
    pub(crate) fn text(&self, field: &'static str, left: &mut Vec<Left>) -> Option<String> {
        let text = self.plain(field)?;
        let Some(sealed) = text.strip_prefix(SEALED) else {
            return Some(text.to_owned());
        };
        let opened = self.key.and_then(|key| {
            // What Fernet gave was coded once more.
            let token = URL_SAFE.decode(sealed).ok()?;
            key.open(std::str::from_utf8(&token).ok()?)
        });
        if opened.is_none() {
            let why = LeftWhy::Sealed;
            left.push(Left { field, why });
        }
        opened.filter(|text| !text.is_empty())
    }

    /// A secret. What cannot be one is noted.
    pub(crate) fn secret(&self, field: &'static str, left: &mut Vec<Left>) -> Option<Secret> {
        let text = self.text(field, left)?;
        let secret = Secret::new(text.trim().to_owned());
        if secret.is_err() {
            let why = LeftWhy::Unusable;
            left.push(Left { field, why });
        }
        secret.ok()
    }

    /// A text as it stands there.
    pub(crate) fn plain(&self, field: &str) -> Option<&str> {
        let text = self.fields.get(field)?.as_str()?;
        (!text.trim().is_empty()).then_some(text)
    }

    pub(crate) fn is_true(&self, field: &str) -> bool {
        self.fields.get(field) == Some(&Value::Bool(true))
    }

    pub(crate) fn leave(&self, field: &'static str, why: LeftWhy, left: &mut Vec<Left>) {
        let is_there = self.fields.get(field).is_some_and(|value| {
            !value.is_null() && *value != Value::Bool(false) && value.as_str() != Some("")
        });
        if is_there {
            left.push(Left { field, why });
        }
    }
}
