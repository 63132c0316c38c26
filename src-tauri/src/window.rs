//! The window: made when it is asked for, gone when it is closed.

use face::{Page, is_own, may_leave};
use tauri::async_runtime::spawn;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager as _, Url, WebviewUrl, WebviewWindowBuilder};
use tauri_plugin_opener::OpenerExt as _;

use crate::host::Desktop;

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

fn outside(app: &AppHandle, url: &Url) {
    if may_leave(url) {
        return browse(app, url);
    }
    let (app, url) = (app.clone(), url.clone());
    spawn(async move {
        // An issuer of one's own may be on this machine, or behind a port of its own.
        if app.state::<Desktop>().waits_at(&url).await {
            browse(&app, &url);
        } else {
            tracing::warn!("a link was not followed");
        }
    });
}

fn browse(app: &AppHandle, url: &Url) {
    if let Err(error) = app.opener().open_url(url.as_str(), None::<&str>) {
        tracing::warn!(%error, "open the browser");
    }
}
