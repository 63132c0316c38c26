//! Whether there is a display at all: without one GTK would end the program with words of its own.

use std::ffi::OsString;

/// Whether the environment names a display.
pub(crate) fn is_named(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    ["WAYLAND_DISPLAY", "DISPLAY"]
        .into_iter()
        .any(|name| variable(name).is_some_and(|value| !value.is_empty()))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::is_named;

    #[test]
    fn either_kind_counts_and_an_empty_name_does_not() {
        let only = |set: &'static str, value: &'static str| {
            is_named(move |name| (name == set).then(|| value.into()))
        };
        assert!(only("DISPLAY", ":0"));
        assert!(only("WAYLAND_DISPLAY", "wayland-0"));
        assert!(!only("DISPLAY", ""));
        assert!(!only("HOME", "/root"));
    }
}
