//! The sign-in's addresses outside of the web admin: for whoever is signed in there, and nobody else.

use testkit::{Client, Iflow};

use super::*;

/// A web admin whose `iflow` is the simulator, and somebody signed in.
async fn with_iflow(iflow: &Iflow) -> (Bed, Browser) {
    let (bed, browser) = Bed::claimed().await;
    let secret = bed.folder.path().join("secret");
    std::fs::write(&secret, testkit::IFLOW_CLIENT_SECRET).unwrap();
    let (url, client) = (iflow.url(), testkit::IFLOW_CLIENT);
    let settings = format!(
        "[provider.iflow]\nallow_private = true\nendpoints = {{ openai-chat = \"{url}/v1\" }}\n\
         sign_in_at = \"{url}\"\nclient_id = \"{client}\"\nclient_secret_file = {:?}\n",
        secret.display().to_string(),
    );
    std::fs::write(bed.folder.path().join("config.toml"), settings).unwrap();
    let answer = bed.post("settings.reload", &browser, Value::Null).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    (bed, browser)
}

/// As a browser opens a page, by itself (`none`) or because another page says so.
async fn opened(bed: &Bed, path: &str, browser: &Browser, site: &str) -> Answered {
    let request = Request::get(path)
        .header("host", "localhost:28000")
        .header("accept", "text/html,*/*")
        .header("sec-fetch-site", site)
        .header("sec-fetch-mode", "navigate")
        .header("cookie", &browser.cookie)
        .body(Bytes::new())
        .unwrap();
    Answered::of(bed.desk.answer(request, HERE).await)
}

fn field<'a>(answer: &'a Answered, name: &str) -> &'a str {
    answer.fields[name].to_str().unwrap()
}

/// Where the provider's page sends the browser once the person agrees: its code and state.
async fn agreed(address: &str) -> String {
    let url: http::Uri = address.parse().unwrap();
    let host = url.authority().unwrap().as_str();
    let mut client = Client::connect(host).await.unwrap();
    let target = url.path_and_query().unwrap().as_str();
    client.request("GET", target, &[], b"").await.unwrap();
    let answer = client.answer().await.unwrap();
    let back = answer.headers.get("location").unwrap();
    back.split_once('?').unwrap().1.to_owned()
}

async fn has_account(bed: &Bed) -> bool {
    let accounts = bed.desk.control.accounts_list().await.unwrap();
    accounts.iter().any(|account| account.provider == "iflow")
}

#[tokio::test]
async fn s57_who_is_not_signed_in_here_starts_and_finishes_nothing() {
    let iflow = Iflow::start(3600);
    let (bed, browser) = with_iflow(&iflow).await;
    let anonymous = Browser::default();
    for path in [
        "/oauth/login",
        "/oauth/login?provider=iflow",
        "/oauth/callback?code=code-1&state=x",
        "/admin/oauth/login",
        "/admin/oauth/callback?code=code-1&state=x",
    ] {
        let answer = bed.get(path, &anonymous).await;
        assert_eq!(answer.code(), (401, "admin-signed-out"), "{path}");
        let invented = Browser {
            cookie: "portolan-admin-28000=invented".to_owned(),
            ..Browser::default()
        };
        assert_eq!(bed.get(path, &invented).await.status, 401, "{path}");
    }
    // A browser is led beneath /admin, where its cookie goes, and is refused there.
    let led = opened(&bed, "/oauth/login", &anonymous, "none").await;
    let to = field(&led, "refresh");
    assert_eq!((led.status, to), (200, "0; url=/admin/oauth/login"));
    let refused = opened(&bed, "/admin/oauth/login", &anonymous, "same-origin").await;
    assert_eq!(refused.status, 401);
    // Another site cannot use the session, were its cookie ever sent along.
    for path in ["/admin/oauth/login", "/admin/oauth/callback?code=a&state=b"] {
        let foreign = opened(&bed, path, &browser, "cross-site").await;
        assert_eq!(foreign.code(), (403, "admin-foreign-request"), "{path}");
    }
    let request = Request::post("/oauth/login").body(Bytes::new()).unwrap();
    let posted = Answered::of(bed.desk.answer(request, HERE).await);
    assert_eq!((posted.status, field(&posted, "allow")), (405, "GET"));
    assert!(iflow.requests().is_empty() && !has_account(&bed).await);
    let begun = |line: &Value| line["did"] == "sign_in.start";
    assert!(!bed.record().iter().any(begun));
}

#[tokio::test]
async fn whoever_is_signed_in_signs_in_at_the_provider_by_these_addresses() {
    let iflow = Iflow::start(3600);
    let (bed, browser) = with_iflow(&iflow).await;
    let begun = opened(&bed, "/admin/oauth/login", &browser, "same-origin").await;
    assert_eq!(begun.status, 303, "{}", begun.body);
    let query = agreed(field(&begun, "location")).await;
    let led = opened(
        &bed,
        &format!("/oauth/callback?{query}"),
        &Browser::default(),
        "cross-site",
    )
    .await;
    let to = field(&led, "refresh").strip_prefix("0; url=").unwrap();
    assert_eq!(to, format!("/admin/oauth/callback?{query}"));
    let finished = opened(&bed, to, &browser, "same-origin").await;
    assert_eq!(finished.status, 303, "{}", finished.body);
    assert_eq!(field(&finished, "location"), "/admin/");
    let mut turns = 0;
    while !has_account(&bed).await {
        turns += 1;
        assert!(turns < 800, "no account came of it");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    // It is finished once.
    let again = opened(&bed, to, &browser, "same-origin").await;
    assert_eq!(again.code(), (422, "no-such-sign-in"));
    let did: Vec<Value> = bed
        .record()
        .iter()
        .map(|line| line["did"].clone())
        .collect();
    assert!(did.contains(&json!("sign_in.start")) && did.contains(&json!("sign_in.answer")));
    let record = std::fs::read_to_string(bed.folder.path().join("admin-record.jsonl")).unwrap();
    assert!(!record.contains("code-"), "{record}");
}

#[tokio::test]
async fn s56_an_answer_to_another_sign_in_changes_nothing() {
    let iflow = Iflow::start(3600);
    let (bed, browser) = with_iflow(&iflow).await;
    let none = opened(
        &bed,
        "/admin/oauth/callback?code=a&state=b",
        &browser,
        "none",
    )
    .await;
    assert_eq!(none.code(), (422, "no-such-sign-in"), "none was begun");
    let begun = opened(&bed, "/admin/oauth/login", &browser, "none").await;
    let query = agreed(field(&begun, "location")).await;
    for foreign in [
        "code=code-9&state=invented",
        "code=code-9&state=",
        "error=x",
        "",
    ] {
        let path = format!("/admin/oauth/callback?{foreign}");
        let answer = opened(&bed, &path, &browser, "none").await;
        let wrong = contract::Code::SignInAnswerWrong.as_str();
        assert_eq!(answer.code(), (422, wrong), "{foreign}");
    }
    assert!(!has_account(&bed).await);
    let path = format!("/admin/oauth/callback?{query}");
    let right = opened(&bed, &path, &browser, "none").await;
    assert_eq!(right.status, 303, "{}", right.body);
}
