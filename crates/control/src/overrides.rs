//! What the command line and the environment say, which goes before the file.

use accounts::Secret;
use contract::{ApiError, Code, Reason};
use gateway::Address;

use crate::settings::{DEFAULT_INSTANCE, Settings, is_host, is_loopback};

/// What goes before the settings' file: the caller has put a flag before an environment variable.
#[derive(Debug, Default)]
pub struct Overrides {
    /// `--host` or `PORTOLAN_HOST`: `localhost` or an IP address.
    pub host: Option<String>,
    /// `--port` or `PORTOLAN_PORT`, of the first listener.
    pub port: Option<u16>,
    /// `PORTOLAN_CLIENT_KEY`: one more client key.
    pub client_key: Option<Secret>,
    /// `PORTOLAN_ADMIN_PASSWORD`: the web admin's password, in place of the one that is kept.
    pub admin_password: Option<Secret>,
}

impl Overrides {
    /// Checks what the file's own checks cannot see.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        if let Some(host) = &self.host
            && !is_host(host)
        {
            let found = host.clone();
            return Err(
                ApiError::new(Code::OverrideInvalid, [&"host"]).because(Reason::NotAHost { found })
            );
        }
        if let Some(key) = &self.client_key
            && !crate::keys::is_key_value(key.expose())
        {
            return Err(ApiError::new(Code::KeyValueInvalid, []));
        }
        if let Some(password) = &self.admin_password {
            crate::admin::fit_override(password.expose())?;
        }
        Ok(())
    }

    /// The host that is listened on.
    pub(crate) fn host<'a>(&'a self, settings: &'a Settings) -> &'a str {
        self.host.as_deref().unwrap_or(&settings.listen.host)
    }

    /// The addresses that are listened on, that of `[listen]` first; those of stopped listeners are
    /// not among them.
    pub(crate) fn addresses(&self, settings: &Settings) -> Vec<Address> {
        let host = self.host(settings);
        let address = |instance: &str, port| Address {
            instance: instance.to_owned(),
            host: host.to_owned(),
            port,
        };
        let first = address(DEFAULT_INSTANCE, self.port.unwrap_or(settings.listen.port));
        let others = settings
            .instance
            .iter()
            .filter(|other| other.enabled)
            .map(|other| address(&other.name, other.port));
        std::iter::once(first).chain(others).collect()
    }

    /// Refuses to let other machines in without a client key, the demand for one, and an admin
    /// password. `keys` is how many client keys can be presented.
    pub(crate) fn check_safety(
        &self,
        settings: &Settings,
        keys: usize,
        has_password: bool,
    ) -> Result<(), ApiError> {
        let host = self.host(settings);
        let conditions = [
            ("client-key", keys > 0),
            ("require-key", settings.listen.require_key),
            ("admin-password", has_password),
        ];
        let missing: Vec<&str> = conditions
            .into_iter()
            .filter(|(_, met)| !met)
            .map(|(name, _)| name)
            .collect();
        if is_loopback(host) || missing.is_empty() {
            return Ok(());
        }
        Err(ApiError::new(
            Code::RefusedUnsafeListen,
            [&host, &missing.join(",")],
        ))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn on(host: &str) -> Overrides {
        Overrides {
            host: Some(host.to_owned()),
            ..Overrides::default()
        }
    }

    #[test]
    fn a_flag_goes_before_the_file_and_the_file_before_the_default() {
        let mut settings = Settings::default();
        let port = |overrides: &Overrides, settings: &Settings| {
            let first = &overrides.addresses(settings)[0];
            (first.host.clone(), first.port)
        };
        let none = Overrides::default();
        assert_eq!(port(&none, &settings), ("localhost".to_owned(), 28000));
        settings.listen.port = 1;
        settings.listen.host = "::1".to_owned();
        assert_eq!(port(&none, &settings), ("::1".to_owned(), 1));
        let flags = Overrides {
            port: Some(0),
            ..on("127.0.0.1")
        };
        assert_eq!(port(&flags, &settings), ("127.0.0.1".to_owned(), 0));
    }

    #[test]
    fn s11_other_machines_need_a_key_and_an_admin_password() {
        let mut settings = Settings::default();
        let missing = |overrides: &Overrides, settings: &Settings, keys, password| {
            let error = overrides
                .check_safety(settings, keys, password)
                .unwrap_err();
            assert_eq!(error.code.exit_status(), 78);
            error.argument("missing").to_owned()
        };
        let open = on("0.0.0.0");
        assert_eq!(missing(&open, &settings, 1, false), "admin-password");
        assert_eq!(missing(&open, &settings, 0, true), "client-key");
        assert_eq!(open.check_safety(&settings, 1, true), Ok(()));
        settings.listen.require_key = false;
        assert_eq!(missing(&open, &settings, 1, true), "require-key");
        for host in [
            "localhost",
            "127.0.0.1",
            "::1",
            "127.8.0.1",
            "::ffff:127.0.0.1",
        ] {
            assert_eq!(on(host).check_safety(&settings, 0, false), Ok(()), "{host}");
        }
        for host in [
            "::",
            "192.168.1.2",
            "10.0.0.1",
            "fe80::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(on(host).check_safety(&settings, 9, true).is_err(), "{host}");
        }
    }

    #[test]
    fn overrides_are_checked() {
        assert_eq!(
            on("example.com").check().unwrap_err().code,
            Code::OverrideInvalid
        );
        let key = Secret::new(" x".to_owned()).unwrap();
        let overrides = Overrides {
            client_key: Some(key),
            ..on("::1")
        };
        assert_eq!(overrides.check().unwrap_err().code, Code::KeyValueInvalid);
        let password = |text: &str| Overrides {
            admin_password: Secret::new(text.to_owned()).ok(),
            ..on("::1")
        };
        for weak in ["hunter2", "passwordpassword"] {
            let error = password(weak).check().unwrap_err();
            assert_eq!(error.code, Code::OverrideInvalid);
            assert!(!error.to_string().contains(weak), "{error}");
        }
        assert_eq!(password("correct horse battery").check(), Ok(()));
    }
}
