//! What the environment says: `PORTOLAN_…`, the secrets among them also as `…_FILE`.

use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;

use accounts::{Secret, SecretError, SecretFileError, read_secret_file};
use contract::{ApiError, Code, Reason};
use control::{secret_file_reason, secret_reason};

/// The `PORTOLAN_…` variables, read once at start.
///
/// The secrets cannot be wiped from the process's own copy of the environment without `unsafe`;
/// [`startup::harden`] keeps other programs from reading it, and the one
/// child process, which reads a desktop's settings, gets none of it.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    /// `PORTOLAN_HOME`.
    pub(crate) home: Option<PathBuf>,
    /// `PORTOLAN_HOST`.
    pub(crate) host: Option<String>,
    /// `PORTOLAN_PORT`.
    pub(crate) port: Option<u16>,
    /// `PORTOLAN_LOG`: a level, or directives as `tracing_subscriber::filter::Targets` takes them.
    pub(crate) log: Option<String>,
    /// `PORTOLAN_CLIENT_KEY`: one more client key, for this run.
    pub(crate) client_key: Option<Secret>,
    /// `PORTOLAN_ADMIN_PASSWORD`.
    pub(crate) admin_password: Option<Secret>,
    /// `PORTOLAN_MASTER_KEY`: what the vault is opened with, 32 characters or more.
    pub(crate) master_key: Option<Secret>,
    /// `PORTOLAN_PASSPHRASE`: what the vault is opened with, as people remember it.
    pub(crate) passphrase: Option<Secret>,
}

/// A variable that cannot be understood; never quotes a secret.
#[derive(Debug, thiserror::Error)]
#[error("read {variable}: {fault}")]
pub(crate) struct EnvironmentError {
    /// The variable.
    pub(crate) variable: String,
    /// What is wrong with it.
    pub(crate) fault: VariableFault,
}

/// What is wrong with a variable.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VariableFault {
    /// It is not text.
    #[error("it is not UTF-8 text")]
    NotText,
    /// It is not a port.
    #[error("{0} is not a port")]
    Port(String),
    /// It is neither `localhost` nor an address.
    #[error("{0} is neither localhost nor an IP address")]
    Host(String),
    /// The secret and its file are given.
    #[error("{0} is set as well")]
    Both(String),
    /// The text cannot be a secret.
    #[error(transparent)]
    Secret(SecretError),
    /// The file gave no secret.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: SecretFileError,
    },
}

impl From<EnvironmentError> for ApiError {
    fn from(error: EnvironmentError) -> Self {
        let reason = match error.fault {
            VariableFault::NotText => Reason::NotText {},
            VariableFault::Port(found) => Reason::NotAPort { found },
            VariableFault::Host(found) => Reason::NotAHost { found },
            VariableFault::Both(other) => Reason::GivenTwice { other },
            VariableFault::Secret(error) => secret_reason(&error),
            VariableFault::File { path, source } => {
                secret_file_reason(path.display().to_string(), &source)
            }
        };
        Self::new(Code::OverrideInvalid, [&error.variable]).because(reason)
    }
}

impl Environment {
    /// Reads the variables, and the files that they name. An empty variable counts as unset:
    /// that is what container descriptions make of a value that is not given.
    ///
    /// # Errors
    /// The first variable that cannot be understood.
    pub(crate) fn read(
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, EnvironmentError> {
        let wrong = |name: &str, fault| EnvironmentError {
            variable: name.to_owned(),
            fault,
        };
        let raw = |name: &str| variable(name).filter(|value| !value.is_empty());
        let text = |name: &str| match raw(name).map(OsString::into_string) {
            None => Ok(None),
            Some(Ok(value)) => Ok(Some(value)),
            Some(Err(_)) => Err(wrong(name, VariableFault::NotText)),
        };
        let secret = |name: &str| {
            let file = format!("{name}_FILE");
            match (text(name)?, raw(&file).map(PathBuf::from)) {
                (Some(_), Some(_)) => Err(wrong(name, VariableFault::Both(file))),
                (Some(value), None) => Secret::new(value)
                    .map(Some)
                    .map_err(|error| wrong(name, VariableFault::Secret(error))),
                (None, Some(path)) => read_secret_file(&path)
                    .map(Some)
                    .map_err(|source| wrong(&file, VariableFault::File { path, source })),
                (None, None) => Ok(None),
            }
        };
        let port = match text("PORTOLAN_PORT")? {
            None => None,
            Some(value) => match value.parse() {
                Ok(port) => Some(port),
                Err(_) => return Err(wrong("PORTOLAN_PORT", VariableFault::Port(value))),
            },
        };
        let host = match text("PORTOLAN_HOST")? {
            Some(value) if !is_host(&value) => {
                return Err(wrong("PORTOLAN_HOST", VariableFault::Host(value)));
            }
            host => host,
        };
        Ok(Self {
            home: raw("PORTOLAN_HOME").map(PathBuf::from),
            host,
            port,
            log: text("PORTOLAN_LOG")?,
            client_key: secret("PORTOLAN_CLIENT_KEY")?,
            admin_password: secret("PORTOLAN_ADMIN_PASSWORD")?,
            master_key: secret("PORTOLAN_MASTER_KEY")?,
            passphrase: secret("PORTOLAN_PASSPHRASE")?,
        })
    }
}

/// Whether one can listen on `host`: `localhost`, or an IP address.
#[must_use]
pub(crate) fn is_host(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Environment, EnvironmentError> {
        Environment::read(|name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).into())
        })
    }

    #[test]
    fn plain_variables() {
        let found = read(&[
            ("PORTOLAN_HOME", "/data"),
            ("PORTOLAN_HOST", "::1"),
            ("PORTOLAN_PORT", "28001"),
            ("PORTOLAN_LOG", "debug"),
            ("PORTOLAN_PASSPHRASE", ""),
        ])
        .unwrap();
        assert_eq!(found.home, Some("/data".into()));
        assert_eq!(
            (found.host.as_deref(), found.port),
            (Some("::1"), Some(28001))
        );
        assert_eq!(found.log.as_deref(), Some("debug"));
        assert!(
            found.passphrase.is_none(),
            "an empty variable counts as unset"
        );
    }

    #[test]
    fn a_secret_comes_from_the_variable_or_from_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, "from-file\n").unwrap();
        let path = path.to_str().unwrap();
        let found = read(&[
            ("PORTOLAN_CLIENT_KEY", "plain"),
            ("PORTOLAN_MASTER_KEY_FILE", path),
        ]);
        let found = found.unwrap();
        assert_eq!(found.client_key.as_ref().map(Secret::expose), Some("plain"));
        assert_eq!(
            found.master_key.as_ref().map(Secret::expose),
            Some("from-file")
        );
        assert!(!format!("{found:?}").contains("plain"), "Debug redacts");
        let both = read(&[
            ("PORTOLAN_CLIENT_KEY", "x"),
            ("PORTOLAN_CLIENT_KEY_FILE", path),
        ]);
        assert!(
            matches!(&both, Err(e) if matches!(e.fault, VariableFault::Both(_))),
            "{both:?}"
        );
        let missing = read(&[("PORTOLAN_ADMIN_PASSWORD_FILE", "/nowhere/at/all")]).unwrap_err();
        assert_eq!(missing.variable, "PORTOLAN_ADMIN_PASSWORD_FILE");
        assert!(missing.to_string().contains("/nowhere/at/all"), "{missing}");
    }

    #[test]
    fn wrong_values_are_named_and_secrets_are_not_quoted() {
        for port in ["70000", "-1", "http", "80 "] {
            let error = read(&[("PORTOLAN_PORT", port)]).unwrap_err();
            assert!(error.to_string().contains(port), "{error}");
        }
        let error = read(&[("PORTOLAN_HOST", "example.com")]).unwrap_err();
        assert!(matches!(error.fault, VariableFault::Host(_)), "{error}");
        let error = read(&[("PORTOLAN_PASSPHRASE", "canary\nline")]).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}
