//! Where a peer is, with the real program and two networks: what it says of itself makes it no nearer, and
//! being near is no key.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    dead_code,
    unreachable_pub,
    reason = "tests; each file uses a part of the bed"
)]

mod bed;

use std::process::{Command, Stdio};

use bed::Bed;

const KEY: &str = "pk-locality-0123456789abcdef";

/// In a network of its own, joined by a cable to a second one, starts the program and asks it from both.
/// One line for each question: from where, what it brings along, and the status.
const SCRIPT: &str = r#"
set -e
ip link set lo up
ip link add here type veth peer name there
unshare --net sleep 60 & away=$!
while [ "$(readlink "/proc/$away/ns/net")" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
ip link set there netns "$away"
there() { nsenter --target "$away" --net -- "$@"; }
ip address add 10.11.12.1/24 dev here
ip link set here up
there ip address add 10.11.12.2/24 dev there
there ip link set there up
echo ready
"$PROGRAM" serve --host 10.11.12.1 --port 28123 >/dev/null & serving=$!
trap 'kill "$serving" "$away"' EXIT
ask() {
  exec 3<>/dev/tcp/10.11.12.1/28123
  printf 'GET /v1/models HTTP/1.1\r\nConnection: close\r\n%b\r\n' "$3" >&3
  read -r _ status _ <&3
  echo "$1 $2 $status"
}
export -f ask
for _ in {1..300}; do (exec 3<>/dev/tcp/10.11.12.1/28123) 2>/dev/null && break; sleep 0.1; done
own='Host: 10.11.12.1:28123\r\n'
near='X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\nForwarded: for=127.0.0.1;host=localhost\r\n'
key="Authorization: Bearer $PORTOLAN_CLIENT_KEY\r\n"
for from in here there; do
  at() { if [ "$from" = there ]; then there "$@"; else "$@"; fi; }
  at bash -c "ask $from nothing '$own'"
  at bash -c "ask $from localhost 'Host: localhost:28123\r\n'"
  at bash -c "ask $from forwarded '$own$near'"
  at bash -c "ask $from key '$own$key'"
done
"#;

#[test]
fn s04_a_peer_in_another_network_is_remote_whatever_it_says() {
    let bed = Bed::new()
        .with("PORTOLAN_CLIENT_KEY", KEY)
        .with("PORTOLAN_ADMIN_PASSWORD", "correct horse battery staple");
    let program = bed.command(&[]);
    let given = program
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    let asked = Command::new("unshare")
        .args(["--map-root-user", "--net", "--", "bash", "-c", SCRIPT])
        .env_clear()
        .envs(given)
        .env("PROGRAM", program.get_program())
        .stdin(Stdio::null())
        .output();
    let asked = match asked {
        Ok(asked) => asked,
        Err(error) => return println!("skipped: unshare cannot be started ({error})"),
    };
    let (said, wrong) = (
        String::from_utf8(asked.stdout).unwrap(),
        String::from_utf8(asked.stderr).unwrap(),
    );
    let Some(said) = said.strip_prefix("ready\n") else {
        return println!("skipped: no network can be made here ({})", wrong.trim());
    };
    let expected = "here nothing 401\nhere localhost 401\nhere forwarded 401\nhere key 200\n\
                    there nothing 401\nthere localhost 401\nthere forwarded 401\nthere key 200\n";
    assert_eq!(said, expected, "{wrong}");
}
