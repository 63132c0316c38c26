//! An agent's process, with everything that it starts: one group, which ends as a whole.
//!
//! An agent must not outlive this program, however that ends. Nothing here may be unsafe, so that the
//! kernel cannot be asked to see to it (`PR_SET_PDEATHSIG` is set between fork and exec). So on Unix a
//! shell leads the group and waits for the end of a pipe that this program holds: when this program is
//! gone, the shell ends the group that it is in.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::Stdio;

use catalog::Agent;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Reads a variable of this program's surroundings.
pub(crate) type Environment = fn(&str) -> Option<OsString>;

/// What every program needs of its surroundings: where programs, homes and words are. Everything else
/// may be a secret of somebody.
const USUAL: [&str; 36] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    "LC_MESSAGES",
    "TERM",
    "TMPDIR",
    "TZ",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_CACHE_HOME",
    "XDG_STATE_HOME",
    "XDG_RUNTIME_DIR",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NODE_EXTRA_CA_CERTS",
    // Windows
    "SystemRoot",
    "SystemDrive",
    "windir",
    "ComSpec",
    "PATHEXT",
    "APPDATA",
    "LOCALAPPDATA",
    "USERPROFILE",
    "HOMEDRIVE",
    "HOMEPATH",
    "TEMP",
    "TMP",
    "ProgramFiles",
    "ProgramData",
    "USERNAME",
];

/// A program that was started.
pub(crate) struct Process {
    pub(crate) child: Child,
    pub(crate) group: Group,
    /// Its standard input and output, where it is talked to that way.
    pub(crate) pipes: Option<(ChildStdin, ChildStdout)>,
}

/// Starts the agent in `folder`. `port`: it listens there, and its pipes are of no use.
pub(crate) fn start(
    agent: &Agent,
    environment: Environment,
    folder: &Path,
    port: Option<u16>,
) -> io::Result<Process> {
    let mut command = Command::new(&agent.command);
    let port_text = port.map(|port| port.to_string()).unwrap_or_default();
    command.args(
        agent
            .arguments
            .iter()
            .map(|argument| argument.replace("{port}", &port_text)),
    );
    command.current_dir(folder).env_clear();
    let named = agent.environment.iter().map(String::as_str);
    for name in USUAL.into_iter().chain(named) {
        if let Some(value) = environment(name) {
            command.env(name, value);
        }
    }
    command.envs(&agent.variables);
    let pipe = |wanted: bool| {
        if wanted {
            Stdio::piped()
        } else {
            Stdio::null()
        }
    };
    command
        .stdin(pipe(port.is_none()))
        .stdout(pipe(port.is_none()))
        // What it says there may hold prompts.
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let (mut child, group) = Group::start(&mut command)?;
    let pipes = child.stdin.take().zip(child.stdout.take());
    Ok(Process {
        child,
        group,
        pipes,
    })
}

#[cfg(unix)]
mod group {
    use std::io;
    use std::process::Stdio;

    use rustix::process::{Pid, Signal, kill_process_group};
    use tokio::process::{Child, Command};

    /// Waits for the end of its input and ends the group that it is in.
    const WATCH: &str = "read -r _; kill -9 0";

    /// A group of processes; dropping it ends them all.
    pub(crate) struct Group {
        leader: Option<Pid>,
        /// While it is not waited for, its number is nobody else's.
        _watcher: Option<Child>,
    }

    impl Group {
        /// Starts the command in a group that ends with this program, where there is a shell, and in
        /// one of its own where there is none.
        pub(super) fn start(command: &mut Command) -> io::Result<(Child, Self)> {
            let watcher = Command::new("/bin/sh")
                .args(["-c", WATCH])
                .env_clear()
                .current_dir("/")
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .process_group(0)
                .kill_on_drop(true)
                .spawn()
                .ok();
            let number = |child: &Child| i32::try_from(child.id()?).ok();
            let leader = watcher.as_ref().and_then(number);
            let mut group = Self {
                leader: leader.and_then(Pid::from_raw),
                _watcher: watcher,
            };
            let child = command.process_group(leader.unwrap_or(0)).spawn()?;
            if group.leader.is_none() {
                group.leader = number(&child).and_then(Pid::from_raw);
            }
            Ok((child, group))
        }
    }

    impl Drop for Group {
        fn drop(&mut self) {
            if let Some(leader) = self.leader {
                let _gone_before = kill_process_group(leader, Signal::KILL);
            }
        }
    }
}

#[cfg(not(unix))]
mod group {
    use std::io;
    use std::process::Stdio;

    use tokio::process::{Child, Command};

    /// A process and those that it started; dropping it ends them.
    pub(crate) struct Group {
        leader: Option<u32>,
    }

    impl Group {
        /// Starts the command.
        pub(super) fn start(command: &mut Command) -> io::Result<(Child, Self)> {
            let child = command.spawn()?;
            let leader = child.id();
            Ok((child, Self { leader }))
        }
    }

    impl Drop for Group {
        fn drop(&mut self) {
            // A job object would need an unsafe call; this ends the tree while its root is there.
            if let Some(leader) = self.leader {
                let _not_ended = std::process::Command::new("taskkill")
                    .args(["/PID", &leader.to_string(), "/T", "/F"])
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn();
            }
        }
    }
}

pub(crate) use group::Group;
