//! Named listeners with the real program: made, started and stopped one by one from the command
//! line, each with its own port, keys and default model, and as they were after a restart.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    unreachable_pub,
    reason = "tests; each file uses a part of the bed"
)]

mod bed;

use std::net::{TcpListener, TcpStream};

use bed::{Bed, Said, get};
use serde_json::Value;

const SETTINGS: &str = "version = 1\n[listen]\nport = 0\nhost = \"127.0.0.1\"\n\n\
    # for the office\n[[instance]]\nname = \"work\" # ours\nport = 0\n";

fn run(bed: &Bed, line: &str) -> Said {
    let arguments: Vec<&str> = line.split(' ').collect();
    bed.run(&arguments)
}

fn done(bed: &Bed, line: &str) -> String {
    let said = run(bed, line);
    assert_eq!(
        (said.code, said.err.as_str()),
        (Some(0), ""),
        "{line}: {said:?}"
    );
    said.out
}

fn key(bed: &Bed, name: &str) -> String {
    let said = run(bed, &format!("keys create --name {name}"));
    assert_eq!(said.code, Some(0), "{said:?}");
    said.out.trim_end().to_owned()
}

/// What is listed of one.
fn shown(bed: &Bed, name: &str) -> Value {
    let all: Vec<Value> = serde_json::from_str(&done(bed, "instances list --json")).unwrap();
    all.into_iter().find(|one| one["name"] == name).unwrap()
}

fn address(bed: &Bed, name: &str) -> String {
    let one = shown(bed, name);
    assert_eq!(one["state"], "listening", "{one:#}");
    one["addresses"][0].as_str().unwrap().to_owned()
}

fn is_open(address: &str) -> bool {
    TcpStream::connect(address).is_ok()
}

/// A port that was free just now.
fn free_port() -> u16 {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().port()
}

#[test]
fn each_is_started_and_stopped_alone_and_is_so_after_a_restart() {
    let bed = Bed::new().with_settings(SETTINGS);
    let server = bed.serve(&[]);
    let work = address(&bed, "work");
    assert!(get(&work, "/health", None).contains("\"instance\":\"work\""));

    assert_eq!(
        done(&bed, "instances stop work"),
        "Stopped the instance work.\n"
    );
    assert!(!is_open(&work), "the listener is closed");
    assert_eq!(shown(&bed, "work")["state"], "stopped");
    assert!(server.get("/health", None).starts_with("HTTP/1.1 200"));
    let text = std::fs::read_to_string(bed.settings()).unwrap();
    assert_eq!(text, format!("{SETTINGS}enabled = false\n"));

    server.signal("TERM");
    server.wait();
    // Without a server a command works on the files.
    assert_eq!(shown(&bed, "work")["state"], "stopped");
    assert_eq!(shown(&bed, "default")["state"], "waiting");
    let server = bed.serve(&[]);
    assert_eq!(shown(&bed, "work")["state"], "stopped");
    assert_eq!(shown(&bed, "default")["addresses"][0], *server.address);

    let started = done(&bed, "instances start work");
    let place = started
        .strip_prefix("Started the instance work.\nhttp://")
        .unwrap();
    assert!(get(place.trim_end(), "/health", None).contains("\"instance\":\"work\""));
    server.signal("TERM");
    server.wait();
    let _server = bed.serve(&[]);
    assert!(is_open(&address(&bed, "work")), "it is started again");
}

#[test]
fn one_has_a_port_keys_and_a_default_model_of_its_own() {
    let bed = Bed::new().with_settings(SETTINGS);
    let _server = bed.serve(&[]);
    let (laptop, phone) = (key(&bed, "laptop"), key(&bed, "phone"));
    let port = free_port();
    let line = format!("instances add home --port {port} --key laptop --default-model demo/demo");
    let made = done(&bed, &line);
    assert_eq!(
        made,
        format!("Added the instance home.\nhttp://127.0.0.1:{port}\n")
    );
    let home = format!("127.0.0.1:{port}");
    assert!(get(&home, "/v1/models", Some(&laptop)).starts_with("HTTP/1.1 200"));
    let refused = get(&home, "/v1/models", Some(&phone));
    assert!(!refused.starts_with("HTTP/1.1 2"), "{refused}");
    assert!(
        refused.contains("may not be used on the listener"),
        "{refused}"
    );
    let work = address(&bed, "work");
    assert!(get(&work, "/v1/models", Some(&phone)).starts_with("HTTP/1.1 200"));

    let listed = done(&bed, "instances list");
    let row = listed
        .lines()
        .find(|line| line.starts_with("home"))
        .unwrap();
    let words: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(words, ["home", "listening", &home, "laptop", "demo/demo"]);

    // The same port under another name, and for every key.
    let line = "instances change home --name house --all-keys --no-default-model";
    let changed = done(&bed, line);
    assert_eq!(
        changed,
        format!("Changed the instance house.\nhttp://127.0.0.1:{port}\n")
    );
    assert!(get(&home, "/v1/models", Some(&phone)).starts_with("HTTP/1.1 200"));
    assert!(get(&home, "/health", None).contains("\"instance\":\"house\""));

    assert_eq!(
        done(&bed, "instances remove house"),
        "Removed the instance house.\n"
    );
    assert!(!is_open(&home), "the listener is closed");
    assert!(is_open(&work), "the other one is not");
    let text = std::fs::read_to_string(bed.settings()).unwrap();
    assert_eq!(text, SETTINGS, "all else is as it was");
}

#[test]
fn a_busy_port_is_told_of_the_one_and_the_others_go_on() {
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().port();
    let more = format!("\n[[instance]]\nname = \"home\"\nport = {port}\n");
    let bed = Bed::new().with_settings(&format!("{SETTINGS}{more}"));
    let server = bed.serve(&[]);
    let home = shown(&bed, "home");
    assert_eq!(home["state"], "failed", "{home:#}");
    assert_eq!(home["fault"]["code"], "port-taken", "{home:#}");
    let work = address(&bed, "work");
    assert!(is_open(&work) && is_open(&server.address));

    let said = run(&bed, "instances start home");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.starts_with("error: "), "{said:?}");
    assert!(said.err.contains(&port.to_string()), "{said:?}");
    let written = run(&bed, "instances start home --json");
    assert_eq!(written.code, Some(1));
    let written: Value = serde_json::from_str(&written.out).unwrap();
    assert_eq!(written["state"], "failed", "{written:#}");
    assert!(is_open(&work));

    drop(busy);
    done(&bed, "instances start home");
    assert!(get(&address(&bed, "home"), "/health", None).contains("\"instance\":\"home\""));
}

#[test]
fn what_cannot_be_is_refused_with_a_hint_and_nothing_changes() {
    let bed = Bed::new().with_settings(SETTINGS);
    assert_eq!(
        run(&bed, "instances change work --port 28007").code,
        Some(0)
    );
    let before = std::fs::read_to_string(bed.settings()).unwrap();
    for (line, error, hint) in [
        (
            "instances stop wrk",
            "find the instance “wrk”: there is none of this name",
            "did you mean “work”?",
        ),
        (
            "instances stop default",
            "change the instance “default” alone: it starts and stops with Portolan itself",
            "its port and default model stand in the settings, as [listen] and default_model",
        ),
        (
            "instances add work",
            "name an instance “work”: there is one already",
            "choose another name",
        ),
        (
            "instances add My_Work",
            "name an instance “My_Work”: not a name for an instance",
            "use lower-case letters, digits and single hyphens",
        ),
        (
            "instances add home --port 28007",
            "give an instance the port 28007: the instance “work” has it",
            "choose another port; 0 takes a free one",
        ),
        (
            "instances change work --key laptop",
            "find the key “laptop”: there is none of this name",
            "“portolan keys list” shows them",
        ),
    ] {
        let said = run(&bed, line);
        assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{line}");
        assert_eq!(said.err, format!("error: {error}\nhint: {hint}\n"));
    }
    assert_eq!(std::fs::read_to_string(bed.settings()).unwrap(), before);
    // Without a port it gets the next one, and waits for a server.
    let added = run(&bed, "instances add home");
    assert_eq!(
        (added.out.as_str(), added.err.as_str()),
        (
            "Added the instance home.\n",
            "It listens when Portolan runs.\n"
        )
    );
    assert_eq!(shown(&bed, "home")["port"], 28008);
}

#[test]
fn what_is_stopped_as_a_whole_comes_back_as_it_was() {
    let more = "\n[[instance]]\nname = \"home\"\nport = 0\nenabled = false\n";
    let bed = Bed::new().with_settings(&format!("{SETTINGS}{more}"));
    let server = bed.serve(&[]);
    std::fs::write(
        bed.settings(),
        format!("{SETTINGS}enabled = false # by hand\n{more}"),
    )
    .unwrap();
    assert_eq!(run(&bed, "instances start home").code, Some(0));
    assert_eq!(shown(&bed, "work")["state"], "stopped", "the file was read");
    let text = std::fs::read_to_string(bed.settings()).unwrap();
    assert!(text.contains("enabled = false # by hand\n"), "{text}");
    assert!(text.ends_with("enabled = true\n"), "{text}");
    server.signal("TERM");
    server.wait();
    let _server = bed.serve(&[]);
    assert_eq!(shown(&bed, "work")["state"], "stopped");
    assert!(is_open(&address(&bed, "home")));
}

#[test]
fn a_revoked_key_leaves_nothing_in_the_settings() {
    let limited = "\n# the laptop\n[[key]]\nname = \"laptop\"\nconcurrency = 2\n\n\
        [[key]]\nname = \"never\"\n";
    let bed = Bed::new().with_settings(&format!("{SETTINGS}{limited}"));
    key(&bed, "laptop");
    done(&bed, "keys revoke laptop");
    let listed = done(&bed, "keys list");
    assert!(!listed.contains("laptop"), "{listed}");
    done(&bed, "keys revoke never");
    let text = std::fs::read_to_string(bed.settings()).unwrap();
    assert!(!text.contains("[[key]]"), "{text}");
    assert!(text.contains("name = \"work\" # ours"), "{text}");
    assert_eq!(run(&bed, "keys revoke never").code, Some(1));
}
