//! The addresses of a sign-in as an issuer itself describes them.

use std::collections::BTreeMap;

use catalog::{DeviceFlow, DeviceWords, Discovery, Flow, FlowClient, FlowExchange};
use catalog::{FlowHost, FlowState, Flows};
use serde_json::Value;
use url::Url;

use super::transport::is_safe;
use super::{Http, IssuerFault, SignInError};

/// What an issuer says of itself.
#[derive(Debug)]
pub(super) struct Described {
    pub(super) flows: Flows,
    /// Whether its answers name it; <https://www.rfc-editor.org/rfc/rfc9207#section-3>.
    pub(super) names_issuer: bool,
}

/// Asks the issuer for its ways to sign in.
///
/// # Errors
/// It cannot be reached, or its document is another's, or not fit to be used.
pub(super) async fn discover(
    discovery: &Discovery,
    client_id: Option<String>,
    http: &dyn Http,
) -> Result<Described, SignInError> {
    if !is_safe(&discovery.issuer) {
        return Err(SignInError::IssuerUnfit(IssuerFault::Plain));
    }
    let reply = http.get(&well_known(&discovery.issuer)).await?;
    if reply.status != 200 {
        return Err(SignInError::Refused {
            status: reply.status,
        });
    }
    let document: Value = serde_json::from_slice(&reply.body)
        .map_err(|_| SignInError::IssuerUnfit(IssuerFault::NotJson))?;
    let named = document.get("authorization_response_iss_parameter_supported");
    Ok(Described {
        names_issuer: named.and_then(Value::as_bool) == Some(true),
        flows: flows(discovery, client_id, &document)?,
    })
}

/// Where <https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationRequest>
/// puts the document.
fn well_known(issuer: &Url) -> Url {
    let mut url = issuer.clone();
    let path = issuer.path().trim_end_matches('/');
    url.set_path(&format!("{path}/.well-known/openid-configuration"));
    url
}

fn flows(
    discovery: &Discovery,
    client_id: Option<String>,
    document: &Value,
) -> Result<Flows, SignInError> {
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    let has = |name: &str, word: &str| {
        let list = document.get(name).and_then(Value::as_array);
        list.map(|list| list.iter().any(|item| item.as_str() == Some(word)))
    };
    let issuer = text("issuer").unwrap_or_default();
    // `https://id.example` and `https://id.example/` are one URL, and the document says which.
    let asked = discovery.issuer.as_str();
    let root = discovery.issuer.path() == "/" && asked.strip_suffix('/') == Some(issuer);
    if issuer != asked && !root {
        return Err(SignInError::WrongIssuer);
    }
    if has("code_challenge_methods_supported", "S256") == Some(false) {
        return Err(SignInError::IssuerUnfit(IssuerFault::WithoutPkce));
    }
    let address = |name: &str| match text(name) {
        None => Ok(None),
        Some(text) => Url::parse(text)
            .ok()
            .filter(is_safe)
            .map(Some)
            .ok_or(SignInError::IssuerUnfit(IssuerFault::PlainAddress)),
    };
    let authorize = address("authorization_endpoint")?;
    let token =
        address("token_endpoint")?.ok_or(SignInError::IssuerUnfit(IssuerFault::WithoutToken))?;
    let revoke = address("revocation_endpoint")?;
    let start = address("device_authorization_endpoint")?;
    let mut scopes = discovery.scopes.clone();
    // Without it most issuers give nothing that could be renewed.
    if scopes == ["openid"] && has("scopes_supported", "offline_access") == Some(true) {
        scopes.push("offline_access".to_owned());
    }
    let browser = authorize.map(|authorize| Flow {
        authorize,
        token: token.clone(),
        revoke: revoke.clone(),
        client: FlowClient::Setting,
        scopes: scopes.clone(),
        redirect_parameter: "redirect_uri".to_owned(),
        host: FlowHost::Address,
        port: None,
        state: FlowState::Parameter,
        exchange: FlowExchange::Form,
        secret: "access_token".to_owned(),
        quirks: Vec::new(),
        query: BTreeMap::new(),
        user: None,
        ahead: None,
    });
    let device = start.map(|start| DeviceFlow {
        start,
        poll: token.clone(),
        token: Some(token),
        revoke,
        client: FlowClient::Setting,
        name_parameter: None,
        scopes,
        exchange: FlowExchange::Form,
        words: DeviceWords::default(),
        secret: "access_token".to_owned(),
    });
    Ok(Flows {
        browser,
        device,
        discovery: None,
        issuer: Some(issuer.to_owned()),
        client_id,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use serde_json::json;

    use super::*;

    fn described(issuer: &str, changed: &[(&str, Value)]) -> Result<Flows, SignInError> {
        let mut document = json!({
            "issuer": issuer,
            "authorization_endpoint": "https://id.example/a",
            "token_endpoint": "https://id.example/t",
        });
        for (name, value) in changed {
            document[name] = value.clone();
        }
        let discovery = Flows::of_issuer("https://id.example".parse().unwrap(), None)
            .discovery
            .unwrap();
        flows(&discovery, None, &document)
    }

    #[test]
    fn the_document_lies_below_the_issuers_path() {
        for (issuer, expected) in [
            (
                "https://a.example",
                "https://a.example/.well-known/openid-configuration",
            ),
            (
                "https://a.example/r/m/",
                "https://a.example/r/m/.well-known/openid-configuration",
            ),
        ] {
            assert_eq!(well_known(&issuer.parse().unwrap()).as_str(), expected);
        }
    }

    #[test]
    fn s56_the_issuer_has_to_be_the_one_that_was_asked() {
        for good in ["https://id.example", "https://id.example/"] {
            assert_eq!(described(good, &[]).unwrap().issuer.as_deref(), Some(good));
        }
        for bad in [
            "https://evil.example",
            "https://id.example/x",
            "",
            "https://id.example//",
        ] {
            let error = described(bad, &[]).unwrap_err();
            assert!(matches!(error, SignInError::WrongIssuer), "{bad}");
        }
    }

    #[test]
    fn s58_what_is_not_fit_is_told() {
        use IssuerFault::{PlainAddress, WithoutPkce, WithoutToken};
        let plain = "http://id.example/d";
        for (name, value, fault) in [
            ("token_endpoint", json!(plain), PlainAddress),
            ("token_endpoint", json!(null), WithoutToken),
            (
                "authorization_endpoint",
                json!("javascript:alert(1)"),
                PlainAddress,
            ),
            ("device_authorization_endpoint", json!(plain), PlainAddress),
            (
                "code_challenge_methods_supported",
                json!(["plain"]),
                WithoutPkce,
            ),
        ] {
            let error = described("https://id.example", &[(name, value)]).unwrap_err();
            assert!(
                matches!(error, SignInError::IssuerUnfit(found) if found == fault),
                "{name}: {error}"
            );
        }
    }

    #[test]
    fn what_can_be_renewed_is_asked_for_where_the_issuer_knows_it() {
        let supported = ("scopes_supported", json!(["openid", "offline_access"]));
        let scopes = |flows: Flows| flows.browser.unwrap().scopes;
        let with = described("https://id.example", &[supported]).unwrap();
        assert_eq!(scopes(with), ["openid", "offline_access"]);
        assert_eq!(
            scopes(described("https://id.example", &[]).unwrap()),
            ["openid"]
        );
    }
}
