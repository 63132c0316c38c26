//! The documents as the real program serves them: to everybody, compressed or not, with rights that
//! let in nobody else's.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    unreachable_pub,
    reason = "tests; each file uses a part of the bed"
)]

mod bed;

use bed::Bed;
use serde_json::Value;

#[test]
fn s01_s09_the_document_is_open_and_protected() {
    let bed = Bed::new().with_settings("version = 1\n[listen]\nport = 0\nhost = \"127.0.0.1\"\n");
    let server = bed.serve(&[]);
    let answer = server.get("/openapi.json", None);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    for field in [
        "content-type: application/json",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "cross-origin-resource-policy: same-origin",
        "content-security-policy: default-src 'none'; frame-ancestors 'none'",
    ] {
        assert!(head.contains(&format!("\r\n{field}")), "{field}: {head}");
    }
    assert!(
        !head.contains("content-encoding"),
        "it was not asked for: {head}"
    );
    let document: Value = serde_json::from_str(body).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    assert!(document["paths"]["/v1/chat/completions"]["post"].is_object());
    assert!(document["paths"]["/admin/api/status.get"]["post"].is_object());
    for path in ["/docs", "/redoc", "/docs/swagger.js", "/docs/none.js"] {
        let answer = server.get(path, None);
        let status = if path.ends_with("none.js") {
            "404"
        } else {
            "200"
        };
        let (head, _) = answer.split_once("\r\n\r\n").unwrap();
        // Without the window's build there are no pages, and that is told.
        assert!(
            head.starts_with(&format!("HTTP/1.1 {status} "))
                || answer.contains("built without its pages"),
            "{path}: {head}"
        );
        if head.contains("text/html") {
            let policy = head.split("content-security-policy: ").nth(1).unwrap();
            let policy = policy.lines().next().unwrap();
            assert!(
                policy.starts_with("default-src 'none'; script-src 'self';"),
                "{policy}"
            );
            assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-eval"));
        }
    }
}
