//! The tray's item on Linux, where it is spoken of on the session's bus: no library of a desktop.

use std::sync::{Mutex, PoisonError};

use face::{Entry, View, entries, state};
use ksni::blocking::{Handle, TrayMethods as _};
use ksni::menu::{CheckmarkItem, StandardItem, SubMenu};
use ksni::{Icon, MenuItem, ToolTip, Tray};

use crate::desktop::Desktop;
use crate::{actions, icons};

static ITEM: Mutex<Option<Handle<Item>>> = Mutex::new(None);

struct Item {
    desktop: Desktop,
    seen: Seen,
}

/// What is to be seen of it.
struct Seen {
    icon: Vec<Icon>,
    tooltip: String,
    entries: Vec<Entry>,
}

/// Shows that in the tray; `false` where there is no tray to show it in, as on a desktop whose
/// panel has not started yet.
pub(crate) fn show(view: &View<'_>, desktop: &Desktop) -> bool {
    let seen = Seen::of(view);
    let mut shown = ITEM.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(item) = &*shown {
        return item.update(|item| item.seen = seen).is_some();
    }
    let desktop = desktop.clone();
    match (Item { desktop, seen }).spawn() {
        Ok(item) => *shown = Some(item),
        Err(error) => tracing::debug!(%error, "show the tray's item"),
    }
    shown.is_some()
}

/// Takes it away.
pub(crate) fn remove() {
    let shown = ITEM.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(item) = shown {
        item.shutdown().wait();
    }
}

impl Seen {
    fn of(view: &View<'_>) -> Self {
        let icon = icons::of(view.face.shape, view.bar).map(drawn);
        Self {
            icon: icon.into_iter().collect(),
            tooltip: state(view.face, view.messages),
            entries: entries(view),
        }
    }
}

/// As the bus has it: opacity goes before the colours.
fn drawn(picture: icons::Picture) -> Icon {
    let mut data = picture.rgba;
    for pixel in data.chunks_exact_mut(4) {
        pixel.rotate_right(1);
    }
    Icon {
        width: picture.width.cast_signed(),
        height: picture.height.cast_signed(),
        data,
    }
}

impl Tray for Item {
    fn id(&self) -> String {
        "portolan".to_owned()
    }

    fn title(&self) -> String {
        "Portolan".to_owned()
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        self.seen.icon.clone()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip {
            icon_pixmap: self.seen.icon.clone(),
            title: "Portolan".to_owned(),
            description: self.seen.tooltip.clone(),
            ..ToolTip::default()
        }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.desktop.shell().open(None);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        self.seen.entries.iter().map(entry).collect()
    }
}

fn entry(shown: &Entry) -> MenuItem<Item> {
    match shown {
        Entry::Words(words) => StandardItem {
            label: plain(words),
            enabled: false,
            ..StandardItem::default()
        }
        .into(),
        Entry::Act(action, words) => {
            let action = action.clone();
            StandardItem {
                label: plain(words),
                activate: Box::new(move |item: &mut Item| {
                    actions::perform(&item.desktop, action.clone());
                }),
                ..StandardItem::default()
            }
            .into()
        }
        Entry::Check(action, words, on) => {
            let action = action.clone();
            CheckmarkItem {
                label: plain(words),
                checked: *on,
                activate: Box::new(move |item: &mut Item| {
                    actions::perform(&item.desktop, action.clone());
                }),
                ..CheckmarkItem::default()
            }
            .into()
        }
        Entry::Menu(words, inner) => SubMenu {
            label: plain(words),
            submenu: inner.iter().map(entry).collect(),
            ..SubMenu::default()
        }
        .into(),
        Entry::Separator => MenuItem::Separator,
    }
}

/// An underline would mark a letter of the keyboard.
fn plain(words: &str) -> String {
    words.replace('_', "__")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opacity_goes_first_and_underlines_are_shown() {
        let picture = icons::Picture {
            rgba: vec![1, 2, 3, 4],
            width: 1,
            height: 1,
        };
        assert_eq!(drawn(picture).data, [4, 1, 2, 3]);
        assert_eq!(plain("a_b & c"), "a__b & c");
    }
}
