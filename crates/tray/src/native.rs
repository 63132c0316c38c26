//! The tray's icon and menu. They belong to the main thread, and so does everything here.

use std::cell::RefCell;

use face::{Entry, View, entries, state};
use tray_icon::menu::{CheckMenuItem, IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tray_icon::{Icon, MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};

use crate::desktop::Desktop;
use crate::icons;

thread_local! {
    static TRAY: RefCell<Option<TrayIcon>> = const { RefCell::new(None) };
}

type Failure = Box<dyn std::error::Error>;

/// Shows that in the tray; `false` where there is no tray to show it in, as on a desktop whose
/// panel has not started yet.
pub(crate) fn show(view: &View<'_>, _desktop: &Desktop) -> bool {
    TRAY.with_borrow_mut(|tray| match present(tray, view) {
        Ok(()) => true,
        Err(error) => {
            tracing::debug!(%error, "show the tray's icon");
            false
        }
    })
}

fn present(tray: &mut Option<TrayIcon>, view: &View<'_>) -> Result<(), Failure> {
    let picture = icons::of(view.face.shape, view.bar)?;
    let icon = Icon::from_rgba(picture.rgba, picture.width, picture.height)?;
    let menu = Box::new(menu(view)?);
    let tooltip = format!("Portolan\n{}", state(view.face, view.messages));
    match tray {
        Some(tray) => {
            tray.set_icon(Some(icon))?;
            tray.set_menu(Some(menu));
            tray.set_tooltip(Some(tooltip))?;
        }
        None => {
            let built = TrayIconBuilder::new()
                .with_id("portolan")
                .with_title("Portolan")
                .with_tooltip(tooltip)
                .with_icon(icon)
                .with_icon_as_template(true)
                .with_menu_on_left_click(cfg!(target_os = "macos"))
                .with_menu(menu)
                .build()?;
            *tray = Some(built);
        }
    }
    Ok(())
}

/// Takes the icon away.
pub(crate) fn remove() {
    TRAY.with_borrow_mut(|tray| *tray = None);
}

fn menu(view: &View<'_>) -> Result<Menu, Failure> {
    let menu = Menu::new();
    for entry in entries(view) {
        menu.append(&*item(entry)?)?;
    }
    Ok(menu)
}

fn item(entry: Entry) -> Result<Box<dyn IsMenuItem>, Failure> {
    Ok(match entry {
        Entry::Words(words) => Box::new(MenuItem::new(plain(&words), false, None)),
        Entry::Act(action, words) => {
            Box::new(MenuItem::with_id(action.id(), plain(&words), true, None))
        }
        Entry::Check(action, words, on) => {
            let item = CheckMenuItem::with_id(action.id(), plain(&words), true, on, None);
            Box::new(item)
        }
        Entry::Menu(words, inner) => {
            let menu = Submenu::new(plain(&words), true);
            for entry in inner {
                menu.append(&*item(entry)?)?;
            }
            Box::new(menu)
        }
        Entry::Separator => Box::new(PredefinedMenuItem::separator()),
    })
}

/// An ampersand would mark a letter of the keyboard.
fn plain(words: &str) -> String {
    words.replace('&', "&&")
}

/// Has a left click open the window. On macOS it opens the menu, as is the custom there.
pub fn listen(desktop: &Desktop) {
    let clicked = desktop.clone();
    TrayIconEvent::set_event_handler(Some(move |event| {
        let TrayIconEvent::Click {
            button: MouseButton::Left,
            button_state: MouseButtonState::Up,
            ..
        } = event
        else {
            return;
        };
        if !cfg!(target_os = "macos") {
            clicked.shell().open(None);
        }
    }));
}
