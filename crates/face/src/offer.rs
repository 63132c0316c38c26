//! What the window's updater needs to know of a newer release.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

/// A newer release that the makers signed, of which nothing has been fetched yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Where the news came from.
    pub endpoint: Url,
    /// The key that signed the news, and that has to have signed the package.
    pub key: String,
    /// The news, for Tauri's updater.
    pub news: Value,
}

impl Offer {
    /// Whether it comes from this machine, where no proxy leads.
    #[must_use]
    pub fn is_here(&self) -> bool {
        self.endpoint.host_str() == Some("127.0.0.1")
    }
}
