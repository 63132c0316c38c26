//! Help, version and wrong use of the program, in both languages.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod bed;

use bed::{Bed, assert_snapshot};

const LANGUAGES: [(&str, &str); 2] = [("en", "en_US.UTF-8"), ("zh-CN", "zh_CN.UTF-8")];

#[test]
fn help() {
    for (tag, locale) in LANGUAGES {
        let bed = Bed::new().with("LC_ALL", locale);
        for command in [
            "",
            "serve",
            "status",
            "models",
            "logs",
            "accounts",
            "accounts list",
            "accounts add",
            "accounts set-key",
            "accounts remove",
            "accounts test",
            "keys",
            "keys list",
            "keys create",
            "keys limit",
            "keys revoke",
            "keys show",
            "routes",
            "routes list",
            "routes explain",
            "instances",
            "instances list",
            "instances add",
            "instances change",
            "instances remove",
            "instances start",
            "instances stop",
            "admin",
            "admin bootstrap",
            "version",
        ] {
            let mut arguments: Vec<&str> = command.split(' ').filter(|w| !w.is_empty()).collect();
            arguments.push("--help");
            let said = bed.run(&arguments);
            assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{command}");
            let name = if command.is_empty() {
                "portolan"
            } else {
                command
            };
            assert_snapshot(
                &format!("{tag}/help-{}.txt", name.replace(' ', "-")),
                &said.out,
            );
        }
    }
}

#[test]
fn wrong_use() {
    for (tag, locale) in LANGUAGES {
        let bed = Bed::new().with("LC_ALL", locale);
        let mut text = String::new();
        for line in [
            "",
            "sttus",
            "frobnicate",
            "keys",
            "keys lst",
            "keys create",
            "keys create --nme x",
            "accounts add",
            "accounts add openai extra",
            "accounts add openai --key-env A --key-file B",
            "serve --port",
            "serve --port 99999",
            "serve --host example.com",
            "serve --port 1 --port 2",
            "status --config",
        ] {
            let arguments: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
            let said = bed.run(&arguments);
            assert_eq!(
                (said.code, said.out.as_str()),
                (Some(2), ""),
                "{line}: {said:?}"
            );
            text.push_str(&format!("$ portolan {line}\n{}\n", said.err));
        }
        assert_snapshot(&format!("{tag}/wrong-use.txt"), &text);
    }
}

#[test]
fn wrong_use_in_json() {
    for (line, code, argument) in [
        ("--json", "usage-missing-command", ("program", "portolan")),
        ("sttus --json", "usage-unknown-command", ("given", "sttus")),
        ("--json keys lst", "usage-unknown-command", ("given", "lst")),
        (
            "status --json --nme",
            "usage-unknown-option",
            ("given", "--nme"),
        ),
        ("status --json x", "usage-unexpected", ("given", "x")),
        (
            "keys --json create",
            "usage-missing-argument",
            ("argument", "--name NAME"),
        ),
        (
            "serve --port --json",
            "usage-missing-value",
            ("argument", "--port N"),
        ),
        (
            "serve --port x --json",
            "usage-wrong-value",
            ("argument", "--port N"),
        ),
        (
            "--json serve --port 1 --port 2",
            "usage-twice",
            ("argument", "--port N"),
        ),
        (
            "accounts add p --key-env A --key-file B --json",
            "usage-conflict",
            ("other", "--key-file FILE"),
        ),
    ] {
        for (_, locale) in LANGUAGES {
            let bed = Bed::new().with("LC_ALL", locale);
            let arguments: Vec<&str> = line.split(' ').collect();
            let said = bed.run(&arguments);
            assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{line}");
            let json: serde_json::Value = serde_json::from_str(&said.err)
                .unwrap_or_else(|error| panic!("{line}: {error}: {said:?}"));
            let error = &json["error"];
            assert_eq!(error["code"], code, "{line}: {error}");
            assert_eq!(
                error["arguments"][argument.0], argument.1,
                "{line}: {error}"
            );
            for text in ["message", "hint"] {
                // As with every other failure, scripts are told in English everywhere.
                let text = error[text].as_str().unwrap();
                assert!(
                    !text.is_empty() && !text.contains(['，', '没']),
                    "{line}: {text}"
                );
            }
        }
    }
}

#[test]
fn the_language_is_the_environments() {
    let help = |variables: &[(&str, &str)]| {
        let bed = Bed::new().with("LC_ALL", "");
        let bed = variables
            .iter()
            .fold(bed, |bed, (name, value)| bed.with(name, value));
        bed.run(&["--help"]).out
    };
    for variables in [
        [("LANG", "zh_CN.UTF-8"), ("LC_MESSAGES", "")],
        [("LANG", "en_US.UTF-8"), ("LC_MESSAGES", "zh_TW.UTF-8")],
        [("LANG", "de_DE.UTF-8"), ("LC_ALL", "zh_CN.UTF-8")],
    ] {
        assert!(help(&variables).contains("用法："), "{variables:?}");
    }
    for variables in [&[][..], &[("LANG", "C.UTF-8")], &[("LANG", "de_DE.UTF-8")]] {
        assert!(help(variables).contains("Usage:"), "{variables:?}");
    }
}

#[test]
fn version() {
    let bed = Bed::new();
    let said = bed.run(&["version"]);
    let first = format!("portolan {}\n", env!("CARGO_PKG_VERSION"));
    assert!(
        said.code == Some(0) && said.out.starts_with(&first),
        "{said:?}"
    );
    assert_eq!(bed.run(&["--version"]).out, first);
    let json: serde_json::Value =
        serde_json::from_str(&bed.run(&["version", "--json"]).out).unwrap();
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    assert!(json["target"].as_str().unwrap().contains('-'));
    assert!(
        std::fs::read_dir(bed.path()).unwrap().next().is_none(),
        "nothing is made for this"
    );
}
