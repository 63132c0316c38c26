//! Signing in at an issuer that describes itself: discovery, id tokens, device codes, revocation.
#![allow(clippy::unwrap_used, reason = "tests")]

mod browser;

use std::time::{Duration, SystemTime};

use accounts::{GivenUp, IssuerFault, PendingSignIn, Secret, SignInError, revoke};
use browser::{Plain, agree, pages};
use catalog::{FlowKind, Flows};
use serde_json::{Value, json};
use testkit::{Issuer, IssuerOptions, Script, Upstream};

fn flows(issuer: &Issuer) -> Flows {
    let mut flows = Flows::of_issuer(issuer.url().parse().unwrap(), None);
    flows.client_id = Some("portolan".to_owned());
    flows
}

fn lying(claims: Value) -> Issuer {
    Issuer::start(IssuerOptions {
        claims,
        ..IssuerOptions::default()
    })
}

#[tokio::test]
async fn an_issuer_is_all_that_a_sign_in_needs() {
    let issuer = lying(json!({}));
    let grant = agree(&flows(&issuer), FlowKind::Browser).await.unwrap();
    assert!(grant.secret.expose().starts_with("access-canary"));
    assert_eq!(grant.expires_in, Some(Duration::from_secs(3600)));
    assert!(grant.refresh.is_some());
    assert!(!format!("{grant:?}").contains("canary"));
    let asked = &issuer.requests()[1].target;
    for part in [
        "client_id=portolan",
        "scope=openid+offline_access",
        "prompt=consent",
        "nonce=",
        "code_challenge_method=S256",
    ] {
        assert!(asked.contains(part), "{part} in {asked}");
    }
}

#[tokio::test]
async fn s56_an_id_token_of_another_sign_in_is_refused() {
    for (claims, name) in [
        (json!({"nonce": "another"}), "WrongNonce"),
        (json!({"nonce": null}), "WrongNonce"),
        (json!({"aud": "another"}), "WrongAudience"),
        (json!({"iss": "https://evil.example"}), "WrongIssuer"),
        (json!({"exp": 1}), "WrongTime"),
    ] {
        let issuer = lying(claims.clone());
        let error = agree(&flows(&issuer), FlowKind::Browser).await.unwrap_err();
        assert_eq!(format!("{error:?}"), name, "{claims}");
    }
}

#[tokio::test]
async fn s56_a_description_of_another_issuer_is_refused() {
    let issuer = Issuer::start(IssuerOptions {
        description: json!({"issuer": "https://evil.example"}),
        ..IssuerOptions::default()
    });
    let error = agree(&flows(&issuer), FlowKind::Browser).await.unwrap_err();
    assert!(matches!(error, SignInError::WrongIssuer), "{error}");
    assert_eq!(issuer.requests().len(), 1, "nothing else was asked");
}

#[tokio::test]
async fn s56_an_answer_without_the_issuer_that_it_ought_to_name_is_refused() {
    for said in [true, false] {
        let issuer = Issuer::start(IssuerOptions {
            description: json!({"authorization_response_iss_parameter_supported": said}),
            names_itself: false,
            ..IssuerOptions::default()
        });
        let granted = agree(&flows(&issuer), FlowKind::Browser).await;
        assert_eq!(
            matches!(granted, Err(SignInError::WrongIssuer)),
            said,
            "{granted:?}"
        );
    }
}

#[tokio::test]
async fn s58_an_issuer_off_this_computer_is_asked_over_tls_alone() {
    let mut flows = Flows::of_issuer("http://id.example.com".parse().unwrap(), None);
    flows.client_id = Some("portolan".to_owned());
    let error = PendingSignIn::start(&flows, None, None, &Plain).await;
    assert!(
        matches!(error, Err(SignInError::IssuerUnfit(IssuerFault::Plain))),
        "{error:?}"
    );
}

#[tokio::test]
async fn s54_a_device_code_gives_the_secret_once_the_person_agreed() {
    let issuer = Issuer::start(IssuerOptions {
        device: vec!["authorization_pending"],
        ..IssuerOptions::default()
    });
    let flows = flows(&issuer);
    let pending = PendingSignIn::start(&flows, Some(FlowKind::Device), None, &Plain)
        .await
        .unwrap();
    assert_eq!(pending.code(), Some("WDJB-MJHT"));
    assert!(
        pending
            .address()
            .as_str()
            .ends_with("/activate?user_code=WDJB-MJHT")
    );
    assert!(pending.paste().is_none());
    assert_eq!(pending.patience(), Duration::from_secs(900));
    let answered = pending.wait(&pages(), &Plain).await.unwrap();
    let grant = answered.grant(&Plain).await.unwrap();
    assert!(grant.refresh.is_some());
    assert_eq!(issuer.requests().len(), 4, "described, begun, asked twice");
}

#[tokio::test]
async fn a_device_code_that_is_denied_or_over_ends_the_sign_in() {
    for (word, name) in [
        ("access_denied", "Denied { code: \"access_denied\" }"),
        ("expired_token", "TimedOut"),
        ("invalid_grant", "Refused { status: 400 }"),
    ] {
        let issuer = Issuer::start(IssuerOptions {
            device: vec![word],
            ..IssuerOptions::default()
        });
        let error = agree(&flows(&issuer), FlowKind::Device).await.unwrap_err();
        assert_eq!(format!("{error:?}"), name);
    }
}

#[tokio::test]
async fn s58_signing_out_gives_up_both_tokens() {
    let issuer = lying(json!({}));
    let grant = agree(&flows(&issuer), FlowKind::Browser).await.unwrap();
    let kept = grant.record(SystemTime::now());
    assert_eq!(revoke(&kept, &Plain).await.unwrap(), GivenUp::Done);
    let revoked = issuer.revoked();
    assert_eq!(revoked.len(), 2);
    assert!(revoked[0].starts_with("refresh") && revoked[1].starts_with("access"));
    // One that takes refresh tokens alone has ended the rest with them.
    let picky = Upstream::start(|request| {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        if body.contains("token_type_hint=refresh_token") {
            Script::status(200)
        } else {
            Script::json(400, &json!({ "error": "unsupported_token_type" }))
        }
    });
    let mut stored: Value = serde_json::from_str(kept.expose()).unwrap();
    stored["revoke"] = picky.url().into();
    let again = Secret::new(stored.to_string()).unwrap();
    assert_eq!(revoke(&again, &Plain).await.unwrap(), GivenUp::Done);
    stored["refresh"] = Value::Null;
    let bare = Secret::new(stored.to_string()).unwrap();
    let error = revoke(&bare, &Plain).await.unwrap_err();
    assert!(matches!(error, SignInError::Refused { status: 400 }));
    stored["revoke"] = Value::Null;
    let without = Secret::new(stored.to_string()).unwrap();
    let given_up = revoke(&without, &Plain).await.unwrap();
    assert_eq!(given_up, GivenUp::Unsupported);
    let key = Secret::new("sk-plain".to_owned()).unwrap();
    assert_eq!(revoke(&key, &Plain).await.unwrap(), GivenUp::Nothing);
}
