//! Work for a program that is watched: it stands in front of another of its kind, whose demo answers.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::load;
use super::process::{Cores, Process};
use super::prompt::{self, CLIENT_KEY, UPSTREAM_KEY};
use super::rig;

/// How long a program may take to answer for the first time, and to end.
const PATIENCE: Duration = Duration::from_secs(60);
/// Long enough for what a program does only when nobody asks it anything.
const REST: Duration = Duration::from_secs(3);

/// What the one in front offers: the other's demo, by its own names, once in both dialects and once
/// where it has to translate.
fn settings(upstream: SocketAddr) -> String {
    format!(
        r#"version = 1

[proxy]
mode = "direct"

[provider.near]
endpoints = {{ openai-chat = "http://{upstream}/v1", anthropic-messages = "http://{upstream}" }}
models = ["demo"]
allow_private = true

[provider.far]
endpoints = {{ openai-chat = "http://{upstream}/v1" }}
models = ["demo/echo"]
allow_private = true

[[account]]
provider = "near"
key_env = "BENCH_UPSTREAM_KEY"

[[account]]
provider = "far"
key_env = "BENCH_UPSTREAM_KEY"
"#
    )
}

/// What is asked: forwarded and translated, whole and as streams.
fn questions() -> [Vec<u8>; 5] {
    [
        prompt::short("near/demo"),
        prompt::streamed("near/demo"),
        prompt::anthropic("near/demo"),
        prompt::short("far/demo/echo"),
        prompt::anthropic("far/demo/echo"),
    ]
}

/// Lets the program, as `watched` starts it, work in `folder`, which it may fill, and ends it as a user
/// would.
pub(crate) fn work(
    program: &Path,
    folder: &Path,
    watched: &dyn Fn(&Path) -> Command,
) -> Result<(), String> {
    let cores = Cores::find()?;
    let (back, front) = (folder.join("back"), folder.join("front"));
    let back = Running::start(Command::new(program), &back, UPSTREAM_KEY, cores, None)?;
    let behind = Some(back.address);
    let front = Running::start(watched(program), &front, CLIENT_KEY, cores, behind)?;
    for question in questions() {
        let (status, body) = load::once(front.address, &question, PATIENCE)?;
        if status != 200 {
            let body = String::from_utf8_lossy(&body);
            return Err(format!("the watched program answers {status}: {body}"));
        }
    }
    std::thread::sleep(REST);
    front.end()?;
    back.end()
}

/// One of the two, answering.
struct Running {
    process: Process,
    address: SocketAddr,
}

impl Running {
    fn start(
        mut command: Command,
        home: &Path,
        key: &str,
        cores: Cores,
        upstream: Option<SocketAddr>,
    ) -> Result<Self, String> {
        let failed = |error| format!("preparing {}: {error}", home.display());
        fs::create_dir_all(home).map_err(failed)?;
        if let Some(upstream) = upstream {
            fs::write(home.join("config.toml"), settings(upstream)).map_err(failed)?;
        }
        let port = rig::free_port()?;
        command
            .args(["serve", "--port", &port.to_string()])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("PORTOLAN_HOME", home)
            .env("PORTOLAN_CLIENT_KEY", key)
            .env("BENCH_UPSTREAM_KEY", UPSTREAM_KEY)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut running = Self {
            process: Process::start(&mut command, cores.measured, cores.other)?,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        };
        let begun = Instant::now();
        let question = prompt::look("/health");
        while load::once(running.address, &question, PATIENCE).is_err() {
            if running.process.ended() || begun.elapsed() > PATIENCE {
                return Err("the watched program does not answer".to_owned());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(running)
    }

    /// What watches it writes when it ends by itself.
    fn end(mut self) -> Result<(), String> {
        if self.process.ends(PATIENCE) {
            return Ok(());
        }
        Err("the program does not end when it is asked to".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_in_front_forwards_and_translates() {
        let text = settings(SocketAddr::from((Ipv4Addr::LOCALHOST, 9)));
        assert!(text.contains("http://127.0.0.1:9/v1"), "{text}");
        assert_eq!(text.matches("anthropic-messages").count(), 1, "{text}");
    }
}
