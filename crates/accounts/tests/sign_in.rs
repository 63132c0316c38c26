//! Signing in against a fake identity provider, and against those who would finish it for us.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod browser;

use std::time::Duration;

use accounts::{Grant, Loopback, PendingSignIn, Secret, SignInError, Transaction};
use browser::{Plain, base, browse, get, location, pages};
use catalog::{Flow, FlowClient, FlowExchange, FlowHost, FlowKind, FlowState, Flows};
use testkit::{Answer, Client, IDENTITY_SECRET, Identity, IdentityFault};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

const ISSUER: &str = "https://issuer.example";

/// As Poe documents it: a form, a state, a client id that is a setting.
fn standard(identity: &Identity) -> Flow {
    Flow {
        authorize: Url::parse(&identity.authorize_url()).unwrap(),
        token: Url::parse(&identity.token_url()).unwrap(),
        client: FlowClient::Setting,
        revoke: None,
        host: FlowHost::Address,
        scopes: vec!["apikey:create".to_owned()],
        redirect_parameter: "redirect_uri".to_owned(),
        port: None,
        state: FlowState::Parameter,
        exchange: FlowExchange::Form,
        secret: "api_key".to_owned(),
        quirks: Vec::new(),
        query: std::collections::BTreeMap::new(),
        user: None,
        ahead: None,
    }
}

fn begin(flow: Flow) -> Transaction {
    Transaction::begin(flow, Some("client-1".to_owned()), Some(ISSUER.to_owned())).unwrap()
}

async fn sign_in(flow: Flow) -> (Result<Grant, SignInError>, Answer) {
    let listener = Loopback::open(begin(flow)).await.unwrap();
    let question = listener.address().clone();
    let pages = pages();
    let (code, page) = tokio::join!(listener.wait(&pages), browse(&question));
    let grant = match code {
        Ok(code) => code.exchange(&Plain).await,
        Err(error) => Err(error),
    };
    (grant, page)
}

#[tokio::test]
async fn s54_a_code_with_pkce_gives_the_secret() {
    let identity = Identity::start("redirect_uri", "api_key", IdentityFault::None);
    let (grant, page) = sign_in(standard(&identity)).await;
    let grant = grant.unwrap();
    assert_eq!(grant.secret.expose(), IDENTITY_SECRET);
    assert_eq!(grant.expires_in, Some(Duration::from_secs(3600)));
    assert_eq!(
        (page.status, page.text().as_str()),
        (200, "<p>signed in</p>")
    );
    assert!(!format!("{grant:?}").contains("canary"));
    let asked = &identity.requests()[0].target;
    for part in [
        "client_id=client-1",
        "response_type=code",
        "code_challenge_method=S256",
        "scope=apikey%3Acreate",
        "redirect_uri=http%3A%2F%2F127.0.0.1%3A",
    ] {
        assert!(asked.contains(part), "{part} in {asked}");
    }
}

#[tokio::test]
async fn openrouters_own_flow_gives_its_key() {
    let identity = Identity::start("callback_url", "key", IdentityFault::None);
    let catalog = catalog::Catalog::builtin().unwrap();
    let mut flow = catalog
        .provider("openrouter")
        .unwrap()
        .sign_in
        .as_ref()
        .and_then(|flows| flows.browser.clone())
        .unwrap();
    flow.authorize = Url::parse(&identity.authorize_url()).unwrap();
    flow.token = Url::parse(&identity.token_url()).unwrap();
    let (grant, _) = sign_in(flow).await;
    assert_eq!(grant.unwrap().secret.expose(), IDENTITY_SECRET);
    let requests = identity.requests();
    assert!(!requests[0].target.contains("client_id"));
    assert_eq!(requests[1].header("content-type"), Some("application/json"));
    assert_eq!(requests[1].json()["code_challenge_method"], "S256");
}

#[tokio::test]
async fn s55_the_listener_takes_one_request_at_its_exact_path_and_closes() {
    let identity = Identity::start("redirect_uri", "api_key", IdentityFault::None);
    let listener = Loopback::open(begin(standard(&identity))).await.unwrap();
    let question = listener.address().clone();
    let redirect = location(&question).await;
    let wait = tokio::spawn(async move { listener.wait(&pages()).await });
    let idle = Client::connect(&base(&redirect)).await.unwrap();
    for path in ["/", "/callback/", "/callbackx", "/favicon.ico"] {
        let mut other = redirect.clone();
        other.set_path(path);
        assert_eq!(get(&other, &[]).await.status, 404, "{path}");
    }
    let mut client = Client::connect(&base(&redirect)).await.unwrap();
    let line = &redirect[url::Position::BeforePath..];
    let rebound = format!("GET {line} HTTP/1.1\r\nhost: evil.example\r\n\r\n");
    client.send(rebound).await.unwrap();
    assert_eq!(client.answer().await.unwrap().status, 404);
    let page = get(&redirect, &[]).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.headers.get("cache-control"), Some("no-store"));
    assert!(!page.text().contains("code-"));
    assert!(wait.await.unwrap().is_ok());
    assert!(
        Client::connect(&base(&redirect)).await.is_err(),
        "the port is still open"
    );
    drop(idle);
}

#[tokio::test]
async fn s55_a_busy_fixed_port_is_said() {
    let identity = Identity::start("redirect_uri", "api_key", IdentityFault::None);
    let squatter = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let taken = squatter.local_addr().unwrap().port();
    let mut flow = standard(&identity);
    flow.port = Some(taken);
    let error = Loopback::open(begin(flow)).await.unwrap_err();
    assert!(
        matches!(error, SignInError::PortBusy { port } if port == taken),
        "{error}"
    );
}

#[tokio::test]
async fn s55_nobody_answering_ends_the_wait() {
    let identity = Identity::start("redirect_uri", "api_key", IdentityFault::None);
    let listener = Loopback::open(begin(standard(&identity))).await.unwrap();
    let address = listener.address().clone();
    let ended = listener
        .patience(Duration::from_millis(50))
        .wait(&pages())
        .await;
    assert!(matches!(ended, Err(SignInError::TimedOut)), "{ended:?}");
    let redirect = address
        .query_pairs()
        .find(|(name, _)| name == "redirect_uri")
        .unwrap()
        .1;
    assert!(
        Client::connect(&base(&Url::parse(&redirect).unwrap()))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn s56_a_refusal_and_another_issuer_end_the_sign_in() {
    for fault in [IdentityFault::WrongIssuer, IdentityFault::Denied] {
        let identity = Identity::start("redirect_uri", "api_key", fault);
        let (grant, page) = sign_in(standard(&identity)).await;
        let error = grant.unwrap_err();
        let fits = match fault {
            IdentityFault::WrongIssuer => matches!(error, SignInError::WrongIssuer),
            _ => matches!(&error, SignInError::Denied { code } if code == "access_denied"),
        };
        assert!(fits, "{fault:?}: {error}");
        assert_eq!(
            (page.status, page.text().as_str()),
            (400, "<p>not signed in</p>")
        );
        assert_eq!(
            identity.requests().len(),
            1,
            "{fault:?}: the token endpoint was asked"
        );
    }
}

#[tokio::test]
async fn s56_an_answer_with_another_state_gets_400_and_changes_nothing() {
    let identity = Identity::start("redirect_uri", "api_key", IdentityFault::None);
    let listener = Loopback::open(begin(standard(&identity))).await.unwrap();
    let question = listener.address().clone();
    let wait = tokio::spawn(async move { listener.wait(&pages()).await });
    let redirect = location(&question).await;
    for query in [
        "code=evil&state=another",
        "code=evil",
        "error=access_denied&state=another",
        "",
    ] {
        let mut evil = redirect.clone();
        evil.set_query(Some(query));
        let page = get(&evil, &[]).await;
        assert_eq!(
            (page.status, page.text().as_str()),
            (400, "<p>not signed in</p>"),
            "{query}"
        );
    }
    let twice = format!("{}&state=another", redirect.as_str());
    let page = get(&Url::parse(&twice).unwrap(), &[]).await;
    assert_eq!(page.status, 400);
    assert_eq!(get(&redirect, &[]).await.status, 200);
    let grant = wait.await.unwrap().unwrap().exchange(&Plain).await.unwrap();
    assert_eq!(grant.secret.expose(), IDENTITY_SECRET);
}

#[tokio::test]
async fn s56_every_sign_in_has_a_state_of_256_bits_of_its_own() {
    let identity = Identity::start("redirect_uri", "api_key", IdentityFault::None);
    let mut states = Vec::new();
    for _ in 0..8 {
        let listener = Loopback::open(begin(standard(&identity))).await.unwrap();
        let url = listener.address().clone();
        let state = url
            .query_pairs()
            .find(|(name, _)| name == "state")
            .unwrap()
            .1
            .into_owned();
        assert_eq!(state.len(), 43, "32 bytes in base64url");
        assert!(!states.contains(&state));
        states.push(state);
    }
}

#[tokio::test]
async fn a_token_endpoint_that_fails_is_told_without_the_code() {
    for fault in [
        IdentityFault::ReplayedCode,
        IdentityFault::Garbage,
        IdentityFault::Hangs,
    ] {
        let identity = Identity::start("redirect_uri", "api_key", fault);
        let error = sign_in(standard(&identity)).await.0.unwrap_err();
        let fits = match fault {
            IdentityFault::ReplayedCode => matches!(error, SignInError::Refused { status: 400 }),
            IdentityFault::Garbage => matches!(error, SignInError::Unreadable),
            _ => matches!(error, SignInError::Unreachable(_)),
        };
        assert!(fits, "{fault:?}: {error:?}");
        assert!(!format!("{error} {error:?}").contains("code-1"));
    }
}

#[test]
fn s59_a_client_id_that_is_not_set_is_asked_for() {
    let identity = Identity::start("redirect_uri", "api_key", IdentityFault::None);
    for client in [None, Some(" ".to_owned())] {
        let error = Transaction::begin(standard(&identity), client, None).unwrap_err();
        assert!(matches!(error, SignInError::NoClient));
    }
}

#[tokio::test]
async fn a_whole_address_or_a_code_alone_can_be_pasted() {
    for whole in [true, false] {
        let identity = Identity::start("redirect_uri", "api_key", IdentityFault::None);
        let listener = Loopback::open(begin(standard(&identity))).await.unwrap();
        let (question, paste) = (listener.address().clone(), listener.paste());
        let wait = tokio::spawn(async move { listener.wait(&pages()).await });
        let redirect = location(&question).await;
        let code = redirect.query_pairs().find(|(name, _)| name == "code");
        let text = match whole {
            true => format!("  {redirect} "),
            false => code.unwrap().1.into_owned(),
        };
        let text = Secret::new(text).unwrap();
        paste.take(&text).unwrap();
        let grant = wait.await.unwrap().unwrap().exchange(&Plain).await.unwrap();
        assert_eq!(grant.secret.expose(), IDENTITY_SECRET);
        assert!(matches!(paste.take(&text), Err(SignInError::Over)));
        assert!(
            Client::connect(&base(&redirect)).await.is_err(),
            "the port is still open"
        );
    }
}

#[tokio::test]
async fn s56_a_pasted_address_that_is_not_ours_changes_nothing() {
    let identity = Identity::start("redirect_uri", "api_key", IdentityFault::None);
    let listener = Loopback::open(begin(standard(&identity))).await.unwrap();
    let (question, paste) = (listener.address().clone(), listener.paste());
    let wait = tokio::spawn(async move { listener.wait(&pages()).await });
    let redirect = location(&question).await;
    let mut state = redirect.clone();
    state.set_query(Some("code=evil&state=another"));
    let mut path = redirect.clone();
    path.set_path("/elsewhere");
    let mut port = redirect.clone();
    port.set_port(Some(9)).unwrap();
    for wrong in [state, path, port] {
        let error = paste.take(&Secret::new(wrong.into()).unwrap()).unwrap_err();
        assert!(matches!(error, SignInError::WrongState), "{error}");
    }
    for no_code in ["code=evil", "what is this", " ", "\u{fffd}", "你好"] {
        let text = Secret::new(no_code.to_owned()).unwrap();
        let taken = paste.take(&text);
        assert!(matches!(taken, Err(SignInError::NoCode)), "{no_code}");
    }
    assert_eq!(get(&redirect, &[]).await.status, 200, "it was ended");
    assert!(wait.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_redirect_that_is_called_localhost_is_heard_on_both_addresses() {
    let identity = Identity::start("redirect_uri", "api_key", IdentityFault::None);
    let mut flow = standard(&identity);
    flow.host = FlowHost::Name;
    let listener = Loopback::open(begin(flow)).await.unwrap();
    let question = listener.address().clone();
    let wait = tokio::spawn(async move { listener.wait(&pages()).await });
    let redirect = location(&question).await;
    assert_eq!(redirect.host_str(), Some("localhost"));
    let port = redirect.port().unwrap();
    let ask = async |address: &str, target: &str| {
        let mut stream = TcpStream::connect((address, port)).await.unwrap();
        let head = format!("GET {target} HTTP/1.1\r\nhost: localhost:{port}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer[9..12].to_owned()
    };
    if TcpListener::bind("[::1]:0").await.is_ok() {
        assert_eq!(ask("::1", "/callback").await, "400");
    }
    let target = &redirect[url::Position::BeforePath..];
    assert_eq!(ask("127.0.0.1", target).await, "200");
    assert!(wait.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_pending_sign_in_goes_from_question_to_grant() {
    let identity = Identity::start("redirect_uri", "api_key", IdentityFault::None);
    let mut flows = Flows {
        browser: Some(standard(&identity)),
        device: None,
        discovery: None,
        issuer: Some(ISSUER.to_owned()),
        client_id: None,
    };
    let error = PendingSignIn::start(&flows, None, None, &Plain).await;
    assert!(matches!(error, Err(SignInError::NoClient)), "{error:?}");
    flows.client_id = Some("client-1".to_owned());
    let error = PendingSignIn::start(&flows, Some(FlowKind::Device), None, &Plain).await;
    assert!(matches!(error, Err(SignInError::NoSuchFlow)), "{error:?}");
    let pending = PendingSignIn::start(&flows, None, None, &Plain)
        .await
        .unwrap();
    assert_eq!(pending.kind(), FlowKind::Browser);
    assert!(pending.paste().is_some() && pending.code().is_none());
    assert_eq!(pending.patience(), Duration::from_secs(300));
    let question = pending.address().clone();
    let pages = pages();
    let (answered, page) = tokio::join!(pending.wait(&pages, &Plain), browse(&question));
    assert_eq!(page.status, 200);
    let grant = answered.unwrap().grant(&Plain).await.unwrap();
    assert_eq!(grant.secret.expose(), IDENTITY_SECRET);
}
