//! The web admin's rules, asked as a browser and as others would ask.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use accounts::MemoryVault;
use bytes::Bytes;
use contract::{Api as _, Topic};
use control::{Control, Home, Options, Overrides};
use gateway::Said;
use http::{HeaderMap, Request, Response};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::desk::Desk;

mod oauth;

const PASSWORD: &str = "correct horse battery staple";
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const ORIGIN: &str = "http://localhost:28000";
const LONG: Duration = Duration::from_secs(10);

struct Bed {
    folder: tempfile::TempDir,
    desk: Arc<Desk>,
    /// How far the clock was turned.
    later: Arc<Mutex<Duration>>,
}

/// What a browser keeps of its sign-in.
#[derive(Clone, Debug, Default, PartialEq)]
struct Browser {
    cookie: String,
    csrf: String,
}

struct Answered {
    status: u16,
    fields: HeaderMap,
    body: Value,
}

impl Answered {
    fn of(answer: Response<Said>) -> Self {
        let (head, said) = answer.into_parts();
        let Said::Whole(body) = said else {
            unreachable!("a stream")
        };
        Self {
            status: head.status.as_u16(),
            fields: head.headers,
            body: serde_json::from_slice(&body).unwrap_or(Value::Null),
        }
    }

    fn code(&self) -> (u16, &str) {
        (self.status, self.body["code"].as_str().unwrap_or_default())
    }

    fn browser(&self) -> Browser {
        let cookie = self.fields["set-cookie"].to_str().unwrap();
        Browser {
            cookie: cookie.split(';').next().unwrap().to_owned(),
            csrf: self.body["csrf"].as_str().unwrap().to_owned(),
        }
    }
}

impl Bed {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let control = Control::start(Options {
            home: Home {
                settings: folder.path().join("config.toml"),
                data: folder.path().to_owned(),
            },
            overrides: Overrides::default(),
            vault: Arc::new(MemoryVault::new()),
            environment: Arc::new(|_| None),
            system_proxy: Arc::new(gateway::SystemProxy::default),
            holder: Arc::new(|_| None),
            pages: Arc::new(crate::pages::sign_in),
        });
        let control = Arc::new(control.await.unwrap());
        let later = Arc::new(Mutex::new(Duration::ZERO));
        let (start, turned) = (Instant::now(), Arc::clone(&later));
        let clock = Box::new(move || start + *turned.lock().unwrap());
        let graph = crate::annex::graph(&control);
        Self {
            folder,
            desk: Arc::new(Desk::new(control, graph, clock)),
            later,
        }
    }

    /// With a password, and somebody signed in.
    async fn claimed() -> (Self, Browser) {
        let bed = Self::new().await;
        let answer = bed.claim(PASSWORD).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        (bed, answer.browser())
    }

    fn wait(&self, time: Duration) {
        *self.later.lock().unwrap() += time;
    }

    async fn token(&self) -> String {
        let link = self.desk.control.admin_bootstrap().await.unwrap();
        let (_, token) = link.address.expose().split_once("#bootstrap=").unwrap();
        token.to_owned()
    }

    async fn claim(&self, password: &str) -> Answered {
        let body = json!({"token": self.token().await, "password": password});
        self.post("session.claim", &Browser::default(), body).await
    }

    async fn sign_in(&self, password: &str) -> Answered {
        let body = json!({ "password": password });
        self.post("session.sign_in", &Browser::default(), body)
            .await
    }

    /// As the page itself would.
    async fn post(&self, method: &str, browser: &Browser, body: Value) -> Answered {
        let request = Request::post(format!("/admin/api/{method}"))
            .header("host", "localhost:28000")
            .header("origin", ORIGIN)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/json")
            .header("cookie", &browser.cookie)
            .header("x-portolan-csrf", &browser.csrf)
            .body(Bytes::from(body.to_string()))
            .unwrap();
        Answered::of(self.desk.answer(request, HERE).await)
    }

    async fn get(&self, path: &str, browser: &Browser) -> Answered {
        Answered::of(self.open(path, browser, ORIGIN).await)
    }

    async fn open(&self, path: &str, browser: &Browser, origin: &str) -> Response<Said> {
        let request = Request::get(path)
            .header("host", "localhost:28000")
            .header("origin", origin)
            .header("cookie", &browser.cookie)
            .body(Bytes::new())
            .unwrap();
        self.desk.answer(request, HERE).await
    }

    fn record(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.path().join("admin-record.jsonl"));
        let lines = text.unwrap_or_default();
        lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

#[tokio::test]
async fn s18_nobody_is_there_until_the_link_was_used_and_it_works_once() {
    let bed = Bed::new().await;
    let anonymous = Browser::default();
    let standing = bed.get("/admin/api/session", &anonymous).await;
    assert_eq!(standing.body["password"], "none");
    for password in ["admin", "password", "portolan", ""] {
        assert_eq!(
            bed.sign_in(password).await.code(),
            (403, "admin-no-password")
        );
    }
    let token = bed.token().await;
    let claim = |token: &str, password: &str| {
        let body = json!({"token": token, "password": password});
        bed.post("session.claim", &anonymous, body)
    };
    assert_eq!(
        claim("x", PASSWORD).await.code(),
        (403, "admin-link-invalid")
    );
    assert_eq!(
        claim(&token, "short").await.code(),
        (422, "admin-password-length")
    );
    assert_eq!(
        claim(&token, "passwordpassword").await.code(),
        (422, "admin-password-weak")
    );
    let claimed = claim(&token, PASSWORD).await;
    assert_eq!(claimed.body["signed_in"], true, "{}", claimed.body);
    let again = claim(&token, "another horse battery").await;
    assert_eq!(again.code(), (403, "admin-link-invalid"));
    assert_eq!(bed.sign_in(PASSWORD).await.status, 200);
    // A new link takes the place of one that was not used.
    let (first, second) = (bed.token().await, bed.token().await);
    assert_eq!(
        claim(&first, PASSWORD).await.code(),
        (403, "admin-link-invalid")
    );
    assert_eq!(claim(&second, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn s06_the_cookie_is_out_of_reach_and_calls_need_more_than_it() {
    let (bed, browser) = Bed::claimed().await;
    let answer = bed.sign_in(PASSWORD).await;
    let cookie = answer.fields["set-cookie"].to_str().unwrap();
    for part in [
        "HttpOnly",
        "SameSite=Strict",
        "Path=/admin",
        "Max-Age=604800",
    ] {
        assert!(
            cookie.split("; ").any(|given| given == part),
            "{part}: {cookie}"
        );
    }
    assert!(!cookie.contains("Secure"), "{cookie}");

    let good = bed.post("status.get", &browser, Value::Null).await;
    assert_eq!((good.status, &good.body["serving"]), (200, &json!(false)));
    let without = |change: fn(&mut Request<Bytes>)| {
        let mut request = Request::post("/admin/api/serving.start")
            .header("host", "localhost:28000")
            .header("origin", ORIGIN)
            .header("content-type", "application/json")
            .header("cookie", &browser.cookie)
            .header("x-portolan-csrf", &browser.csrf)
            .body(Bytes::from_static(b"{}"))
            .unwrap();
        change(&mut request);
        bed.desk.answer(request, HERE)
    };
    type Change = fn(&mut Request<Bytes>);
    let attacks: [(u16, Change); 10] = [
        (401, |request| drop(request.headers_mut().remove("cookie"))),
        (403, |request| {
            drop(request.headers_mut().remove("x-portolan-csrf"));
        }),
        (403, |request| {
            let other = "x".parse().unwrap();
            request.headers_mut().insert("x-portolan-csrf", other);
        }),
        (403, |request| {
            let other = "https://evil.example".parse().unwrap();
            request.headers_mut().insert("origin", other);
        }),
        (403, |request| {
            let other = "null".parse().unwrap();
            request.headers_mut().insert("origin", other);
        }),
        (403, |request| {
            let other = "cross-site".parse().unwrap();
            request.headers_mut().insert("sec-fetch-site", other);
        }),
        (415, |request| {
            let other = "text/plain".parse().unwrap();
            request.headers_mut().insert("content-type", other);
        }),
        (415, |request| {
            let other = "application/x-www-form-urlencoded".parse().unwrap();
            request.headers_mut().insert("content-type", other);
        }),
        (415, |request| {
            drop(request.headers_mut().remove("content-type"));
        }),
        (405, |request| *request.method_mut() = http::Method::GET),
    ];
    for (number, (status, change)) in attacks.into_iter().enumerate() {
        let answer = without(change).await;
        assert_eq!(answer.status().as_u16(), status, "{number}");
        let fields = answer.headers();
        assert!(
            !fields.contains_key("access-control-allow-origin"),
            "{number}"
        );
    }
    let status = bed.desk.control.status_get().await.unwrap();
    assert!(!status.serving, "none of them had an effect");
}

#[tokio::test]
async fn s06_two_portolans_under_one_name_keep_their_sessions_apart() {
    let (one, other) = (Bed::claimed().await.0, Bed::claimed().await.0);
    let mut jar = std::collections::BTreeMap::new();
    let ask = async |bed: &Bed, method: &str, port: u16, jar: &str, csrf: &str| {
        let request = Request::post(format!("/admin/api/{method}"))
            .header("host", format!("localhost:{port}"))
            .header("origin", format!("http://localhost:{port}"))
            .header("content-type", "application/json")
            .header("cookie", jar)
            .header("x-portolan-csrf", csrf)
            .body(Bytes::from(json!({ "password": PASSWORD }).to_string()))
            .unwrap();
        Answered::of(bed.desk.answer(request, HERE).await)
    };
    let all = |jar: &std::collections::BTreeMap<String, String>| {
        let pairs = jar.iter().map(|(name, token)| format!("{name}={token}"));
        pairs.collect::<Vec<_>>().join("; ")
    };
    let mut csrf = Vec::new();
    for (bed, port) in [(&one, 28000), (&other, 28001)] {
        let browser = ask(bed, "session.sign_in", port, &all(&jar), "")
            .await
            .browser();
        let (name, token) = browser.cookie.split_once('=').unwrap();
        assert_eq!(name, format!("portolan-admin-{port}"));
        jar.insert(name.to_owned(), token.to_owned());
        csrf.push(browser.csrf);
    }
    let cookies = all(&jar);
    assert_eq!(cookies.matches("portolan-admin").count(), 2, "{cookies}");
    let out = ask(&other, "session.sign_out", 28001, &cookies, &csrf[1]).await;
    let gone = out.fields["set-cookie"].to_str().unwrap();
    assert!(gone.starts_with("portolan-admin-28001=;"), "{gone}");
    let standing = ask(
        &one,
        "session.sign_out_everywhere",
        28000,
        &cookies,
        &csrf[0],
    )
    .await;
    assert_eq!(standing.status, 200, "the first is still signed in");
}

#[tokio::test]
async fn s06_over_tls_the_cookie_is_bound_to_it() {
    let (bed, _) = Bed::claimed().await;
    let request = Request::post("/admin/api/session.sign_in")
        .header("host", "admin.example")
        .header("origin", "https://admin.example")
        .header("content-type", "application/json")
        .body(Bytes::from(json!({ "password": PASSWORD }).to_string()))
        .unwrap();
    let answer = Answered::of(bed.desk.answer(request, HERE).await);
    let cookie = answer.fields["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Secure-portolan-admin="), "{cookie}");
    assert!(cookie.ends_with("; Secure"), "{cookie}");
    let browser = answer.browser();
    let standing = bed.get("/admin/api/session", &browser).await;
    assert_eq!(standing.body["signed_in"], true);
    // The same token under the plain name is nobody's.
    let stripped = Browser {
        cookie: browser.cookie.replace("__Secure-", ""),
        ..browser
    };
    let standing = bed.get("/admin/api/session", &stripped).await;
    assert_eq!(standing.body["signed_in"], false);
}

#[tokio::test]
async fn s07_events_need_a_session_and_end_with_it() {
    let (bed, browser) = Bed::claimed().await;
    let path = "/admin/api/events";
    assert_eq!(bed.get(path, &Browser::default()).await.status, 401);
    let foreign = bed.open(path, &browser, "http://localhost:3000").await;
    assert_eq!(foreign.status().as_u16(), 403);
    let listen = async |browser: &Browser| match bed.open(path, browser, ORIGIN).await.into_body() {
        Said::Pieces(pieces) => pieces,
        Said::Whole(body) => unreachable!("{body:?}"),
    };
    async fn heard(pieces: &mut mpsc::Receiver<Bytes>, wanted: &str) -> bool {
        let hear = async {
            while let Some(piece) = pieces.recv().await {
                if piece == wanted {
                    return true;
                }
            }
            false
        };
        timeout(LONG, hear).await.unwrap()
    }
    let event = format!("data: {{\"topic\":\"{}\"}}\n\n", Topic::Settings.as_str());
    let other = bed.sign_in(PASSWORD).await.browser();
    let (mut first, mut second) = (listen(&browser).await, listen(&other).await);
    let change = json!({"theme": "dark"});
    assert_eq!(
        bed.post("settings.change", &browser, change).await.status,
        200
    );
    assert!(heard(&mut first, &event).await && heard(&mut second, &event).await);

    assert_eq!(
        bed.post("session.sign_out", &browser, Value::Null)
            .await
            .status,
        200
    );
    assert!(!heard(&mut first, &event).await, "it has ended");
    bed.post("settings.change", &other, json!({"theme": "light"}))
        .await;
    assert!(heard(&mut second, &event).await, "the other one goes on");

    // A session that is over by its age is noticed at the next word.
    bed.wait(Duration::from_secs(13 * 60 * 60));
    bed.desk.control.settings_reload().await.unwrap();
    assert!(!heard(&mut second, "never").await);
}

#[tokio::test]
async fn s19_no_more_than_two_passwords_are_hashed_at_once() {
    let (bed, _) = Bed::claimed().await;
    let tries = (0..100_u32).map(|number| {
        let request = Request::post("/admin/api/session.sign_in")
            .header("host", "localhost:28000")
            .header("content-type", "application/json")
            .body(Bytes::from(json!({ "password": PASSWORD }).to_string()))
            .unwrap();
        let desk = Arc::clone(&bed.desk);
        // Clients of their own, so that no limit but this one holds them back.
        let from = IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + number));
        tokio::spawn(async move { desk.answer(request, from).await.status().as_u16() })
    });
    let tries: Vec<_> = tries.collect();
    let mut counts = [0, 0];
    for task in tries {
        match task.await.unwrap() {
            200 => counts[0] += 1,
            429 => counts[1] += 1,
            other => unreachable!("{other}"),
        }
    }
    // The runtime has one thread: all ask before the first hash is done.
    assert_eq!(counts, [2, 98]);
    assert_eq!(
        bed.sign_in(PASSWORD).await.status,
        200,
        "and then it goes on"
    );
}

#[tokio::test]
async fn s20_wrong_passwords_are_told_limited_and_on_record() {
    let (bed, _) = Bed::claimed().await;
    for _ in 0..5 {
        let wrong = bed.sign_in("wrong horse battery staple").await;
        assert_eq!(wrong.code(), (403, "admin-password-wrong"));
    }
    let limited = bed.sign_in(PASSWORD).await;
    assert_eq!(limited.code(), (429, "admin-too-many-tries"));
    assert_eq!(limited.body["arguments"]["seconds"], "60");
    assert_eq!(limited.fields["retry-after"], "60");
    let failed = bed
        .record()
        .into_iter()
        .filter(|act| act["did"] == "session.sign_in" && act["failed"] == "admin-password-wrong");
    assert_eq!(failed.count(), 5);
    bed.wait(Duration::from_secs(60));
    assert_eq!(bed.sign_in(PASSWORD).await.status, 200);
    // The owner of the files gets in all the same.
    for _ in 0..9 {
        bed.sign_in("wrong horse battery staple").await;
    }
    assert_eq!(bed.sign_in(PASSWORD).await.status, 429);
    assert_eq!(bed.claim("another horse battery").await.status, 200);
    assert_eq!(bed.sign_in("another horse battery").await.status, 200);
}

#[tokio::test]
async fn s20_guesses_at_a_link_are_limited_too_and_the_record_stays_small() {
    let bed = Bed::new().await;
    for number in 0..50 {
        let body = json!({"token": format!("guess {number}"), "password": PASSWORD});
        let answer = bed.post("session.claim", &Browser::default(), body).await;
        let expected = if number < 5 { 403 } else { 429 };
        assert_eq!(answer.status, expected, "{number}");
    }
    assert_eq!(bed.record().len(), 5);
    assert_eq!(
        bed.claim(PASSWORD).await.status,
        200,
        "the link itself goes on working"
    );
}

#[tokio::test]
async fn s26_sign_in_and_confirmation_change_the_token_and_signing_out_ends_it() {
    let (bed, first) = Bed::claimed().await;
    let is_in =
        async |browser: &Browser| bed.post("status.get", browser, Value::Null).await.status == 200;
    let body = json!({ "password": PASSWORD });
    // Signing in anew from the same browser leaves no session behind.
    let again = bed
        .post("session.sign_in", &first, body.clone())
        .await
        .browser();
    assert_ne!(again.cookie, first.cookie);
    assert!(!is_in(&first).await && is_in(&again).await);
    let confirmed = bed.post("session.confirm", &again, body).await.browser();
    assert!(!is_in(&again).await && is_in(&confirmed).await);

    let other = bed.sign_in(PASSWORD).await.browser();
    let out = bed.post("session.sign_out", &other, Value::Null).await;
    assert_eq!(out.body["signed_in"], false);
    assert!(
        out.fields["set-cookie"]
            .to_str()
            .unwrap()
            .contains("Max-Age=0")
    );
    assert!(!is_in(&other).await, "a replayed cookie is nobody's");
    assert!(is_in(&confirmed).await);

    let other = bed.sign_in(PASSWORD).await.browser();
    bed.post("session.sign_out_everywhere", &other, Value::Null)
        .await;
    assert!(!is_in(&other).await && !is_in(&confirmed).await);

    let (one, two) = (
        bed.sign_in(PASSWORD).await.browser(),
        bed.sign_in(PASSWORD).await.browser(),
    );
    let change = json!({"current": PASSWORD, "password": "another horse battery"});
    let changed = bed.post("session.change", &one, change).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert!(is_in(&changed.browser()).await);
    assert!(!is_in(&one).await && !is_in(&two).await);
    assert_eq!(
        bed.sign_in(PASSWORD).await.code(),
        (403, "admin-password-wrong")
    );
    assert_eq!(bed.sign_in("another horse battery").await.status, 200);
}

#[tokio::test]
async fn s30_dangerous_acts_need_a_fresh_password_and_are_on_record() {
    let (bed, browser) = Bed::claimed().await;
    let provider = json!({"id": "mine", "name": "Mine", "endpoints": {}});
    // Fresh from the sign-in: it fails for its own reasons, and both lines are there.
    let tried = bed.post("providers.add", &browser, provider.clone()).await;
    assert_ne!(tried.body["code"], "admin-confirm");
    let failed = tried.body["code"].as_str().unwrap().to_owned();
    let lines = bed.record();
    let [.., before, after] = lines.as_slice() else {
        unreachable!("{lines:?}")
    };
    assert_eq!(
        (&before["did"], &before["with"]["id"]),
        (&json!("providers.add"), &json!("mine"))
    );
    assert_eq!(
        (before.get("failed"), &after["failed"]),
        (None, &json!(failed))
    );
    assert_eq!(before["from"], "127.0.0.1");
    assert_ne!(before["session"], "");

    bed.wait(Duration::from_secs(5 * 60));
    let count = bed.record().len();
    for method in [
        "providers.add",
        "keys.reveal",
        "keys.create",
        "accounts.add",
        "accounts.set_key",
    ] {
        let refused = bed.post(method, &browser, provider.clone()).await;
        assert_eq!(refused.code(), (403, "admin-confirm"), "{method}");
    }
    assert_eq!(bed.record().len(), count, "nothing was done");
    let mild = bed
        .post("settings.change", &browser, json!({"theme": "dark"}))
        .await;
    assert_eq!(mild.status, 200);
    assert_eq!(
        bed.post("status.get", &browser, Value::Null).await.status,
        200
    );

    let body = json!({ "password": PASSWORD });
    let confirmed = bed.post("session.confirm", &browser, body).await;
    assert_eq!(confirmed.body["fresh"], 300);
    let tried = bed
        .post("providers.add", &confirmed.browser(), provider)
        .await;
    assert_eq!(tried.body["code"], failed);
    let whole = std::fs::read_to_string(bed.folder.path().join("admin-record.jsonl")).unwrap();
    assert!(!whole.contains("horse"), "no password in it");
}

#[tokio::test]
async fn s30_what_cannot_be_written_down_is_not_done() {
    let (bed, browser) = Bed::claimed().await;
    let record = bed.folder.path().join("admin-record.jsonl");
    std::fs::remove_file(&record).unwrap();
    std::fs::create_dir(&record).unwrap();
    let answer = bed
        .post("settings.change", &browser, json!({"theme": "dark"}))
        .await;
    assert_eq!(answer.code(), (500, "admin-file-failed"));
    let settings = bed.desk.control.settings_get().await.unwrap();
    assert_eq!(settings.theme, contract::Theme::System);
    // But nobody is kept in by it.
    let out = bed.post("session.sign_out", &browser, Value::Null).await;
    assert_eq!(out.status, 200);
    let after = bed.post("status.get", &browser, Value::Null).await;
    assert_eq!(after.status, 401);
}

#[tokio::test]
async fn s57_nobody_begins_a_sign_in_at_a_provider_without_being_signed_in_here() {
    let (bed, _) = Bed::claimed().await;
    let anonymous = Browser::default();
    for method in contract::METHODS
        .iter()
        .map(|method| method.name)
        .chain(["sign_in.start"])
    {
        let answer = bed
            .post(method, &anonymous, json!({"provider": "openrouter"}))
            .await;
        assert_eq!(answer.code(), (401, "admin-signed-out"), "{method}");
        let answer = bed.get(&format!("/admin/api/{method}"), &anonymous).await;
        assert_eq!(answer.status, 405, "{method}");
    }
}

#[tokio::test]
async fn a_program_signs_in_with_a_token_of_its_own_and_no_cookie() {
    let (bed, _) = Bed::claimed().await;
    let body = json!({"password": PASSWORD, "bearer": true});
    let answer = bed.post("session.sign_in", &Browser::default(), body).await;
    assert!(!answer.fields.contains_key("set-cookie"));
    let token = answer.body["token"].as_str().unwrap();
    let call = async |authorization: &str| {
        let request = Request::post("/admin/api/status.get")
            .header("host", "localhost:28000")
            .header("content-type", "application/json")
            .header("authorization", authorization)
            .body(Bytes::new())
            .unwrap();
        bed.desk.answer(request, HERE).await.status().as_u16()
    };
    assert_eq!(call(&format!("Bearer {token}")).await, 200);
    assert_eq!(call("Bearer x").await, 401);
    let as_cookie = Browser {
        cookie: format!("portolan-admin={token}"),
        csrf: "x".to_owned(),
    };
    assert_eq!(
        bed.post("status.get", &as_cookie, Value::Null).await.status,
        401
    );
}

#[tokio::test]
async fn a_link_is_not_to_be_had_over_the_web() {
    let (bed, browser) = Bed::claimed().await;
    let answer = bed.post("admin.bootstrap", &browser, Value::Null).await;
    assert_eq!(answer.code(), (403, "admin-not-here"));
    let answer = bed.post("moon.shoot", &browser, Value::Null).await;
    assert_eq!(answer.code(), (404, "unknown-method"));
}

#[tokio::test]
async fn s09_the_page_has_its_rights_and_no_more() {
    let bed = Bed::new().await;
    let anonymous = Browser::default();
    let page = bed.get("/admin/", &anonymous).await;
    if !super::pages::is_here() {
        assert_eq!(
            page.status, 404,
            "it says that it was built without the window"
        );
        return;
    }
    assert_eq!(page.status, 200);
    let policy = page.fields["content-security-policy"].to_str().unwrap();
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    ] {
        assert!(
            policy.split("; ").any(|given| given == part),
            "{part}: {policy}"
        );
    }
    assert_eq!(page.fields["content-type"], "text/html; charset=utf-8");
    let bare = bed.get("/admin", &anonymous).await;
    assert_eq!(
        (bare.status, &bare.fields["location"]),
        (308, &"/admin/".parse().unwrap())
    );
    for nowhere in [
        "/admin/x",
        "/admin/../index.html",
        "/admin/assets/",
        "/admin/api",
    ] {
        assert_eq!(bed.get(nowhere, &anonymous).await.status, 404, "{nowhere}");
    }
}

#[tokio::test]
async fn s51_graphql_and_its_pages_are_for_whoever_is_signed_in() {
    let (bed, browser) = Bed::claimed().await;
    let look = json!({"query": "{ __schema { queryType { name } } chatHistory { id } }"});
    let anonymous = Browser::default();
    let refused = bed.post("graphql", &anonymous, look.clone()).await;
    assert_eq!(refused.code(), (401, "admin-signed-out"));
    let forged = Browser {
        csrf: "forged".to_owned(),
        ..browser.clone()
    };
    let refused = bed.post("graphql", &forged, look.clone()).await;
    assert_eq!(refused.code(), (403, "admin-foreign-request"));
    let seen = bed.post("graphql", &browser, look).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    assert_eq!(seen.body["data"]["__schema"]["queryType"]["name"], "Query");
    let input = json!({"messages": [{"role": "user", "content": "a canary"}], "model": "demo"});
    let query = "mutation($i: ChatInput!) { getAIResponse(input: $i) { content } }";
    let ask = json!({"query": query, "variables": {"i": input}});
    let answer = bed.post("graphql", &browser, ask).await;
    let content = &answer.body["data"]["getAIResponse"]["content"];
    assert_eq!(content, "a canary", "{}", answer.body);
    let record = bed.record();
    assert_eq!(record.last().unwrap()["did"], "graphql");
    assert!(!format!("{record:?}").contains("canary"));

    for path in [
        "/admin/graphiql",
        "/admin/graphiql/",
        "/admin/graphiql/graphiql.js",
    ] {
        let page = bed.open(path, &anonymous, ORIGIN).await;
        assert_eq!(page.status(), 303, "{path}");
        assert_eq!(page.headers()["location"], "/admin/");
        let page = bed.open(path, &browser, ORIGIN).await;
        let expected = if documents::is_here() { 200 } else { 404 };
        assert_eq!(page.status(), expected, "{path}");
    }
}
