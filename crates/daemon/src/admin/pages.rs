//! The window's files as the browser gets them: from the program itself, and from nowhere else.

use gateway::Said;
use http::{HeaderValue, Response, StatusCode, header};
use rust_embed::RustEmbed;

use super::PATH;
use super::answer::{Answer, plain};

/// What `npm run build` made of the window, compiled in. A program can be built without it.
#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Window;

/// The page's rights (S-61): its own files, its own calls, nothing of anybody else's.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);
/// The names of these files change with their content.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

const MISSING: &str = "\
This portolan was built without its window, so there is no web admin to show.
Build the window first (cd ui && npm ci && npm run build), then build portolan again.
";

/// Whether the window was compiled in.
pub(super) fn is_here() -> bool {
    Window::get("index.html").is_some()
}

/// The file at a path beneath the web admin's.
pub(super) fn page(path: &str) -> Answer {
    if !is_here() {
        return plain(StatusCode::NOT_FOUND, MISSING);
    }
    if path.is_empty() {
        // The page's own addresses are relative to a folder.
        let mut answer = plain(StatusCode::PERMANENT_REDIRECT, "");
        if let Ok(place) = HeaderValue::from_str(&format!("{PATH}/")) {
            answer.headers_mut().insert(header::LOCATION, place);
        }
        return answer;
    }
    let name = match path.trim_start_matches('/') {
        "" => "index.html",
        name => name,
    };
    let Some(file) = Window::get(name) else {
        return plain(StatusCode::NOT_FOUND, "there is nothing here\n");
    };
    let body = match file.data {
        std::borrow::Cow::Borrowed(bytes) => bytes::Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => bytes.into(),
    };
    let mut answer = Response::new(Said::Whole(body));
    let fields = answer.headers_mut();
    fields.insert(header::CONTENT_TYPE, kind(name));
    fields.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    if name.starts_with("assets/") {
        fields.insert(header::CACHE_CONTROL, FOR_EVER);
    }
    answer
}

fn kind(name: &str) -> HeaderValue {
    HeaderValue::from_static(match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    })
}
