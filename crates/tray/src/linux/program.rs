//! The two programs of the application: the file of the tray, and that of the window beside it.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};

use face::link::OF_TRAY;
use tokio::process::{Child, Command};

/// The window's program, in the same folder.
const WINDOW: &str = "portolan-window";
/// What a start hands to the first window that it opens, and to no other.
const OF_THE_START: [&str; 2] = ["DESKTOP_STARTUP_ID", "XDG_ACTIVATION_TOKEN"];

pub(super) struct Program {
    /// The file that people start: an AppImage as a whole.
    tray: PathBuf,
    /// The window's, held open: when a package is replaced, this tray still opens the window that
    /// belongs to it.
    window: File,
    started: AtomicBool,
}

impl Program {
    /// This program's.
    ///
    /// # Errors
    /// The window's program is not there: the installation is damaged.
    pub(super) fn of_environment() -> io::Result<Self> {
        let this = std::env::current_exe()?;
        let image = std::env::var_os("APPIMAGE").filter(|image| !image.is_empty());
        Self::of(&this, image)
    }

    fn of(this: &Path, image: Option<OsString>) -> io::Result<Self> {
        let path = this.with_file_name(WINDOW);
        let window = File::open(&path).map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}", path.display()))
        })?;
        Ok(Self {
            tray: image.map_or_else(|| this.to_owned(), PathBuf::from),
            window,
            started: AtomicBool::new(false),
        })
    }

    /// The file that people start.
    pub(super) fn tray(&self) -> &Path {
        &self.tray
    }

    /// Starts the window's process; its ends of the link are its standard input and output.
    ///
    /// # Errors
    /// The system's own.
    pub(super) fn start(&self) -> io::Result<Child> {
        let mut command = Command::new(format!("/proc/self/fd/{}", self.window.as_raw_fd()));
        command
            // What the desktop knows the window by, as the entry in its menu says.
            .as_std_mut()
            .arg0("portolan-desktop")
            // A Ctrl-C in a terminal is for the tray, which closes the window.
            .process_group(0);
        command
            .arg(OF_TRAY)
            .arg(&self.tray)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        if self.started.swap(true, Ordering::Relaxed) {
            for name in OF_THE_START {
                command.env_remove(name);
            }
        }
        command.spawn()
    }
}

/// Makes this process that program, with the arguments of its own start; returns only where that
/// cannot be done.
pub(super) fn replace(tray: &Path, arguments: &[String]) -> io::Error {
    let arguments = arguments.iter().skip(1);
    std::process::Command::new(tray).args(arguments).exec()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_window_lies_beside_the_tray_and_an_image_is_started_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let this = folder.path().join("portolan-desktop");
        let missing = Program::of(&this, None).err().unwrap();
        assert!(missing.to_string().contains(WINDOW), "{missing}");
        std::fs::write(folder.path().join(WINDOW), "").unwrap();
        assert_eq!(Program::of(&this, None).unwrap().tray(), this);
        let image = Program::of(&this, Some("/opt/Portolan.AppImage".into())).unwrap();
        assert_eq!(image.tray(), Path::new("/opt/Portolan.AppImage"));
    }
}
