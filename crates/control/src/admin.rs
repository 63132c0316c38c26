//! The web admin as far as files are concerned: its password, the link that sets it, the record.

mod file;
mod password;
mod record;

use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::SystemTime;

use contract::{AdminLink, AdminPassword, ApiError, Code, Reason, SecretText, Topic};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::activity::seconds;
use crate::control::{Control, Inner, internal};
use crate::home::Home;
use crate::settings::DEFAULT_INSTANCE;
use file::{Kept, KeptFile, LINK_SECONDS, Link};
use password::{Hashed, LEAST, MOST, Unfit, weigh};
pub use record::AdminAct;
use record::RecordFile;

/// The variable that gives the password.
const VARIABLE: &str = "PORTOLAN_ADMIN_PASSWORD";

/// What is known of the web admin.
pub(crate) struct AdminState {
    file: KeptFile,
    record: RecordFile,
    kept: std::sync::Mutex<Kept>,
    /// The hash of the environment's password, made when it is first needed.
    given: OnceLock<Hashed>,
}

impl AdminState {
    /// Reads the file of that home.
    pub(crate) fn open(home: &Home) -> Result<Self, ApiError> {
        let file = KeptFile(home.data.join("admin.json"));
        let kept = file.load()?;
        Ok(Self {
            file,
            record: RecordFile(home.data.join("admin-record.jsonl")),
            kept: std::sync::Mutex::new(kept),
            given: OnceLock::new(),
        })
    }

    fn kept(&self) -> Kept {
        let kept = self.kept.lock();
        kept.unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    fn keep(&self, kept: Kept) -> Result<(), ApiError> {
        self.file.save(&kept)?;
        *self
            .kept
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = kept;
        Ok(())
    }
}

/// Refuses a text that cannot be the password.
pub(crate) fn fit(password: &str) -> Result<(), ApiError> {
    weigh(password).map_err(|unfit| match unfit {
        Unfit::Length => ApiError::new(Code::AdminPasswordLength, [&LEAST, &MOST]),
        Unfit::Weak => ApiError::new(Code::AdminPasswordWeak, []),
    })
}

/// Refuses an environment's password that cannot be one.
pub(crate) fn fit_override(password: &str) -> Result<(), ApiError> {
    weigh(password).map_err(|unfit| {
        let reason = match unfit {
            Unfit::Length => Reason::PasswordLength {
                least: LEAST.to_string(),
                most: MOST.to_string(),
            },
            Unfit::Weak => Reason::PasswordWeak {},
        };
        ApiError::new(Code::OverrideInvalid, [&VARIABLE]).because(reason)
    })
}

impl Control {
    /// Where the web admin's password comes from.
    #[must_use]
    pub fn admin_password(&self) -> AdminPassword {
        self.0.admin_password()
    }

    /// Whether this is the web admin's password. It takes as long either way; the caller sees to
    /// it that not too many are checked at once.
    ///
    /// # Errors
    /// `admin-no-password`, or a hash that cannot be computed.
    pub async fn check_admin_password(&self, given: SecretText) -> Result<bool, ApiError> {
        let inner = std::sync::Arc::clone(&self.0);
        let (fits, renew) = tokio::task::spawn_blocking(move || inner.check_password(&given))
            .await
            .map_err(|error| internal(&error))??;
        if let Some(hashed) = renew {
            let kept = self.exclusive(move |inner| inner.renew_hash(hashed)).await;
            if let Err(error) = kept {
                tracing::warn!(%error, "the password's hash was not made anew");
            }
        }
        Ok(fits)
    }

    /// Whether this is the token of a link that still works.
    #[must_use]
    pub fn has_admin_link(&self, token: &SecretText) -> bool {
        let now = seconds(SystemTime::now());
        let link = self.0.admin.kept().link;
        link.is_some_and(|link| link.opens(token.expose(), now))
    }

    /// Sets the web admin's password for whoever has the link, which works no more then.
    ///
    /// # Errors
    /// `admin-link-invalid`, a password that cannot be one, or a file that cannot be written.
    pub async fn claim_admin(&self, token: SecretText, chosen: SecretText) -> Result<(), ApiError> {
        self.exclusive(move |inner| inner.claim(&token, &chosen))
            .await?;
        self.0.emit(Topic::Admin);
        Ok(())
    }

    /// Sets another password. The caller has checked the one there is.
    ///
    /// # Errors
    /// A password that cannot be one, one that the environment sets, or a file that cannot be
    /// written.
    pub async fn change_admin_password(&self, chosen: SecretText) -> Result<(), ApiError> {
        self.exclusive(move |inner| inner.set_password(&chosen))
            .await?;
        self.0.emit(Topic::Admin);
        Ok(())
    }

    /// Writes down what is done in the web admin, before it is done.
    ///
    /// # Errors
    /// The record cannot be written; then the act must not be done.
    pub async fn record_admin(&self, act: AdminAct) -> Result<(), ApiError> {
        self.exclusive(move |inner| {
            let now = OffsetDateTime::now_utc().format(&Rfc3339);
            let now = now.map_err(|error| internal(&error))?;
            let record = &inner.admin.record;
            record.append(&now, &act).map_err(|error| {
                ApiError::new(Code::AdminFileFailed, [&record.0.display()])
                    .because(Reason::system(&error))
            })
        })
        .await
    }

    /// Makes a link that sets the password and opens the first listener for the web admin alone, also
    /// where other machines reach it: until a password is set that link opens it, and nothing else is
    /// answered. [`Topic::Admin`] tells when it was set.
    ///
    /// # Errors
    /// The port cannot be opened, or a file cannot be written.
    pub async fn wait_for_claim(&self) -> Result<AdminLink, ApiError> {
        let link = self.draw_admin_link(true).await?;
        let fault = self.listeners().into_iter().find_map(|each| each.fault);
        if let Some(fault) = fault {
            return Err(fault);
        }
        self.watch_settings();
        Ok(link)
    }

    /// Makes a link that sets the password.
    pub(crate) async fn make_admin_link(&self) -> Result<AdminLink, ApiError> {
        self.draw_admin_link(false).await
    }

    async fn draw_admin_link(&self, unclaimed: bool) -> Result<AdminLink, ApiError> {
        let token = self.exclusive(Inner::draw_link).await?;
        self.listen_for_admin(unclaimed).await;
        let (origin, listening) = self.admin_origin();
        let address = format!("{origin}/admin/#bootstrap={}", token.expose());
        Ok(AdminLink {
            address: SecretText::new(address),
            seconds: LINK_SECONDS,
            listening,
        })
    }

    /// Where the web admin is, and whether somebody listens there.
    fn admin_origin(&self) -> (String, bool) {
        let listeners = self.listeners();
        let open = listeners
            .iter()
            .find(|listener| listener.instance == DEFAULT_INSTANCE)
            .and_then(|listener| listener.addresses.first()?.rsplit_once(':')?.1.parse().ok());
        let state = self.0.state();
        let host = self.0.overrides.host(state.settings());
        let host = match host.parse::<IpAddr>() {
            Ok(address) if address.is_unspecified() => "localhost".to_owned(),
            Ok(IpAddr::V6(address)) => format!("[{address}]"),
            Ok(IpAddr::V4(_)) | Err(_) => host.to_owned(),
        };
        let wanted = self.0.overrides.addresses(state.settings());
        let wanted = wanted.first().map_or(0, |address| address.port);
        let port: u16 = open.unwrap_or(wanted);
        let listening = open.is_some() && self.0.plane.has_door();
        (format!("http://{host}:{port}"), listening)
    }
}

impl Inner {
    /// Where the web admin's password comes from; the environment goes before the file.
    pub(crate) fn admin_password(&self) -> AdminPassword {
        if self.overrides.admin_password.is_some() {
            AdminPassword::Environment
        } else if self.admin.kept().password.is_some() {
            AdminPassword::Set
        } else {
            AdminPassword::None
        }
    }

    /// Whether somebody can come in through the web admin, or could with a link.
    pub(crate) fn serves_admin(&self) -> bool {
        let now = seconds(SystemTime::now());
        let by_link = || self.admin.kept().link.is_some_and(|link| link.lives(now));
        self.plane.has_door() && (self.admin_password() != AdminPassword::None || by_link())
    }

    /// Whether the password fits, and its hash made anew where it was made more cheaply.
    fn check_password(&self, given: &SecretText) -> Result<(bool, Option<Hashed>), ApiError> {
        let failed = |error| internal(&error);
        if let Some(wanted) = &self.overrides.admin_password {
            if self.admin.given.get().is_none() {
                let hashed = Hashed::of(wanted.expose()).map_err(failed)?;
                // Another thread may have been quicker; its hash is as good.
                let _ = self.admin.given.set(hashed);
            }
            let Some(hashed) = self.admin.given.get() else {
                return Ok((false, None));
            };
            return Ok((hashed.fits(given.expose()).map_err(failed)?, None));
        }
        let Some(hashed) = self.admin.kept().password else {
            return Err(ApiError::new(Code::AdminNoPassword, []));
        };
        let fits = hashed.fits(given.expose()).map_err(failed)?;
        let renew = (fits && !hashed.is_current()).then(|| Hashed::of(given.expose()));
        Ok((fits, renew.transpose().map_err(failed)?))
    }

    fn renew_hash(&self, hashed: Hashed) -> Result<(), ApiError> {
        let kept = Kept {
            password: Some(hashed),
            ..self.admin.kept()
        };
        self.admin.keep(kept)
    }

    fn draw_link(&self) -> Result<SecretText, ApiError> {
        self.not_from_environment()?;
        let (link, token) = Link::draw(seconds(SystemTime::now()))?;
        let kept = Kept {
            link: Some(link),
            ..self.admin.kept()
        };
        self.admin.keep(kept)?;
        Ok(token)
    }

    fn claim(&self, token: &SecretText, chosen: &SecretText) -> Result<(), ApiError> {
        let now = seconds(SystemTime::now());
        let link = self.admin.kept().link;
        if !link.is_some_and(|link| link.opens(token.expose(), now)) {
            return Err(ApiError::new(Code::AdminLinkInvalid, []));
        }
        self.set_password(chosen)
    }

    /// Sets the password; a link that was made before sets none any more.
    fn set_password(&self, chosen: &SecretText) -> Result<(), ApiError> {
        self.not_from_environment()?;
        fit(chosen.expose())?;
        let hashed = Hashed::of(chosen.expose()).map_err(|error| internal(&error))?;
        self.admin.keep(Kept {
            password: Some(hashed),
            link: None,
            ..Kept::default()
        })
    }

    fn not_from_environment(&self) -> Result<(), ApiError> {
        match self.overrides.admin_password {
            Some(_) => Err(ApiError::new(Code::SettingOverridden, [&VARIABLE])),
            None => Ok(()),
        }
    }
}
