//! What the vault keeps of a sign-in: a versioned JSON text beside which a plain key stays a plain key.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::Zeroize as _;

use crate::secret::Secret;
use crate::sign_in::{Beside, Grant, Origin};

/// The mark by which a record is told from a key.
const MARK: &str = "sign-in";
/// The format that this program writes.
const VERSION: u32 = 1;

/// Why an account that was signed in is so no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignedOut {
    /// The secret's time is over, and the provider gave nothing to renew it with.
    Expired,
    /// The provider refused to renew it: the sign-in was revoked, or ran out.
    Refused,
    /// The provider refused to renew it after the answer to an earlier renewal was lost: this program was
    /// killed, or the connection broke, between its question and the answer that spent the token.
    Lost,
}

impl fmt::Display for SignedOut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Expired => "the sign-in ran out",
            Self::Refused => "the provider refused to renew the sign-in",
            Self::Lost => "the provider's answer to a renewal of the sign-in was lost",
        })
    }
}

/// A sign-in as it is kept.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    portolan: String,
    version: u32,
    secret: String,
    refresh: Option<String>,
    /// Seconds since 1970.
    pub(crate) issued: u64,
    /// Seconds since 1970; `None`: not said.
    pub(crate) expires: Option<u64>,
    /// Counts what took the place of what.
    pub(crate) generation: u64,
    token: Option<Url>,
    revoke: Option<Url>,
    client: Option<String>,
    field: String,
    /// Set once the provider refuses; the rest stays for whoever has to find out why.
    pub(crate) ended: Option<SignedOut>,
    /// When a renewal was asked for whose answer nobody has, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) asked: Option<u64>,
    /// What a renewal needs beside what the standards say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) beside: Option<Beside>,
}

/// What the vault holds under an account's name.
pub(crate) enum Kept {
    /// A key, as it is.
    Key,
    /// A sign-in.
    SignIn(Box<Record>),
    /// A sign-in in the format of a newer program.
    Newer(u32),
}

impl Record {
    /// A first record of what a sign-in gave.
    pub(crate) fn of_grant(grant: &Grant, now: SystemTime) -> Self {
        let origin = &grant.origin;
        let issued = unix(now);
        Self {
            portolan: MARK.to_owned(),
            version: VERSION,
            secret: grant.secret.expose().to_owned(),
            refresh: grant.refresh.as_ref().map(|it| it.expose().to_owned()),
            issued,
            expires: grant
                .expires_in
                .map(|it| issued.saturating_add(it.as_secs())),
            generation: 1,
            token: origin.token.clone(),
            revoke: origin.revoke.clone(),
            client: origin.client.clone(),
            field: origin.field.clone(),
            ended: None,
            asked: None,
            beside: origin.beside.clone(),
        }
    }

    /// The record while the provider is asked for its renewal. It stays the same sign-in.
    pub(crate) fn asked(&self, now: SystemTime) -> Self {
        let mut new = self.clone();
        new.asked = Some(unix(now));
        new
    }

    /// The record after a renewal. A refresh token that is not replaced stays good;
    /// <https://www.rfc-editor.org/rfc/rfc6749#section-6>.
    pub(crate) fn renewed(&self, grant: &Grant, now: SystemTime) -> Self {
        let mut new = Self::of_grant(grant, now);
        new.refresh = new.refresh.take().or_else(|| self.refresh.clone());
        new.generation = self.generation.saturating_add(1);
        new
    }

    /// The record once the provider has refused it.
    pub(crate) fn ended(&self, why: SignedOut) -> Self {
        let mut new = self.clone();
        new.ended = Some(why);
        new.generation = self.generation.saturating_add(1);
        new
    }

    /// Reads what the vault holds.
    pub(crate) fn read(kept: &Secret) -> Kept {
        #[derive(Deserialize)]
        struct Head {
            portolan: String,
            version: u32,
        }
        match serde_json::from_str::<Head>(kept.expose()) {
            Ok(head) if head.portolan == MARK => {
                match serde_json::from_str::<Self>(kept.expose()) {
                    Ok(record) if record.version == VERSION => Kept::SignIn(Box::new(record)),
                    Ok(_) | Err(_) => Kept::Newer(head.version),
                }
            }
            Ok(_) | Err(_) => Kept::Key,
        }
    }

    /// The text to keep.
    pub(crate) fn text(&self) -> Secret {
        Secret::of_json(self)
    }

    pub(crate) fn secret(&self) -> Option<Secret> {
        Secret::new(self.secret.clone()).ok()
    }

    /// Whether nothing took the place of `other`.
    pub(crate) fn is_still(&self, other: &Self) -> bool {
        self.generation == other.generation && self.secret == other.secret
    }

    pub(crate) fn has(&self, secret: &Secret) -> bool {
        self.secret == secret.expose()
    }

    pub(crate) fn expires(&self) -> Option<SystemTime> {
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(self.expires?))
    }

    pub(crate) fn issued(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
            .checked_add(Duration::from_secs(self.issued))
            .unwrap_or(SystemTime::UNIX_EPOCH)
    }

    /// What redeems its refresh token, and where; `None` where there is nothing to renew it with.
    pub(crate) fn renewal(&self) -> Option<(&Url, &str)> {
        Some((self.token.as_ref()?, self.refresh.as_deref()?))
    }

    /// How long before its end it is renewed, where that is known.
    pub(crate) fn ahead(&self) -> Option<Duration> {
        self.beside.as_ref()?.ahead()
    }

    /// Where it is given up.
    pub(crate) fn revocation(&self) -> Option<&Url> {
        self.revoke.as_ref()
    }

    pub(crate) fn client(&self) -> Option<&str> {
        self.client.as_deref()
    }

    /// The secrets to give up, the one that the others hang on first, with their kinds of
    /// <https://www.rfc-editor.org/rfc/rfc7009#section-2.1>.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let refresh = self.refresh.as_deref().map(|it| ("refresh_token", it));
        refresh
            .into_iter()
            .chain([("access_token", self.secret.as_str())])
    }

    pub(crate) fn origin(&self) -> Origin {
        Origin {
            token: self.token.clone(),
            revoke: self.revoke.clone(),
            client: self.client.clone(),
            field: self.field.clone(),
            beside: self.beside.clone(),
        }
    }
}

fn unix(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

impl Drop for Record {
    fn drop(&mut self) {
        self.secret.zeroize();
        self.refresh.zeroize();
    }
}
