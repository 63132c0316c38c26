//! The style of Plasma's panel, which may differ from that of the windows.

use std::path::{Path, PathBuf};

/// The style's name; `environment` tells a variable. `None`: none was chosen.
///
/// What somebody chose is in `plasmarc`, and what a global theme brings in the folder `kdedefaults`,
/// which Plasma's session puts before the others in `XDG_CONFIG_DIRS`.
pub(super) fn style(environment: impl Fn(&str) -> Option<String>) -> Option<String> {
    let own = environment("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute())
        .or_else(|| Some(Path::new(&environment("HOME")?).join(".config")))?;
    let others = environment("XDG_CONFIG_DIRS").unwrap_or_default();
    let defaults = own.join("kdedefaults");
    let folders = [own, defaults].into_iter();
    folders
        .chain(others.split(':').map(PathBuf::from))
        .filter(|folder| folder.is_absolute())
        .find_map(|folder| read(&std::fs::read_to_string(folder.join("plasmarc")).ok()?))
}

/// `name` in the group `Theme`; either may be marked as not to be changed.
fn read(text: &str) -> Option<String> {
    let mut within = false;
    text.lines().map(str::trim).find_map(|line| {
        if line.starts_with('[') {
            within = matches!(line, "[Theme]" | "[Theme][$i]");
            return None;
        }
        let (key, value) = line.split_once('=')?;
        let is_name = within && matches!(key.trim(), "name" | "name[$i]");
        (is_name && !value.trim().is_empty()).then(|| value.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_name_is_that_of_the_group() {
        for (text, name) in [
            ("[Theme]\nname=breeze-dark\n", Some("breeze-dark")),
            (
                "[Theme][$i]\n name[$i] = breeze-light",
                Some("breeze-light"),
            ),
            ("[Wallpapers]\nname=breeze-dark\n", None),
            ("name=breeze-dark\n[Theme]\nname=\n", None),
            ("", None),
        ] {
            assert_eq!(read(text).as_deref(), name, "{text}");
        }
    }

    #[test]
    fn what_somebody_chose_comes_before_what_a_global_theme_brings() {
        let home = tempfile::tempdir().unwrap();
        let named = |name: &str| match name {
            "HOME" => home.path().to_str().map(str::to_owned),
            "XDG_CONFIG_DIRS" => Some(format!("not/absolute:{}/etc", home.path().display())),
            _ => None,
        };
        assert_eq!(style(named), None);
        for (folder, name) in [
            ("etc", "oxygen"),
            (".config/kdedefaults", "breeze-dark"),
            (".config", "breeze-light"),
        ] {
            let folder = home.path().join(folder);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("plasmarc"), format!("[Theme]\nname={name}\n")).unwrap();
            assert_eq!(style(named).as_deref(), Some(name));
        }
    }
}
