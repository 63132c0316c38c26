//! Signing in and out of the web admin, and giving the password once more.

use contract::{AdminPassword, AdminSession, ApiError, Code, SecretText};
use http::{HeaderValue, header};
use serde::Deserialize;
use serde_json::Value;

use super::PATH;
use super::answer::{Answer, json};
use super::desk::{Desk, Visit};
use super::session::{Begun, Carrier, Found, LONGEST};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    password: SecretText,
    /// For a program: the token comes in the answer, and no cookie is set.
    #[serde(default)]
    bearer: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Claim {
    token: SecretText,
    password: SecretText,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirm {
    password: SecretText,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    current: SecretText,
    password: SecretText,
}

impl Desk {
    /// How it stands for the session, or for one who has none.
    pub(super) fn standing(&self, found: Option<&Found>) -> AdminSession {
        AdminSession {
            password: self.control.admin_password(),
            signed_in: found.is_some(),
            csrf: found.map(|found| found.csrf.clone()),
            fresh: found.map_or(0, |found| found.fresh.as_secs()),
            token: None,
        }
    }

    /// `POST /admin/api/session.…`.
    pub(super) async fn session_method(
        &self,
        verb: &str,
        visit: &Visit<'_>,
    ) -> Result<Answer, ApiError> {
        let name = format!("session.{verb}");
        match verb {
            "sign_in" => self.sign_in(&name, visit).await,
            "claim" => self.claim(&name, visit).await,
            "confirm" => self.confirm(&name, visit).await,
            "change" => self.change(&name, visit).await,
            "sign_out" => {
                let found = self.acting(visit)?;
                self.sessions.revoke(found.id);
                self.left(visit, &found, &name).await;
                Ok(self.signed_out(visit))
            }
            "sign_out_everywhere" => {
                let found = self.acting(visit)?;
                self.sessions.revoke_all();
                self.left(visit, &found, &name).await;
                Ok(self.signed_out(visit))
            }
            _ => Err(ApiError::new(
                Code::UnknownMethod,
                [&name, &"session.sign_in"],
            )),
        }
    }

    async fn sign_in(&self, name: &str, visit: &Visit<'_>) -> Result<Answer, ApiError> {
        let SignIn { password, bearer } = visit.params(name)?;
        self.try_password(name, visit, None, password).await?;
        // Whoever signs in anew does not leave the old session lying about.
        if let Some(old) = self.session(visit) {
            self.sessions.revoke(old.id);
        }
        let carrier = if bearer {
            Carrier::Bearer
        } else {
            self.cookie(visit)
        };
        let begun = self.sessions.begin(carrier, self.now())?;
        Ok(self.signed_in(visit, &begun, carrier))
    }

    /// Sets the password with the one-time link, and signs in.
    async fn claim(&self, name: &str, visit: &Visit<'_>) -> Result<Answer, ApiError> {
        let Claim { token, password } = visit.params(name)?;
        if !self.control.has_admin_link(&token) {
            // It cannot be guessed, but what is written down of it must be bounded.
            self.take(visit)?;
            let code = Code::AdminLinkInvalid;
            self.note(visit, None, name, Some(code)).await?;
            return Err(ApiError::new(code, []));
        }
        // Whoever has the link waits for nobody else's failures.
        let place = self.place()?;
        self.control.claim_admin(token, password).await?;
        drop(place);
        self.limits.forgive(visit.from);
        self.note(visit, None, name, None).await?;
        self.sessions.revoke_all();
        let carrier = self.cookie(visit);
        let begun = self.sessions.begin(carrier, self.now())?;
        Ok(self.signed_in(visit, &begun, carrier))
    }

    /// The password once more, which makes dangerous acts possible for a while.
    async fn confirm(&self, name: &str, visit: &Visit<'_>) -> Result<Answer, ApiError> {
        let found = self.acting(visit)?;
        let Confirm { password } = visit.params(name)?;
        self.try_password(name, visit, Some(&found), password)
            .await?;
        let carrier = self.carrier(visit);
        let begun = self.sessions.rotate(found.id, self.now())?;
        let begun = begun.ok_or_else(|| ApiError::new(Code::AdminSignedOut, []))?;
        Ok(self.signed_in(visit, &begun, carrier))
    }

    /// Another password; everybody else is signed out.
    async fn change(&self, name: &str, visit: &Visit<'_>) -> Result<Answer, ApiError> {
        let found = self.acting(visit)?;
        let Change { current, password } = visit.params(name)?;
        self.try_password(name, visit, Some(&found), current)
            .await?;
        {
            let _place = self.place()?;
            self.control.change_admin_password(password).await?;
        }
        self.sessions.revoke_all();
        let carrier = self.carrier(visit);
        let begun = self.sessions.begin(carrier, self.now())?;
        Ok(self.signed_in(visit, &begun, carrier))
    }

    /// Tries a password, if it is time for that.
    ///
    /// # Errors
    /// It is not time, or it is another one.
    async fn try_password(
        &self,
        name: &str,
        visit: &Visit<'_>,
        found: Option<&Found>,
        password: SecretText,
    ) -> Result<(), ApiError> {
        if self.control.admin_password() == AdminPassword::None {
            return Err(ApiError::new(Code::AdminNoPassword, []));
        }
        let place = self.place()?;
        self.take(visit)?;
        let fits = self.control.check_admin_password(password).await?;
        drop(place);
        if fits {
            self.limits.forgive(visit.from);
            return self.note(visit, found, name, None).await;
        }
        let code = Code::AdminPasswordWrong;
        self.note(visit, found, name, Some(code)).await?;
        Err(ApiError::new(code, []))
    }

    /// A place among those whose password is hashed.
    fn place(&self) -> Result<tokio::sync::SemaphorePermit<'_>, ApiError> {
        let place = self.hashing.try_acquire();
        place.map_err(|_| ApiError::new(Code::AdminTooManyTries, [&1]))
    }

    /// Takes a try.
    fn take(&self, visit: &Visit<'_>) -> Result<(), ApiError> {
        self.limits.take(visit.from, self.now()).map_err(|wait| {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            ApiError::new(Code::AdminTooManyTries, [&seconds])
        })
    }

    /// Writes down who left. A full disk keeps nobody in.
    async fn left(&self, visit: &Visit<'_>, found: &Found, name: &str) {
        if let Err(error) = self.note(visit, Some(found), name, None).await {
            tracing::warn!(%error, "a sign-out was not written down");
        }
    }

    async fn note(
        &self,
        visit: &Visit<'_>,
        found: Option<&Found>,
        name: &str,
        failed: Option<Code>,
    ) -> Result<(), ApiError> {
        self.record(visit, found, name, &Value::Null, failed).await
    }

    fn cookie(&self, visit: &Visit<'_>) -> Carrier {
        Carrier::Cookie {
            secure: visit.is_secure(),
        }
    }

    /// How the session of this request is carried.
    fn carrier(&self, visit: &Visit<'_>) -> Carrier {
        if visit.fields.contains_key(header::AUTHORIZATION) {
            Carrier::Bearer
        } else {
            self.cookie(visit)
        }
    }

    fn signed_in(&self, visit: &Visit<'_>, begun: &Begun, carrier: Carrier) -> Answer {
        let mut session = self.standing(Some(&begun.found));
        match carrier {
            Carrier::Bearer => {
                session.csrf = None;
                session.token = Some(begun.token.clone());
                json(&session)
            }
            Carrier::Cookie { secure } => {
                let mut answer = json(&session);
                let age = LONGEST.as_secs();
                visit.set_cookie(&mut answer, secure, begun.token.expose(), age);
                answer
            }
        }
    }

    fn signed_out(&self, visit: &Visit<'_>) -> Answer {
        let mut answer = json(&self.standing(None));
        for secure in [false, true] {
            visit.set_cookie(&mut answer, secure, "", 0);
        }
        answer
    }
}

impl Visit<'_> {
    /// S-06: out of reach of scripts and of other sites, for this path alone.
    fn set_cookie(&self, answer: &mut Answer, secure: bool, token: &str, age: u64) {
        let name = self.cookie_name(secure);
        let only = if secure { "; Secure" } else { "" };
        let cookie =
            format!("{name}={token}; Path={PATH}; Max-Age={age}; HttpOnly; SameSite=Strict{only}");
        if let Ok(mut field) = HeaderValue::from_str(&cookie) {
            field.set_sensitive(true);
            answer.headers_mut().append(header::SET_COOKIE, field);
        }
    }
}
