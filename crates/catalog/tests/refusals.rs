//! Each mistake in a manifest is named with its file, line, column and key.
#![allow(clippy::unwrap_used, reason = "tests")]

use catalog::{Date, ManifestError, Provider};

const GOOD: &str = r#"id = "acme"
name = "Acme"
website = "https://acme.example"
quirks = ["done-optional"]
list_models = true
probe = "/health"

[key]
env = ["ACME_API_KEY"]
page = "https://acme.example/keys"

[endpoints.openai-chat]
base_url = "https://api.acme.example/v1"
operations = ["embed"]

[endpoints.anthropic-messages]
base_url = "https://api.acme.example"
versions = ["2023-06-01"]

[[model]]
id = "a/one"
name = "One"
abilities = { tools = true, images = false }
limits = { context = 128000, source = "https://acme.example/one", date = 2026-05-01 }
price = { input = 1, output = 2.5, source = "https://acme.example/price", date = 2026-05-02 }

[[model]]
id = "a/two"

[terms]
en = "Fair use."
zh-CN = "合理使用。"
url = "https://acme.example/terms"
checked = 2026-05-03
sign_in = "unknown"
"#;

/// The errors of the good manifest with `from` written as `to`.
fn errors(from: &str, to: &str) -> Vec<ManifestError> {
    assert_eq!(GOOD.matches(from).count(), 1, "{from}");
    Provider::parse("acme.toml", &GOOD.replace(from, to)).unwrap_err()
}

/// Line, column and key of the one error, whose message holds `part`.
fn error(from: &str, to: &str, part: &str) -> (usize, usize, String) {
    let errors = errors(from, to);
    assert_eq!(errors.len(), 1, "{errors:?}");
    let ManifestError {
        file,
        line,
        column,
        key,
        message,
    } = &errors[0];
    assert_eq!(file, "acme.toml");
    assert!(message.contains(part), "{message}");
    (*line, *column, key.to_string())
}

fn at(line: usize, column: usize, key: &str) -> (usize, usize, String) {
    (line, column, key.to_owned())
}

#[test]
fn the_good_one_is_read_whole() {
    let acme = Provider::parse("acme.toml", GOOD).unwrap();
    let one = acme.model("a/one").unwrap();
    assert_eq!(
        (one.abilities.tools, one.abilities.images),
        (Some(true), Some(false))
    );
    assert_eq!(one.abilities.reasoning, None);
    let limits = one.limits.as_ref().unwrap();
    assert_eq!((limits.context, limits.output), (Some(128_000), None));
    let price = one.price.as_ref().unwrap();
    assert_eq!(
        (price.input, price.output, price.cached_read),
        (Some(1.0), Some(2.5), None)
    );
    assert_eq!(
        price.date,
        Date {
            year: 2026,
            month: 5,
            day: 2
        }
    );
    assert_eq!(acme.model("a/two").unwrap().limits, None);
    assert_eq!(
        acme.probe_url().unwrap().as_str(),
        "https://api.acme.example/health"
    );
}

#[test]
fn broken_toml() {
    assert_eq!(error("env = [", "env = ", "").0, 9);
}

#[test]
fn unknown_keys() {
    assert_eq!(
        error("list_models", "lists", "unknown field `lists`"),
        at(5, 1, "lists")
    );
    let found = error("operations", "operation", "unknown field `operation`");
    assert_eq!(found, at(14, 1, "endpoints.openai-chat.operation"));
    let found = error("tools", "tool", "unknown field `tool`");
    assert_eq!(found, at(23, 15, "model[0].abilities.tool"));
}

#[test]
fn bad_addresses() {
    let base = "\"https://api.acme.example/v1\"";
    let key = "endpoints.openai-chat.base_url";
    let cases = [
        ("\"api.acme.example/v1\"", "not an http or https address"),
        ("\"http://api.acme.example/v1\"", "allow_private"),
        ("\"https://127.0.0.1/v1\"", "private address"),
        ("\"https://me:pw@api.acme.example/v1\"", "user name"),
        ("\"https://api.acme.example/v1?a=b\"", "query"),
        ("\"https://api.acme.example/v1#a\"", "fragment"),
    ];
    for (written, part) in cases {
        assert_eq!(error(base, written, part), at(13, 1, key));
    }
    let page = error(
        "https://acme.example/keys",
        "http://acme.example/keys",
        "https://",
    );
    assert_eq!(page, at(10, 1, "key.page"));
}

#[test]
fn a_refused_address_does_not_repeat_its_password() {
    let errors = errors(
        "https://api.acme.example/v1",
        "https://me:hunter2@api.acme.example/v1",
    );
    assert!(!format!("{errors:?}").contains("hunter2"));
}

#[test]
fn unknown_names() {
    let found = error(
        "[endpoints.openai-chat]",
        "[endpoints.open-ai]",
        "\"open-ai\" is none of openai-chat",
    );
    assert_eq!(found, at(12, 12, "endpoints.open-ai"));
    let found = error(
        "\"done-optional\"",
        "\"done-optional\", \"odd\"",
        "\"odd\" is none of done-optional",
    );
    assert_eq!(found, at(4, 28, "quirks[1]"));
    let found = error(
        "\"embed\"",
        "\"embed\", \"count\"",
        "no operation \"count\"",
    );
    assert_eq!(found, at(14, 24, "endpoints.openai-chat.operations[1]"));
    let found = error("\"unknown\"", "\"maybe\"", "maybe");
    assert_eq!(found, at(35, 11, "terms.sign_in"));
}

#[test]
fn doubles() {
    let found = error("a/two", "a/one", "\"a/one\" is listed twice");
    assert_eq!(found, at(28, 1, "model[1].id"));
    let found = error("\"embed\"", "\"embed\", \"embed\"", "listed twice");
    assert_eq!(found.2, "endpoints.openai-chat.operations[1]");
}

#[test]
fn numbers_without_a_source_or_day() {
    let found = error(
        ", source = \"https://acme.example/price\"",
        "",
        "missing field `source`",
    );
    assert_eq!((found.0, found.2.as_str()), (25, "model[0].price"));
    let found = error(", date = 2026-05-01", "", "missing field `date`");
    assert_eq!((found.0, found.2.as_str()), (24, "model[0].limits"));
    let found = error("2026-05-02", "2026-05-02T01:00:00Z", "a day is meant");
    assert_eq!(found.2, "model[0].price.date");
}

#[test]
fn numbers_that_make_no_sense() {
    assert_eq!(
        error("context = 128000, ", "", "without a number").2,
        "model[0].limits"
    );
    assert_eq!(
        error("input = 1,", "input = -1,", "at least 0").2,
        "model[0].price.input"
    );
    assert_eq!(
        error("input = 1,", "input = inf,", "at least 0").2,
        "model[0].price.input"
    );
    assert_eq!(
        error("128000", "0", "at least 1").2,
        "model[0].limits.context"
    );
}

#[test]
fn versions_belong_to_anthropic_messages() {
    let found = error("versions = [\"2023-06-01\"]\n", "", "needs the versions");
    assert_eq!(found.2, "endpoints.anthropic-messages");
    let found = error(
        "operations = [\"embed\"]",
        "versions = [\"1\"]",
        "has no versions",
    );
    assert_eq!(found.2, "endpoints.openai-chat.versions");
    let found = error(
        "operations = [\"embed\"]",
        "forward_version = true",
        "has no versions",
    );
    assert_eq!(found.2, "endpoints.openai-chat.forward_version");
    let found = error("\"2023-06-01\"", "\"2023\\r\\nx: y\"", "a version is meant");
    assert_eq!(found.2, "endpoints.anthropic-messages.versions[0]");
}

#[test]
fn both_languages_are_needed() {
    let found = error("zh-CN = \"合理使用。\"\n", "", "missing field `zh-CN`");
    assert_eq!(found.2, "terms");
    assert_eq!(error("\"Fair use.\"", "\" \"", "empty").2, "terms.en");
}

#[test]
fn other_odd_values() {
    assert_eq!(error("\"acme\"", "\"Ac/me\"", "an id is made of").2, "id");
    assert_eq!(
        error(
            "\"/health\"",
            "\"https://evil.example/\"",
            "a path is meant"
        )
        .2,
        "probe"
    );
    assert_eq!(
        error("\"/health\"", "\"//evil.example/\"", "a path is meant").2,
        "probe"
    );
    assert_eq!(
        error("\"ACME_API_KEY\"", "\"acme key\"", "capital letters").2,
        "key.env[0]"
    );
    let seer = "pictures_by = \"a/one\"\nlist_models";
    let found = error("list_models", seer, "none of the models");
    assert_eq!(found.2, "pictures_by");
    let found = error(
        "list_models",
        "auth = { header = \"host\" }\nlist_models",
        "can carry a key",
    );
    assert_eq!(found, at(5, 10, "auth.header"));
}

#[test]
fn a_provider_has_either_endpoints_or_an_answer_of_the_gateway() {
    let refused = |text: &str| {
        let errors = Provider::parse("x.toml", text).unwrap_err();
        errors
            .iter()
            .map(|error| error.key.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(refused("id = \"x\"\nname = \"X\""), ["endpoints"]);
    assert_eq!(
        refused("id = \"x\"\nname = \"X\"\nbuiltin = \"echo\""),
        ["builtin"]
    );
    assert_eq!(
        refused("id = \"x\"\nname = \"X\"\nbuiltin = \"demo\"\nlist_models = true"),
        ["builtin"]
    );
}

#[test]
fn every_mistake_is_told_at_once() {
    let text = GOOD
        .replace("done-optional", "odd")
        .replace("a/two", "a b")
        .replace("/v1\"", "/v1?\"");
    let errors = Provider::parse("acme.toml", &text).unwrap_err();
    let mut lines: Vec<_> = errors.iter().map(|error| error.line).collect();
    lines.sort_unstable();
    assert_eq!(lines, [4, 13, 28]);
    assert!(
        errors[0]
            .to_string()
            .starts_with("acme.toml:13:1: endpoints.openai-chat.base_url: ")
    );
}
