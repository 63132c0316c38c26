//! The record of what was done in the web admin: one line of JSON for each act, only ever appended.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Map, Value};

/// What of a method's parameters is written down. None of these is ever a secret.
const TELLING: [&str; 9] = [
    "id",
    "provider",
    "name",
    "origin",
    "host",
    "port",
    "require_key",
    "allowed_origins",
    "dialect",
];

/// Something that was done, or tried.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AdminAct {
    /// Where it came from: the client's address.
    pub from: String,
    /// Which session did it: the start of a digest, which opens nothing. Empty where there is none.
    pub session: String,
    /// What: a method of the contract, or `session.…`.
    pub did: String,
    /// To what: those parameters that are no secrets.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub with: Map<String, Value>,
    /// The code of the failure, where it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

impl AdminAct {
    /// Those of a method's parameters that may be written down. Whatever stands before an `@` of an
    /// address is left out: what is refused may have been anything.
    #[must_use]
    pub fn telling(params: &Value) -> Map<String, Value> {
        let given = TELLING.iter().filter_map(|name| {
            let value = params.get(*name).filter(|value| !value.is_null())?;
            Some(((*name).to_owned(), without_user(value)))
        });
        given.collect()
    }
}

/// The value with what could be a user and a password taken out of every address in it.
fn without_user(value: &Value) -> Value {
    match value {
        Value::String(text) => match text.rsplit_once('@') {
            None => value.clone(),
            Some((before, host)) => {
                let scheme = before.split_once("://").map(|(scheme, _)| scheme);
                let scheme = scheme.map(|scheme| format!("{scheme}://"));
                Value::String(format!("{}…@{host}", scheme.unwrap_or_default()))
            }
        },
        Value::Array(all) => Value::Array(all.iter().map(without_user).collect()),
        Value::Object(all) => {
            let each = all
                .iter()
                .map(|(name, value)| (name.clone(), without_user(value)));
            Value::Object(each.collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

#[derive(Serialize)]
struct Line<'a> {
    time: &'a str,
    #[serde(flatten)]
    act: &'a AdminAct,
}

/// The file of the record.
#[derive(Clone, Debug)]
pub(crate) struct RecordFile(pub(crate) PathBuf);

impl RecordFile {
    /// Appends one act and waits until it is on the disk. `time` is as RFC 3339 has it.
    pub(crate) fn append(&self, time: &str, act: &AdminAct) -> io::Result<()> {
        let mut line = serde_json::to_vec(&Line { time, act })?;
        line.push(b'\n');
        let mut file = open(&self.0)?;
        file.write_all(&line)?;
        file.sync_data()
    }
}

/// For appending alone, and for its owner alone.
fn open(path: &Path) -> io::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use serde_json::json;

    use super::*;

    #[test]
    fn s30_a_password_in_an_address_is_not_written_down() {
        let params = json!({
            "allowed_origins": ["https://me:canary@a.example:8443", "https://b.example", 7],
            "origin": "me:canary@c.example",
            "host": "https://x@y:canary@d.example/e@f",
            "id": { "nested": "http://canary@e.example" },
        });
        let told = Value::Object(AdminAct::telling(&params));
        assert_eq!(
            told,
            json!({
                "allowed_origins": ["https://…@a.example:8443", "https://b.example", 7],
                "origin": "…@c.example",
                "host": "https://…@f",
                "id": { "nested": "http://…@e.example" },
            })
        );
    }

    #[test]
    fn s30_the_record_only_grows_and_holds_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let file = RecordFile(folder.path().join("admin-record.jsonl"));
        let params = json!({
            "provider": "mock", "key": "sk-canary", "value": "pk-canary", "answer": "code-canary",
            "endpoints": {"openai-chat": "https://user:canary@x"}, "name": null,
            "proxy": {"mode": "manual", "url": "http://user:canary@x"},
        });
        let act = AdminAct {
            from: "127.0.0.1".to_owned(),
            session: "ab12".to_owned(),
            did: "accounts.add".to_owned(),
            with: AdminAct::telling(&params),
            failed: None,
        };
        file.append("2026-11-21T14:00:00Z", &act).unwrap();
        let first = std::fs::read_to_string(&file.0).unwrap();
        let failed = AdminAct {
            failed: Some("account-exists".to_owned()),
            ..act
        };
        file.append("2026-11-21T14:00:01Z", &failed).unwrap();
        let both = std::fs::read_to_string(&file.0).unwrap();
        assert!(both.starts_with(&first), "what was written stays");
        assert_eq!(both.lines().count(), 2);
        assert!(!both.contains("canary"), "{both}");
        let line: Value = serde_json::from_str(both.lines().nth(1).unwrap()).unwrap();
        assert_eq!(
            line,
            json!({
                "time": "2026-11-21T14:00:01Z", "from": "127.0.0.1", "session": "ab12",
                "did": "accounts.add", "with": {"provider": "mock"}, "failed": "account-exists",
            })
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&file.0).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
