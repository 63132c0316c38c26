//! `portolan status --check`: whether a server runs and answers, for what looks after containers.

use std::io::{Read as _, Write as _, stderr, stdout};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use contract::{Api as _, ApiError, Code, Reason};
use l10n::Messages;

use super::{print, written};
use crate::home::Home;
use crate::socket;

/// How long a busy server may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is told to scripts.
#[derive(serde::Serialize)]
struct Checked<'a> {
    /// Where it answered.
    answers: &'a str,
}

/// Asks the running server where it listens, and then there whether it answers. One that has been
/// stopped or not been claimed yet is well as long as its web admin answers.
///
/// # Errors
/// `not-running`, `server-unreachable`, or why it does not listen.
pub(crate) fn check(home: &Home, json: bool, messages: &Messages) -> Result<ExitCode, ApiError> {
    let status = crate::runtime()?.block_on(async {
        let client = socket::connect(&home.folders).await?;
        let client = client.ok_or_else(|| ApiError::new(Code::NotRunning, []))?;
        contract::Remote::new(client).status_get().await
    })?;
    let first = status.listeners.into_iter().next();
    let first = first.ok_or_else(|| ApiError::new(Code::NotRunning, []))?;
    if let Some(fault) = first.fault {
        return Err(fault);
    }
    let address = first.addresses.first().and_then(|each| each.parse().ok());
    let address = address.ok_or_else(|| ApiError::new(Code::NotRunning, []))?;
    let answer = health(address).map_err(|error| unreachable(&error.to_string()))?;
    // With nothing but its web admin it says so: 503 where it was stopped, 423 where nobody has claimed it.
    if !well(&answer, status.serving) {
        let line = answer.lines().next().unwrap_or_default();
        return Err(unreachable(line));
    }
    let address = address.to_string();
    if json {
        print(stdout(), &written(&Checked { answers: &address }));
    } else {
        let text = messages.get("status-answers", &[("address", address.as_str().into())]);
        print(stdout(), &(text + "\n"));
    }
    if !status.serving {
        let text = messages.get("status-admin-alone", &[]);
        print(stderr(), &(text + "\n"));
    }
    Ok(ExitCode::SUCCESS)
}

fn well(answer: &str, serving: bool) -> bool {
    let wanted: &[&str] = if serving { &["200"] } else { &["423", "503"] };
    let status = answer.split(' ').nth(1);
    status.is_some_and(|status| wanted.contains(&status))
}

fn unreachable(words: &str) -> ApiError {
    ApiError::new(Code::ServerUnreachable, []).because(Reason::System {
        words: words.to_owned(),
    })
}

/// The answer to `GET /health`.
fn health(listens: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&reachable(listens), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(64 * 1024).read_to_string(&mut answer)?;
    Ok(answer)
}

/// One who listens on every address is asked on loopback.
fn reachable(listens: SocketAddr) -> SocketAddr {
    let ip = match listens.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listens.port())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn every_address_is_asked_on_loopback() {
        for (listens, asked) in [
            ("0.0.0.0:1", "127.0.0.1:1"),
            ("[::]:1", "[::1]:1"),
            ("192.0.2.1:1", "192.0.2.1:1"),
        ] {
            assert_eq!(reachable(listens.parse().unwrap()).to_string(), asked);
        }
    }

    #[test]
    fn one_that_serves_has_to_answer_and_one_that_does_not_has_to_say_so() {
        assert!(well("HTTP/1.1 200 OK\r\n", true));
        assert!(!well("HTTP/1.1 503 Service Unavailable\r\n", true));
        assert!(well("HTTP/1.1 503 Service Unavailable\r\n", false));
        assert!(well("HTTP/1.1 423 Locked\r\n", false));
        assert!(!well("HTTP/1.1 423 Locked\r\n", true));
        assert!(!well("", true));
    }
}
