//! The window: made when it is asked for, gone when it is closed.

use contract::{Changed, Topic};
use face::{is_own, may_leave};
use tauri::async_runtime::spawn;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Emitter as _, Manager as _, Url, WebviewUrl, WebviewWindowBuilder};

use crate::host::Host;

/// Its label, which the capabilities name.
pub(crate) const LABEL: &str = "main";
/// Its usual size, and the least, in logical pixels.
const SIZE: (f64, f64) = (1080.0, 720.0);
const LEAST: (f64, f64) = (760.0, 560.0);

/// Opens the window, or brings it to the front; at a place of its pages, where one is named. On the
/// main thread.
pub(crate) fn open(app: &AppHandle, place: Option<&str>) {
    if let Err(error) = show(app, place) {
        tracing::error!(%error, "open the window");
    }
}

/// Tells the window that these changed, where there is one.
pub(crate) fn tell(app: &AppHandle, topics: &[Topic]) {
    if app.get_webview_window(LABEL).is_none() {
        return;
    }
    for &topic in topics {
        if let Err(error) = app.emit_to(LABEL, "changed", Changed { topic }) {
            tracing::debug!(%error, "tell the window");
        }
    }
}

fn show(app: &AppHandle, place: Option<&str>) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window(LABEL) {
        if let Some(place) = place {
            let mut url = window.url()?;
            url.set_fragment(Some(place));
            window.navigate(url)?;
        }
        window.unminimize()?;
        window.show()?;
        return window.set_focus();
    }
    let place = place.map_or_else(String::new, |place| format!("#{place}"));
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
        return browse(url);
    }
    let (app, url) = (app.clone(), url.clone());
    spawn(async move {
        // An issuer of one's own may be on this machine, or behind a port of its own.
        if app.state::<Host>().waits_at(&url).await {
            browse(&url);
        } else {
            tracing::warn!("a link was not followed");
        }
    });
}

fn browse(url: &Url) {
    if let Err(error) = open::that_detached(url.as_str()) {
        tracing::warn!(%error, "open the browser");
    }
}
