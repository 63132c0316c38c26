//! Agents with a scripted one among them, and readers of its answers.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use agents::{Agents, AnswerBody, Asked};
use catalog::{Agent, Catalog, Tools};
use dialect::chat::{Answer, Transcript};
use dialect::translate::AnswerReader;
use dialect::{AnswerContext, Dialect, Fault, Losses, codec};
use http_body_util::BodyExt as _;
use serde_json::json;

/// What came of a request.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) words: String,
    pub(crate) thoughts: String,
    pub(crate) tokens: Option<u64>,
}

/// A request to be.
pub(crate) struct Question {
    messages: Vec<(String, String)>,
    pub(crate) owner: &'static str,
    pub(crate) stated: Option<&'static str>,
    pub(crate) folder: Option<PathBuf>,
    pub(crate) tools: Vec<String>,
    pub(crate) picture: bool,
    pub(crate) stream: bool,
}

/// A request with one message.
pub(crate) fn ask(text: &str) -> Question {
    conversation(&[("user", text)])
}

/// A request with these messages.
pub(crate) fn conversation(messages: &[(&str, &str)]) -> Question {
    let owned = |(role, text): &(&str, &str)| ((*role).to_owned(), (*text).to_owned());
    Question {
        messages: messages.iter().map(owned).collect(),
        owner: "laptop",
        stated: None,
        folder: None,
        tools: Vec::new(),
        picture: false,
        stream: false,
    }
}

pub(crate) struct Bed {
    pub(crate) agents: Agents,
    pub(crate) agent: Agent,
}

/// The surroundings of the program that is tested.
fn environment(name: &str) -> Option<OsString> {
    match name {
        "PATH" => std::env::var_os(name),
        // Kept out of what the test's own library reads.
        "TMPDIR" | "TEMP" | "TMP" | "SystemRoot" => std::env::var_os(name),
        name => Some(format!("value of {name}").into()),
    }
}

impl Bed {
    /// A scripted agent, started with `more`.
    pub(crate) fn new(more: &[&str]) -> Self {
        let command = std::env::current_exe().unwrap();
        let arguments = testkit::agent_arguments("acts_as_an_agent", more);
        let text = format!(
            "id = \"crew\"\nname = \"Crew\"\n[agent]\ncommand = {command:?}\narguments = {arguments:?}\n[[model]]\nid = \"crew\"\n"
        );
        let provider = catalog::Provider::parse("crew.toml", &text).unwrap();
        assert!(Catalog::builtin().is_ok() && !provider.needs_key());
        Self {
            agents: Agents::new(environment),
            agent: provider.agent.unwrap(),
        }
    }

    pub(crate) fn patient(mut self, seconds: u64) -> Self {
        self.agent.patience = Duration::from_secs(seconds);
        self
    }

    pub(crate) fn socket(mut self) -> Self {
        self.agent.form = catalog::AgentForm::Socket("/acp?peer=iflow".to_owned());
        self
    }

    pub(crate) async fn say(&self, text: &str) -> Result<Reply, Fault> {
        self.ask(ask(text)).await
    }

    pub(crate) async fn ask(&self, question: Question) -> Result<Reply, Fault> {
        reply(self.open(question).await?).await
    }

    pub(crate) async fn open(&self, question: Question) -> Result<AnswerBody, Fault> {
        let mut messages: Vec<_> = question
            .messages
            .iter()
            .map(|(role, text)| json!({"role": role, "content": text}))
            .collect();
        if question.picture {
            let text = messages[0]["content"].clone();
            messages[0]["content"] = json!([
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                {"type": "text", "text": text},
            ]);
        }
        let body =
            json!({"model": "crew", "stream": question.stream, "messages": messages}).to_string();
        let codec = codec(Dialect::OpenAiChat).unwrap();
        let request = codec
            .decode_request(body.as_bytes(), &mut Losses::default())
            .unwrap();
        let asked = Asked {
            provider: "crew",
            agent: &self.agent,
            folder: question.folder,
            tools: (!question.tools.is_empty()).then(|| Tools::of(&question.tools)),
            owner: Some(question.owner.to_owned()),
            conversation: question.stated.map(str::to_owned),
            request: &request,
            context: AnswerContext {
                id: "1".to_owned(),
                model: "crew".to_owned(),
                created: 1,
                include_usage: true,
                input_estimate: None,
            },
        };
        self.agents.ask(asked).await
    }

    /// Waits until something holds.
    pub(crate) async fn until(&self, holds: impl Fn() -> bool) {
        let began = Instant::now();
        while !holds() {
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "it never came true"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Reads an answer to its end.
pub(crate) async fn reply(mut body: AnswerBody) -> Result<Reply, Fault> {
    let codec = codec(Dialect::OpenAiChat).unwrap();
    let mut reader = AnswerReader::new(codec, HashMap::new(), false);
    let mut events = Vec::new();
    while let Some(frame) = body.frame().await {
        let bytes = frame.unwrap().into_data().unwrap();
        reader.push(&bytes, &mut events)?;
    }
    reader.finish(&mut events)?;
    let transcript = Transcript::collect(events)?;
    let (mut words, mut thoughts) = (String::new(), String::new());
    for block in &transcript.blocks {
        match block {
            Answer::Text { text, .. } => words.push_str(text),
            Answer::Reasoning { text, .. } => thoughts.push_str(text),
            other => panic!("{other:?}"),
        }
    }
    Ok(Reply {
        words,
        thoughts,
        tokens: transcript.usage.total(),
    })
}

/// Whether a process is there and is no remnant that nobody has waited for.
pub(crate) fn is_alive(pid: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    status.is_ok_and(|status| {
        let state = status
            .rsplit(')')
            .next()
            .and_then(|rest| rest.trim().chars().next());
        state != Some('Z')
    })
}
