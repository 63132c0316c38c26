//! The table `sign_in` of a manifest, and what has to be right in it.

use std::collections::BTreeMap;

use serde::Deserialize;
use url::Url;

use super::{
    DeviceFlow, DeviceWords, Flow, FlowClient, FlowExchange, FlowHost, FlowQuirk, FlowState, Flows,
    UserQuestion,
};
use crate::address::base_url;
use crate::checks::Checks;
use crate::problem::KeyPath;

/// The table as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFlows {
    client: FlowClient,
    #[serde(default)]
    scopes: Vec<String>,
    issuer: Option<String>,
    authorize: Option<String>,
    token: Option<String>,
    revoke: Option<String>,
    #[serde(default = "redirect_uri")]
    redirect_parameter: String,
    #[serde(default)]
    host: FlowHost,
    port: Option<u16>,
    #[serde(default)]
    state: FlowState,
    #[serde(default)]
    exchange: FlowExchange,
    #[serde(default = "access_token")]
    secret: String,
    #[serde(default)]
    quirks: Vec<FlowQuirk>,
    #[serde(default)]
    query: BTreeMap<String, String>,
    user: Option<RawUser>,
    renew_hours_ahead: Option<u64>,
    device: Option<RawDevice>,
}

impl RawFlows {
    /// Whether it is for those alone who bring a client of their own.
    pub(crate) fn is_of_own_client(&self) -> bool {
        self.client == FlowClient::Secret
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawUser {
    url: String,
    parameter: String,
    secret: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDevice {
    start: String,
    poll: String,
    name_parameter: Option<String>,
    scopes: Option<Vec<String>>,
    #[serde(default)]
    exchange: FlowExchange,
    #[serde(default)]
    words: DeviceWords,
    secret: Option<String>,
}

fn redirect_uri() -> String {
    "redirect_uri".to_owned()
}

fn access_token() -> String {
    "access_token".to_owned()
}

/// Checks the table `sign_in`; `allowed`: whether the provider's terms are known to allow it.
pub(crate) fn flows(checks: &mut Checks, written: &RawFlows, allowed: bool) -> Option<Flows> {
    let key = KeyPath::of("sign_in");
    if !allowed {
        let message = "a sign-in is offered only where terms.sign_in is \"allowed\"";
        checks.wrong(key.clone(), message);
    }
    check_words(checks, &key, written);
    let token = address(checks, &key, "token", written.token.as_deref());
    let revoke = address(checks, &key, "revoke", written.revoke.as_deref());
    let authorize = address(checks, &key, "authorize", written.authorize.as_deref());
    // An issuer is compared letter by letter, so it is kept as it is written.
    address(checks, &key, "issuer", written.issuer.as_deref());
    if written.authorize.is_none() && written.device.is_none() {
        checks.wrong(key.clone(), "a sign-in needs `authorize` or `device`");
    }
    if written.authorize.is_some() && written.token.is_none() {
        checks.wrong(key.clone(), "what is authorized is exchanged at `token`");
    }
    let user = written.user.as_ref().and_then(|user| {
        let key = key.key("user");
        Some(UserQuestion {
            url: address(checks, &key, "url", Some(&user.url))?,
            parameter: user.parameter.clone(),
            secret: user.secret.clone(),
        })
    });
    if written.quirks.contains(&FlowQuirk::NoPkce) && !written.is_of_own_client() {
        let message = "a sign-in without PKCE is for clients with a secret of their own alone";
        checks.wrong(key.key("quirks"), message);
    }
    let browser = authorize.zip(token.clone()).map(|(authorize, token)| Flow {
        authorize,
        token,
        revoke: revoke.clone(),
        client: written.client,
        scopes: written.scopes.clone(),
        redirect_parameter: written.redirect_parameter.clone(),
        host: written.host,
        port: written.port,
        state: written.state,
        exchange: written.exchange,
        secret: written.secret.clone(),
        quirks: written.quirks.clone(),
        query: written.query.clone(),
        user: user.clone(),
        ahead: written.renew_hours_ahead,
    });
    let device = written.device.as_ref().and_then(|device| {
        let key = key.key("device");
        let start = address(checks, &key, "start", Some(&device.start));
        let poll = address(checks, &key, "poll", Some(&device.poll));
        Some(DeviceFlow {
            start: start?,
            poll: poll?,
            token,
            revoke,
            client: written.client,
            name_parameter: device.name_parameter.clone(),
            scopes: device.scopes.as_ref().unwrap_or(&written.scopes).clone(),
            exchange: device.exchange,
            words: device.words.clone(),
            secret: device.secret.as_ref().unwrap_or(&written.secret).clone(),
        })
    });
    Some(Flows {
        browser,
        device,
        discovery: None,
        issuer: written.issuer.clone(),
        client_id: None,
    })
}

fn address(checks: &mut Checks, key: &KeyPath, name: &str, text: Option<&str>) -> Option<Url> {
    checks.take(&key.key(name), base_url(text?, false))
}

fn check_words(checks: &mut Checks, key: &KeyPath, written: &RawFlows) {
    let device = written.device.as_ref();
    let in_device = key.key("device");
    let words = [
        (key, "redirect_parameter", Some(&written.redirect_parameter)),
        (key, "secret", Some(&written.secret)),
        (
            &in_device,
            "name_parameter",
            device.and_then(|device| device.name_parameter.as_ref()),
        ),
        (
            &in_device,
            "secret",
            device.and_then(|device| device.secret.as_ref()),
        ),
    ];
    for (table, name, word) in words {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        if word.is_some_and(|word| word.is_empty() || !word.bytes().all(fits)) {
            let message = "a name is made of lower case letters and underscores";
            checks.wrong(table.key(name), message);
        }
    }
    if written.port.is_some_and(|port| port < 1024) {
        checks.wrong(key.key("port"), "a port below 1024 needs rights");
    }
    let of_device = device.and_then(|device| device.scopes.as_deref());
    let lists = [
        (key, written.scopes.as_slice()),
        (&in_device, of_device.unwrap_or_default()),
    ];
    for (table, scopes) in lists {
        for (at, _) in scopes.iter().enumerate().filter(|(_, it)| !is_scope(it)) {
            let message = "a scope is one printable word";
            checks.wrong(table.key("scopes").index(at), message);
        }
    }
}

/// One scope; <https://www.rfc-editor.org/rfc/rfc6749#section-3.3>.
pub(crate) fn is_scope(scope: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    !scope.is_empty() && scope.bytes().all(fits)
}

/// A client id: visible characters; <https://www.rfc-editor.org/rfc/rfc6749#appendix-A.1>.
pub(crate) fn is_client_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 512 && id.bytes().all(|byte| byte.is_ascii_graphic())
}
