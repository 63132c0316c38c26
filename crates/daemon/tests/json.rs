//! What commands write with `--json` is what the manual's page says: each field, and no other.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod bed;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use bed::{Bed, MASTER_KEY, Server, finish};
use serde_json::Value;

/// A table of the page: its heading, and its rows.
type Table = (Vec<String>, Vec<Vec<String>>);

/// The page, and which of its types have been met.
struct Page {
    tables: BTreeMap<String, Table>,
    met: BTreeSet<String>,
}

impl Page {
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual/json.md");
        let text = std::fs::read_to_string(path).unwrap();
        let mut tables: BTreeMap<String, Table> = BTreeMap::new();
        let mut title = String::new();
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("## ") {
                title = name.to_owned();
            }
            let Some(row) = line.strip_prefix("| ") else {
                continue;
            };
            let row = row.trim_end_matches('|').split(" | ");
            let row: Vec<String> = row.map(|cell| cell.trim().to_owned()).collect();
            match tables.get_mut(&title) {
                Some((_, rows)) => rows.push(row),
                None => drop(tables.insert(title.clone(), (row, Vec::new()))),
            }
        }
        let met = BTreeSet::new();
        Self { tables, met }
    }

    /// The type that the page gives for a command.
    fn answer(&self, command: &str) -> String {
        let name = format!("`portolan {command}`");
        let row = self.tables[""].1.iter().find(|row| row[0] == name);
        row.unwrap_or_else(|| panic!("{command} is not on the page"))[1].clone()
    }

    /// Holds a value against a type.
    fn check(&mut self, kind: &str, value: &Value, place: &str) {
        if let Some(kind) = kind.strip_suffix(", or null") {
            if !value.is_null() {
                self.check(kind, value, place);
            }
            return;
        }
        let kind = kind.strip_suffix(", or left out").unwrap_or(kind);
        if let Some(kind) = kind.strip_prefix("list of ") {
            for each in value
                .as_array()
                .unwrap_or_else(|| panic!("{place}: {value}"))
            {
                self.check(kind, each, place);
            }
            return;
        }
        let fits = match kind {
            "text" => value.is_string(),
            "number" => value.is_u64(),
            "true or false" => value.is_boolean(),
            "object of texts" => value
                .as_object()
                .is_some_and(|texts| texts.values().all(Value::is_string)),
            named => {
                let name = named.split('`').nth(1).unwrap().to_owned();
                self.check_named(&name, value, place);
                true
            }
        };
        assert!(fits, "{place} is no {kind}: {value}");
    }

    fn check_named(&mut self, name: &str, value: &Value, place: &str) {
        self.met.insert(name.to_owned());
        let (heading, rows) = self.tables[name].clone();
        let place = format!("{place} ({name})");
        if heading[0] == "Word" {
            let word = format!("`{}`", value.as_str().unwrap());
            assert!(rows.iter().any(|row| row[0] == word), "{place}: {value}");
            return;
        }
        let mut fields: BTreeMap<String, String> = BTreeMap::new();
        if heading[0] == "Field" {
            fields.extend(rows.iter().map(|row| (bare(&row[0]), row[1].clone())));
        } else {
            let tag = bare(&heading[0]);
            let word = format!("`{}`", value[&tag].as_str().unwrap());
            let row = rows.iter().find(|row| row[0] == word);
            let row = row.unwrap_or_else(|| panic!("{place}: {value}"));
            fields.insert(tag, "text".to_owned());
            if let Some((name, rest)) = row[1].split_once(" (") {
                let (kind, _) = rest.split_once("): ").unwrap();
                fields.insert(bare(name), kind.to_owned());
            }
        }
        let object = value
            .as_object()
            .unwrap_or_else(|| panic!("{place}: {value}"));
        for key in object.keys() {
            assert!(fields.contains_key(key), "{place}.{key} is not on the page");
        }
        for (field, kind) in &fields {
            match object.get(field) {
                Some(value) => self.check(kind, value, &format!("{place}.{field}")),
                None => assert!(
                    kind.ends_with(", or left out"),
                    "{place}.{field} is on the page and was not written: {value}"
                ),
            }
        }
    }
}

fn bare(cell: &str) -> String {
    cell.trim_matches('`').to_owned()
}

/// Answers whatever is asked with a list of models.
fn upstream() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            if stream.read(&mut request).is_ok_and(|read| read > 0) {
                let body = r#"{"data":[{"id":"learnt"}]}"#;
                let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
                let length = body.len();
                let answer =
                    format!("{head}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}");
                drop(stream.write_all(answer.as_bytes()));
            }
        }
    });
    port
}

fn settings(upstream: u16, taken: u16) -> String {
    let near = format!("{{ openai-chat = \"http://127.0.0.1:{upstream}/v1\" }}");
    format!(
        "version = 1\nprot = 1\n[listen]\nport = 0\nhost = \"127.0.0.1\"\n\
         [provider.near]\nallow_private = true\nendpoints = {near}\n\
         [provider.ollama]\nallow_private = true\nendpoints = {near}\n\
         [[account]]\nprovider = \"near\"\n[[account]]\nprovider = \"openai\"\nkey_env = \"UNSET\"\n\
         [[account]]\nprovider = \"anthropic\"\nkey_file = \"/nowhere\"\n\
         [[account]]\nprovider = \"opnai\"\n\
         [[route]]\nmatch = \"fast\"\ntargets = [\"near/learnt\"]\n\
         [[instance]]\nname = \"second\"\nport = {taken}\n"
    )
}

/// Asks the demo, so that there is a request that is over.
fn ask(server: &Server) {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let body = r#"{"model":"demo","messages":[{"role":"user","content":"Hello"}]}"#;
    let request = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer own-key\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        server.address,
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// The status, once it shows all that it is to show.
fn full_status(bed: &Bed) -> Value {
    let limit = Instant::now() + Duration::from_secs(30);
    loop {
        let status: Value = serde_json::from_str(&bed.run(&["status", "--json"]).out).unwrap();
        let is_full = !status["settings"]["fault"].is_null()
            && ["offered", "recent", "refused", "unready"]
                .iter()
                .all(|list| status[list] != Value::Array(Vec::new()));
        if is_full {
            return status;
        }
        assert!(Instant::now() < limit, "{status:#}");
    }
}

/// What a sign-in writes when it begins; it is given up then, and says so.
fn given_up(bed: &Bed) -> Value {
    let login = ["login", "openrouter", "--no-browser", "--json"];
    let mut child = bed.command(&login).spawn().unwrap();
    let out = child.stdout.take().unwrap();
    let mut values = serde_json::Deserializer::from_reader(out).into_iter::<Value>();
    let turn = values.next().unwrap().unwrap();
    let pid = child.id().to_string();
    let mut kill = std::process::Command::new("kill");
    assert!(kill.args(["-INT", &pid]).status().unwrap().success());
    let said = finish(child);
    assert_eq!(said.code, Some(1), "{said:?}");
    let failure: Value = serde_json::from_str(&said.err).unwrap();
    assert_eq!(failure["error"]["code"], "sign-in-cancelled");
    assert!(values.next().is_none());
    turn
}

#[test]
fn what_is_written_is_what_the_manual_says() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let settings = settings(upstream(), port);
    let bed = Bed::new()
        .with("PORTOLAN_CLIENT_KEY", "own-key")
        .with("PORTOLAN_MASTER_KEY", MASTER_KEY)
        .with_settings(&settings);
    let user = bed.path().join("user");
    std::fs::create_dir_all(user.join(".iflow2api")).unwrap();
    let config = r#"{"api_key":"sk-x","host":"0.0.0.0","tls_impersonate":"x"}"#;
    std::fs::write(user.join(".iflow2api/config.json"), config).unwrap();
    let bed = bed.with("HOME", user.to_str().unwrap());
    let mut page = Page::read();

    let mut child = bed.command(&["serve", "--json"]).spawn().unwrap();
    let mut line = String::new();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    lines.read_line(&mut line).unwrap();
    child.kill().unwrap();
    finish(child);
    let mut tried = BTreeSet::from(["serve".to_owned()]);
    page.check(
        &page.answer("serve"),
        &serde_json::from_str(&line).unwrap(),
        "serve",
    );

    let server = bed.serve(&[]);
    for words in [
        "models",
        "accounts list",
        "accounts add deepinfra --key-env K",
        "accounts remove deepinfra",
        "accounts test near",
        "providers list",
        "providers set poe --endpoint https://llm.example/v1",
        "logs --level debug --lines 3",
        "import",
        "import iflow2api --yes",
        "keys list",
        "keys create --name laptop",
        "keys limit laptop --tokens-per-day 9",
        "keys revoke laptop",
        "keys show",
        "routes list",
        "routes explain learnt",
        "instances list",
        "instances add third --port 0",
        "instances change third --default-model near/learnt",
        "instances stop third",
        "instances start third",
        "instances remove third",
        "logout openai",
        "admin bootstrap",
        "version",
    ] {
        let mut arguments: Vec<&str> = words.split(' ').collect();
        arguments.push("--json");
        let said = bed.run(&arguments);
        assert_eq!(
            (said.code, said.err.as_str()),
            (Some(0), ""),
            "{words}: {said:?}"
        );
        let value: Value = serde_json::from_str(&said.out).unwrap();
        let depth = if matches!(
            arguments[0],
            "models" | "logout" | "logs" | "version" | "import"
        ) {
            1
        } else {
            2
        };
        let command = arguments[..depth].join(" ");
        page.check(&page.answer(&command), &value, words);
        tried.insert(command);
    }

    let set_key = ["accounts", "set-key", "near", "--json"];
    let said = bed.run_with_input(&set_key, Some("sk-canary\n"));
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{said:?}");
    let value: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(value["source"]["kind"], "vault");
    page.check(&page.answer("accounts set-key"), &value, "accounts set-key");
    tried.insert("accounts set-key".to_owned());

    let turn = given_up(&bed);
    page.check(&page.answer("login"), &turn, "login");
    tried.insert("login".to_owned());

    for words in [
        "keys revoke nobody",
        "accounts test openai",
        "accounts test",
        "accounts set-key nobody",
        "serve",
    ] {
        let mut arguments: Vec<&str> = words.split(' ').collect();
        arguments.push("--json");
        let said = bed.run(&arguments);
        assert!(
            said.code != Some(0) && said.out.is_empty(),
            "{words}: {said:?}"
        );
        let value: Value = serde_json::from_str(&said.err).unwrap();
        page.check_named("Failure", &value, words);
        let code = value["error"]["code"].as_str().unwrap();
        let codes = &page.tables["Codes"].1;
        let is_listed = codes.iter().any(|row| bare(&row[0]) == code);
        assert!(is_listed || code.starts_with("usage-"), "{code}");
    }

    ask(&server);
    server.get("/v1/models", None);
    // In one step, as editors save: a file that is empty for a moment would count as settings.
    let next = bed.path().join("next.toml");
    std::fs::write(&next, "version = \"x\"\n").unwrap();
    std::fs::rename(&next, bed.settings()).unwrap();
    page.check(&page.answer("status"), &full_status(&bed), "status");
    tried.insert("status".to_owned());

    let commands = page.tables[""].1.iter();
    let listed = commands.map(|row| bare(&row[0]).replace("portolan ", ""));
    assert_eq!(listed.collect::<BTreeSet<_>>(), tried);
    let mut types: BTreeSet<String> = page.tables.keys().cloned().collect();
    types.retain(|name| !name.is_empty() && name != "Codes");
    assert_eq!(
        page.met, types,
        "every type of the page is written by some command"
    );
}
