//! Settings read from text: every key of the contract, and every kind of error.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use catalog::Catalog;
use gateway::{OnLoss, Strategy};

use super::read::SettingsError;
use super::{ProxyMode, Read, Settings, read, warnings};

/// The example of the outside contract, with nothing left out.
const CONTRACT: &str = r#"
version = 1
default_model = ""            # where claude-* names that nobody offers go; empty: refused with advice

[listen]
host = "localhost"
port = 28000
require_key = true
allowed_origins = []

[provider.mock]
endpoints = { openai-chat = "http://127.0.0.1:9001/v1", anthropic-messages = "http://127.0.0.1:9001" }
models = ["mock-model"]
allow_private = true

[[account]]
provider = "mock"
key_env = "MOCK_API_KEY"

[[route]]
match = "claude-*"
targets = ["mock/mock-model", "deepinfra/zai-org/GLM-4.5"]
strategy = "priority"

[[instance]]
name = "work"
port = 28001
keys = ["laptop"]
default_model = ""

[[key]]
name = "laptop"
models = ["*"]
requests_per_minute = 0
tokens_per_minute = 0
concurrency = 0
requests_per_day = 0
tokens_per_day = 0
preserve_reasoning_content = false

[proxy]
mode = "system"

[translation]
on_loss = "report"
"#;

fn parse(text: &str) -> Result<Read, SettingsError> {
    read("config.toml", text, &Catalog::builtin().unwrap())
}

/// `line:column key` of the error.
fn place(text: &str) -> String {
    match parse(text).unwrap_err() {
        SettingsError::Invalid {
            file,
            line,
            column,
            key,
            reason,
        } => {
            assert_eq!(file, "config.toml");
            assert!(
                !reason.to_string().contains('\n') && reason.code() != "value-unreadable",
                "{reason}"
            );
            format!("{line}:{column} {key}")
        }
        SettingsError::Newer { version, .. } => format!("newer {version}"),
    }
}

#[test]
fn every_key_of_the_contract_is_read() {
    let Read {
        settings,
        catalog,
        warnings,
    } = parse(CONTRACT).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(
        (settings.listen.host.as_str(), settings.listen.port),
        ("localhost", 28000)
    );
    assert!(settings.listen.require_key && settings.listen.allowed_origins.is_empty());
    assert!(catalog.provider("mock").unwrap().allow_private);
    let account = &settings.account[0];
    assert_eq!(account.provider, "mock");
    assert_eq!(account.key_env.as_deref(), Some("MOCK_API_KEY"));
    let route = &settings.route[0];
    assert_eq!(
        (route.pattern.as_str(), route.strategy),
        ("claude-*", Strategy::Priority)
    );
    assert_eq!(route.targets[1].model, "deepinfra/zai-org/GLM-4.5");
    assert_eq!(
        (
            settings.instance[0].name.as_str(),
            settings.instance[0].port
        ),
        ("work", 28001)
    );
    assert_eq!(settings.instance[0].keys, ["laptop"]);
    assert_eq!(settings.key[0].models, ["*"]);
    assert_eq!(settings.proxy.mode, ProxyMode::System);
    assert_eq!(settings.translation.on_loss, OnLoss::Report);
}

#[test]
fn an_empty_file_is_the_defaults() {
    assert_eq!(parse("").unwrap().settings, Settings::default());
    assert_eq!(
        parse("version = 1\n[listen]\n").unwrap().settings,
        Settings::default()
    );
    let account = parse("[[account]]\nprovider = \"openai\"\nkey_file = \"/k\"\n").unwrap();
    assert!(account.settings.account[0].id.is_none());
}

#[test]
fn unknown_keys_are_passed_over_with_their_line() {
    let text = "versoin = 1\n[listen]\nhots = \"::1\"\n[[account]]\nprovider = \"openai\"\n\
        zebra = { a = 1 }\n[provider.openai]\nmodel = [\"x\"]\n[future]\na = 1\n";
    let warnings = parse(text).unwrap().warnings;
    let mut told: Vec<String> = warnings
        .iter()
        .map(|w| format!("{} {} {}", w.line, w.key, w.reason))
        .collect();
    told.sort();
    assert_eq!(
        told,
        [
            "1 versoin this key is not known; did you mean version?",
            "3 listen.hots this key is not known; did you mean host?",
            "6 account[0].zebra this key is not known",
            "8 provider.openai.model this key is not known; did you mean models?",
            "9 future this key is not known",
        ]
    );
}

#[test]
fn wrong_types_and_words_are_placed() {
    for (text, expected) in [
        ("version = \"1\"", "1:11 version"),
        ("\n[listen]\nport = 70000", "3:8 listen.port"),
        ("[listen]\nport = -1", "2:8 listen.port"),
        ("[listen]\nrequire_key = \"no\"", "2:15 listen.require_key"),
        ("listen = 3", "1:10 listen"),
        ("[[account]]\nname = \"x\"", "1:1 account[0]"),
        ("[[account]]\nprovider = 3", "2:12 account[0].provider"),
        ("[proxy]\nmode = \"tor\"", "2:8 proxy.mode"),
        (
            "[translation]\non_loss = \"shrug\"",
            "2:11 translation.on_loss",
        ),
        (
            "[[route]]\nmatch=\"a\"\ntargets=[\"a/b\"]\nstrategy=\"best\"",
            "4:10 route[0].strategy",
        ),
        (
            "[[route]]\nmatch=\"a\"\ntargets=[3]",
            "3:10 route[0].targets[0]",
        ),
        ("[[instance]]\nname=\"work\"", "1:1 instance[0]"),
    ] {
        assert_eq!(place(text), expected, "{text}");
    }
}

#[test]
fn what_is_not_toml_is_placed() {
    assert_eq!(place("version = 1\nlisten = [\n"), "2:11 ");
    assert!(place("a = 1\na = 2\n").starts_with("2:1"));
    assert!(place("é = \u{0}").starts_with("1:"));
}

#[test]
fn a_newer_version_is_refused_whatever_else_it_says() {
    assert_eq!(place("version = 2\nlisten = 3\n"), "newer 2");
    assert!(place(&format!("version = {}", "9".repeat(40))).starts_with("newer 99"));
    assert_eq!(place("version = 0"), "1:1 version");
}

#[test]
fn what_cannot_be_is_refused_at_its_key() {
    for (text, expected) in [
        ("[listen]\nhost = \"example.com\"", "2:1 listen.host"),
        (
            "[listen]\nallowed_origins = [\"https://a.example/\"]",
            "2:20 listen.allowed_origins[0]",
        ),
        (
            "[listen]\nallowed_origins = [\"*\"]",
            "2:20 listen.allowed_origins[0]",
        ),
        (
            "[listen]\nallowed_hosts = [\"nas\", \"Nas:80\"]",
            "2:25 listen.allowed_hosts[1]",
        ),
        ("[[account]]\nprovider = \"\"", "2:1 account[0].provider"),
        (
            "[[account]]\nprovider = \"a\"\nid = \"A b\"",
            "3:1 account[0].id",
        ),
        (
            "[[account]]\nprovider=\"a\"\nid=\"a\"\n[[account]]\nprovider=\"a\"\nid=\"a\"",
            "6:1 account[1].id",
        ),
        (
            "[[account]]\nprovider=\"a\"\nkey_env=\"A\"\nkey_file=\"/b\"",
            "4:1 account[0].key_file",
        ),
        (
            "[[account]]\nprovider=\"a\"\nkey_env=\"A=B\"",
            "3:1 account[0].key_env",
        ),
        ("[[route]]\nmatch=\"a\"\ntargets=[]", "3:1 route[0].targets"),
        (
            "[[route]]\nmatch=\"a\"\ntargets=[\"b/c\", \"d\"]",
            "3:17 route[0].targets[1]",
        ),
        (
            "[[instance]]\nname=\"default\"\nport=1",
            "2:1 instance[0].name",
        ),
        (
            "[[instance]]\nname=\"work\"\nport=28000",
            "3:1 instance[0].port",
        ),
        ("[[key]]\nname=\"a b\"", "2:1 key[0].name"),
        (
            "[[key]]\nname=\"a\"\n[[key]]\nname=\"a\"",
            "4:1 key[1].name",
        ),
        ("[proxy]\nmode=\"manual\"", "1:2 proxy"),
        (
            "[proxy]\nmode=\"manual\"\nurl=\"http://me:pw@proxy\"",
            "3:1 proxy.url",
        ),
        (
            "[images]\nallow_addresses=[\"10.0.0.7\", \"nas\"]",
            "2:30 images.allow_addresses[1]",
        ),
        ("[provider.own]\nname=\"x\"", "1:11 provider.own"),
        (
            "[provider.own]\nendpoints={openai-chat=\"http://10.0.0.1/v1\"}",
            "",
        ),
    ] {
        let found = place(text);
        // Of a key that is not written the table around it is told, and the key all the same.
        assert!(
            found.starts_with(expected.split(' ').next().unwrap_or("")),
            "{text}: {found}"
        );
        let key = expected.split(' ').nth(1).unwrap_or("provider.own");
        assert!(found.contains(key), "{text}: {found}");
    }
}

#[test]
fn an_error_of_a_provider_is_an_error_of_the_settings() {
    let text = "[provider.openai]\nendpoints = { openai-chat = \"htp://inside\" }\n";
    assert_eq!(place(text), "2:15 provider.openai.endpoints.openai-chat");
}

#[test]
fn weights_are_read() {
    let text = "[[route]]\nmatch=\"a\"\nstrategy=\"weighted\"\n\
        targets=[\"b/c\", { model = \"d/e\", weight = 3 }]\n";
    let route = &parse(text).unwrap().settings.route[0];
    let weights: Vec<u32> = route.targets.iter().map(|target| target.weight).collect();
    assert_eq!((weights, route.strategy), (vec![1, 3], Strategy::Weighted));
    assert_eq!(
        place("[[route]]\nmatch=\"a\"\ntargets=[{ model = \"d/e\", weight = 0 }]"),
        "3:10 route[0].targets[0]"
    );
}

#[test]
fn what_has_no_effect_is_warned_of() {
    let text = "[[account]]\nprovider = \"opnai\"\n[[account]]\nprovider = \"demo\"\n\
        [[route]]\nmatch = \"a\"\ntargets = [\"nobody/x\"]\n[[route]]\nmatch = \"a\"\n\
        targets = [\"openai/x\"]\n[[key]]\nname = \"laptop\"\n[[key]]\nname = \"there\"\n\
        [proxy]\nurl = \"http://p:1\"\n[[instance]]\nname = \"w\"\nport = 1\nkeys = [\"gone\"]\n\
        [[route]]\nmatch = \"b\"\ntargets = [\"openai/x\"]\nagent = { tools = [\"read\"] }\n\
        [[route]]\nmatch = \"c\"\ntargets = [\"openai/x\", \"iflow-cli/iflow\"]\nagent = { tools = [\"read\"] }\n";
    let Read {
        settings, catalog, ..
    } = parse(text).unwrap();
    let found = warnings(&settings, text, &catalog, &BTreeSet::from(["there"]));
    let told: Vec<(usize, &str)> = found.iter().map(|w| (w.line, w.key.as_str())).collect();
    assert_eq!(
        told,
        [
            (2, "account[0].provider"),
            (4, "account[1].provider"),
            (7, "route[0].targets[0]"),
            (9, "route[1].match"),
            (24, "route[2].agent"),
            (20, "instance[0].keys[0]"),
            (12, "key[0].name"),
            (16, "proxy.url"),
        ]
    );
    assert!(
        found[0].reason.code() == "unknown-provider-similar",
        "{found:?}"
    );
}

#[test]
fn mistakes_of_an_agent_are_placed_and_what_is_unknown_is_passed_over() {
    for (text, expected) in [
        (
            "[provider.crew.agent]\ncommand = 3",
            "2:11 provider.crew.agent.command",
        ),
        (
            "[provider.crew.agent]\ncommand = \"crew\"\ntools = [\"all\"]",
            "3:10 provider.crew.agent.tools[0]",
        ),
        (
            "[provider.crew.agent]\ncommand = \"crew\"\nfolder = \"here\"",
            "3:1 provider.crew.agent.folder",
        ),
        (
            "[provider.crew.agent]\ncommand = \"crew\"\nenvironment = [\"PORTOLAN_PASSPHRASE\"]",
            "3:16 provider.crew.agent.environment[0]",
        ),
        (
            "[[route]]\nmatch = \"a\"\ntargets = [\"crew/crew\"]\nagent = { folder = \"here\" }",
            "4:11 route[0].agent.folder",
        ),
        (
            "[[route]]\nmatch = \"a\"\ntargets = [\"crew/crew\"]\nagent = { tools = [\"rm\"] }",
            "4:20 route[0].agent.tools[0]",
        ),
    ] {
        assert_eq!(place(text), expected, "{text}");
    }
    let odd = parse("[provider.crew.agent]\ncommand = \"crew\"\nshell = true\n").unwrap();
    assert_eq!(odd.warnings.len(), 1, "{:?}", odd.warnings);
    assert!(odd.catalog.provider("crew").unwrap().agent.is_some());
}
