//! Where things are kept: one folder when `PORTOLAN_HOME` is set, otherwise the platform's own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use contract::{ApiError, Code, Reason};

/// The longest path of a Unix socket that every platform takes: macOS has room for 104 bytes with
/// the closing zero (`sys/un.h`), Linux for 108.
const LONGEST_SOCKET: usize = 103;

/// The conventions that folders are laid out by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Platform {
    /// The XDG base directories (<https://specifications.freedesktop.org/basedir-spec/latest/>).
    Xdg,
    /// `~/Library/Application Support`.
    MacOs,
    /// `%APPDATA%` and `%LOCALAPPDATA%`.
    Windows,
}

impl Platform {
    /// The one that this program was built for.
    pub(crate) const HERE: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::MacOs
    } else {
        Self::Xdg
    };
}

/// The folders of one Portolan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Folders {
    /// What people edit: `config.toml`.
    pub(crate) config: PathBuf,
    /// What must not be lost: the vault, the keys.
    pub(crate) data: PathBuf,
    /// What may be lost: the instance lock, logs.
    pub(crate) state: PathBuf,
    /// What lives as long as the program: the control socket.
    pub(crate) runtime: PathBuf,
}

/// Why there are no folders.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FoldersError {
    /// Neither `PORTOLAN_HOME` nor the variable that the platform's folders hang from is set.
    #[error("neither PORTOLAN_HOME nor {0} is set")]
    NoHome(&'static str),
    /// A relative path would be another folder for each working directory.
    #[error("{0} is not an absolute path")]
    Relative(PathBuf),
}

impl From<FoldersError> for ApiError {
    fn from(error: FoldersError) -> Self {
        let reason = match error {
            FoldersError::NoHome(variable) => Reason::HomeUnset {
                variable: variable.to_owned(),
            },
            FoldersError::Relative(path) => Reason::PathRelative {
                path: path.display().to_string(),
            },
        };
        Self::new(Code::HomeUnusable, []).because(reason)
    }
}

impl Folders {
    /// The folders below `home`, or the platform's own where it is `None`.
    ///
    /// `variable` reads the environment; `temporary` is the folder for temporary files, where the
    /// socket goes when nothing better is there or the path would be too long for one.
    ///
    /// # Errors
    /// See [`FoldersError`].
    pub(crate) fn find(
        home: Option<PathBuf>,
        platform: Platform,
        variable: impl Fn(&str) -> Option<OsString>,
        temporary: &Path,
    ) -> Result<Self, FoldersError> {
        let path = |name: &str| {
            variable(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        if let Some(home) = home {
            if !home.has_root() {
                return Err(FoldersError::Relative(home));
            }
            let runtime = short(home.join("run"), platform, &home, temporary);
            return Ok(Self {
                config: home.clone(),
                data: home.clone(),
                state: home,
                runtime,
            });
        }
        let needed = |name: &'static str| path(name).ok_or(FoldersError::NoHome(name));
        match platform {
            Platform::Xdg => {
                // The specification: a relative path in one of its variables is to be ignored.
                let base = |name: &str, below: &str| match path(name).filter(|p| p.is_absolute()) {
                    Some(base) => Ok(base.join("portolan")),
                    None => needed("HOME").map(|home| home.join(below).join("portolan")),
                };
                let data = base("XDG_DATA_HOME", ".local/share")?;
                let runtime = match path("XDG_RUNTIME_DIR").filter(|p| p.is_absolute()) {
                    Some(base) => short(base.join("portolan"), platform, &data, temporary),
                    None => unlike_any_other(&data, temporary),
                };
                Ok(Self {
                    config: base("XDG_CONFIG_HOME", ".config")?,
                    state: base("XDG_STATE_HOME", ".local/state")?,
                    data,
                    runtime,
                })
            }
            Platform::MacOs => {
                let all = needed("HOME")?.join("Library/Application Support/dev.portolan.desktop");
                let runtime = short(all.join("run"), platform, &all, temporary);
                Ok(Self {
                    config: all.clone(),
                    data: all.clone(),
                    state: all,
                    runtime,
                })
            }
            Platform::Windows => {
                let local = needed("LOCALAPPDATA")?.join("Portolan");
                Ok(Self {
                    config: needed("APPDATA")?.join("Portolan"),
                    data: local.join("Data"),
                    runtime: local.join("State"),
                    state: local.join("State"),
                })
            }
        }
    }

    /// The settings file, unless another is named.
    #[must_use]
    pub(crate) fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// A name that no other home has: 16 hexadecimal digits.
    #[cfg(any(windows, test))]
    #[must_use]
    pub(crate) fn name(&self) -> String {
        digest(&self.data)
    }
}

/// `folder`, unless a socket in it would have too long a path.
fn short(folder: PathBuf, platform: Platform, home: &Path, temporary: &Path) -> PathBuf {
    let longest = folder.join("control.sock").as_os_str().len();
    if platform != Platform::Windows && longest > LONGEST_SOCKET {
        unlike_any_other(home, temporary)
    } else {
        folder
    }
}

/// A folder in `temporary` that belongs to `home`.
fn unlike_any_other(home: &Path, temporary: &Path) -> PathBuf {
    temporary.join(format!("portolan-{}", digest(home)))
}

/// FNV-1a, 64 bits (<https://www.rfc-editor.org/rfc/rfc9923.html>): a name, not a protection.
fn digest(path: &Path) -> String {
    let hash = path
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3_u64)
        });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn find(
        home: Option<&str>,
        platform: Platform,
        variables: &[(&str, &str)],
    ) -> Result<Folders, FoldersError> {
        let variable = |name: &str| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).into())
        };
        Folders::find(
            home.map(PathBuf::from),
            platform,
            variable,
            Path::new("/tmp"),
        )
    }

    #[test]
    fn a_home_holds_everything() {
        let folders = find(Some("/data"), Platform::Xdg, &[("HOME", "/home/ann")]).unwrap();
        assert_eq!(folders.config_file(), Path::new("/data/config.toml"));
        assert_eq!(folders.data, Path::new("/data"));
        assert_eq!(folders.runtime, Path::new("/data/run"));
        assert_eq!(
            find(Some("data"), Platform::Xdg, &[]),
            Err(FoldersError::Relative("data".into()))
        );
    }

    #[test]
    fn xdg_folders_and_their_defaults() {
        let folders = find(None, Platform::Xdg, &[("HOME", "/home/ann")]).unwrap();
        assert_eq!(folders.config, Path::new("/home/ann/.config/portolan"));
        assert_eq!(folders.data, Path::new("/home/ann/.local/share/portolan"));
        assert_eq!(folders.state, Path::new("/home/ann/.local/state/portolan"));
        assert!(folders.runtime.starts_with("/tmp"), "{folders:?}");
        let folders = find(
            None,
            Platform::Xdg,
            &[
                ("HOME", "/home/ann"),
                ("XDG_CONFIG_HOME", "/etc/ann"),
                ("XDG_STATE_HOME", "relative"),
                ("XDG_DATA_HOME", ""),
                ("XDG_RUNTIME_DIR", "/run/user/1000"),
            ],
        )
        .unwrap();
        assert_eq!(folders.config, Path::new("/etc/ann/portolan"));
        assert_eq!(folders.state, Path::new("/home/ann/.local/state/portolan"));
        assert_eq!(folders.data, Path::new("/home/ann/.local/share/portolan"));
        assert_eq!(folders.runtime, Path::new("/run/user/1000/portolan"));
    }

    #[test]
    fn the_other_platforms() {
        let folders = find(None, Platform::MacOs, &[("HOME", "/Users/ann")]).unwrap();
        assert!(
            folders
                .data
                .starts_with("/Users/ann/Library/Application Support")
        );
        let folders = find(
            None,
            Platform::Windows,
            &[("APPDATA", "/roaming"), ("LOCALAPPDATA", "/local")],
        )
        .unwrap();
        assert!(folders.config.starts_with("/roaming") && folders.data.starts_with("/local"));
    }

    #[test]
    fn without_a_home_it_is_said_which_variable_is_missing() {
        assert_eq!(
            find(None, Platform::Xdg, &[]),
            Err(FoldersError::NoHome("HOME"))
        );
        assert_eq!(
            find(None, Platform::Windows, &[("APPDATA", "/r")]),
            Err(FoldersError::NoHome("LOCALAPPDATA"))
        );
    }

    #[test]
    fn a_long_path_has_its_socket_elsewhere_and_each_home_its_own() {
        let home = format!("/{}", "long/".repeat(30));
        let one = find(Some(&home), Platform::Xdg, &[]).unwrap();
        let two = find(Some(&format!("{home}er")), Platform::Xdg, &[]).unwrap();
        assert!(one.runtime.starts_with("/tmp") && two.runtime.starts_with("/tmp"));
        assert_ne!(one.runtime, two.runtime);
        assert_ne!(one.name(), two.name());
    }
}
