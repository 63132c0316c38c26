//! Who has a port that we wanted: another Portolan by its answer, else a process by its name.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// For the holder to accept, and for each piece of its answer.
const PATIENCE: Duration = Duration::from_millis(300);
/// How much of an answer is read, in bytes.
const ENOUGH: u64 = 4096;

/// Who listens on an address, as far as can be told; it may block for a second.
#[must_use]
pub(crate) fn of(address: SocketAddr) -> Option<String> {
    let process = process(address);
    match (portolan(address), process) {
        (Some(version), Some(process)) => Some(format!("Portolan {version}, {process}")),
        (Some(version), None) => Some(format!("Portolan {version}")),
        (None, process) => process,
    }
}

/// The version of the Portolan that answers there.
fn portolan(address: SocketAddr) -> Option<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    let request = format!("GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    // What was read before a failure counts all the same.
    drop(stream.take(ENOUGH).read_to_end(&mut answer));
    version(&String::from_utf8_lossy(&answer))
}

fn version(answer: &str) -> Option<String> {
    let (_, body) = answer.split_once("\r\n\r\n")?;
    let (start, end) = (body.find('{')?, body.rfind('}')?);
    let health: serde_json::Value = serde_json::from_str(body.get(start..=end)?).ok()?;
    if health.get("service")?.as_str()? != "portolan" {
        return None;
    }
    let version = health
        .get("version")
        .and_then(|version| version.as_str())
        .unwrap_or_default();
    Some(
        version
            .chars()
            .filter(|c| c.is_ascii_graphic())
            .take(32)
            .collect(),
    )
}

#[cfg(not(target_os = "linux"))]
fn process(_address: SocketAddr) -> Option<String> {
    None
}

/// The process that listens there, where `/proc` lets us see it (proc_net_tcp(5), proc_pid_fd(5)).
#[cfg(target_os = "linux")]
fn process(address: SocketAddr) -> Option<String> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"];
    let inode = tables
        .into_iter()
        .find_map(|table| listening(&std::fs::read_to_string(table).ok()?, address.port()))?;
    let socket = format!("socket:[{inode}]");
    for entry in std::fs::read_dir("/proc").ok()?.flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else {
            continue;
        };
        let Ok(files) = std::fs::read_dir(entry.path().join("fd")) else {
            continue;
        };
        let mut links = files
            .flatten()
            .filter_map(|file| std::fs::read_link(file.path()).ok());
        if links.any(|link| link.as_os_str() == socket.as_str()) {
            let name = std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
            return Some(format!("{} ({pid})", name.trim_end()));
        }
    }
    None
}

/// The inode of the socket that listens on the port, in a table of `/proc/net`.
#[cfg(target_os = "linux")]
fn listening(table: &str, port: u16) -> Option<u64> {
    /// `TCP_LISTEN` of the kernel's `include/net/tcp_states.h`.
    const LISTENING: &str = "0A";
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (_, found) = fields.get(1)?.rsplit_once(':')?;
        let same = u16::from_str_radix(found, 16) == Ok(port);
        let inode = fields.get(9)?.parse().ok()?;
        (same && *fields.get(3)? == LISTENING).then_some(inode)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn another_portolan_is_known_by_its_answer() {
        let head = "HTTP/1.1 200 OK\r\n\r\n";
        let body = r#"{"status":"ok","service":"portolan","version":"0.1.0","instance":"default"}"#;
        assert_eq!(version(&format!("{head}{body}")).as_deref(), Some("0.1.0"));
        assert_eq!(
            version(&format!("{head}{}", r#"{"service":"other"}"#)),
            None
        );
        assert_eq!(version("SSH-2.0-OpenSSH\r\n"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_process_behind_a_port_is_found() {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let found = process(socket.local_addr().unwrap()).unwrap();
        assert!(
            found.ends_with(&format!("({})", std::process::id())),
            "{found}"
        );
        let silent = of(socket.local_addr().unwrap()).unwrap();
        assert_eq!(
            silent, found,
            "one that does not answer is told by its process"
        );
    }
}
