//! The web admin of the real program: its link, its password, and what stays when all else stops.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod bed;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use bed::{Bed, Server, get};

const PASSWORD: &str = "correct horse battery staple";
const ANY_PORT: &str = "version = 1\n[listen]\nport = 0\nhost = \"127.0.0.1\"\n";

/// One request of the page's own: status, fields and body in one.
fn post(server: &Server, method: &str, body: &str, fields: &str) -> String {
    post_to(&server.address, method, body, fields)
}

fn post_to(address: &str, method: &str, body: &str, fields: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let length = body.len();
    let request = format!(
        "POST /admin/api/{method} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n{fields}\
         Connection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// What the browser sends from then on.
fn signed_in(answer: &str) -> String {
    let cookie = answer
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .unwrap_or_else(|| panic!("{answer}"));
    let cookie = cookie.split(';').next().unwrap();
    let (_, rest) = answer.split_once("\"csrf\":\"").unwrap();
    let csrf = rest.split('"').next().unwrap();
    format!("Cookie: {cookie}\r\nX-Portolan-Csrf: {csrf}\r\n")
}

fn claim(bed: &Bed, server: &Server) -> String {
    let said = bed.run(&["admin", "bootstrap"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let start = format!("http://{}/admin/#bootstrap=", server.address);
    let token = said.out.trim_end().strip_prefix(&start);
    let token = token.unwrap_or_else(|| panic!("{said:?}"));
    assert!(said.err.contains("15 minutes"), "{said:?}");
    let body = format!(r#"{{"token":"{token}","password":"{PASSWORD}"}}"#);
    let answer = post(server, "session.claim", &body, "");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let again = post(server, "session.claim", &body, "");
    assert!(again.contains("admin-link-invalid"), "{again}");
    signed_in(&answer)
}

#[test]
fn s18_the_link_sets_the_password_once_and_after_stop_only_the_admin_answers() {
    let bed = Bed::new().with_settings(ANY_PORT);
    let server = bed.serve(&[]);
    let session = claim(&bed, &server);
    let health = || server.get("/health", None);
    assert!(health().starts_with("HTTP/1.1 200 "));

    let stopped = post(&server, "serving.stop", "{}", &session);
    assert!(stopped.contains("\"serving\":false"), "{stopped}");
    for path in ["/health", "/", "/v1/models", "/administrator"] {
        let answer = server.get(path, None);
        assert!(answer.starts_with("HTTP/1.1 503 "), "{path}: {answer}");
        assert!(answer.contains("stopped"), "{path}: {answer}");
    }
    let session_answer = server.get("/admin/api/session", None);
    assert!(
        session_answer.starts_with("HTTP/1.1 200 "),
        "{session_answer}"
    );
    let status = bed.run(&["status", "--json"]);
    assert!(status.out.contains("\"serving\": false"), "{status:?}");

    let started = post(&server, "serving.start", "{}", &session);
    assert!(started.contains("\"serving\":true"), "{started}");
    assert!(health().starts_with("HTTP/1.1 200 "));
    // An open stream of events does not hold the end up.
    let mut events = TcpStream::connect(&server.address).unwrap();
    let address = &server.address;
    let request = format!("GET /admin/api/events HTTP/1.1\r\nHost: {address}\r\n{session}\r\n");
    events.write_all(request.as_bytes()).unwrap();
    let mut first = [0; 15];
    events.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    server.signal("TERM");
    let (said, took) = server.wait();
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn s11_a_password_that_was_set_opens_the_way_to_other_machines() {
    let bed = Bed::new().with_settings(ANY_PORT);
    let refused = bed.run(&["serve", "--host", "0.0.0.0", "--port", "0"]);
    assert_eq!(refused.code, Some(78), "{refused:?}");
    let server = bed.serve(&[]);
    claim(&bed, &server);
    server.signal("TERM");
    assert_eq!(server.wait().0.code, Some(0));
    let server = bed.serve(&["--host", "0.0.0.0", "--port", "0"]);
    assert!(server.address.starts_with("0.0.0.0:"));
}

#[test]
fn s18_a_weak_password_of_the_environment_starts_nothing() {
    let bed = Bed::new()
        .with_settings(ANY_PORT)
        .with("PORTOLAN_ADMIN_PASSWORD", "adminadminadmin");
    let said = bed.run(&["serve"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("PORTOLAN_ADMIN_PASSWORD"), "{said:?}");
    assert!(!said.err.contains("adminadmin"), "{said:?}");
    let bed = bed.with("PORTOLAN_ADMIN_PASSWORD", PASSWORD);
    let server = bed.serve(&[]);
    let body = format!(r#"{{"password":"{PASSWORD}"}}"#);
    let answer = post(&server, "session.sign_in", &body, "");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let said = bed.run(&["admin", "bootstrap"]);
    assert!(said.err.contains("PORTOLAN_ADMIN_PASSWORD"), "{said:?}");
}

#[test]
fn a_link_that_was_made_before_the_start_works_after_it() {
    let bed = Bed::new().with_settings(ANY_PORT);
    let said = bed.run(&["admin", "bootstrap", "--json"]);
    assert!(said.out.contains("\"listening\": false"), "{said:?}");
    let (_, rest) = said.out.split_once("#bootstrap=").unwrap();
    let token = rest.split('"').next().unwrap();
    let server = bed.serve(&[]);
    let body = format!(r#"{{"token":"{token}","password":"{PASSWORD}"}}"#);
    let answer = post(&server, "session.claim", &body, "");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[test]
fn s61_the_page_has_the_rights_of_its_own_files_alone() {
    let bed = Bed::new().with_settings(ANY_PORT);
    let server = bed.serve(&[]);
    let page = server.get("/admin/", None);
    for field in [
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "cross-origin-resource-policy: same-origin",
        "cache-control: no-store",
    ] {
        assert!(page.contains(field), "{field}: {page}");
    }
    let policy = "content-security-policy: default-src 'none'";
    assert!(page.contains(policy), "{page}");
    assert!(!page.contains("access-control"), "{page}");
}

#[test]
fn s12_it_answers_nobody_until_its_owner_has_claimed_it() {
    let bed = Bed::new()
        .with_settings("version = 1\n")
        .with("PORTOLAN_CLIENT_KEY", "pk-own");
    let unwell = bed.run(&["status", "--check"]);
    assert_eq!(unwell.code, Some(1), "{unwell:?}");
    let mut unclaimed = bed.serve_unclaimed(&["--claim", "--host", "0.0.0.0", "--port", "0"]);
    let (address, token) = (unclaimed.address.clone(), unclaimed.token.clone());
    for (path, key) in [("/health", None), ("/v1/models", Some("pk-own"))] {
        let answer = get(&address, path, key);
        assert!(answer.starts_with("HTTP/1.1 423 "), "{path}: {answer}");
        assert!(answer.contains("\"unclaimed\""), "{path}: {answer}");
    }
    let well = bed.run(&["status", "--check"]);
    assert_eq!(well.code, Some(0), "{well:?}");
    assert!(well.err.contains("waits for its owner"), "{well:?}");
    let refused = post_to(&address, "serving.start", "{}", "");
    assert!(refused.starts_with("HTTP/1.1 401 "), "{refused}");
    let guess = format!(
        r#"{{"token":"{}","password":"{PASSWORD}"}}"#,
        "x".repeat(43)
    );
    let refused = post_to(&address, "session.claim", &guess, "");
    assert!(refused.contains("admin-link-invalid"), "{refused}");

    let body = format!(r#"{{"token":"{token}","password":"{PASSWORD}"}}"#);
    let claimed = post_to(&address, "session.claim", &body, "");
    assert!(claimed.starts_with("HTTP/1.1 200 "), "{claimed}");
    let server = unclaimed.serves();
    let models = get(&address, "/v1/models", Some("pk-own"));
    assert!(models.starts_with("HTTP/1.1 200 "), "{models}");
    let well = bed.run(&["status", "--check", "--json"]);
    assert!(well.out.contains("\"answers\""), "{well:?}");
    server.signal("TERM");
    assert_eq!(server.wait().0.code, Some(0));
    // It has its owner now, and asks nobody.
    let server = bed.serve(&["--claim", "--host", "0.0.0.0", "--port", "0"]);
    let well = bed.run(&["status", "--check"]);
    assert_eq!((well.code, well.err.as_str()), (Some(0), ""), "{well:?}");
    drop(server);
}

#[test]
fn s12_one_that_nobody_has_claimed_ends_when_it_is_told_to() {
    let bed = Bed::new().with_settings(ANY_PORT);
    let unclaimed = bed.serve_unclaimed(&["--claim"]);
    let said = unclaimed.end();
    assert_eq!((said.code, said.out.as_str()), (Some(0), ""), "{said:?}");
}
