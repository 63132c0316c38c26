//! How a key is presented to an endpoint.

use std::fmt;

use dialect::Dialect;
use http::{HeaderName, header};
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::kind::ProblemKind;
use crate::problem::{KeyPath, Problem};

/// The header that carries a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// No key is sent, even where one is at hand.
    None,
    /// The key follows `prefix` in the header `name`.
    Header {
        /// The header.
        name: HeaderName,
        /// What stands before the key, its space included; may be empty.
        prefix: String,
    },
}

impl Auth {
    /// `authorization: Bearer <key>`; <https://www.rfc-editor.org/rfc/rfc6750#section-2.1>.
    #[must_use]
    pub fn bearer() -> Self {
        Self::Header {
            name: header::AUTHORIZATION,
            prefix: "Bearer ".to_owned(),
        }
    }

    /// What the makers of a dialect document for it.
    #[must_use]
    pub fn usual(dialect: Dialect) -> Self {
        match dialect {
            Dialect::OpenAiChat | Dialect::OpenAiResponses | Dialect::Ollama => Self::bearer(),
            Dialect::AnthropicMessages => Self::bare("x-api-key"),
            Dialect::Gemini => Self::bare("x-goog-api-key"),
        }
    }

    fn bare(name: &'static str) -> Self {
        Self::Header {
            name: HeaderName::from_static(name),
            prefix: String::new(),
        }
    }
}

/// How `auth` is written: `"none"`, `"bearer"`, or `{ header = "x-api-key", prefix = "" }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum AuthSetting {
    /// One of the words.
    Named(AuthName),
    /// A header of one's own choice.
    Header(HeaderSetting),
}

/// The words that `auth` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthName {
    /// Send no key.
    None,
    /// Send `authorization: Bearer <key>`.
    Bearer,
}

/// A header that carries a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeaderSetting {
    /// The header's name, in any case.
    pub header: String,
    /// What stands before the key, its space included.
    #[serde(default)]
    pub prefix: String,
}

impl AuthSetting {
    /// Checks the setting, which stands at `key`.
    pub(crate) fn check(&self, key: &KeyPath) -> Result<Auth, Problem> {
        match self {
            Self::Named(AuthName::None) => Ok(Auth::None),
            Self::Named(AuthName::Bearer) => Ok(Auth::bearer()),
            Self::Header(setting) => {
                let given = setting.header.to_ascii_lowercase();
                let name = HeaderName::from_bytes(given.as_bytes());
                let name = name.ok().filter(|name| !is_reserved(name.as_str()));
                let Some(name) = name else {
                    return Err(Problem::new(key.key("header"), ProblemKind::Header(given)));
                };
                if !setting
                    .prefix
                    .bytes()
                    .all(|byte| (b' '..=b'~').contains(&byte))
                {
                    return Err(Problem::new(key.key("prefix"), ProblemKind::Prefix));
                }
                Ok(Auth::Header {
                    name,
                    prefix: setting.prefix.clone(),
                })
            }
        }
    }
}

/// Headers that frame the message or belong to one connection: a key there would break it.
fn is_reserved(name: &str) -> bool {
    const RESERVED: [&str; 13] = [
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "host",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    RESERVED.contains(&name)
}

impl<'de> Deserialize<'de> for AuthSetting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AuthVisitor)
    }
}

struct AuthVisitor;

impl<'de> Visitor<'de> for AuthVisitor {
    type Value = AuthSetting;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"none\", \"bearer\" or a table with `header` and `prefix`")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Self::Value, E> {
        AuthName::deserialize(StrDeserializer::new(name)).map(AuthSetting::Named)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        HeaderSetting::deserialize(MapAccessDeserializer::new(map)).map(AuthSetting::Header)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[derive(Deserialize, Serialize)]
    struct Holder {
        auth: AuthSetting,
    }

    fn read(text: &str) -> Result<AuthSetting, String> {
        toml::from_str::<Holder>(text)
            .map(|holder| holder.auth)
            .map_err(|error| error.to_string())
    }

    fn checked(text: &str) -> Result<Auth, Problem> {
        read(text).unwrap().check(&KeyPath::of("auth"))
    }

    #[test]
    fn words_and_headers_are_taken() {
        assert_eq!(checked("auth = \"none\""), Ok(Auth::None));
        assert_eq!(checked("auth = \"bearer\""), Ok(Auth::bearer()));
        let own = checked("auth = { header = \"Api-Key\" }");
        assert_eq!(
            own,
            Ok(Auth::Header {
                name: "api-key".parse().unwrap(),
                prefix: String::new()
            })
        );
    }

    #[test]
    fn other_words_and_keys_are_refused() {
        assert!(read("auth = \"basic\"").unwrap_err().contains("basic"));
        assert!(
            read("auth = 3")
                .unwrap_err()
                .contains("`header` and `prefix`")
        );
        assert!(
            read("auth = { header = \"a\", secret = \"b\" }")
                .unwrap_err()
                .contains("secret")
        );
    }

    #[test]
    fn a_header_that_would_break_the_message_is_refused() {
        for header in [
            "Host",
            "content-length",
            "bad name",
            "",
            "x\\nset-cookie",
            "ключ",
        ] {
            let error = checked(&format!("auth = {{ header = \"{header}\" }}")).unwrap_err();
            assert_eq!(error.key.to_string(), "auth.header", "{header}");
        }
        let error = checked("auth = { header = \"x-key\", prefix = \"a\\nb\" }").unwrap_err();
        assert_eq!(error.key.to_string(), "auth.prefix");
    }

    #[test]
    fn a_setting_is_written_as_it_is_read() {
        for text in [
            "auth = \"none\"\n",
            "[auth]\nheader = \"api-key\"\nprefix = \"Token \"\n",
        ] {
            let holder: Holder = toml::from_str(text).unwrap();
            assert_eq!(toml::to_string(&holder).unwrap(), text);
        }
    }
}
