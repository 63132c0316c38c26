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
}
