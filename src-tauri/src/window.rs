//! The window: made when it is asked for, gone when it is closed.

use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager as _, Url, WebviewUrl, WebviewWindowBuilder};
use tauri_plugin_opener::OpenerExt as _;

use crate::arguments::Page;

/// Its label, which the capabilities name.
pub(crate) const LABEL: &str = "main";
/// Its usual size, and the least, in logical pixels.
const SIZE: (f64, f64) = (1080.0, 720.0);
const LEAST: (f64, f64) = (760.0, 560.0);

/// Opens the window, or brings it to the front; at a page, where one is named.
pub(crate) fn open(app: &AppHandle, page: Option<Page>) {
    if let Err(error) = show(app, page) {
        tracing::error!(%error, "open the window");
    }
}

/// The same, from any thread.
pub(crate) fn open_soon(app: &AppHandle) {
    let handle = app.clone();
    drop(app.run_on_main_thread(move || open(&handle, None)));
}

fn show(app: &AppHandle, page: Option<Page>) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window(LABEL) {
        if let Some(page) = page {
            let mut url = window.url()?;
            url.set_fragment(Some(page.place()));
            window.navigate(url)?;
        }
        window.unminimize()?;
        window.show()?;
        return window.set_focus();
    }
    let place = page.map_or_else(String::new, |page| format!("#{}", page.place()));
    let url = WebviewUrl::App(format!("index.html{place}").into());
    let (asked, linked) = (app.clone(), app.clone());
    WebviewWindowBuilder::new(app, LABEL, url)
        .title("Portolan")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(LEAST.0, LEAST.1)
        .on_navigation(move |url| stays(&asked, url))
        .on_new_window(move |url, _features| {
            outside(&linked, &url);
            NewWindowResponse::Deny
        })
        .build()?
        .set_focus()
}

/// The window shows its own pages only; a link that leads elsewhere goes to the browser.
fn stays(app: &AppHandle, url: &Url) -> bool {
    let own = is_own(url);
    if !own {
        outside(app, url);
    }
    own
}

/// Where Tauri serves the window's files: a scheme of its own, or on Windows a host of its own.
fn is_own(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" if cfg!(windows) => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

fn outside(app: &AppHandle, url: &Url) {
    if !may_leave(url) {
        tracing::warn!("a link was not followed");
        return;
    }
    if let Err(error) = app.opener().open_url(url.as_str(), None::<&str>) {
        tracing::warn!(%error, "open the browser");
    }
}

/// Whether the system's browser may be sent there: web sites by name over https, and nothing that
/// could reach this machine, carry a password, or start another program.
fn may_leave(url: &Url) -> bool {
    let named = url.domain().is_some_and(|domain| {
        domain.contains('.') && !domain.ends_with(".localhost") && !domain.ends_with(".local")
    });
    url.scheme() == "https"
        && named
        && url.username().is_empty()
        && url.password().is_none()
        && url.port().is_none()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn s62_only_its_own_pages_are_shown() {
        let own = |url: &str| is_own(&url.parse().unwrap());
        assert!(cfg!(windows) || own("tauri://localhost/index.html#/usage"));
        for url in [
            "http://localhost:28000/",
            "https://example.com/",
            "http://tauri.evil.com/",
            "https://tauri.localhost.evil.com/",
            "tauri://evil.com/",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
            "about:blank",
        ] {
            assert!(!own(url), "{url}");
        }
    }

    #[test]
    fn s62_the_browser_gets_web_sites_over_https_only() {
        let may = |url: &str| may_leave(&url.parse().unwrap());
        assert!(may("https://openrouter.ai/keys"));
        for url in [
            "http://openrouter.ai/keys",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://localhost/",
            "https://a.localhost/",
            "https://user@example.com/",
            "https://example.com:8443/",
            "file:///bin/sh",
            "mailto:a@example.com",
            "ssh://example.com/",
            "portolan://page/home",
        ] {
            assert!(!may(url), "{url}");
        }
    }
}
