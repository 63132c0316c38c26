//! iFlow with the real program: its closure is told, and a service that speaks its protocol takes its
//! place.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    unreachable_pub,
    reason = "tests; each file uses a part of the bed"
)]

mod bed;

use bed::{Bed, MASTER_KEY, Server};
use serde_json::Value;
use testkit::Iflow;

const SETTINGS: &str = "version = 1\n[listen]\nport = 0\nhost = \"127.0.0.1\"\n";
const CHINESE: (&str, &str) = ("LC_ALL", "zh_CN.UTF-8");

fn bed() -> Bed {
    let bed = Bed::new().with_settings(SETTINGS);
    bed.with("PORTOLAN_MASTER_KEY", MASTER_KEY)
        .with("IFLOW_KEY", testkit::IFLOW_KEY)
}

fn ask(server: &Server, key: &str, stream: bool) -> String {
    let body = format!(
        "{{\"model\":\"iflow/glm-5\",\"stream\":{stream},\
         \"messages\":[{{\"role\":\"user\",\"content\":\"Hello\"}}]}}"
    );
    server.chat(key, &body)
}

#[test]
fn that_it_closed_is_told_where_one_meets_it() {
    let added = ["accounts", "add", "iflow", "--key-env", "IFLOW_KEY"];
    for (language, words) in [
        (
            None,
            "note: iFlow closed on 2026-04-17 and no longer answers.",
        ),
        (
            Some(CHINESE),
            "注意：iFlow 已于 2026-04-17 关闭，不再应答。",
        ),
    ] {
        let mut bed = bed();
        if let Some((name, value)) = language {
            bed = bed.with(name, value);
        }
        let said = bed.run(&added);
        assert_eq!(said.code, Some(0), "{said:?}");
        for said in [
            said,
            bed.run(&["accounts", "list"]),
            bed.run(&["models"]),
            bed.run(&["providers", "list"]),
            bed.run(&["login", "iflow", "--no-browser"]),
        ] {
            assert_eq!(said.err.matches(words).count(), 1, "{said:?}");
            assert!(
                said.err
                    .contains("portolan providers set iflow --endpoint URL")
            );
            assert!(!said.out.contains(words), "{said:?}");
        }
        // A script reads it in one place.
        assert_eq!(bed.run(&["accounts", "list", "--json"]).err, "");
        let json = bed.run(&["providers", "list", "--json"]).out;
        let all: Vec<Value> = serde_json::from_str(&json).unwrap();
        let closed: Vec<_> = all.iter().filter(|one| !one["closed"].is_null()).collect();
        assert_eq!(closed.len(), 1, "{closed:?}");
        assert_eq!(
            (&closed[0]["id"], &closed[0]["closed"]),
            (&"iflow".into(), &"2026-04-17".into())
        );
    }
}

#[cfg(unix)]
#[test]
fn its_endpoint_is_set_and_a_service_of_ones_own_answers() {
    let iflow = Iflow::start(60);
    let bed = bed();
    let endpoint = format!("{}/v1", iflow.url());
    let refused = bed.run(&["providers", "set", "iflow", "--endpoint", &endpoint]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("allow_private"), "{refused:?}");
    let set = [
        "providers",
        "set",
        "iflow",
        "--endpoint",
        &endpoint,
        "--allow-private",
    ];
    let server = bed.serve(&[]);
    let said = bed.run(&set);
    assert_eq!(
        said.out,
        format!("iFlow is at {endpoint} now.\n"),
        "{said:?}"
    );
    assert_eq!(said.err, "");
    let added = bed.run(&["accounts", "add", "iflow", "--key-env", "IFLOW_KEY"]);
    assert_eq!((added.code, added.err.as_str()), (Some(0), ""), "{added:?}");
    let made = bed.run(&["keys", "create", "--name", "laptop"]).out;
    for stream in [false, true] {
        let answer = ask(&server, made.trim_end(), stream);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains("d: Hello"), "{answer}");
    }
    assert!(!iflow.chats().is_empty());
    // And back: the settings hold nothing of it any more.
    let back = bed.run(&["providers", "set", "iflow", "--reset"]);
    assert!(back.err.contains("closed on 2026-04-17"), "{back:?}");
    let text = std::fs::read_to_string(bed.settings()).unwrap();
    assert!(!text.contains("[provider"), "{text}");
}

#[test]
fn what_its_sign_in_lacks_is_said_in_both_languages() {
    let login = ["login", "iflow", "--no-browser"];
    for (language, id, secret) in [
        (
            "en_US.UTF-8",
            "it needs a client id",
            "it needs the secret of a client of your own",
        ),
        ("zh_CN.UTF-8", "需要客户端 ID", "需要你自己的客户端的密钥"),
    ] {
        let bed = bed().with("LC_ALL", language);
        let said = bed.run(&login);
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(
            said.err.contains(id) && said.err.contains("--client-id"),
            "{said:?}"
        );
        let mut with_id = login.to_vec();
        with_id.extend(["--client-id", "10000000001"]);
        let said = bed.run(&with_id);
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.err.contains(secret), "{said:?}");
        assert!(said.err.contains("--client-secret-file"), "{said:?}");
        // Nothing is kept of a sign-in that did not begin.
        let text = std::fs::read_to_string(bed.settings()).unwrap();
        assert_eq!(text, SETTINGS);
    }
}

const CONFIG: &str = r#"{"api_key":"sk-iflow","base_url":"URL","custom_api_key":"old-client-key"}"#;

/// A user of iflow2api whose service is at that address.
fn left_by_iflow2api(bed: Bed, url: &str) -> (Bed, std::path::PathBuf, String) {
    let user = bed.path().join("user");
    let file = user.join(".iflow2api").join("config.json");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let text = CONFIG.replace("URL", url);
    std::fs::write(&file, &text).unwrap();
    (bed.with("HOME", user.to_str().unwrap()), file, text)
}

#[cfg(unix)]
#[test]
fn what_iflow2api_left_is_shown_then_taken_over_and_its_clients_go_on_with_their_key() {
    let iflow = Iflow::start(60);
    let (bed, file, text) = left_by_iflow2api(bed(), &format!("{}/v1", iflow.url()));
    let server = bed.serve(&[]);
    let preview = bed.run(&["import"]);
    assert_eq!(preview.code, Some(0), "{preview:?}");
    assert!(
        preview.out.starts_with("Of iflow2api, in ~/.iflow2api:\n"),
        "{preview:?}"
    );
    assert!(
        preview.err.contains("portolan import iflow2api --yes"),
        "{preview:?}"
    );
    assert!(!preview.out.contains("sk-iflow") && !preview.out.contains("old-client-key"));
    assert_eq!(std::fs::read_to_string(bed.settings()).unwrap(), SETTINGS);

    let taken = bed.run(&["import", "iflow2api", "--yes"]);
    assert_eq!(taken.code, Some(0), "{taken:?}");
    assert!(taken.out.contains("the account iflow2api"), "{taken:?}");
    for stream in [false, true] {
        let answer = ask(&server, "old-client-key", stream);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains("d: Hello"), "{answer}");
    }
    let again = bed.run(&["import", "iflow2api", "--yes"]);
    assert_eq!(again.out, "All of it is here already.\n", "{again:?}");
    let accounts = bed.run(&["accounts", "list", "--json"]).out;
    let accounts: Vec<Value> = serde_json::from_str(&accounts).unwrap();
    assert_eq!(accounts.len(), 1, "{accounts:?}");
    assert_eq!(std::fs::read_to_string(file).unwrap(), text);
}

#[test]
fn what_cannot_be_taken_over_says_why_in_both_languages() {
    for (language, nothing, broken) in [
        (
            "en_US.UTF-8",
            "Nothing was found",
            "it is not JSON from line 1, column 2 on",
        ),
        (
            "zh_CN.UTF-8",
            "没有发现可以导入的内容",
            "从第 1 行第 2 列起不是 JSON",
        ),
    ] {
        let (bed, file, _) = left_by_iflow2api(bed().with("LC_ALL", language), "");
        std::fs::write(&file, "{x").unwrap();
        let preview = bed.run(&["import"]);
        assert_eq!(preview.code, Some(1), "{preview:?}");
        assert!(preview.err.contains(broken), "{preview:?}");
        let refused = bed.run(&["import", "iflow2api", "--yes"]);
        assert!(
            refused.code == Some(1) && refused.err.contains(broken),
            "{refused:?}"
        );
        std::fs::remove_file(&file).unwrap();
        assert!(bed.run(&["import"]).out.starts_with(nothing));
        assert_eq!(bed.run(&["import", "iflow2api", "--yes"]).code, Some(1));
        assert_eq!(bed.run(&["import", "--yes"]).code, Some(2));
        assert_eq!(bed.run(&["import", "litellm"]).code, Some(2));
    }
}
