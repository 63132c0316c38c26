//! `portolan logs` with the real program: chosen lines, followed, saved, and without secrets.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    unreachable_pub,
    reason = "tests; each file uses a part of the bed"
)]

mod bed;

use std::io::{BufRead as _, BufReader};

use bed::{Bed, Server, finish};
use serde_json::Value;

const SETTINGS: &str = "version = 1\n[listen]\nport = 0\nhost = \"127.0.0.1\"\n";
const KEY: &str = "pk-canary-key-0123456789";
const PROMPT: &str = "canary prompt";

fn bed() -> Bed {
    let bed = Bed::new().with_settings(SETTINGS);
    bed.with("PORTOLAN_CLIENT_KEY", KEY)
}

/// Asks for a model that nobody has: the name that the answer gives to the request.
fn fail(server: &Server) -> String {
    let body = format!(
        "{{\"model\":\"nobody/has-it\",\
         \"messages\":[{{\"role\":\"user\",\"content\":\"{PROMPT}\"}}]}}"
    );
    let answer = server.chat(KEY, &body);
    let line = answer
        .lines()
        .find(|line| line.starts_with("x-request-id: "));
    line.unwrap_or_else(|| panic!("{answer}"))["x-request-id: ".len()..].to_owned()
}

fn lines(bed: &Bed, more: &[&str]) -> Vec<String> {
    let mut all = vec!["logs"];
    all.extend(more);
    let said = bed.run(&all);
    assert_eq!(said.code, Some(0), "{said:?}");
    said.out.lines().map(str::to_owned).collect()
}

#[test]
fn lines_are_chosen_and_the_oldest_comes_first() {
    let bed = bed();
    let server = bed.serve(&[]);
    let ids = [fail(&server), fail(&server)];
    let all = lines(&bed, &[]);
    let at = |id: &String| all.iter().position(|line| line.contains(id));
    assert!(
        at(&ids[0]).is_some() && at(&ids[0]) < at(&ids[1]),
        "{all:?}"
    );
    let line = &all[at(&ids[0]).unwrap()];
    assert!(
        line.contains("Z info gateway") && line.contains("a request failed"),
        "{line}"
    );
    // By a word of the line, by how grave it is, by their number.
    assert_eq!(lines(&bed, &["--search", &ids[1]]).len(), 1);
    assert_eq!(
        lines(&bed, &["--search", "a request failed", "--lines", "1"]).len(),
        1
    );
    let grave = bed.run(&["logs", "--level", "error", "--search", &ids[1]]);
    assert_eq!((grave.code, grave.out.as_str()), (Some(0), ""), "{grave:?}");
    assert!(grave.err.contains("There are no such lines."), "{grave:?}");
    let json = bed.run(&["logs", "--search", &ids[0], "--json"]);
    let told: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&told[0]["level"], json.err.as_str()), (&"info".into(), ""));
    assert!(told[0]["number"].as_u64() > Some(0), "{told}");
    assert_eq!(bed.run(&["logs", "--level", "loud"]).code, Some(2));
    assert_eq!(bed.run(&["logs", "--lines", "few"]).code, Some(2));
}

#[test]
fn without_a_server_there_is_no_log() {
    for (language, words) in [
        ("en_US.UTF-8", "none is running"),
        ("zh_CN.UTF-8", "没有正在运行的服务"),
    ] {
        let bed = bed().with("LC_ALL", language);
        let said = bed.run(&["logs"]);
        assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{said:?}");
        assert!(said.err.contains(words), "{said:?}");
    }
}

#[test]
fn s67_a_saved_log_is_its_owners_and_holds_no_prompt_and_no_secret() {
    // Libraries say more at this level, and what they say is nobody's promise.
    let bed = bed().with("PORTOLAN_LOG", "debug");
    let server = bed.serve(&[]);
    let id = fail(&server);
    server.get(
        "/v1/models?key=pk-canary-query-0123456789",
        Some("wrong-canary-0123456789"),
    );
    let file = bed.path().join("portolan.log");
    let path = file.to_str().unwrap();
    let said = bed.run(&["logs", "--output", path]);
    assert_eq!((said.code, said.out.as_str()), (Some(0), ""), "{said:?}");
    assert!(said.err.contains("lines were written to"), "{said:?}");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(&id), "{text}");
    assert!(!text.contains("canary"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    // Once more and less of it: the file is written anew.
    let said = bed.run(&["logs", "--search", &id, "--lines", "1", "--output", path]);
    assert!(said.err.contains("One line was written to"), "{said:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 1);
    let nowhere = bed.path().join("no/such/folder.log");
    let said = bed.run(&["logs", "--output", nowhere.to_str().unwrap(), "--json"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    let failure: Value = serde_json::from_str(&said.err).unwrap();
    assert_eq!(failure["error"]["code"], "log-not-saved");
}

#[cfg(unix)]
#[test]
fn what_is_followed_comes_as_it_happens_and_ends_with_the_server() {
    let bed = bed();
    let server = bed.serve(&[]);
    let before = fail(&server);
    for json in [false, true] {
        let mut arguments = vec!["logs", "--follow", "--search", "a request failed"];
        arguments.extend(json.then_some("--json"));
        let mut child = bed.command(&arguments).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        assert!(line.contains(&before), "{line}");
        for _ in 0..2 {
            let id = fail(&server);
            loop {
                line.clear();
                assert!(out.read_line(&mut line).unwrap() > 0, "it ended");
                if line.contains(&id) {
                    break;
                }
            }
            if json {
                let value: Value = serde_json::from_str(&line).unwrap();
                assert_eq!(value["level"], "info");
            }
        }
        // A reader that goes away ends it with the next line.
        drop(out);
        fail(&server);
        assert_eq!(finish(child).code, Some(0));
    }
    let mut child = bed
        .command(&["logs", "-f", "--lines", "1"])
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    server.signal("TERM");
    server.wait();
    let said = finish(child);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.err.contains("The server has ended"), "{said:?}");
}
