//! Whose settings count on this desktop, and whether they have changed.

use std::ffi::OsString;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use gateway::SystemProxy;

use super::{gnome, kde};

/// What GNOME's program needs to find the settings; nothing else of ours is for it to see.
const PASSED_ON: [&str; 9] = [
    "PATH",
    "HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_DIRS",
    "XDG_RUNTIME_DIR",
    "XDG_CURRENT_DESKTOP",
    "DBUS_SESSION_BUS_ADDRESS",
    "DCONF_PROFILE",
    "GSETTINGS_BACKEND",
];

/// What that program is asked.
const QUESTION: &str = "list-recursively org.gnome.system.proxy";
/// How long it may take; requests wait for it.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often is looked whether it has answered.
const LOOK: Duration = Duration::from_millis(5);
/// How long one that did not answer is left alone.
const AGAIN: Duration = Duration::from_secs(60);

/// Where a desktop keeps its settings.
#[derive(Debug)]
pub(super) enum Desktop {
    /// In a file that is read as it is.
    Kde(PathBuf),
    /// In a database that `gsettings` reads; its file tells when.
    Gnome {
        database: PathBuf,
        variables: Vec<(&'static str, OsString)>,
    },
    /// There is none.
    Nowhere,
}

/// What was read last, and the time of the file then.
#[derive(Debug, Default)]
pub(super) struct Known {
    last: Option<(SystemTime, SystemProxy)>,
    /// When the program that is asked did not answer.
    silent: Option<Instant>,
}

impl Desktop {
    pub(super) fn of(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let own = set("XDG_CONFIG_HOME").map(PathBuf::from);
        let usual = || set("HOME").map(|home| Path::new(&home).join(".config"));
        let Some(folder) = own.filter(|path| path.is_absolute()).or_else(usual) else {
            return Self::Nowhere;
        };
        let names = set("XDG_CURRENT_DESKTOP").unwrap_or_default();
        if names.to_string_lossy().split(':').any(|name| name == "KDE") {
            return Self::Kde(folder.join("kioslaverc"));
        }
        let passed = PASSED_ON
            .into_iter()
            .filter_map(|name| set(name).map(|value| (name, value)));
        Self::Gnome {
            database: folder.join("dconf").join("user"),
            variables: passed.collect(),
        }
    }

    /// What the settings say; nothing where there are none.
    pub(super) fn read(&self, known: &mut Known) -> SystemProxy {
        let (Self::Kde(file) | Self::Gnome { database: file, .. }) = self else {
            return SystemProxy::default();
        };
        let Ok(time) = std::fs::metadata(file).and_then(|data| data.modified()) else {
            *known = Known::default();
            return SystemProxy::default();
        };
        let last = || {
            let read = known.last.as_ref().map(|(_, read)| read.clone());
            read.unwrap_or_default()
        };
        let is_known = matches!(&known.last, Some((when, _)) if *when == time);
        if is_known || known.silent.is_some_and(|when| when.elapsed() < AGAIN) {
            return last();
        }
        let found = match self {
            Self::Kde(file) => std::fs::read_to_string(file)
                .map(|text| kde::read(&text))
                .unwrap_or_default(),
            Self::Gnome { variables, .. } => match ask("gsettings", variables, PATIENCE) {
                Ok(text) => gnome::read(&text),
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                    tracing::warn!(%error, "ask gsettings for the system's proxy");
                    known.silent = Some(Instant::now());
                    return last();
                }
                // It is not there, or knows of no such settings.
                Err(_) => SystemProxy::default(),
            },
            Self::Nowhere => SystemProxy::default(),
        };
        known.last = Some((time, found.clone()));
        found
    }
}

fn ask(program: &str, variables: &[(&str, OsString)], patience: Duration) -> io::Result<String> {
    let mut command = Command::new(program);
    command.args(QUESTION.split(' '));
    command.env_clear().envs(variables.iter().cloned());
    command.stdin(Stdio::null()).stderr(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let began = Instant::now();
    let status = loop {
        match child.try_wait()? {
            Some(status) => break status,
            None if began.elapsed() < patience => std::thread::sleep(LOOK),
            None => {
                child.kill()?;
                child.wait()?;
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
    };
    let mut answer = Vec::new();
    if let Some(mut said) = child.stdout.take() {
        said.read_to_end(&mut answer)?;
    }
    match status.success() {
        true => Ok(String::from_utf8_lossy(&answer).into_owned()),
        false => Err(io::Error::other(status.to_string())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn desktop(variables: &[(&str, &str)]) -> Desktop {
        Desktop::of(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.into())
        })
    }

    #[test]
    fn kde_is_known_by_its_name() {
        let home = ("HOME", "/h");
        let kde = desktop(&[home, ("XDG_CURRENT_DESKTOP", "KDE")]);
        assert!(matches!(kde, Desktop::Kde(file) if file == Path::new("/h/.config/kioslaverc")));
        let gnome = desktop(&[home, ("XDG_CURRENT_DESKTOP", "ubuntu:GNOME")]);
        assert!(matches!(gnome, Desktop::Gnome { .. }));
        assert!(matches!(desktop(&[]), Desktop::Nowhere));
    }

    #[test]
    fn a_program_that_does_not_answer_is_given_up() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let program = |name: &str, text: &str, patience| {
            let path = folder.path().join(name);
            std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
            ask(path.to_str().unwrap(), &[], patience)
        };
        assert_eq!(
            program("good", "echo $1", PATIENCE).unwrap(),
            "list-recursively\n"
        );
        assert!(program("bad", "echo x; exit 1", PATIENCE).is_err());
        let silent = program("silent", "exec /bin/sleep 60", Duration::from_millis(50));
        assert_eq!(silent.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn a_changed_file_is_read_again_and_a_missing_one_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kioslaverc");
        let desktop = Desktop::Kde(file.clone());
        let mut known = Known::default();
        assert!(!desktop.read(&mut known).script);
        let write = |kind: u8, second: u64| {
            std::fs::write(&file, format!("[Proxy Settings]\nProxyType={kind}\n")).unwrap();
            let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(second);
            let opened = std::fs::File::options().write(true).open(&file).unwrap();
            opened.set_modified(time).unwrap();
        };
        write(2, 1);
        assert!(desktop.read(&mut known).script);
        write(0, 2);
        assert!(!desktop.read(&mut known).script);
        write(2, 2);
        assert!(!desktop.read(&mut known).script, "not even opened");
        std::fs::remove_file(&file).unwrap();
        write(2, 2);
        assert!(!desktop.read(&mut known).script);
    }
}
