//! Plays the model for a coding agent: write a file, run a command, say what came of it.

use serde_json::{Value, json};

use super::asked::{Asked, Tool};
use crate::example::example;
use crate::reply::Reply;

const WRITERS: &[&str] = &["write", "write_file", "writefile", "create_file", "create"];
const SHELLS: &[&str] = &[
    "bash",
    "shell",
    "run_shell_command",
    "exec_command",
    "execute",
    "terminal",
];
const PATHS: &[&str] = &["file_path", "filePath", "path", "absolute_path", "filename"];
const CONTENTS: &[&str] = &["content", "contents", "file_text", "text"];
const COMMANDS: &[&str] = &["command", "cmd", "script"];

const CONTENT: &str = "hello from portolan";
const COMMAND: &str = "cat hello.txt > copied.txt && cat copied.txt";

/// The next step of the agent scenario.
pub(super) fn agent(asked: &Asked) -> Reply {
    let writer = find(&asked.tools, WRITERS);
    let shell = find(&asked.tools, SHELLS);
    match (asked.results.len(), writer, shell) {
        (0, Some(tool), _) => {
            let known = [(PATHS, json!("hello.txt")), (CONTENTS, json!(CONTENT))];
            Reply::tool_call("call_write_1", &tool.name, &arguments(&tool.schema, &known))
        }
        (1, _, Some(tool)) => {
            let known = [(COMMANDS, json!(COMMAND))];
            Reply::tool_call("call_shell_2", &tool.name, &arguments(&tool.schema, &known))
        }
        (0, None, _) => Reply::text("Greeting file"),
        (_, _, _) => {
            let result = asked
                .results
                .last()
                .map(|text| text.trim())
                .unwrap_or_default();
            Reply::text(&format!("done: {result}"))
        }
    }
}

/// The same for an editor that reads its edits in the text, as SEARCH/REPLACE blocks.
pub(super) fn aider() -> Reply {
    let block = |name: &str| {
        format!("{name}\n```\n<<<<<<< SEARCH\n=======\n{CONTENT}\n>>>>>>> REPLACE\n```\n")
    };
    Reply::text(&format!(
        "I write both files.\n\n{}\n{}",
        block("hello.txt"),
        block("copied.txt")
    ))
    .delta(9)
}

fn find<'a>(tools: &'a [Tool], names: &[&str]) -> Option<&'a Tool> {
    tools
        .iter()
        .find(|tool| names.contains(&tool.name.to_lowercase().as_str()))
}

/// Arguments with what is known in the properties of those names, and an example of what else
/// the schema requires.
fn arguments(schema: &Value, known: &[(&[&str], Value)]) -> Value {
    let mut arguments = json!({});
    let properties = &schema["properties"];
    for required in schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        arguments[required] = example(&properties[required]);
    }
    for (names, value) in known {
        let name = names
            .iter()
            .find(|name| properties.get(**name).is_some())
            .unwrap_or(&names[0]);
        arguments[*name] = match properties[*name]["type"].as_str() {
            Some("array") => json!(["sh", "-c", value]),
            _ => value.clone(),
        };
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::Part;

    fn asked(results: &[&str]) -> Asked {
        let write = json!({"properties": {"filePath": {"type": "string"}, "content": {"type": "string"}},
            "required": ["filePath", "content"]});
        let bash = json!({"properties": {"command": {"type": "string"}, "description": {"type": "string"}},
            "required": ["command", "description"]});
        let tool = |name: &str, schema| Tool {
            name: name.to_owned(),
            schema,
        };
        Asked {
            tools: vec![tool("Write", write), tool("bash", bash)],
            results: results.iter().map(|&text| text.to_owned()).collect(),
            ..Asked::default()
        }
    }

    #[test]
    fn it_writes_then_runs_then_reports() {
        let Part::Tool(_, name, arguments) = &agent(&asked(&[])).parts[0] else {
            unreachable!("the first step is a call");
        };
        assert_eq!(name, "Write");
        assert_eq!(
            arguments,
            &json!({"filePath": "hello.txt", "content": CONTENT}).to_string()
        );
        let Part::Tool(_, name, arguments) = &agent(&asked(&["ok"])).parts[0] else {
            unreachable!("the second step is a call");
        };
        assert_eq!(name, "bash");
        assert_eq!(
            arguments,
            &json!({"command": COMMAND, "description": "sample"}).to_string()
        );
        assert_eq!(
            agent(&asked(&["ok", "seen\n"])).parts,
            [Part::Text("done: seen".to_owned())]
        );
        assert_eq!(
            agent(&Asked::default()).parts,
            [Part::Text("Greeting file".to_owned())]
        );
    }
}
