//! Web pages: which of them may call, and what their browser is told about it.

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

/// Where a request comes from, as far as a browser says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Not from a page.
    None,
    /// From a page on this machine, or from a program that shows pages of its own (`tauri:`,
    /// `app:`, `file:`, `vscode-webview:`).
    Local(HeaderValue),
    /// From any other page, sandboxed ones (`null`) included.
    Foreign(HeaderValue),
}

/// Whether a request from there may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OriginVerdict {
    /// It may, whatever else holds.
    Passes,
    /// It may with a valid key.
    NeedsKey,
    /// It may not.
    Refused,
}

impl Origin {
    /// Reads the `Origin` field.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let mut fields = headers.get_all(header::ORIGIN).iter();
        match (fields.next(), fields.next()) {
            (None, _) => Self::None,
            (Some(field), None) if field.to_str().is_ok_and(is_local) => Self::Local(field.clone()),
            (Some(field), _) => Self::Foreign(field.clone()),
        }
    }

    /// Judges it by the list of origins that the user allowed.
    #[must_use]
    pub fn judge(&self, listed: &[String], require_key: bool) -> OriginVerdict {
        let is_listed = |field: &HeaderValue| {
            listed
                .iter()
                .any(|origin| origin.as_bytes() == field.as_bytes())
        };
        match self {
            Self::None => OriginVerdict::Passes,
            Self::Local(field) | Self::Foreign(field) if is_listed(field) => OriginVerdict::Passes,
            Self::Local(_) if require_key => OriginVerdict::NeedsKey,
            Self::Local(_) | Self::Foreign(_) => OriginVerdict::Refused,
        }
    }

    /// The origin as its browser wrote it.
    #[must_use]
    pub fn field(&self) -> Option<&HeaderValue> {
        match self {
            Self::None => None,
            Self::Local(field) | Self::Foreign(field) => Some(field),
        }
    }

    /// Tells the browser that the page may read this answer.
    pub fn allow(&self, answer: &mut HeaderMap) {
        if let Some(field) = self.field() {
            answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, field.clone());
            answer.append(header::VARY, HeaderValue::from_static("origin"));
            answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }
}

/// What a page may read beside the body.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "x-request-id, request-id, retry-after, retry-after-ms, x-portolan-upstream, \
     x-portolan-attempts, x-portolan-loss, x-portolan-estimated, x-ratelimit-limit-requests, \
     x-ratelimit-remaining-requests, x-ratelimit-reset-requests, x-ratelimit-limit-tokens, \
     x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens, anthropic-ratelimit-requests-limit, \
     anthropic-ratelimit-requests-remaining, anthropic-ratelimit-requests-reset, \
     anthropic-ratelimit-tokens-limit, anthropic-ratelimit-tokens-remaining, \
     anthropic-ratelimit-tokens-reset",
);

fn is_local(origin: &str) -> bool {
    let Some((scheme, rest)) = origin.split_once("://") else {
        // `file:` pages send `null` in most browsers; some embedded ones send `file://`.
        return false;
    };
    let is_scheme = !scheme.is_empty()
        && scheme
            .bytes()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || b"+-.".contains(&c));
    if !is_scheme {
        return false;
    }
    if scheme != "http" && scheme != "https" {
        return true;
    }
    let (host, port) = match rest.strip_prefix("[::1]") {
        Some(port) => ("[::1]", port),
        None => rest.split_at(rest.find(':').unwrap_or(rest.len())),
    };
    let is_port = port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    // Browsers resolve every name under `localhost` to this machine without asking anyone.
    let is_host = matches!(host, "localhost" | "127.0.0.1" | "[::1]")
        || host.strip_suffix(".localhost").is_some_and(|name| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|c| c.is_ascii_alphanumeric() || b"-.".contains(&c))
        });
    is_host && is_port
}

/// The answer to a browser that asks before it sends (`OPTIONS` with
/// `Access-Control-Request-Method`); `None` for any other request.
#[must_use]
pub fn preflight(
    method: &Method,
    headers: &HeaderMap,
    origin: &Origin,
    verdict: OriginVerdict,
) -> Option<(StatusCode, HeaderMap)> {
    if method != Method::OPTIONS || !headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        return None;
    }
    let mut answer = HeaderMap::new();
    if origin.field().is_none() || verdict == OriginVerdict::Refused {
        return Some((StatusCode::FORBIDDEN, answer));
    }
    origin.allow(&mut answer);
    answer.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, HEAD, POST, OPTIONS"),
    );
    if let Some(asked) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS)
        && asked.to_str().is_ok_and(is_list_of_names)
    {
        answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
    }
    answer.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static("600"),
    );
    Some((StatusCode::NO_CONTENT, answer))
}

fn is_list_of_names(list: &str) -> bool {
    list.len() <= 4096
        && list
            .split(',')
            .all(|name| HeaderName::from_bytes(name.trim().as_bytes()).is_ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

    use super::{Origin, OriginVerdict, preflight};

    fn origin(text: &str) -> Origin {
        let mut headers = HeaderMap::new();
        headers.insert(header::ORIGIN, HeaderValue::from_str(text).unwrap());
        Origin::of(&headers)
    }

    const LOCAL: [&str; 14] = [
        "http://localhost",
        "http://localhost:3000",
        "https://localhost:8443",
        "http://127.0.0.1:5173",
        "http://[::1]:80",
        "http://tauri.localhost",
        "https://tauri.localhost",
        "tauri://localhost",
        "app://obsidian.md",
        "file://",
        "vscode-webview://0a1b2c",
        "capacitor://localhost",
        "chrome-extension://abcdefgh",
        "app://-",
    ];
    const FOREIGN: [&str; 18] = [
        "null",
        "https://evil.com",
        "http://evil.com",
        "http://localhost.evil.com",
        "http://localhost@evil.com",
        "http://127.0.0.1.nip.io",
        "http://evil.com:28000",
        "http://LOCALHOST",
        "http://localhost.",
        "http://0.0.0.0",
        "http://[::ffff:127.0.0.1]",
        "http://localhost:0",
        "http://localhost:99999",
        "http://localhost/",
        "",
        "HTTP://localhost",
        "http://.localhost",
        "http://192.168.1.5",
    ];

    #[test]
    fn s05_origins_are_told_apart() {
        for text in LOCAL {
            let origin = origin(text);
            assert!(matches!(origin, Origin::Local(_)), "{text}");
            assert_eq!(origin.judge(&[], true), OriginVerdict::NeedsKey, "{text}");
            assert_eq!(origin.judge(&[], false), OriginVerdict::Refused, "{text}");
        }
        for text in FOREIGN {
            let origin = origin(text);
            assert!(matches!(origin, Origin::Foreign(_)), "{text}");
            assert_eq!(origin.judge(&[], true), OriginVerdict::Refused, "{text}");
            assert_eq!(origin.judge(&[], false), OriginVerdict::Refused, "{text}");
        }
        let listed = ["https://chat.example".to_owned(), "null".to_owned()];
        for text in ["https://chat.example", "null"] {
            assert_eq!(
                origin(text).judge(&listed, false),
                OriginVerdict::Passes,
                "{text}"
            );
        }
        for text in [
            "https://chat.example.evil.com",
            "https://chat.example:1",
            "https://*",
        ] {
            assert_eq!(
                origin(text).judge(&listed, true),
                OriginVerdict::Refused,
                "{text}"
            );
        }
        assert_eq!(
            Origin::of(&HeaderMap::new()).judge(&[], false),
            OriginVerdict::Passes
        );
    }

    #[test]
    fn s05_two_origins_are_foreign() {
        let mut headers = HeaderMap::new();
        headers.append(header::ORIGIN, HeaderValue::from_static("http://localhost"));
        headers.append(header::ORIGIN, HeaderValue::from_static("http://localhost"));
        assert!(matches!(Origin::of(&headers), Origin::Foreign(_)));
    }

    #[test]
    fn s05_a_refused_preflight_allows_nothing() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::ACCESS_CONTROL_REQUEST_METHOD,
            HeaderValue::from_static("POST"),
        );
        headers.insert(
            header::ACCESS_CONTROL_REQUEST_HEADERS,
            HeaderValue::from_static("authorization, content-type,x-stainless-lang"),
        );
        let ask = |text: &str| {
            let origin = origin(text);
            let verdict = origin.judge(&[], true);
            preflight(&Method::OPTIONS, &headers, &origin, verdict).unwrap()
        };
        let (status, answer) = ask("https://evil.com");
        assert_eq!((status, answer.is_empty()), (StatusCode::FORBIDDEN, true));
        let (status, answer) = ask("http://localhost:3000");
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!(
            answer[header::ACCESS_CONTROL_ALLOW_ORIGIN],
            "http://localhost:3000"
        );
        assert_eq!(
            answer[header::ACCESS_CONTROL_ALLOW_HEADERS],
            "authorization, content-type,x-stainless-lang"
        );
        let plain = preflight(
            &Method::POST,
            &headers,
            &origin("null"),
            OriginVerdict::Refused,
        );
        assert!(plain.is_none());
    }
}
