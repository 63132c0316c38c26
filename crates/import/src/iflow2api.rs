//! iflow2api: `config.json`, as its version 1.6.10 writes it.

use crate::found::{Found, Left, LeftWhy};
use crate::iflow::address;
use crate::object::Object;

/// Addresses that let nobody else in.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// Takes in `config.json`.
pub(crate) fn config(object: &Object<'_>, found: &mut Found) {
    let left = &mut found.left;
    found.key = object.secret("api_key", left);
    // A defect of its renewals wrote the access token there, which no chat was ever signed with.
    let access = object.text("oauth_access_token", &mut Vec::new());
    if let (Some(key), Some(access)) = (&found.key, access)
        && key.expose() == access.trim()
    {
        found.key = None;
        left.push(Left {
            field: "api_key",
            why: LeftWhy::SignIn,
        });
    }
    found.address = address(object.plain("base_url"), true);
    found.client_key = object.secret("custom_api_key", left);
    found.port = object.fields.get("port").and_then(|port| {
        let port = port.as_u64().and_then(|port| u16::try_from(port).ok());
        if port.is_none_or(|port| port == 0) {
            left.push(Left {
                field: "port",
                why: LeftWhy::Unusable,
            });
        }
        port.filter(|port| *port != 0)
    });
    found.language = match object.plain("language") {
        Some("zh") => Some("zh-CN"),
        Some("en") => Some("en"),
        Some(_) | None => None,
    };
    found.theme = match object.plain("theme_mode") {
        Some("system") => Some("system"),
        Some("dark") => Some("dark"),
        Some("light") => Some("light"),
        Some(_) | None => None,
    };
    if object.is_true("upstream_proxy_enabled") {
        found.proxy = object.text("upstream_proxy", left);
    }
    if object
        .plain("host")
        .is_some_and(|host| !LOOPBACK.contains(&host))
    {
        object.leave("host", LeftWhy::Open, left);
    }
    for field in ["oauth_access_token", "oauth_refresh_token"] {
        object.leave(field, LeftWhy::SignIn, left);
    }
    for field in ["upstream_transport_backend", "tls_impersonate"] {
        object.leave(field, LeftWhy::Imitation, left);
    }
    for field in [
        "preserve_reasoning_content",
        "api_concurrency",
        "custom_auth_header",
    ] {
        object.leave(field, LeftWhy::ByHand, left);
    }
}
