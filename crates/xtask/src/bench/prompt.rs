//! The requests that the benchmark sends.

use std::fmt::Write as _;

/// The client's key: the gateway and its rivals check it.
pub(super) const CLIENT_KEY: &str = "bench-client-key-0123456789";
/// The upstream's key: they put it in.
pub(super) const UPSTREAM_KEY: &str = "bench-upstream-key-0123456789";

/// How large an agent's prompt is, in bytes; it was 214 KB when a real one was measured.
pub(super) const LARGE: usize = 214 * 1000;

/// A request with this body, head and all.
pub(super) fn request(path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {CLIENT_KEY}\r\n\
         anthropic-version: 2023-06-01\r\ncontent-type: application/json\r\naccept: */*\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A question without a body.
pub(super) fn look(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").into_bytes()
}

/// A short chat completion request of this model.
pub(super) fn short(model: &str) -> Vec<u8> {
    let body = format!(
        r#"{{"model":"{model}","messages":[{{"role":"user","content":"Say something short."}}]}}"#
    );
    request("/v1/chat/completions", &body)
}

/// The same, streamed.
pub(super) fn streamed(model: &str) -> Vec<u8> {
    let body = format!(
        r#"{{"model":"{model}","messages":[{{"role":"user","content":"Count."}}],"stream":true,"stream_options":{{"include_usage":true}}}}"#
    );
    request("/v1/chat/completions", &body)
}

/// The same in Anthropic's dialect.
pub(super) fn anthropic(model: &str) -> Vec<u8> {
    let body = format!(
        r#"{{"model":"{model}","max_tokens":4096,"messages":[{{"role":"user","content":"Count."}}],"stream":true}}"#
    );
    request("/v1/messages", &body)
}

/// What a coding agent sends in the middle of its work: instructions, tools, and a long transcript
/// of calls and their results, full of escaped characters.
pub(super) fn agent(model: &str) -> Vec<u8> {
    request("/v1/chat/completions", &agent_body(model, LARGE))
}

fn agent_body(model: &str, bytes: usize) -> String {
    let mut body = format!(
        r#"{{"model":"{model}","temperature":0.2,"max_tokens":8192,"tools":[{{"type":"function","function":{{"name":"read_file","description":"Reads a file.","parameters":{{"type":"object","properties":{{"path":{{"type":"string"}}}},"required":["path"]}}}}}}],"messages":[{{"role":"system","content":"You are a careful programmer."}}"#
    );
    let end = r#",{"role":"user","content":"Go on."}],"stream":false}"#;
    let mut turn = 0;
    loop {
        let mut next = String::new();
        // Writing to a string cannot fail.
        let _never = write!(
            next,
            r#",{{"role":"assistant","content":null,"tool_calls":[{{"id":"call_{turn}","type":"function","function":{{"name":"read_file","arguments":"{{\"path\":\"src/part_{turn}.rs\"}}"}}}}]}},{{"role":"tool","tool_call_id":"call_{turn}","content":""#
        );
        for line in 0..40 {
            let _never = write!(
                next,
                r#"{line}:    let value = text.find(\"key\").map(|at| &text[at..]);\n\t// größer – 值\n"#
            );
        }
        next.push_str(r#""}"#);
        if body.len() + next.len() + end.len() > bytes {
            break;
        }
        body.push_str(&next);
        turn += 1;
    }
    let space = bytes.saturating_sub(body.len() + end.len() + 29);
    let rest = "x".repeat(space);
    let _never = write!(body, r#",{{"role":"user","content":"{rest}"}}"#);
    body.push_str(end);
    body
}

/// A body in which anything that reads and writes JSON again would change something.
pub(super) fn peculiar(model: &str) -> String {
    format!(
        "{{ \"unknown_field\" : {{\"b\":1.0e0,\"a\":1.10,\"n\":12345678901234567890123}},\r\n\
         \t\"messages\":[{{\"role\":\"user\",\"content\":\"\\u00e9\\/ é \\ud83d\\ude00 model\"}}],\n\
         \"model\":  \"{model}\" , \"temperature\":0.70,\"stop\":null,\"x\":{{}} }}"
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use serde_json::Value;

    #[test]
    fn bodies_are_json_of_the_size_that_is_said() {
        let body = agent_body("m", LARGE);
        assert_eq!(body.len(), LARGE);
        assert!(serde_json::from_str::<Value>(&body).is_ok());
        let value: Value = serde_json::from_str(&peculiar("m")).unwrap();
        assert_eq!(value["model"], "m");
    }

    #[test]
    fn a_request_tells_its_length() {
        let text = String::from_utf8(request("/a", "body")).unwrap();
        assert!(text.starts_with("POST /a HTTP/1.1\r\n"));
        assert!(text.ends_with("content-length: 4\r\n\r\nbody"));
    }
}
