//! How bright the bar is that the tray's icon stands in.

/// A bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bar {
    /// As on most desktops.
    #[default]
    Dark,
    /// As on Windows in its light mode.
    Light,
}

impl Bar {
    /// The bar of a desktop that has one of its own colour, whatever theme its windows have; `names`
    /// is `XDG_CURRENT_DESKTOP`. `None`: the bar follows a theme that nobody tells.
    ///
    /// GNOME's shell stays dark beside light windows, and Unity's panel does; GNOME's classic session
    /// and its panel of old (Flashback) have other colours:
    /// <https://gitlab.gnome.org/GNOME/gnome-shell/-/blob/main/js/ui/sessionMode.js>.
    #[must_use]
    pub fn of_desktop(names: &str) -> Option<Self> {
        let has = |wanted: &str| names.split(':').any(|name| name == wanted);
        let is_other = has("GNOME-Classic") || has("GNOME-Flashback");
        ((has("GNOME") || has("Unity")) && !is_other).then_some(Self::Dark)
    }

    /// The bar of Plasma: a style of its own may be dark beside light windows, as in Breeze Twilight,
    /// and says so in its name; any other has the colours of the windows, which the portal's
    /// `color-scheme` tells. `None`: nothing is preferred.
    ///
    /// <https://invent.kde.org/plasma/plasma-workspace/-/blob/master/lookandfeel/org.kde.breezetwilight/contents/defaults>,
    /// <https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html>
    #[must_use]
    pub fn of_plasma(style: Option<&str>, scheme: Option<u32>) -> Option<Self> {
        let style = style.unwrap_or_default().to_lowercase();
        match scheme {
            _ if style.contains("dark") => Some(Self::Dark),
            _ if style.contains("light") => Some(Self::Light),
            Some(1) => Some(Self::Dark),
            Some(2) => Some(Self::Light),
            Some(_) | None => None,
        }
    }

    /// The bar of Xfce: its panel is dark where that is chosen, as it is when newly installed, and has
    /// the theme of GTK otherwise, whose dark ones say so in their names.
    #[must_use]
    pub fn of_xfce(panel_is_dark: Option<bool>, theme: Option<&str>) -> Option<Self> {
        if panel_is_dark == Some(true) {
            return Some(Self::Dark);
        }
        theme.map(|name| {
            if name.to_lowercase().contains("dark") {
                Self::Dark
            } else {
                Self::Light
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Bar;

    #[test]
    fn a_desktop_whose_bar_is_always_dark_is_known_by_its_name() {
        for names in ["GNOME", "ubuntu:GNOME", "Unity", "Unity:Unity7:ubuntu"] {
            assert_eq!(Bar::of_desktop(names), Some(Bar::Dark), "{names}");
        }
        for names in [
            "",
            "KDE",
            "XFCE",
            "GNOME-Classic:GNOME",
            "GNOME-Flashback:GNOME",
            "gnomes",
        ] {
            assert_eq!(Bar::of_desktop(names), None, "{names}");
        }
    }

    #[test]
    fn plasmas_panel_has_its_own_style_or_the_windows_colours() {
        for (style, scheme, bar) in [
            (None, Some(0), None),
            (None, Some(1), Some(Bar::Dark)),
            (Some("default"), Some(2), Some(Bar::Light)),
            (Some("default"), Some(7), None),
            (Some("breeze-dark"), Some(2), Some(Bar::Dark)),
            (Some("Breeze-Light"), Some(1), Some(Bar::Light)),
            (Some("breeze-dark"), None, Some(Bar::Dark)),
        ] {
            assert_eq!(Bar::of_plasma(style, scheme), bar, "{style:?} {scheme:?}");
        }
    }

    #[test]
    fn xfces_panel_is_dark_by_choice_or_by_its_theme() {
        for (panel, theme, bar) in [
            (Some(true), Some("Greybird"), Some(Bar::Dark)),
            (Some(false), Some("Greybird"), Some(Bar::Light)),
            (Some(false), Some("Greybird-Dark"), Some(Bar::Dark)),
            (None, Some("Adwaita-dark"), Some(Bar::Dark)),
            (Some(false), None, None),
        ] {
            assert_eq!(Bar::of_xfce(panel, theme), bar, "{panel:?} {theme:?}");
        }
    }
}
