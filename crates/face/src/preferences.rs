//! What the settings say of the desktop alone.

use contract::{Settings, Theme};

use crate::bar::Bar;

/// A person's choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// Whether to tell that an account wants to be signed in to again.
    pub notify_sign_in: bool,
    /// Whether to tell that another account stepped in.
    pub notify_failover: bool,
    /// Whether to look for a newer version once a day.
    pub check_updates: bool,
    /// The bar that the icon stands in. Where the system does not tell its brightness, who asks for a
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
    /// The choices in these settings; `bar` is the bar's brightness where the system tells it.
    #[must_use]
    pub fn of(settings: &Settings, bar: Option<Bar>) -> Self {
        Self {
            notify_sign_in: settings.notify_sign_in,
            notify_failover: settings.notify_failover,
            check_updates: settings.check_updates,
            bar: bar.unwrap_or(match settings.theme {
                Theme::Light => Bar::Light,
                Theme::Dark | Theme::System => Bar::Dark,
            }),
            language: settings.language.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use contract::{Proxy, ProxyMode, Settings, Theme};

    use super::{Bar, Preferences};

    #[test]
    fn what_the_system_tells_of_its_bar_goes_before_the_theme() {
        let bar = |theme, told| {
            let settings = Settings {
                language: None,
                theme,
                default_model: String::new(),
                host: String::new(),
                port: 0,
                require_key: true,
                allowed_origins: Vec::new(),
                proxy: Proxy {
                    mode: ProxyMode::System,
                    url: None,
                },
                retention_days: 0,
                notify_sign_in: true,
                notify_failover: true,
                check_updates: false,
                path: String::new(),
            };
            Preferences::of(&settings, told).bar
        };
        for theme in [Theme::Light, Theme::Dark, Theme::System] {
            assert_eq!(bar(theme, Some(Bar::Dark)), Bar::Dark);
            assert_eq!(bar(theme, Some(Bar::Light)), Bar::Light);
        }
        assert_eq!(bar(Theme::Light, None), Bar::Light);
        assert_eq!(bar(Theme::Dark, None), Bar::Dark);
        assert_eq!(bar(Theme::System, None), Bar::Dark);
    }
}
