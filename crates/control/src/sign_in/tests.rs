//! Sign-ins against a fake provider: what they store, what they refuse, what they tell.
#![allow(clippy::unwrap_used, reason = "tests")]
use std::time::Duration;

use accounts::{MemoryVault, Pages, Vault, VaultError, VaultState};
use catalog::{Catalog, Flow, FlowClient, FlowExchange, FlowState};
use contract::{Account, Api as _, Source};
use testkit::{IDENTITY_SECRET, Identity, IdentityFault, Script, Upstream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;
use crate::{Home, Options, Overrides};

/// Longer than anything that happens at all takes.
const LONG: Duration = Duration::from_secs(10);

struct Bed {
    control: Control,
    identity: Identity,
    vault: Arc<dyn Vault>,
    folder: tempfile::TempDir,
}

async fn bed(fault: IdentityFault, vault: Arc<dyn Vault>) -> Bed {
    bed_with(fault, vault, "").await
}

async fn bed_with(fault: IdentityFault, vault: Arc<dyn Vault>, settings: &str) -> Bed {
    let folder = tempfile::tempdir().unwrap();
    if !settings.is_empty() {
        std::fs::write(folder.path().join("config.toml"), settings).unwrap();
    }
    let options = Options {
        home: Home {
            settings: folder.path().join("config.toml"),
            data: folder.path().to_owned(),
        },
        overrides: Overrides::default(),
        vault: Arc::clone(&vault),
        environment: Arc::new(|_| None),
        system_proxy: Arc::new(gateway::SystemProxy::default),
        holder: Arc::new(|address| Some(format!("somebody on {}", address.port()))),
        pages: Arc::new(|_| Pages {
            taken: "taken".to_owned(),
            refused: "refused".to_owned(),
        }),
    };
    Bed {
        control: Control::start(options).await.unwrap(),
        identity: Identity::start("callback_url", "key", fault),
        vault,
        folder,
    }
}

impl Bed {
    async fn new(fault: IdentityFault) -> Self {
        bed(fault, Arc::new(MemoryVault::new())).await
    }

    /// A built-in provider that a fake one signs people in for.
    fn provider(&self, port: Option<u16>) -> Arc<Provider> {
        let builtin = Catalog::builtin().unwrap();
        let mut provider = Provider::clone(builtin.provider("openrouter").unwrap());
        let browser = Flow {
            host: catalog::FlowHost::Address,
            revoke: None,
            authorize: self.identity.authorize_url().parse().unwrap(),
            token: self.identity.token_url().parse().unwrap(),
            client: FlowClient::None,
            scopes: Vec::new(),
            redirect_parameter: "callback_url".to_owned(),
            port,
            state: FlowState::Path,
            exchange: FlowExchange::Json,
            secret: "key".to_owned(),
            quirks: Vec::new(),
            query: std::collections::BTreeMap::new(),
            user: None,
            ahead: None,
        };
        provider.sign_in = Some(catalog::Flows {
            browser: Some(browser),
            device: None,
            discovery: None,
            issuer: None,
            client_id: None,
        });
        Arc::new(provider)
    }

    async fn start(&self, name: Option<&str>) -> Result<SignInTurn, ApiError> {
        let start = SignInStart {
            provider: "openrouter".to_owned(),
            name: name.map(str::to_owned),
            ..SignInStart::default()
        };
        self.control.begin_sign_in(self.provider(None), start).await
    }

    async fn ended(&self, id: &str) -> SignInState {
        let choice = SignInChoice { id: id.to_owned() };
        let over = async {
            loop {
                let turn = self.control.sign_in_get(choice.clone()).await.unwrap();
                match turn.state {
                    SignInState::Waiting | SignInState::Exchanging => {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                    over @ (SignInState::Done { .. } | SignInState::Failed { .. }) => return over,
                }
            }
        };
        timeout(LONG, over).await.unwrap()
    }

    /// An account that was signed in long ago, at a provider that takes it back there.
    async fn signed_in_before(&self, revoke: Option<String>) {
        let record = serde_json::json!({
            "portolan": "sign-in", "version": 1, "secret": "old", "refresh": "again",
            "issued": 1, "expires": 3601, "generation": 1, "token": "http://127.0.0.1:1/token",
            "revoke": revoke, "client": "me", "field": "access_token", "ended": null,
        });
        let record = accounts::Secret::new(record.to_string()).unwrap();
        self.vault.put("account/openrouter", &record).unwrap();
        let settings = "version = 1\n[[account]]\nprovider = \"openrouter\"\nsign_in = true\n";
        std::fs::write(self.folder.path().join("config.toml"), settings).unwrap();
        self.control.settings_reload().await.unwrap();
    }

    async fn accounts(&self) -> Vec<Account> {
        self.control.accounts_list().await.unwrap()
    }
}

async fn get(address: &str) -> String {
    let url: url::Url = address.parse().unwrap();
    let (host, port) = (url.host_str().unwrap(), url.port().unwrap());
    let mut stream = TcpStream::connect((host, port)).await.unwrap();
    let target = &url[url::Position::BeforePath..];
    let head = format!("GET {target} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// Opens the address as a browser does: it follows where it is led.
async fn browse(address: &str) -> String {
    let led = get(address).await;
    let location = led.lines().find_map(|line| line.strip_prefix("location: "));
    get(location.unwrap()).await
}

fn failure(state: SignInState) -> ApiError {
    match state {
        SignInState::Failed { error } => error,
        other => unreachable!("{other:?}"),
    }
}

#[tokio::test]
async fn a_sign_in_makes_an_account_and_is_told() {
    let bed = Bed::new(IdentityFault::None).await;
    let mut changes = bed.control.changes();
    let turn = bed.start(None).await.unwrap();
    assert_eq!(
        (turn.state, turn.paste, turn.code),
        (SignInState::Waiting, true, None)
    );
    assert!((290..=300).contains(&turn.seconds), "{}", turn.seconds);
    let page = browse(&turn.address).await;
    assert!(
        page.starts_with("HTTP/1.1 200") && page.ends_with("taken"),
        "{page}"
    );
    assert!(page.contains("no-store") && !page.contains("code-1"));
    let done = SignInState::Done {
        account: "openrouter".to_owned(),
    };
    assert_eq!(bed.ended(&turn.id).await, done);
    let accounts = bed.accounts().await;
    assert!(matches!(
        accounts[0].source,
        Source::SignIn { expires: Some(_) }
    ));
    let stored = bed.vault.get("account/openrouter").unwrap().unwrap();
    assert!(stored.expose().contains(IDENTITY_SECRET));
    let mut told = Vec::new();
    while let Ok(changed) = changes.try_recv() {
        told.push(changed.topic);
    }
    let moves = told.iter().filter(|topic| **topic == Topic::SignIn).count();
    assert!(moves >= 2 && told.contains(&Topic::Accounts), "{told:?}");
}

#[tokio::test]
async fn a_name_that_was_signed_in_before_is_signed_in_anew_and_any_other_is_new() {
    let bed = Bed::new(IdentityFault::None).await;
    for (name, account, count) in [
        (None, "openrouter", 1),
        (Some("work"), "work", 2),
        (Some("work"), "work", 2),
        (None, "openrouter-2", 3),
    ] {
        let turn = bed.start(name).await.unwrap();
        browse(&turn.address).await;
        let account = account.to_owned();
        assert_eq!(bed.ended(&turn.id).await, SignInState::Done { account });
        assert_eq!(bed.accounts().await.len(), count);
    }
    let choice = AccountChoice {
        id: "work".to_owned(),
    };
    bed.control.accounts_sign_out(choice).await.unwrap();
    assert_eq!(bed.accounts().await.len(), 2);
    assert!(bed.vault.get("account/work").unwrap().is_none());
}

#[tokio::test]
async fn an_account_whose_renewal_fails_is_told_with_the_reason() {
    let bed = Bed::new(IdentityFault::None).await;
    bed.signed_in_before(None).await;
    assert_eq!(bed.accounts().await[0].standing, contract::Standing::Ready);
    let choice = AccountChoice {
        id: "openrouter".to_owned(),
    };
    let error = bed.control.accounts_test(choice).await.unwrap_err();
    let why = error.reason.as_ref().map(Reason::code);
    assert_eq!(
        (error.code, why),
        (Code::UpstreamRefused, Some("provider-unreachable"))
    );
    let contract::Standing::RenewalFails { since, reason } = &bed.accounts().await[0].standing
    else {
        unreachable!("it is called ready");
    };
    assert_eq!(reason.code(), "provider-unreachable");
    assert!(*since > 1_700_000_000, "{since}");
}

#[tokio::test]
async fn what_goes_wrong_at_the_provider_is_told_and_stores_nothing() {
    for (fault, code, reason) in [
        (IdentityFault::Denied, Code::SignInDenied, None),
        (
            IdentityFault::ReplayedCode,
            Code::SignInFailed,
            Some("sign-in-status"),
        ),
        (
            IdentityFault::Garbage,
            Code::SignInFailed,
            Some("sign-in-unreadable"),
        ),
    ] {
        let bed = Bed::new(fault).await;
        let turn = bed.start(None).await.unwrap();
        browse(&turn.address).await;
        let error = failure(bed.ended(&turn.id).await);
        assert_eq!(
            (error.code, error.reason.as_ref().map(Reason::code)),
            (code, reason)
        );
        assert!(bed.accounts().await.is_empty());
        assert!(bed.vault.names().unwrap().is_empty());
    }
}

#[tokio::test]
async fn giving_up_and_beginning_anew_close_the_port() {
    let bed = Bed::new(IdentityFault::None).await;
    let first = bed.start(None).await.unwrap();
    let second = bed.start(None).await.unwrap();
    assert_eq!(
        failure(bed.ended(&first.id).await).code,
        Code::SignInCancelled
    );
    let port = |turn: &SignInTurn| {
        let address: url::Url = turn.address.parse().unwrap();
        let back = address
            .query_pairs()
            .find(|(name, _)| name == "callback_url");
        url::Url::parse(&back.unwrap().1).unwrap().port().unwrap()
    };
    assert!(
        TcpStream::connect(("127.0.0.1", port(&first)))
            .await
            .is_err()
    );
    let choice = SignInChoice {
        id: second.id.clone(),
    };
    bed.control.sign_in_cancel(choice).await.unwrap();
    assert_eq!(
        failure(bed.ended(&second.id).await).code,
        Code::SignInCancelled
    );
    let closed = async {
        while TcpStream::connect(("127.0.0.1", port(&second)))
            .await
            .is_ok()
        {
            tokio::task::yield_now().await;
        }
    };
    timeout(LONG, closed).await.unwrap();
    let nobody = bed
        .control
        .sign_in_get(SignInChoice { id: "x".to_owned() })
        .await;
    assert_eq!(nobody.unwrap_err().code, Code::NoSuchSignIn);
}

/// Where the browser would be led back to.
async fn led(address: &str) -> String {
    let answer = get(address).await;
    let location = answer
        .lines()
        .find_map(|line| line.strip_prefix("location: "));
    location.unwrap().to_owned()
}

#[tokio::test]
async fn a_pasted_answer_finishes_and_a_foreign_one_changes_nothing() {
    let bed = Bed::new(IdentityFault::None).await;
    let turn = bed.start(None).await.unwrap();
    let paste = async |text: &str| {
        let answer = SignInAnswer {
            id: turn.id.clone(),
            answer: contract::SecretText::new(text.to_owned()),
        };
        bed.control.sign_in_answer(answer).await
    };
    let address = led(&turn.address).await;
    let foreign = address.replace("/callback/", "/callback/x");
    for wrong in [
        foreign.as_str(),
        "https://evil.example/?code=x",
        "two words",
        "\u{1b}[Aabc",
        " ",
    ] {
        let error = paste(wrong).await.unwrap_err();
        assert_eq!(error.code, Code::SignInAnswerWrong, "{wrong}");
    }
    let taken = paste(&format!(" {address} ")).await.unwrap();
    assert_eq!((taken.state, taken.paste), (SignInState::Exchanging, false));
    assert_eq!(
        paste(&address).await.unwrap_err().code,
        Code::SignInTakesNoAnswer
    );
    let account = "openrouter".to_owned();
    assert_eq!(bed.ended(&turn.id).await, SignInState::Done { account });
}

#[tokio::test]
async fn s56_an_answer_that_nobody_waits_for_reaches_nobody() {
    let bed = Bed::new(IdentityFault::None).await;
    let turn = bed.start(None).await.unwrap();
    let address = led(&turn.address).await;
    let foreign = get(&address.replace("/callback/", "/callback/x")).await;
    assert!(foreign.starts_with("HTTP/1.1 404"), "{foreign}");
    get(&address).await;
    bed.ended(&turn.id).await;
    let url: url::Url = address.parse().unwrap();
    let again = TcpStream::connect(("127.0.0.1", url.port().unwrap())).await;
    assert!(again.is_err(), "the port is closed");
    assert_eq!(bed.accounts().await.len(), 1);
}

#[tokio::test]
async fn s55_a_port_that_somebody_holds_is_told_with_its_holder() {
    let bed = Bed::new(IdentityFault::None).await;
    let squatter = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = squatter.local_addr().unwrap().port();
    let start = SignInStart {
        provider: "openrouter".to_owned(),
        ..SignInStart::default()
    };
    let begun = bed.control.begin_sign_in(bed.provider(Some(port)), start);
    let error = begun.await.unwrap_err();
    assert_eq!(error.code, Code::SignInPortTaken);
    assert_eq!(error.argument("holder"), format!("somebody on {port}"));
}

#[tokio::test]
async fn what_cannot_work_is_told_before_a_browser_is_opened() {
    let bed = Bed::new(IdentityFault::None).await;
    let code = async |start: SignInStart| bed.control.sign_in_start(start).await.unwrap_err().code;
    let at = |provider: &str| SignInStart {
        provider: provider.to_owned(),
        ..SignInStart::default()
    };
    assert_eq!(code(at("nobody")).await, Code::NoSuchProvider);
    assert_eq!(code(at("demo")).await, Code::ProviderBuiltIn);
    assert_eq!(code(at("openai")).await, Code::NoSuchFlow);
    let device = SignInStart {
        flow: Some(FlowKind::Device),
        ..at("openrouter")
    };
    assert_eq!(code(device).await, Code::NoSuchFlow);
    let named = SignInStart {
        name: Some("Not A Name".to_owned()),
        ..at("openrouter")
    };
    assert_eq!(code(named).await, Code::AccountNameInvalid);
    let client = SignInStart {
        client: Some("two words".to_owned()),
        ..at("openrouter")
    };
    assert_eq!(code(client).await, Code::SignInSettingInvalid);
}

#[tokio::test]
async fn an_account_that_goes_says_what_became_of_its_sign_in() {
    let takes = Upstream::start(|_| Script::status(200));
    let fails = Upstream::start(|_| Script::status(503));
    let gone = "http://127.0.0.1:1/revoke".to_owned();
    for (address, state, why) in [
        (Some(takes.url()), "revoked", None),
        (None, "unsupported", None),
        (Some(fails.url()), "failed", Some("sign-in-status")),
        (Some(gone), "failed", Some("provider-unreachable")),
    ] {
        for signs_out in [true, false] {
            let bed = Bed::new(IdentityFault::None).await;
            bed.signed_in_before(address.clone()).await;
            let id = "openrouter".to_owned();
            let removed = if signs_out {
                bed.control.accounts_sign_out(AccountChoice { id }).await
            } else {
                bed.control.accounts_remove(AccountChoice { id }).await
            };
            let removed = removed.unwrap();
            assert_eq!(removed.id, "openrouter");
            let told = serde_json::to_value(&removed.sign_in).unwrap();
            assert_eq!(told["state"], state, "{told}");
            assert_eq!(told["reason"]["code"].as_str(), why, "{told}");
            assert!(bed.accounts().await.is_empty(), "it is gone in any case");
            assert!(bed.vault.names().unwrap().is_empty());
        }
    }
    let sent = |upstream: &Upstream| upstream.requests().len();
    assert_eq!((sent(&takes), sent(&fails)), (4, 2), "both tokens, twice");
}

/// A vault that takes the trial, and nothing that matters.
struct Full(MemoryVault);

impl Vault for Full {
    fn get(&self, name: &str) -> Result<Option<accounts::Secret>, VaultError> {
        self.0.get(name)
    }
    fn put(&self, name: &str, secret: &accounts::Secret) -> Result<(), VaultError> {
        match name {
            "trial" => self.0.put(name, secret),
            _ => Err(VaultError::Busy),
        }
    }
    fn remove(&self, name: &str) -> Result<bool, VaultError> {
        self.0.remove(name)
    }
    fn names(&self) -> Result<Vec<String>, VaultError> {
        self.0.names()
    }
    fn state(&self) -> VaultState {
        self.0.state()
    }
    fn start_over(&self) -> Result<Option<std::path::PathBuf>, VaultError> {
        self.0.start_over()
    }
    fn accept_older(&self) -> Result<(), VaultError> {
        self.0.accept_older()
    }
}

#[tokio::test]
async fn what_cannot_be_stored_is_given_up_at_the_provider() {
    let vault = Arc::new(Full(MemoryVault::new()));
    let bed = bed(IdentityFault::None, vault).await;
    let revoking = Upstream::start(|_| Script::status(200));
    let mut provider = Provider::clone(&bed.provider(None));
    let flows = provider.sign_in.as_mut().unwrap();
    flows.browser.as_mut().unwrap().revoke = Some(revoking.url().parse().unwrap());
    let start = SignInStart {
        provider: "openrouter".to_owned(),
        ..SignInStart::default()
    };
    let turn = bed.control.begin_sign_in(Arc::new(provider), start).await;
    let turn = turn.unwrap();
    browse(&turn.address).await;
    let error = failure(bed.ended(&turn.id).await);
    assert_eq!(error.code, Code::VaultFailed);
    assert!(bed.accounts().await.is_empty());
    let given_up = revoking.requests();
    let body = String::from_utf8_lossy(&given_up[0].body).into_owned();
    assert!(body.contains(IDENTITY_SECRET), "{body}");
}

/// A vault that nothing can be done with.
struct Shut(VaultState);

impl Vault for Shut {
    fn get(&self, _: &str) -> Result<Option<accounts::Secret>, VaultError> {
        Ok(None)
    }
    fn put(&self, _: &str, _: &accounts::Secret) -> Result<(), VaultError> {
        Err(VaultError::Busy)
    }
    fn remove(&self, _: &str) -> Result<bool, VaultError> {
        Ok(false)
    }
    fn names(&self) -> Result<Vec<String>, VaultError> {
        Ok(Vec::new())
    }
    fn state(&self) -> VaultState {
        self.0.clone()
    }
    fn start_over(&self) -> Result<Option<std::path::PathBuf>, VaultError> {
        Ok(None)
    }
    fn accept_older(&self) -> Result<(), VaultError> {
        Ok(())
    }
}

#[tokio::test]
async fn s34_a_vault_that_takes_no_secret_is_told_before_a_browser_is_opened() {
    let locked = VaultState::Locked {
        reason: accounts::LockedReason::KeyringLocked,
    };
    let none = VaultState::Unavailable {
        reason: accounts::UnavailableReason::NoKeyring {
            detail: "no bus".to_owned(),
        },
    };
    let older = VaultState::Older {
        found: 1,
        expected: 2,
    };
    for (state, code) in [
        (locked, Code::VaultLocked),
        (none, Code::VaultUnavailable),
        (older, Code::VaultFailed),
    ] {
        let bed = bed(IdentityFault::None, Arc::new(Shut(state))).await;
        let error = bed.start(None).await.unwrap_err();
        assert_eq!(error.code, code);
        assert!(error.reason.is_some());
        assert!(bed.identity.requests().is_empty());
    }
}

#[tokio::test]
async fn iflow_signs_in_with_a_client_of_ones_own_that_the_settings_name() {
    let iflow = testkit::Iflow::start(3 * 24 * 3600);
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    let (url, client) = (iflow.url(), testkit::IFLOW_CLIENT);
    let settings = format!(
        "[provider.iflow]\nallow_private = true\nendpoints = {{ openai-chat = \"{url}/v1\" }}\n\
         sign_in_at = \"{url}\"\nclient_id = \"{client}\"\nclient_secret_file = {:?}\n",
        secret.display().to_string(),
    );
    let vault: Arc<dyn Vault> = Arc::new(MemoryVault::new());
    let bed = bed_with(IdentityFault::None, vault, &settings).await;
    let start = || SignInStart {
        provider: "iflow".to_owned(),
        ..SignInStart::default()
    };
    let unreadable = bed.control.sign_in_start(start()).await.unwrap_err();
    assert_eq!(unreadable.code, Code::AccountKeyInvalid);
    std::fs::write(&secret, testkit::IFLOW_CLIENT_SECRET).unwrap();
    let turn = bed.control.sign_in_start(start()).await.unwrap();
    browse(&turn.address).await;
    let ended = bed.ended(&turn.id).await;
    assert!(matches!(ended, SignInState::Done { .. }), "{ended:?}");
    let kept = bed.vault.get("account/iflow").unwrap().unwrap();
    assert!(kept.expose().contains("\"secret\":\"sk-iflow-canary-"));
    // A file that is named with the request is remembered; without one it does not begin.
    let without = settings.replace("client_secret_file", "# client_secret_file");
    let bed = bed_with(IdentityFault::None, Arc::new(MemoryVault::new()), &without).await;
    let missing = bed.control.sign_in_start(start()).await.unwrap_err();
    assert_eq!(missing.code, Code::SignInClientSecretMissing);
    let named = SignInStart {
        client_secret_file: Some(secret.display().to_string()),
        ..start()
    };
    let turn = bed.control.sign_in_start(named).await.unwrap();
    browse(&turn.address).await;
    let ended = bed.ended(&turn.id).await;
    assert!(matches!(ended, SignInState::Done { .. }), "{ended:?}");
    let all = bed.control.providers_list().await.unwrap();
    let iflow = all.iter().find(|one| one.id == "iflow").unwrap();
    assert_eq!(iflow.flows[0].client_secret, contract::ClientNeed::Set);
    // A built-in one without a client of one's own does not begin.
    let bare = Bed::new(IdentityFault::None).await;
    let missing = bare.control.sign_in_start(start()).await.unwrap_err();
    assert_eq!(missing.code, Code::SignInClientMissing);
}
