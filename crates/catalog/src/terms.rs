//! What is known of a provider's rules, shown where a person signs in.

use serde::Deserialize;
use url::Url;

use crate::date::Date;

/// A summary of the rules in our own words; the page itself is what binds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// In English.
    pub en: String,
    /// In simplified Chinese.
    pub zh_cn: String,
    /// The page that was read.
    pub url: Url,
    /// The day on which it was read.
    pub checked: Date,
    /// Whether programs of others may offer the provider's own sign-in.
    pub sign_in: SignIn,
}

/// Whether programs of others may sign a person in with an account of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignIn {
    /// The provider offers it to programs of others.
    Allowed,
    /// Only for those who bring a client id and a secret that the provider gave themselves.
    OwnClient,
    /// The provider's rules rule it out: a key is the only way.
    Forbidden,
    /// Not known: a key is the only way offered.
    Unknown,
}
