//! The display that the tray is on. The tray needs none of its libraries, but it is of no use
//! without one, and ends with it, as every program on it does.

use std::ffi::{OsStr, OsString};
use std::io::Read as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use x11rb::connection::Connection as _;
use x11rb::rust_connection::RustConnection;

/// A display that answers.
pub(super) enum Display {
    Wayland(UnixStream),
    X11(Box<RustConnection>),
}

impl Display {
    /// The one that the environment names, if it answers. GTK takes a compositor before a server.
    pub(super) fn connect(variable: impl Fn(&str) -> Option<OsString>) -> Option<Self> {
        let named = |name| variable(name).filter(|value| !value.is_empty());
        let wayland = named("WAYLAND_DISPLAY")
            .and_then(|name| socket(&name, named("XDG_RUNTIME_DIR").as_deref()))
            .and_then(|path| UnixStream::connect(path).ok());
        wayland.map(Self::Wayland).or_else(|| {
            let name = named("DISPLAY")?.into_string().ok()?;
            let (server, _) = RustConnection::connect(Some(&name)).ok()?;
            Some(Self::X11(Box::new(server)))
        })
    }

    /// Waits until it is gone. Nothing is asked of it, so that it has nothing else to tell.
    pub(super) fn wait(self) {
        match self {
            Self::Wayland(mut compositor) => {
                let mut unread = [0; 64];
                while compositor.read(&mut unread).is_ok_and(|read| read > 0) {}
            }
            Self::X11(server) => while server.wait_for_event().is_ok() {},
        }
    }
}

/// Where a compositor of that name is found: the rule of libwayland's `wl_display_connect`.
fn socket(name: &OsStr, folder: Option<&OsStr>) -> Option<PathBuf> {
    if Path::new(name).is_absolute() {
        return Some(name.into());
    }
    folder.map(|folder| Path::new(folder).join(name))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn what_does_not_answer_is_no_display_and_what_ends_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let set = |name: &str| match name {
            "WAYLAND_DISPLAY" => Some("wayland-9".into()),
            "XDG_RUNTIME_DIR" => Some(folder.path().into()),
            _ => None,
        };
        assert!(Display::connect(set).is_none());
        assert!(Display::connect(|_| Some(OsString::new())).is_none());
        let compositor = UnixListener::bind(folder.path().join("wayland-9")).unwrap();
        let display = Display::connect(set).unwrap();
        assert!(matches!(display, Display::Wayland(_)));
        drop(compositor.accept().unwrap());
        display.wait();
    }

    #[test]
    fn a_compositor_may_be_named_by_its_path() {
        let there = |name, folder: Option<&str>| socket(OsStr::new(name), folder.map(OsStr::new));
        assert_eq!(there("/run/w", None), Some("/run/w".into()));
        assert_eq!(
            there("w", Some("/run/user/1")),
            Some("/run/user/1/w".into())
        );
        assert_eq!(there("w", None), None);
    }
}
