//! Agents behind the real program: `model = "iflow"` as its adapter's README asks for it, what the commands
//! show of an agent, and that none outlives the program.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod bed;

use std::time::{Duration, Instant};

use bed::{Bed, Server};
use serde_json::{Value, json};

/// Not a test: this program as an agent.
#[test]
#[ignore = "started by the other tests"]
fn acts_as_an_agent() {
    testkit::act_as_agent(std::env::args());
}

/// iFlow's agent as it is built in, but for the program, and one on standard input.
fn settings() -> String {
    let command = std::env::current_exe().unwrap();
    let socket = ["--experimental-acp", "--port", "{port}"];
    let socket = testkit::agent_arguments("acts_as_an_agent", &socket);
    let lines = testkit::agent_arguments("acts_as_an_agent", &[]);
    format!(
        "version = 1\n[listen]\nport = 0\nhost = \"127.0.0.1\"\n\
         [provider.iflow-cli.agent]\ncommand = {command:?}\narguments = {socket:?}\n\
         [provider.crew.agent]\ncommand = {command:?}\narguments = {lines:?}\n\
         [[account]]\nprovider = \"iflow-cli\"\n[[account]]\nprovider = \"crew\"\n"
    )
}

fn bed() -> Bed {
    // The key of the adapter's README: one's own text can be a key.
    Bed::new()
        .with("PORTOLAN_CLIENT_KEY", "111222333444555666")
        .with_settings(&settings())
}

fn ask(server: &Server, model: &str, text: &str, stream: bool) -> String {
    let messages = json!([{"role": "user", "content": text}]);
    let body = json!({"model": model, "messages": messages, "stream": stream}).to_string();
    let answer = server.chat("111222333444555666", &body);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer
}

/// The words of a whole answer.
fn words(answer: &str) -> String {
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    let body: Value = serde_json::from_str(body).unwrap();
    body["choices"][0]["message"]["content"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn is_alive(pid: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    status.is_ok_and(|status| !status.contains(") Z "))
}

fn gone(pids: &[String]) {
    let began = Instant::now();
    while pids.iter().any(|pid| is_alive(pid)) {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "{pids:?} are still there"
        );
        #[allow(clippy::disallowed_methods, reason = "a test without a runtime")]
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn iflow_is_a_model_streamed_and_whole() {
    let server = bed().serve(&[]);
    let listed = server.get("/v1/models", Some("111222333444555666"));
    assert!(
        listed.contains("\"iflow\"") && listed.contains("\"crew\""),
        "{listed}"
    );
    let streamed = ask(&server, "iflow", "你好，请问你是谁？", true);
    assert!(
        streamed.contains("chat.completion.chunk") && streamed.contains("你好"),
        "{streamed}"
    );
    assert!(streamed.contains("data: [DONE]"), "{streamed}");
    assert_eq!(
        words(&ask(&server, "iflow", "say ahoy there", false)),
        "ahoy there"
    );
}

#[test]
fn the_commands_show_an_agent_as_an_account_without_a_key() {
    let bed = bed();
    let accounts = bed.run(&["accounts", "list", "--json"]);
    assert_eq!(accounts.code, Some(0), "{accounts:?}");
    let list: Value = serde_json::from_str(&accounts.out).unwrap();
    let text = list.to_string();
    assert!(
        text.contains("\"crew\"") && text.contains("\"iflow-cli\""),
        "{text}"
    );
    let models = bed.run(&["models"]);
    assert!(
        models.out.contains("crew") && models.out.contains("iflow"),
        "{models:?}"
    );
    let explained = bed.run(&["routes", "explain", "iflow"]);
    assert_eq!(explained.code, Some(0), "{explained:?}");
    assert!(explained.out.contains("iflow-cli"), "{explained:?}");
    // A test starts the agent and opens a session.
    let tested = bed.run(&["accounts", "test", "crew"]);
    assert_eq!(tested.code, Some(0), "{tested:?}");
}

#[test]
fn no_agent_outlives_the_program_however_that_ends() {
    for signal in ["TERM", "KILL"] {
        let server = bed().serve(&[]);
        let mut pids = Vec::new();
        for model in ["crew", "iflow"] {
            pids.push(words(&ask(&server, model, "pid", false)));
            pids.push(words(&ask(&server, model, "child", false)));
        }
        assert!(pids.iter().all(|pid| is_alive(pid)), "{pids:?}");
        server.signal(signal);
        drop(server.wait());
        gone(&pids);
    }
}

#[test]
fn mistakes_of_an_agent_are_told_in_both_languages() {
    let wrong = "version = 1\n[provider.crew.agent]\ncommand = \"crew\"\nenvironment = [\"PORTOLAN_MASTER_KEY\"]\n";
    for (language, word) in [
        ("en_US.UTF-8", "is passed on to nobody"),
        ("zh_CN.UTF-8", "不会传给任何程序"),
    ] {
        let said = Bed::new()
            .with("LC_ALL", language)
            .with_settings(wrong)
            .run(&["models"]);
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.err.contains(word), "{said:?}");
    }
}
