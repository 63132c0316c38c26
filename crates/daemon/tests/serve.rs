//! The server's life: start, stop, who may listen where, what survives a crash.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod bed;

use std::net::TcpListener;
use std::time::Duration;

use bed::{Bed, finish};
use serde_json::Value;

const ANY_PORT: &str = "version = 1\n[listen]\nport = 0\nhost = \"127.0.0.1\"\n";

#[test]
fn it_answers_and_commands_reach_it() {
    let bed = Bed::new().with_settings(ANY_PORT);
    let server = bed.serve(&[]);
    let health = server.get("/health", None);
    assert!(health.starts_with("HTTP/1.1 200 "), "{health}");
    assert!(health.contains("\"portolan\""), "{health}");
    assert!(server.get("/v1/models", None).starts_with("HTTP/1.1 401 "));

    let status: Value = serde_json::from_str(&bed.run(&["status", "--json"]).out).unwrap();
    assert_eq!(status["serving"], true, "{status}");
    assert_eq!(
        status["listeners"][0]["addresses"][0],
        server.address.as_str()
    );
    let words = bed.run(&["status"]).out;
    assert!(
        words.contains(&format!("http://{}", server.address)),
        "{words}"
    );

    let key = bed.run(&["keys", "create", "--name", "laptop"]).out;
    let models = server.get("/v1/models", Some(key.trim_end()));
    assert!(
        models.starts_with("HTTP/1.1 200 "),
        "a new key works at once: {models}"
    );
    assert_eq!(bed.run(&["keys", "revoke", "laptop"]).code, Some(0));
    let models = server.get("/v1/models", Some(key.trim_end()));
    assert!(
        models.starts_with("HTTP/1.1 401 "),
        "a revoked one no longer: {models}"
    );
}

#[test]
fn the_first_key_is_printed_once_where_there_is_no_vault() {
    let bed = Bed::new().with_settings(ANY_PORT);
    let server = bed.serve(&[]);
    #[cfg(unix)]
    server.signal("TERM");
    let (said, _) = server.wait();
    let keys: Vec<&str> = said
        .err
        .split_whitespace()
        .filter(|w| w.starts_with("pk-"))
        .collect();
    assert_eq!(keys.len(), 1, "{said:?}");
    assert_eq!(said.out, "", "standard output is one line");
    let key = keys[0].to_owned();

    let server = bed.serve(&[]);
    assert!(
        server
            .get("/v1/models", Some(&key))
            .starts_with("HTTP/1.1 200 ")
    );
    #[cfg(unix)]
    server.signal("TERM");
    let (said, _) = server.wait();
    assert!(!said.err.contains("pk-"), "not a second time: {said:?}");
}

#[test]
fn the_first_key_is_shown_again_where_there_is_a_vault() {
    let bed = Bed::new()
        .with_settings(ANY_PORT)
        .with("PORTOLAN_MASTER_KEY", bed::MASTER_KEY);
    let server = bed.serve(&[]);
    let shown = bed.run(&["keys", "show"]);
    assert_eq!(shown.code, Some(0), "{shown:?}");
    let key = shown.out.trim_end();
    assert!(
        server
            .get("/v1/models", Some(key))
            .starts_with("HTTP/1.1 200 ")
    );
    #[cfg(unix)]
    server.signal("TERM");
    let (said, _) = server.wait();
    assert!(!said.err.contains(key), "{said:?}");
    assert_eq!(
        bed.run(&["keys", "show"]).out,
        shown.out,
        "without a server too"
    );
}

#[test]
fn the_environments_key_works_and_is_not_shown() {
    let bed = Bed::new()
        .with_settings(ANY_PORT)
        .with("PORTOLAN_CLIENT_KEY", "canary-key");
    let server = bed.serve(&[]);
    assert!(
        server
            .get("/v1/models", Some("canary-key"))
            .starts_with("HTTP/1.1 200 ")
    );
    #[cfg(unix)]
    server.signal("TERM");
    let (said, _) = server.wait();
    assert!(!said.err.contains("canary-key"), "{said:?}");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_quickly_when_idle() {
    for signal in ["TERM", "INT"] {
        let bed = Bed::new().with_settings(ANY_PORT);
        let server = bed.serve(&[]);
        server.signal(signal);
        let (said, took) = server.wait();
        assert_eq!(said.code, Some(0), "{signal}: {said:?}");
        // An answer that is under way would have 30 seconds.
        assert!(took < Duration::from_secs(10), "{signal}: {took:?}");
        assert!(
            !bed.path().join("run/control.sock").exists(),
            "the socket is gone"
        );
    }
}

#[cfg(unix)]
#[test]
fn s13_the_home_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt as _;
    let bed = Bed::new().with_settings(ANY_PORT);
    let folder = bed.path().to_owned();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    let _server = bed.serve(&[]);
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join("run")), 0o700);
    assert_eq!(mode(&folder.join("run/control.sock")), 0o600);
}

#[cfg(target_os = "linux")]
#[test]
fn s13_no_core_dump_and_no_secret_among_the_arguments() {
    let bed = Bed::new()
        .with_settings(ANY_PORT)
        .with("PORTOLAN_CLIENT_KEY", "canary-key");
    let server = bed.serve(&[]);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.pid())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let fields: Vec<&str> = core.split_whitespace().collect();
    assert_eq!(fields[4..6], ["0", "0"], "{core}");
    let line = std::fs::read_to_string(format!("/proc/{}/cmdline", server.pid())).unwrap();
    assert!(!line.contains("canary"), "{line}");
}

#[test]
fn a_taken_port_is_told_with_its_holder() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let bed = Bed::new().with_settings(ANY_PORT);
    let said = bed.run(&["serve", "--port", &port]);
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{said:?}");
    let start = format!("error: listen on 127.0.0.1:{port}: the port is taken");
    assert!(said.err.contains(&start), "{said:?}");
    #[cfg(target_os = "linux")]
    assert!(
        said.err.contains(&format!("({})", std::process::id())),
        "{said:?}"
    );

    let server = bed.serve(&[]);
    let (_, port) = server.address.rsplit_once(':').unwrap();
    let other = Bed::new().with_settings(ANY_PORT);
    let said = other.run(&["serve", "--port", port]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("taken by Portolan "), "{said:?}");
}

#[test]
fn a_second_one_on_the_same_home_names_the_first() {
    let bed = Bed::new().with_settings(ANY_PORT);
    let server = bed.serve(&[]);
    let said = bed.run(&["serve", "--port", "0"]);
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{said:?}");
    assert!(
        said.err.contains(&format!("http://{}", server.address)),
        "{said:?}"
    );
    assert!(said.err.contains("\nhint: "), "{said:?}");
    let bed = bed.with("LC_ALL", "zh_CN.UTF-8");
    let json = bed.run(&["serve", "--json"]);
    assert_eq!((json.code, json.out.as_str()), (Some(1), ""), "{json:?}");
    let error = serde_json::from_str::<Value>(&json.err).unwrap()["error"].take();
    assert_eq!(error["code"], "already-running", "{error}");
    let address = format!("http://{}", server.address);
    assert_eq!(error["arguments"]["address"], address, "{error}");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains(&address) && error["hint"].is_string());
    let said = bed.run(&["serve"]);
    let expected = format!(
        "错误：无法启动：这个目录的 Portolan 已在 http://{} 运行\n提示：",
        server.address
    );
    assert!(said.err.starts_with(&expected), "{said:?}");
    assert!(
        server.get("/health", None).starts_with("HTTP/1.1 200 "),
        "the first goes on"
    );
}

#[test]
fn s11_an_open_address_is_refused() {
    let bed = Bed::new().with_settings(ANY_PORT);
    let said = bed.run(&["serve", "--host", "0.0.0.0"]);
    assert_eq!((said.code, said.out.as_str()), (Some(78), ""), "{said:?}");
    for part in [
        "listen on 0.0.0.0: refused",
        "missing: an admin password",
        "PORTOLAN_ADMIN_PASSWORD",
    ] {
        assert!(said.err.contains(part), "{part}: {said:?}");
    }
}

#[test]
fn flags_go_before_the_environment_and_the_environment_before_the_file() {
    let bed = Bed::new()
        .with_settings("version = 1\n[listen]\nport = 1\nhost = \"127.0.0.1\"\n")
        .with("PORTOLAN_PORT", "0");
    let server = bed.serve(&[]);
    assert!(!server.address.ends_with(":1"), "{}", server.address);
    drop(server);
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
        .to_string();
    let server = bed.serve(&["--port", &free]);
    assert!(
        server.address.ends_with(&format!(":{free}")),
        "{}",
        server.address
    );
}

#[test]
fn standard_output_is_the_address_alone_and_in_json_a_json_line() {
    let bed = Bed::new().with_settings(ANY_PORT);
    let mut child = bed.command(&["serve", "--json"]).spawn().unwrap();
    let mut line = String::new();
    let mut lines = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut lines, &mut line).unwrap();
    child.kill().unwrap();
    finish(child);
    let value: Value = serde_json::from_str(&line).unwrap();
    assert!(
        value["listening"][0]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1:"),
        "{line}"
    );
}

#[cfg(unix)]
#[test]
fn killed_while_it_writes_the_settings_it_leaves_a_whole_file() {
    let bed = Bed::new().with_settings(ANY_PORT);
    for round in 0..12 {
        let server = bed.serve(&[]);
        let mut adding = bed
            .command(&[
                "accounts",
                "add",
                "openai",
                "--key-env",
                "K",
                "--name",
                &format!("a{round}"),
            ])
            .spawn()
            .unwrap();
        // Somewhere between the request and its answer.
        let moment = std::time::Instant::now();
        while moment.elapsed() < Duration::from_millis(round * 2) {
            std::hint::spin_loop();
        }
        server.signal("KILL");
        server.wait();
        drop(adding.kill());
        finish(adding);
        let text = std::fs::read_to_string(bed.settings()).unwrap();
        assert!(text.starts_with("version = 1\n"), "{text}");
        // The next command reads it, and takes over what was left behind.
        let said = bed.run(&["accounts", "list", "--json"]);
        assert_eq!(said.code, Some(0), "round {round}: {said:?}\n{text}");
    }
}

#[test]
fn many_commands_at_once_take_turns() {
    let bed = Bed::new();
    let children: Vec<_> = (0..8)
        .map(|n| {
            bed.command(&["keys", "create", "--name", &format!("k{n}")])
                .spawn()
                .unwrap()
        })
        .collect();
    for child in children {
        let said = finish(child);
        assert_eq!(said.code, Some(0), "{said:?}");
    }
    let keys: Vec<Value> = serde_json::from_str(&bed.run(&["keys", "list", "--json"]).out).unwrap();
    let made = keys
        .iter()
        .filter(|key| key["name"].as_str().unwrap().starts_with('k'))
        .count();
    assert_eq!(made, 8, "{keys:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn at_rest_it_does_nothing() {
    /// How often the process's threads have been put on a processor (proc_pid_status(5)).
    fn switches(pid: u32) -> u64 {
        let mut sum = 0;
        for task in std::fs::read_dir(format!("/proc/{pid}/task")).unwrap() {
            let status = std::fs::read_to_string(task.unwrap().path().join("status")).unwrap();
            sum += status
                .lines()
                .filter(|line| line.starts_with("voluntary_ctxt_switches"))
                .map(|line| {
                    line.split_whitespace()
                        .last()
                        .unwrap()
                        .parse::<u64>()
                        .unwrap()
                })
                .sum::<u64>();
        }
        sum
    }
    #[allow(clippy::disallowed_methods, reason = "a test without a runtime")]
    let wait = |seconds| std::thread::sleep(Duration::from_secs(seconds));
    let bed = Bed::new()
        .with_settings(ANY_PORT)
        .with("PORTOLAN_MASTER_KEY", bed::MASTER_KEY);
    let server = bed.serve(&[]);
    wait(2);
    let before = switches(server.pid());
    wait(3);
    let woken = switches(server.pid()) - before;
    assert!(woken <= 3, "woken {woken} times in 3 s without a request");
}
