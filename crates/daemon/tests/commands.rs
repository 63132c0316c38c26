//! Commands without a server: they work on the files under the instance lock.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod bed;

use bed::{Bed, MASTER_KEY, assert_snapshot};
use serde_json::Value;

const CHINESE: (&str, &str) = ("LC_ALL", "zh_CN.UTF-8");

/// A provider that needs no network: nobody listens on the port of "discard".
const NEARBY: &str = "\
version = 1
[provider.nearby]
endpoints = { openai-chat = \"http://127.0.0.1:9/v1\" }
models = [\"near\"]
allow_private = true
";

/// What depends on the machine, the moment or chance is named instead.
fn steady(bed: &Bed, text: &str) -> String {
    let home = bed.path().to_str().unwrap();
    let mut steady = String::new();
    for line in text
        .replace(home, "HOME")
        .replace(env!("CARGO_PKG_VERSION"), "VERSION")
        .lines()
    {
        let words = line.split(' ').map(|word| {
            if word.starts_with("pk-") {
                "pk-…"
            } else {
                word
            }
        });
        steady.push_str(words.collect::<Vec<_>>().join(" ").trim_end());
        steady.push('\n');
    }
    steady
}

#[test]
fn status_without_a_server() {
    for (tag, bed) in [
        ("en", Bed::new()),
        ("zh-CN", Bed::new().with(CHINESE.0, CHINESE.1)),
    ] {
        let bed = bed.with("PORTOLAN_MASTER_KEY", MASTER_KEY);
        let said = bed.run(&["status"]);
        assert_eq!(said.code, Some(0), "{said:?}");
        assert_snapshot(
            &format!("{tag}/status-stopped.txt"),
            &steady(&bed, &format!("{}{}", said.out, said.err)),
        );
    }
    let json: Value = serde_json::from_str(&Bed::new().run(&["status", "--json"]).out).unwrap();
    assert_eq!(
        (&json["serving"], &json["accounts"]),
        (&Value::Bool(false), &0.into())
    );
}

#[test]
fn status_shows_the_accounts_that_have_no_key() {
    let bed = Bed::new().with_settings(
        "[[account]]\nprovider = \"openai\"\nkey_env = \"UNSET\"\n\
         [[account]]\nprovider = \"anthropic\"\nkey_env = \"SET\"\n",
    );
    let bed = bed.with("SET", "sk-canary");
    let said = bed.run(&["status"]);
    assert!(
        said.out
            .contains("\n  account openai: no key: the environment variable UNSET is not set\n"),
        "{said:?}"
    );
    assert!(!said.out.contains("anthropic"), "{said:?}");
    let json: Value = serde_json::from_str(&bed.run(&["status", "--json"]).out).unwrap();
    let unready: Vec<_> = json["unready"].as_array().unwrap().iter().collect();
    assert_eq!(unready.len(), 1, "{json}");
    assert_eq!(
        (&unready[0]["id"], &unready[0]["standing"]["state"]),
        (&"openai".into(), &"no-key".into())
    );
    let said = bed.with(CHINESE.0, CHINESE.1).run(&["status"]);
    let expected = "\n  账号 openai：没有密钥：没有设置环境变量 UNSET\n";
    assert!(said.out.contains(expected), "{said:?}");
}

#[test]
fn keys_are_created_listed_and_revoked() {
    let bed = Bed::new();
    let created = bed.run(&["keys", "create", "--name", "laptop"]);
    assert_eq!(created.code, Some(0), "{created:?}");
    let key = created.out.trim_end();
    assert!(
        key.starts_with("pk-") && key.len() > 40,
        "the key alone is on stdout: {created:?}"
    );
    assert_eq!(
        created.err,
        "Created the key laptop. It is not shown again:\n"
    );

    let own = bed.run_with_input(
        &["keys", "create", "--name", "old", "--value", "-"],
        Some("old-key\n"),
    );
    assert_eq!(
        (own.code, own.out.as_str()),
        (Some(0), "old-key\n"),
        "{own:?}"
    );

    let listed = bed.run(&["keys", "list"]);
    assert!(
        listed.out.contains("laptop") && listed.out.contains("old"),
        "{listed:?}"
    );
    assert!(
        !listed.out.contains(key) && !listed.out.contains("old-key"),
        "{listed:?}"
    );
    let json: Vec<Value> = serde_json::from_str(&bed.run(&["keys", "list", "--json"]).out).unwrap();
    assert!(json.iter().any(|key| key["name"] == "laptop"), "{json:?}");

    let again = bed.run(&["keys", "create", "--name", "laptop"]);
    assert_eq!((again.code, again.out.as_str()), (Some(1), ""));
    assert_eq!(
        again.err,
        "error: create the key “laptop”: there is one already\n\
         hint: choose another name, or “portolan keys revoke laptop” first\n"
    );

    let revoked = bed.run(&["keys", "revoke", "laptop"]);
    assert_eq!(
        (revoked.code, revoked.out.as_str()),
        (Some(0), "Revoked the key laptop.\n")
    );
    let missing = bed.run(&["keys", "revoke", "lapto", "--json"]);
    assert_eq!((missing.code, missing.out.as_str()), (Some(1), ""));
    let error: Value = serde_json::from_str(&missing.err).unwrap();
    assert_eq!(error["error"]["code"], "no-such-key");
    assert!(error["error"]["hint"].is_string());
}

#[test]
fn the_environments_name_for_a_key_is_told_apart_from_a_taken_one() {
    for (language, message, hint) in [
        (
            "en_US.UTF-8",
            "error: create the key “environment”: this name belongs to the key in PORTOLAN_CLIENT_KEY\n",
            "hint: choose another name; ",
        ),
        (
            "zh_CN.UTF-8",
            "错误：无法创建密钥“environment”：这个名字留给 PORTOLAN_CLIENT_KEY 里的密钥\n",
            "提示：换个名字；",
        ),
    ] {
        for bed in [Bed::new(), Bed::new().with("PORTOLAN_CLIENT_KEY", "mine")] {
            let bed = bed.with("LC_ALL", language);
            let said = bed.run(&["keys", "create", "--name", "environment"]);
            assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
            assert!(
                said.err.starts_with(message) && said.err.contains(hint),
                "{said:?}"
            );
            assert!(!said.err.contains("revoke"), "it leads nowhere: {said:?}");
        }
    }
}

#[test]
fn no_file_holds_a_client_key() {
    let bed = Bed::new();
    let key = bed.run(&["keys", "create", "--name", "laptop"]).out;
    let mut folders = vec![bed.path().to_owned()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.is_file() {
                files += 1;
                let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                assert!(!text.contains(key.trim_end()), "{}", path.display());
            }
        }
    }
    assert!(files > 0);
}

#[test]
fn an_account_with_its_key_in_the_environment() {
    let bed = Bed::new();
    let added = bed.run(&["accounts", "add", "openai", "--key-env", "OPENAI_API_KEY"]);
    assert_eq!(added.code, Some(0), "{added:?}");
    assert_eq!(added.out, "Added the account openai at OpenAI.\n");
    let settings = std::fs::read_to_string(bed.settings()).unwrap();
    assert!(settings.contains("OPENAI_API_KEY"), "{settings}");
    let listed = bed.run(&["accounts", "list"]);
    assert!(
        listed.out.contains("environment OPENAI_API_KEY"),
        "{listed:?}"
    );
    let removed = bed.run(&["accounts", "remove", "openai"]);
    assert_eq!(
        (removed.code, removed.out.as_str()),
        (Some(0), "Removed the account openai.\n")
    );
    assert!(bed.run(&["accounts", "list"]).err.starts_with("hint: "));
}

#[test]
fn s33_a_key_is_refused_where_there_is_no_vault() {
    for (bed, error, hint) in [
        (
            Bed::new(),
            "error: store a secret: there is no keyring",
            "hint: set PORTOLAN_MASTER_KEY",
        ),
        (
            Bed::new().with(CHINESE.0, CHINESE.1),
            "错误：无法保存密钥：没有系统密钥环",
            "提示：设置 PORTOLAN_MASTER_KEY",
        ),
    ] {
        let said = bed.run_with_input(&["accounts", "add", "openai"], Some("sk-canary\n"));
        assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{said:?}");
        let lines: Vec<&str> = said.err.lines().collect();
        assert!(lines.len() == 2 && lines[0].starts_with(error), "{said:?}");
        assert!(lines[1].starts_with(hint), "{said:?}");
        assert!(!said.err.contains("canary"), "{said:?}");
        let settings = std::fs::read_to_string(bed.settings()).unwrap_or_default();
        assert!(
            !settings.contains("canary") && !settings.contains("openai"),
            "{settings}"
        );
    }
}

#[test]
fn a_key_goes_to_the_vault_where_there_is_one() {
    let bed = Bed::new()
        .with("PORTOLAN_MASTER_KEY", MASTER_KEY)
        .with_settings(NEARBY);
    let said = bed.run_with_input(&["accounts", "add", "nearby"], Some("sk-canary\n"));
    assert_eq!(said.code, Some(0), "{said:?}");
    let listed = bed.run(&["accounts", "list"]);
    assert!(listed.out.contains("vault"), "{listed:?}");
    let set_key = ["accounts", "set-key", "nearby"];
    let said = bed.run_with_input(&set_key, Some("sk-canary-2\n"));
    let told = "The account nearby has its new key.\n";
    assert_eq!((said.out.as_str(), said.err.as_str()), (told, ""));
    let empty = bed.run_with_input(&set_key, Some(""));
    assert_eq!(empty.code, Some(1), "{empty:?}");
    assert!(empty.err.contains("take the provider's key: "), "{empty:?}");
    let empty = bed.run_with_input(&["accounts", "add", "openai"], Some(""));
    assert_eq!(empty.code, Some(1), "{empty:?}");
    assert!(empty.err.contains("its key is missing"), "{empty:?}");
}

#[test]
fn routes_are_explained() {
    let settings = "\
version = 1
[provider.mock]
endpoints = { openai-chat = \"http://127.0.0.1:9/v1\" }
models = [\"mock-model\"]
allow_private = true
[[account]]
provider = \"mock\"
key_env = \"MOCK_API_KEY\"
[[route]]
match = \"claude-*\"
targets = [\"mock/mock-model\"]
";
    let bed = Bed::new()
        .with_settings(settings)
        .with("MOCK_API_KEY", "sk-canary");
    let said = bed.run(&[
        "routes",
        "explain",
        "claude-opus-4-8",
        "--dialect",
        "anthropic-messages",
    ]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(
        said.out
            .starts_with("“claude-opus-4-8” is found by a route.\n"),
        "{said:?}"
    );
    assert!(said.out.contains("mock/mock-model"), "{said:?}");
    let nothing = bed.run(&["routes", "explain", "mock-modle"]);
    assert_eq!((nothing.code, nothing.out.as_str()), (Some(1), ""));
    let expected = "error: nobody offers the model “mock-modle”\nhint: similar names: ";
    assert!(nothing.err.starts_with(expected), "{nothing:?}");
    let json = bed.run(&["routes", "explain", "mock-modle", "--json"]);
    assert_eq!((json.code, json.err.as_str()), (Some(1), ""));
    assert!(json.out.contains("\"found_by\": \"nothing\""), "{json:?}");
    let listed = bed.run(&["routes", "list"]);
    assert_eq!(
        listed.out,
        "MATCH     TARGETS          STRATEGY\nclaude-*  mock/mock-model  priority\n"
    );
    let models = bed.run(&["models"]);
    assert!(models.out.contains("mock-model"), "{models:?}");
}

#[test]
fn a_default_model_that_leads_nowhere_is_told() {
    let settings =
        format!("default_model = \"nobody/x\"\n{NEARBY}[[account]]\nprovider = \"nearby\"\n");
    for (language, hint, need) in [
        (
            "en_US.UTF-8",
            "hint: default_model = \"nobody/x\" in config.toml takes such names, but leads to no",
            "\n  config.toml:1: default_model: there is no provider nobody\n",
        ),
        (
            "zh_CN.UTF-8",
            "提示：这类名字由 config.toml 里的 default_model = \"nobody/x\" 接住，但没有账号提供它",
            "\n  config.toml:1：default_model：没有服务商 nobody\n",
        ),
    ] {
        let bed = Bed::new().with("LC_ALL", language).with_settings(&settings);
        let said = bed.run(&["routes", "explain", "claude-x"]);
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.err.contains(hint), "{said:?}");
        assert!(!said.err.contains("PROVIDER/MODEL"), "it is set: {said:?}");
        let said = bed.run(&["routes", "explain", "gpt-x"]);
        assert!(!said.err.contains("default_model"), "{said:?}");
        let said = bed.run(&["status"]);
        assert!(said.out.contains(need), "{said:?}");
        let json = bed.run(&["routes", "explain", "claude-x", "--json"]).out;
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["default_model"], "nobody/x");
    }
}

#[test]
fn without_a_server_the_providers_are_asked_for_their_models() {
    let upstream = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = upstream.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in upstream.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            if std::io::Read::read(&mut stream, &mut request).is_ok_and(|read| read > 0) {
                let body = r#"{"object":"list","data":[{"id":"learnt","object":"model"}]}"#;
                let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
                let length = body.len();
                let answer = format!("{head}Content-Length: {length}\r\n\r\n{body}");
                std::io::Write::write_all(&mut stream, answer.as_bytes()).unwrap();
            }
        }
    });
    let settings = |port: u16| {
        format!(
            "version = 1\n[provider.near]\nallow_private = true\n\
             endpoints = {{ openai-chat = \"http://127.0.0.1:{port}/v1\" }}\n\
             [[account]]\nprovider = \"near\"\n"
        )
    };
    let bed = Bed::new().with_settings(&settings(port));
    let models = bed.run(&["models"]);
    assert!(
        models.code == Some(0) && models.out.contains("learnt"),
        "{models:?}"
    );
    let explained = bed.run(&["routes", "explain", "learnt"]);
    assert!(
        explained.out.contains("is a model of an account"),
        "{explained:?}"
    );
    for (model, is_lost) in [("learnt", false), ("nobody/x", true)] {
        let default = format!("default_model = \"{model}\"\n{}", settings(port));
        let said = Bed::new().with_settings(&default).run(&["status"]);
        let lost = "config.toml:1: default_model: there is no provider nobody";
        assert_eq!(said.out.contains("default_model"), is_lost, "{said:?}");
        assert_eq!(said.out.contains(lost), is_lost, "{said:?}");
    }

    let silent = Bed::new().with_settings(&settings(9));
    let models = silent.run(&["models"]);
    assert!(
        models.code == Some(0) && models.err.starts_with("warning: "),
        "{models:?}"
    );
}

#[test]
fn invalid_settings_name_file_line_and_key() {
    let settings = "version = 1\n\n[listen]\nport = \"many\"\n";
    for command in ["status", "serve", "models"] {
        let bed = Bed::new().with_settings(settings);
        let said = bed.run(&[command]);
        assert_eq!(said.code, Some(1), "{command}: {said:?}");
        for part in [
            "config.toml, line 4, column ",
            "key listen.port",
            "\nhint: ",
        ] {
            assert!(said.err.contains(part), "{command}: {part}: {said:?}");
        }
        assert_eq!(std::fs::read_to_string(bed.settings()).unwrap(), settings);
    }
    let bed = Bed::new()
        .with_settings("version = 1\n[listen]\nport = -1\n")
        .with(CHINESE.0, CHINESE.1);
    let said = bed.run(&["serve"]);
    assert!(said.err.contains("config.toml 第 3 行"), "{said:?}");
}

#[test]
fn a_wrong_environment_is_told_by_its_variable() {
    for (name, value) in [
        ("PORTOLAN_PORT", "many"),
        ("PORTOLAN_HOST", "example.com"),
        ("PORTOLAN_CLIENT_KEY_FILE", "/nonexistent/key"),
    ] {
        let said = Bed::new().with(name, value).run(&["status"]);
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(
            said.err.contains(name) && said.err.contains(value),
            "{said:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_home_that_cannot_be_used_is_told() {
    let said = Bed::new().with("PORTOLAN_HOME", "").run(&["status"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.err.contains("HOME") && said.err.contains("--home"),
        "{said:?}"
    );
    let said = Bed::new().run(&["status", "--home", "/proc/nowhere"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.err.starts_with("error: use the folder /proc/nowhere"),
        "{said:?}"
    );
}
