//! The window's files as the browser gets them: from the program itself, and from nowhere else.

use std::borrow::Cow;

use documents::{Packed, Packing, Page};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::PATH;
use super::answer::{Answer, plain};
use crate::annex;

/// What `npm run build` made of the window, each file compressed and compiled in, by its name. A program
/// can be built without it.
const WINDOW: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/window.rs"));

/// The page's rights (S-61): its own files, its own calls, nothing of anybody else's.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// The names of these files change with their content.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

const MISSING: &str = "\
This portolan was built without its window, so there is no web admin to show.
Build the window first (cd ui && npm ci && npm run build), then build portolan again.
";

/// Whether the window was compiled in.
pub(super) fn is_here() -> bool {
    file("index.html").is_some()
}

fn file(name: &str) -> Option<Packed> {
    let (_, bytes) = WINDOW.iter().find(|(found, _)| *found == name)?;
    Some(Packed {
        packing: Packing::Gzip,
        bytes: Cow::Borrowed(*bytes),
    })
}

/// The file at a path beneath the web admin's, for a browser that sent these fields.
pub(super) fn page(path: &str, fields: &HeaderMap) -> Answer {
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
    let Some(body) = file(name) else {
        return plain(StatusCode::NOT_FOUND, "there is nothing here\n");
    };
    let page = Page {
        kind: kind(name),
        policy: Some(POLICY),
        body,
    };
    let mut answer = annex::document(page, fields);
    if name.starts_with("assets/") {
        let fields = answer.headers_mut();
        fields.insert(header::CACHE_CONTROL, FOR_EVER);
    }
    answer
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_file_comes_as_the_browser_takes_it() {
        if !is_here() {
            return;
        }
        let mut fields = HeaderMap::new();
        let plain = page("/", &fields);
        assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
        assert!(text(plain).starts_with("<!doctype html>"));
        fields.insert(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static("gzip, br"),
        );
        let packed = page("/", &fields);
        assert_eq!(packed.headers()[header::CONTENT_ENCODING], "gzip");
        assert_eq!(packed.headers()[header::VARY], "accept-encoding");
        let script = WINDOW.iter().find(|(name, _)| name.ends_with(".js"));
        let script = page(&format!("/{}", script.unwrap().0), &fields);
        assert_eq!(script.headers()[header::CACHE_CONTROL], FOR_EVER);
    }

    fn text(answer: Answer) -> String {
        let gateway::Said::Whole(bytes) = answer.into_body() else {
            return String::new();
        };
        String::from_utf8(bytes.to_vec()).unwrap()
    }
}
