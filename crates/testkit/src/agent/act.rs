//! What a scripted agent does when it is told something: the last line of a prompt is its command.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Agent, lock};

/// How a prompt ends.
enum End {
    Stop(&'static str),
    Fail(&'static str),
}

/// Carries one prompt out and answers it.
pub(super) async fn prompt(agent: &Arc<Agent>, id: &Value, parameters: &Value) {
    let session = parameters["sessionId"].as_str().unwrap_or_default();
    let blocks = parameters["prompt"].as_array().cloned().unwrap_or_default();
    let texts: Vec<&str> = blocks
        .iter()
        .filter_map(|block| block["text"].as_str())
        .collect();
    let told = texts.join("\n");
    let cancelled = {
        let mut sessions = lock(&agent.sessions);
        let Some(session) = sessions.get_mut(session) else {
            agent.refuse(id, -32602, "no such session");
            return;
        };
        session.heard.push(told.clone());
        Arc::clone(&session.cancelled)
    };
    let command = told.lines().last().unwrap_or_default().to_owned();
    let stubborn = command == "hang hard";
    let end = tokio::select! {
        end = act(agent, session, &command, &blocks) => end,
        () = cancelled.notified(), if !stubborn => End::Stop("cancelled"),
    };
    match end {
        End::Stop(reason) => agent.answer(
            id,
            &json!({"stopReason": reason, "usage": {"inputTokens": 7, "outputTokens": 5}}),
        ),
        End::Fail(words) => agent.refuse(id, -32603, words),
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "an agent that dies takes leave of nobody"
)]
async fn act(agent: &Agent, session: &str, command: &str, blocks: &[Value]) -> End {
    let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
    match verb {
        "say" => {
            for word in rest.split_inclusive(' ') {
                agent.say(session, word);
            }
        }
        "history" => {
            let heard = lock(&agent.sessions)
                .get(session)
                .map(|one| one.heard.join(" | "));
            agent.say(session, &format!("heard: {}", heard.unwrap_or_default()));
        }
        "think" => {
            agent.think(session, "Let me see.");
            agent.say(session, "Seen.");
        }
        "tool" => tool(agent, session, rest).await,
        "file" => {
            let parameters = json!({"sessionId": session, "path": rest});
            let answer = agent.ask("fs/read_text_file", &parameters).await;
            agent.say(session, &format!("the file: {}", answer["error"]["code"]));
        }
        "hang" => std::future::pending().await,
        "begin" => {
            agent.say(session, "Begun. ");
            std::future::pending::<()>().await;
        }
        "die" => {
            agent.say(session, "Aho");
            tokio::time::sleep(Duration::from_millis(200)).await;
            std::process::exit(9);
        }
        "fail" => return End::Fail("out of coal"),
        "slow" => {
            for _ in 0..rest.parse().unwrap_or(3) {
                agent.say(session, "tick ");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        "environment" => {
            let value = std::env::var(rest).unwrap_or_else(|_| "unset".to_owned());
            agent.say(session, &value);
        }
        "folder" => {
            let folder = lock(&agent.sessions)
                .get(session)
                .map(|one| one.folder.clone());
            agent.say(session, &folder.unwrap_or_default());
        }
        "pictures" => {
            let pictures = blocks.iter().filter(|block| block["type"] == "image");
            agent.say(session, &pictures.count().to_string());
        }
        "pid" => agent.say(session, &std::process::id().to_string()),
        // A child that outlives its parent, as tools do that run servers.
        "child" => {
            let child = Command::new("sleep")
                .arg("600")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn();
            agent.say(session, &child.map_or(0, |child| child.id()).to_string());
        }
        _ => agent.say(session, &format!("echo: {command}")),
    }
    End::Stop("end_turn")
}

/// Uses a tool of a kind, if it may.
async fn tool(agent: &Agent, session: &str, kind: &str) {
    let call = json!({"toolCallId": "call-1", "title": format!("{kind} things"), "kind": kind, "status": "pending"});
    let mut update = call.clone();
    update["sessionUpdate"] = json!("tool_call");
    agent.update(session, &update);
    let options = json!([
        {"optionId": "always", "name": "Always", "kind": "allow_always"},
        {"optionId": "proceed_once", "name": "Once", "kind": "allow_once"},
        {"optionId": "cancel", "name": "No", "kind": "reject_once"},
    ]);
    let parameters = json!({"sessionId": session, "toolCall": call, "options": options});
    let answer = agent.ask("session/request_permission", &parameters).await;
    let chosen = answer["result"]["outcome"]["optionId"].as_str();
    let (status, words) = match chosen {
        Some("proceed_once") => ("completed", "The tool was used."),
        _ => ("failed", "The tool was not used."),
    };
    let update =
        json!({"sessionUpdate": "tool_call_update", "toolCallId": "call-1", "status": status});
    agent.update(session, &update);
    agent.say(session, words);
}
