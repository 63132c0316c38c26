//! A home folder of its own, and the program in it: no keyring, no network, no other environment.
#![allow(dead_code, reason = "each test file uses its part")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Longer than anything here takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A text of enough characters for a master key.
pub(crate) const MASTER_KEY: &str = "0123456789abcdef0123456789abcdef";

/// A temporary home.
pub(crate) struct Bed {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Bed {
    /// An empty home, in English.
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
        }
        .with("LC_ALL", "en_US.UTF-8")
    }

    /// With one more environment variable; a later one of the same name wins.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With these settings. The port is a free one unless they say otherwise.
    pub(crate) fn with_settings(self, text: &str) -> Self {
        std::fs::write(self.settings(), text).unwrap();
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn settings(&self) -> PathBuf {
        self.path().join("config.toml")
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portolan"));
        command
            .args(arguments)
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| name == "PATH" || name == "SYSTEMROOT"))
            .env("PORTOLAN_HOME", self.path())
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        self.run_with_input(arguments, None)
    }

    /// Runs a command to its end, with something on standard input.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: Option<&str>) -> Said {
        let mut command = self.command(arguments);
        if input.is_some() {
            command.stdin(Stdio::piped());
        }
        let mut child = command.spawn().unwrap();
        if let (Some(text), Some(mut stdin)) = (input, child.stdin.take()) {
            stdin.write_all(text.as_bytes()).unwrap();
        }
        finish(child)
    }

    /// Starts the server and waits for the link that claims it.
    pub(crate) fn serve_unclaimed(&self, arguments: &[&str]) -> Unclaimed {
        let mut all = vec!["serve"];
        all.extend(arguments);
        let mut child = self.command(&all).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut told = String::new();
        while !told.contains("#bootstrap=") {
            if lines.read_line(&mut told).unwrap() == 0 {
                panic!("no link: {told:?} {:?}", finish(child));
            }
        }
        // Nobody would read what comes later, and a full pipe would hold the server up.
        std::thread::spawn(move || drop(std::io::copy(&mut lines, &mut std::io::sink())));
        let link = told.lines().last().unwrap();
        let (place, token) = link.split_once("/admin/#bootstrap=").unwrap();
        Unclaimed {
            address: place.strip_prefix("http://").unwrap().to_owned(),
            token: token.to_owned(),
            child: Some(child),
        }
    }

    /// Starts the server and waits for its line.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Server {
        let began = Instant::now();
        let mut all = vec!["serve"];
        all.extend(arguments);
        let mut child = self.command(&all).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        let took = began.elapsed();
        let Some(address) = line
            .trim_end()
            .strip_prefix("portolan listening on http://")
        else {
            let said = finish(child);
            panic!("no server: {line:?} {said:?}");
        };
        Server {
            address: address.to_owned(),
            child: Some(child),
            lines,
            took,
        }
    }
}

/// One request on a connection of its own: head and body of the answer.
pub(crate) fn get(address: &str, path: &str, key: Option<&str>) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let key = key
        .map(|key| format!("Authorization: Bearer {key}\r\n"))
        .unwrap_or_default();
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{key}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A server that waits for its owner; killed when it is dropped.
pub(crate) struct Unclaimed {
    /// Where its web admin is.
    pub(crate) address: String,
    /// What opens it.
    pub(crate) token: String,
    child: Option<Child>,
}

impl Unclaimed {
    /// The server, once it has told that it serves.
    pub(crate) fn serves(&mut self) -> Server {
        let mut child = self.child.take().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        let address = line
            .trim_end()
            .strip_prefix("portolan listening on http://");
        Server {
            address: address.unwrap().to_owned(),
            took: Duration::ZERO,
            child: Some(child),
            lines,
        }
    }

    /// Tells it to end, and waits for that.
    #[cfg(unix)]
    pub(crate) fn end(mut self) -> Said {
        let child = self.child.take().unwrap();
        let pid = child.id().to_string();
        let kill = Command::new("kill").args(["-s", "TERM", &pid]).status();
        assert!(kill.unwrap().success());
        finish(child)
    }
}

impl Drop for Unclaimed {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// A running server; killed when it is dropped.
pub(crate) struct Server {
    pub(crate) address: String,
    /// From the start to its line.
    pub(crate) took: Duration,
    child: Option<Child>,
    lines: BufReader<std::process::ChildStdout>,
}

impl Server {
    pub(crate) fn pid(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// One request on a connection of its own: head and body of the answer.
    pub(crate) fn get(&self, path: &str, key: Option<&str>) -> String {
        get(&self.address, path, key)
    }

    /// The whole answer to a chat request of this body, head and all.
    pub(crate) fn chat(&self, key: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let request = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n\
             authorization: Bearer {key}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Sends a signal.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.pid().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", name, &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits for the end: what else it said, and how long that took.
    pub(crate) fn wait(mut self) -> (Said, Duration) {
        let began = Instant::now();
        let mut said = finish(self.child.take().unwrap());
        let took = began.elapsed();
        self.lines.read_to_string(&mut said.out).unwrap();
        (said, took)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// Waits for the end, bounded.
pub(crate) fn finish(mut child: Child) -> Said {
    // Read beside the waiting, so that a full pipe does not hold the child up.
    let collect = |stream: Option<Box<dyn std::io::Read + Send>>| {
        std::thread::spawn(move || {
            let mut text = String::new();
            if let Some(mut stream) = stream {
                stream.read_to_string(&mut text).unwrap();
            }
            text
        })
    };
    let out = collect(child.stdout.take().map(|s| Box::new(s) as _));
    let err = collect(child.stderr.take().map(|s| Box::new(s) as _));
    let limit = Instant::now() + PATIENCE;
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if Instant::now() > limit => {
                child.kill().unwrap();
                panic!("did not end: {:?} {:?}", out.join(), err.join());
            }
            #[allow(clippy::disallowed_methods, reason = "a test without a runtime")]
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    Said {
        code: status.code(),
        out: out.join().unwrap(),
        err: err.join().unwrap(),
    }
}

/// Compares with `tests/snapshots/<name>`; with `UPDATE_SNAPSHOTS` set, writes it instead.
pub(crate) fn assert_snapshot(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/snapshots")
        .join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    assert!(
        expected == text,
        "{}\n--- expected\n{expected}\n--- found\n{text}",
        path.display()
    );
}
