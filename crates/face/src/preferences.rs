//! What the settings say of the desktop alone.

use contract::{Settings, Theme};

/// How bright the bar is that the tray's icon stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bar {
    /// As on most desktops.
    #[default]
    Dark,
    /// Where a person chose a light window.
    Light,
}

/// A person's choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// Whether to tell that an account wants to be signed in to again.
    pub notify_sign_in: bool,
    /// Whether to tell that another account stepped in.
    pub notify_failover: bool,
    /// Whether to look for a newer version once a day.
    pub check_updates: bool,
    /// The bar that the icon stands in. No system tells its brightness to everyone: who asks for a
    /// light window has a light bar.
    pub bar: Bar,
    /// The language; the system's where none was chosen.
    pub language: Option<String>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            notify_sign_in: true,
            notify_failover: true,
            check_updates: false,
            bar: Bar::default(),
            language: None,
        }
    }
}

impl Preferences {
    /// The choices in these settings.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        Self {
            notify_sign_in: settings.notify_sign_in,
            notify_failover: settings.notify_failover,
            check_updates: settings.check_updates,
            bar: match settings.theme {
                Theme::Light => Bar::Light,
                Theme::Dark | Theme::System => Bar::Dark,
            },
            language: settings.language.clone(),
        }
    }
}
