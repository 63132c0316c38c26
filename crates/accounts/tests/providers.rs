//! The flow of each provider, as its manifest says it, against a fake built from its documentation.
#![allow(clippy::unwrap_used, reason = "tests")]

mod browser;

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use accounts::SignInError;
use browser::agree;
use catalog::{Catalog, FlowKind, Flows};
use serde_json::{Value, json};
use testkit::{IDENTITY_SECRET, Identity, IdentityFault, Issuer, IssuerOptions};
use testkit::{Recorded, Script, Upstream};
use url::Url;

fn flows(id: &str) -> Flows {
    let catalog = Catalog::builtin().unwrap();
    let mut flows = catalog.provider(id).unwrap().sign_in.clone().unwrap();
    flows.client_id = Some("client-1".to_owned());
    flows
}

/// The same path at the fake.
fn moved(url: &mut Url, fake: &str) {
    let fake = Url::parse(fake).unwrap();
    url.set_scheme("http").unwrap();
    url.set_host(fake.host_str()).unwrap();
    url.set_port(fake.port()).unwrap();
}

/// The provider's browser flow with a fake's own pages.
fn at(id: &str, identity: &Identity) -> Flows {
    let mut flows = flows(id);
    let browser = flows.browser.as_mut().unwrap();
    browser.authorize = identity.authorize_url().parse().unwrap();
    browser.token = identity.token_url().parse().unwrap();
    flows
}

fn form(request: &Recorded) -> HashMap<String, String> {
    let pairs = url::form_urlencoded::parse(&request.body);
    pairs.into_owned().collect()
}

#[tokio::test]
async fn poe_gives_a_key_for_a_client_and_a_redirect_to_localhost() {
    let identity = Identity::start("redirect_uri", "api_key", IdentityFault::None);
    let grant = agree(&at("poe", &identity), FlowKind::Browser)
        .await
        .unwrap();
    assert_eq!(grant.secret.expose(), IDENTITY_SECRET);
    assert!(grant.refresh.is_none());
    let requests = identity.requests();
    let asked = &requests[0].target;
    for part in [
        "scope=apikey%3Acreate",
        "client_id=client-1",
        "http%3A%2F%2Flocalhost%3A",
    ] {
        assert!(asked.contains(part), "{part} in {asked}");
    }
    let sent = form(&requests[1]);
    assert_eq!(sent["grant_type"], "authorization_code");
    assert_eq!(sent["client_id"], "client-1");
    assert!(sent["redirect_uri"].starts_with("http://localhost:"));
}

#[tokio::test]
async fn nano_gpt_hands_a_key_over_without_registration() {
    let identity = Identity::start("callback_url", "key", IdentityFault::None);
    let grant = agree(&at("nano-gpt", &identity), FlowKind::Browser)
        .await
        .unwrap();
    assert_eq!(grant.secret.expose(), IDENTITY_SECRET);
    let requests = identity.requests();
    let asked = &requests[0].target;
    assert!(asked.contains("scope=api.use+models.read") && asked.contains("state="));
    assert!(!asked.contains("client_id"));
    let sent = requests[1].json();
    assert_eq!(sent["grant_type"], "authorization_code");
    assert_eq!(sent.as_object().unwrap().len(), 3, "{sent}");
}

#[tokio::test]
async fn pollinations_gives_a_key_for_a_week() {
    let identity = Identity::start("redirect_uri", "access_token", IdentityFault::None);
    let flows = at("pollinations", &identity);
    let grant = agree(&flows, FlowKind::Browser).await.unwrap();
    assert_eq!(grant.secret.expose(), IDENTITY_SECRET);
    let asked = &identity.requests()[0].target;
    assert!(asked.contains("http%3A%2F%2Flocalhost%3A") && !asked.contains("scope"));
}

#[tokio::test]
async fn hugging_face_and_chutes_are_openid_providers_that_renew() {
    for id in ["huggingface", "chutes"] {
        let issuer = Issuer::start(IssuerOptions::default());
        let mut flows = flows(id);
        flows.issuer = Some(issuer.url());
        let browser = flows.browser.as_mut().unwrap();
        browser.authorize = format!("{}/authorize", issuer.url()).parse().unwrap();
        browser.token = format!("{}/token", issuer.url()).parse().unwrap();
        let grant = agree(&flows, FlowKind::Browser).await.unwrap();
        assert!(grant.refresh.is_some(), "{id}");
        assert_eq!(grant.expires_in, Some(Duration::from_secs(3600)));
        assert!(issuer.requests()[0].target.contains("nonce="), "{id}");
    }
}

#[tokio::test]
async fn hugging_face_signs_in_with_a_device_code() {
    let fake = Upstream::start(|request| match request.path() {
        "/oauth/device" => Script::json(
            200,
            &json!({
                "device_code": "d-1", "user_code": "AAAA-BBBB", "interval": 1, "expires_in": 900,
                "verification_uri": format!("http://{}/device", request.header("host").unwrap()),
            }),
        ),
        "/oauth/token" => Script::json(
            200,
            &json!({"access_token": "hf_oauth_x", "expires_in": 28800, "refresh_token": "r-1"}),
        ),
        _ => Script::status(404),
    });
    let mut flows = flows("huggingface");
    let device = flows.device.as_mut().unwrap();
    moved(&mut device.start, &fake.url());
    moved(&mut device.poll, &fake.url());
    let grant = agree(&flows, FlowKind::Device).await.unwrap();
    assert_eq!(grant.secret.expose(), "hf_oauth_x");
    assert!(grant.refresh.is_some());
    let requests = fake.requests();
    let begun = form(&requests[0]);
    assert_eq!(begun["scope"], "openid profile inference-api");
    assert_eq!(begun["client_id"], "client-1");
    let asked = form(&requests[1]);
    assert_eq!(
        asked["grant_type"],
        "urn:ietf:params:oauth:grant-type:device_code"
    );
    assert_eq!(
        (asked["device_code"].as_str(), asked["client_id"].as_str()),
        ("d-1", "client-1")
    );
}

/// Answers `start` with a beginning and `poll` with these in turn.
fn fake(start: &'static str, begun: Value, poll: &'static str, answers: Vec<Script>) -> Upstream {
    let answers = Mutex::new(answers);
    Upstream::start(move |request| {
        assert_eq!(request.method, "POST");
        assert_eq!(request.header("content-type"), Some("application/json"));
        match request.path() {
            path if path == start => Script::json(200, &begun),
            path if path == poll => answers.lock().unwrap().remove(0),
            _ => Script::status(404),
        }
    })
}

fn nano_gpt(answers: Vec<Script>) -> (Upstream, Flows) {
    let begun = json!({
        "device_code": "0Reyai", "user_code": "VS8Q-ZY3Q", "expires_in": 600, "interval": 1,
        "verification_uri": "https://nano-gpt.com/cli-login/verify",
        "verification_uri_complete": "https://nano-gpt.com/cli-login/verify?code=VS8Q-ZY3Q",
    });
    let fake = fake(
        "/api/cli-login/start",
        begun,
        "/api/cli-login/poll",
        answers,
    );
    let mut flows = flows("nano-gpt");
    let device = flows.device.as_mut().unwrap();
    moved(&mut device.start, &fake.url());
    moved(&mut device.poll, &fake.url());
    (fake, flows)
}

#[tokio::test]
async fn nano_gpt_gives_a_key_for_a_device_code_in_its_own_words() {
    let (fake, flows) = nano_gpt(vec![
        Script::json(202, &json!({"status": "authorization_pending"})),
        Script::json(200, &json!({"status": "approved", "key": "sk-nano-1"})),
    ]);
    let grant = agree(&flows, FlowKind::Device).await.unwrap();
    assert_eq!(grant.secret.expose(), "sk-nano-1");
    assert_eq!((grant.expires_in, grant.refresh.is_some()), (None, false));
    let requests = fake.requests();
    assert_eq!(requests[0].json(), json!({"client_name": "Portolan"}));
    assert_eq!(requests[1].json(), json!({"device_code": "0Reyai"}));
}

#[tokio::test]
async fn nano_gpts_own_endings_are_told() {
    for (status, body, name) in [
        (410, json!({"status": "expired"}), "TimedOut"),
        (
            409,
            json!({"status": "consumed"}),
            "Refused { status: 409 }",
        ),
        (
            404,
            json!({"error": "invalid_code"}),
            "Refused { status: 404 }",
        ),
        (200, json!({"status": "approved"}), "Unreadable"),
    ] {
        let (_fake, flows) = nano_gpt(vec![Script::json(status, &body)]);
        let error = agree(&flows, FlowKind::Device).await.unwrap_err();
        assert_eq!(format!("{error:?}"), name, "{body}");
    }
}

#[tokio::test]
async fn pollinations_gives_a_key_for_a_device_code() {
    let begun = json!({"device_code": "d-1", "user_code": "ABCD-1234", "verification_uri": "/device",
        "interval": 1});
    let answers = vec![
        Script::json(400, &json!({"error": "authorization_pending"})),
        Script::json(
            200,
            &json!({"access_token": "sk_1", "token_type": "bearer"}),
        ),
    ];
    let fake = fake("/api/device/code", begun, "/api/device/token", answers);
    let mut flows = flows("pollinations");
    let device = flows.device.as_mut().unwrap();
    moved(&mut device.start, &fake.url());
    moved(&mut device.poll, &fake.url());
    let grant = agree(&flows, FlowKind::Device).await.unwrap();
    assert_eq!(grant.secret.expose(), "sk_1");
    let requests = fake.requests();
    assert_eq!(requests[0].json(), json!({"client_id": "client-1"}));
    assert_eq!(requests[1].json(), json!({"device_code": "d-1"}));
}

#[tokio::test]
async fn s59_a_provider_that_wants_a_client_id_gets_nobody_elses() {
    for id in ["chutes", "huggingface", "poe", "pollinations"] {
        let mut flows = flows(id);
        flows.client_id = None;
        for kind in flows.kinds() {
            let error = agree(&flows, kind).await.unwrap_err();
            assert!(matches!(error, SignInError::NoClient), "{id}: {error}");
        }
    }
}

#[tokio::test]
async fn s56_a_replayed_code_and_a_denied_consent_give_nothing_anywhere() {
    for (id, redirect, secret) in [
        ("openrouter", "callback_url", "key"),
        ("nano-gpt", "callback_url", "key"),
        ("poe", "redirect_uri", "api_key"),
        ("pollinations", "redirect_uri", "access_token"),
        ("huggingface", "redirect_uri", "access_token"),
        ("chutes", "redirect_uri", "access_token"),
    ] {
        let denying = Identity::start(redirect, secret, IdentityFault::Denied);
        let error = agree(&at(id, &denying), FlowKind::Browser)
            .await
            .unwrap_err();
        assert!(matches!(error, SignInError::Denied { .. }), "{id}: {error}");
        let replaying = Identity::start(redirect, secret, IdentityFault::ReplayedCode);
        let error = agree(&at(id, &replaying), FlowKind::Browser)
            .await
            .unwrap_err();
        assert!(
            matches!(error, SignInError::Refused { status: 400 }),
            "{id}: {error}"
        );
    }
}
