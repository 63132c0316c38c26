//! Every case of `fixtures/translate` through the translation, against the answer that was read
//! and approved. `PORTOLAN_GOLDEN=write` writes the answers anew: read each before keeping it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod common;

use std::collections::BTreeMap;

use common::pretty::pretty;
use common::{Case, corpus};
use dialect::chat::Usage;
use dialect::translate::whole;
use dialect::{Codec, Fault, Losses};
use serde_json::{Value, json};

/// What a case gives: file name → content.
type Files = BTreeMap<&'static str, String>;

/// The id of the request in errors.
const REQUEST_ID: &str = "req_0123456789abcdef";

fn error(fault: &Fault, codec: &dyn Codec) -> String {
    let status = fault.status_for(codec.dialect());
    let body = codec.encode_fault(fault, REQUEST_ID);
    let body: Value = serde_json::from_slice(&body).expect("an error is JSON");
    pretty(
        json!({ "status": status, "body": body })
            .to_string()
            .as_bytes(),
    )
}

fn lost(losses: &Losses) -> Value {
    let list = losses.iter().map(|loss| {
        json!([
            loss.path,
            loss.kind.as_str(),
            format!("{:?}", loss.weight).to_lowercase(),
            loss.reason,
        ])
    });
    list.collect()
}

fn counted(usage: &Usage) -> String {
    let count = |count: Option<u64>| count.map_or(Value::Null, Value::from);
    let counts = json!({
        "input": count(usage.input),
        "cache_read": count(usage.cache_read),
        "cache_write": count(usage.cache_write),
        "output": count(usage.output),
        "reasoning": count(usage.reasoning),
        "web_searches": count(usage.web_searches),
    });
    pretty(counts.to_string().as_bytes())
}

fn run(case: &Case) -> Files {
    let mut files = Files::new();
    let asked = case.ask();
    let request = match &asked.encoded {
        Ok(encoded) => pretty(&encoded.body),
        Err(fault) => error(fault, case.client),
    };
    files.insert("expected_request.json", request);
    let mut losses = json!({ "request": lost(&asked.losses) });
    if let Some(stream) = &case.stream {
        let (mut out, result, translator) =
            common::translated(case.reader(), case.client, case.context(), &[stream]);
        let (name, answer) = match result {
            // Before the first byte an error is an HTTP error.
            Err(fault) if out.is_empty() => ("expected.json", error(&fault, case.client)),
            result => {
                if let Err(fault) = result {
                    out.extend(case.client.encode_stream_fault(&fault, REQUEST_ID));
                }
                (
                    "expected.sse",
                    String::from_utf8(out).expect("answers are UTF-8"),
                )
            }
        };
        files.insert(name, answer);
        files.insert("expected_usage.json", counted(translator.usage()));
        losses["answer"] = lost(translator.losses());
    }
    if let Some(body) = &case.whole {
        let mut reader = case.reader();
        let mut events = Vec::new();
        let mut answer_losses = Losses::default();
        let answer = reader
            .whole(body, &mut events)
            .and_then(|()| whole(events, case.client, &case.context(), &mut answer_losses));
        let answer = match answer {
            Ok(answer) => pretty(&answer),
            Err(fault) => error(&fault, case.client),
        };
        files.insert("expected.json", answer);
        files.insert("expected_usage.json", counted(reader.usage()));
        losses["answer"] = lost(&answer_losses);
    }
    files.insert(
        "expected_losses.json",
        pretty(losses.to_string().as_bytes()),
    );
    files
}

#[test]
fn every_case_is_translated_as_approved() {
    let write = std::env::var_os("PORTOLAN_GOLDEN").is_some_and(|value| value == "write");
    let mut wrong = Vec::new();
    for case in corpus() {
        let files = run(&case);
        for file in std::fs::read_dir(&case.folder).unwrap() {
            let name = common::name(&file.unwrap().path());
            if name.starts_with("expected") && !files.contains_key(name.as_str()) {
                wrong.push(format!("{}/{name}: nothing gives this any more", case.name));
            }
        }
        for (name, given) in files {
            let path = case.folder.join(name);
            if write {
                std::fs::write(path, given).unwrap();
                continue;
            }
            match std::fs::read_to_string(path) {
                Ok(expected) if expected == given => {}
                Ok(expected) => {
                    let line = expected
                        .lines()
                        .zip(given.lines())
                        .position(|(a, b)| a != b);
                    let line = line.unwrap_or(expected.lines().count().min(given.lines().count()));
                    wrong.push(format!(
                        "{}/{name}, line {}:\n  expected {}\n  given    {}",
                        case.name,
                        line + 1,
                        expected.lines().nth(line).unwrap_or("(the end)"),
                        given.lines().nth(line).unwrap_or("(the end)"),
                    ));
                }
                Err(_) => wrong.push(format!("{}/{name} is missing", case.name)),
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_corpus_is_whole() {
    let cases = corpus();
    let count = |direction: &str| {
        cases
            .iter()
            .filter(|case| case.name.starts_with(&format!("{direction}/")))
            .count()
    };
    assert!(
        count("openai_to_anthropic") >= 100,
        "{}",
        count("openai_to_anthropic")
    );
    assert!(
        count("anthropic_to_openai") >= 95,
        "{}",
        count("anthropic_to_openai")
    );
    assert!(count("openai_to_openai") >= 10);
    assert!(count("anthropic_to_anthropic") >= 10);
}
