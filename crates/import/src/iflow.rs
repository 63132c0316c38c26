//! iFlow's command line: `settings.json`, `oauth_creds.json`, and what iflow2api wrote into the first.

use crate::found::{Address, Found, LeftWhy};
use crate::object::Object;

/// Where iFlow was.
const IFLOW: &str = "https://apis.iflow.cn/v1";
/// A service of somebody else, with a key of the user's own.
const OTHER: &str = "openai-compatible";

/// Takes in `settings.json`.
pub(crate) fn settings(object: &Object<'_>, found: &mut Found) {
    let left = &mut found.left;
    found.key = object
        .secret("apiKey", left)
        .or_else(|| object.secret("searchApiKey", left));
    found.address = address(
        object.plain("baseUrl"),
        object.plain("selectedAuthType") != Some(OTHER),
    );
    found.model = object.text("modelName", left);
    for field in ["oauth_access_token", "oauth_refresh_token"] {
        object.leave(field, LeftWhy::SignIn, left);
    }
}

/// Takes in `oauth_creds.json`, whose key is the later one where a sign-in is in use.
pub(crate) fn credentials(object: &Object<'_>, found: &mut Found) {
    let is_other = found.address.as_ref().is_some_and(|address| !address.iflow);
    if found.key.is_none() || !is_other {
        let key = object.secret("apiKey", &mut found.left);
        found.key = key.or(found.key.take());
    }
    object.leave("refresh_token", LeftWhy::SignIn, &mut found.left);
}

/// The address, unless it is iFlow's own.
pub(crate) fn address(url: Option<&str>, iflow: bool) -> Option<Address> {
    let url = url?.trim().trim_end_matches('/');
    (url != IFLOW).then(|| Address {
        url: url.to_owned(),
        iflow,
    })
}
