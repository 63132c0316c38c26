//! An agent's answer as a stream of OpenAI's chat: words as words, thoughts as reasoning, and among the
//! thoughts what it did with its tools, which no client could carry out.

use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use dialect::chat::{BlockStart, ChatEvent, Delta, Finish, Usage};
use dialect::{
    AnswerContext, Codec, Dialect, Fault, FaultKind, Losses, Origin, StreamEncoder, codec,
};
use http_body::Frame;
use tokio::sync::mpsc;

use crate::heard::{Ended, Heard, Step, ToolNews};

/// The body of an agent's answer: server-sent events of OpenAI's chat. Dropping it cancels the answer.
#[derive(Debug)]
pub struct AnswerBody(pub(crate) mpsc::Receiver<Bytes>);

impl http_body::Body for AnswerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.0.poll_recv(context);
        next.map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// What an answer is made of at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Words,
    Thoughts,
}

/// Writes one answer.
pub(crate) struct Writer {
    codec: &'static dyn Codec,
    encoder: Box<dyn StreamEncoder>,
    id: String,
    open: Option<Kind>,
    /// How many blocks were opened.
    blocks: usize,
    /// Whether what was written last ended a line.
    at_line: bool,
    /// The words so far, by which the conversation is found again.
    said: String,
    /// What its questions to models took together.
    took: Usage,
    /// What tools do, by the id of their use.
    tools: HashMap<String, Tool>,
}

#[derive(Default)]
struct Tool {
    title: String,
    status: Option<String>,
}

impl Writer {
    /// A writer, with the bytes of the beginning.
    pub(crate) fn begin(context: AnswerContext) -> Result<(Self, Vec<u8>), Fault> {
        let codec = codec(Dialect::OpenAiChat).ok_or_else(|| {
            let message = "this version does not write OpenAI's chat";
            Fault::new(Origin::Gateway, FaultKind::Internal, message)
        })?;
        let (id, model) = (context.id.clone(), context.model.clone());
        let mut writer = Self {
            codec,
            encoder: codec.stream_encoder(context),
            id,
            open: None,
            blocks: 0,
            at_line: false,
            said: String::new(),
            took: Usage::default(),
            tools: HashMap::new(),
        };
        let mut out = Vec::new();
        let start = ChatEvent::Start {
            id: None,
            model: Some(model),
        };
        writer.push(&start, &mut out);
        Ok((writer, out))
    }

    /// The bytes that tell what was heard; none where it is nothing new.
    pub(crate) fn heard(&mut self, heard: Heard) -> Vec<u8> {
        let mut out = Vec::new();
        match heard {
            Heard::Text(text) => {
                self.said.push_str(&text);
                self.add(Kind::Words, text, &mut out);
            }
            Heard::Thought(text) => self.add(Kind::Thoughts, text, &mut out),
            Heard::Took(usage) => self.took(&usage),
            Heard::Tool(news) => {
                if let Some(line) = self.tool(news) {
                    self.line(&line, &mut out);
                }
            }
            Heard::Plan(steps) => self.line(&plan(&steps), &mut out),
            Heard::Permission {
                title,
                kind,
                granted,
            } => {
                let line = if granted {
                    format!("[tool] {title}: allowed by the settings")
                } else {
                    let kind = kind.as_str();
                    format!(
                        "[tool] {title}: refused; the settings allow no tools of the kind \"{kind}\""
                    )
                };
                self.line(&line, &mut out);
            }
        }
        out
    }

    /// The bytes of the end.
    pub(crate) fn end(&mut self, ended: Ended) -> Vec<u8> {
        let mut out = Vec::new();
        self.close(&mut out);
        let mut usage = self.took;
        usage.update(&ended.usage);
        if !usage.is_empty() {
            self.push(&ChatEvent::Usage(usage), &mut out);
        }
        let mut finish = Finish::because(ended.reason);
        finish.raw = Some(ended.raw);
        self.push(&ChatEvent::Finish(finish), &mut out);
        out
    }

    /// The bytes of an end that is none.
    pub(crate) fn fault(&self, fault: &Fault) -> Vec<u8> {
        self.codec.encode_stream_fault(fault, &self.id)
    }

    /// The bytes of a sign of life.
    pub(crate) fn alive(&self) -> Bytes {
        Bytes::from_static(self.codec.keep_alive())
    }

    /// The words of the answer.
    pub(crate) fn said(&self) -> &str {
        &self.said
    }

    fn took(&mut self, one: &Usage) {
        let sum = |all: Option<u64>, one: Option<u64>| match (all, one) {
            (Some(all), Some(one)) => Some(all.saturating_add(one)),
            (all, one) => all.or(one),
        };
        let all = &mut self.took;
        all.input = sum(all.input, one.input);
        all.cache_read = sum(all.cache_read, one.cache_read);
        all.cache_write = sum(all.cache_write, one.cache_write);
        all.output = sum(all.output, one.output);
        all.reasoning = sum(all.reasoning, one.reasoning);
    }

    fn line(&mut self, line: &str, out: &mut Vec<u8>) {
        let inside = self.open == Some(Kind::Thoughts) && !self.at_line;
        let before = if inside { "\n" } else { "" };
        self.add(Kind::Thoughts, format!("{before}{line}\n"), out);
    }

    fn add(&mut self, kind: Kind, text: String, out: &mut Vec<u8>) {
        if text.is_empty() {
            return;
        }
        if self.open != Some(kind) {
            self.close(out);
            let block = match kind {
                Kind::Words => BlockStart::Text,
                Kind::Thoughts => BlockStart::Reasoning,
            };
            let index = self.blocks;
            self.push(&ChatEvent::Open { index, block }, out);
            self.blocks += 1;
            self.open = Some(kind);
        }
        self.at_line = text.ends_with('\n');
        let delta = ChatEvent::Delta {
            index: self.blocks - 1,
            delta: Delta::Text(text),
        };
        self.push(&delta, out);
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        if self.open.take().is_some() {
            let index = self.blocks - 1;
            self.push(&ChatEvent::Close { index }, out);
        }
    }

    fn push(&mut self, event: &ChatEvent, out: &mut Vec<u8>) {
        // The client's own losses are told before an agent is asked.
        self.encoder.push(event, &mut Losses::default(), out);
    }

    /// A line on a tool's use where something became of it.
    fn tool(&mut self, news: ToolNews) -> Option<String> {
        let is_new = !self.tools.contains_key(&news.id);
        let known = self.tools.entry(news.id).or_default();
        if let Some(title) = news.title {
            known.title = title;
        }
        let is_over = matches!(news.status.as_deref(), Some("completed" | "failed"));
        let turned = news.status.is_some() && news.status != known.status;
        if news.status.is_some() {
            known.status = news.status;
        }
        let title = if known.title.is_empty() {
            "a tool"
        } else {
            &known.title
        };
        match &known.status {
            Some(status) if is_over && turned => Some(format!("[tool] {title}: {status}")),
            Some(_) | None => is_new.then(|| format!("[tool] {title}")),
        }
    }
}

fn plan(steps: &[Step]) -> String {
    let line = |step: &Step| format!("[plan] {} ({})", step.what, step.status);
    steps.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use dialect::chat::{Answer, StopReason, Transcript, Usage};
    use dialect::translate::AnswerReader;

    use super::*;

    fn context() -> AnswerContext {
        AnswerContext {
            id: "1".to_owned(),
            model: "crew".to_owned(),
            created: 1,
            include_usage: true,
            input_estimate: None,
        }
    }

    fn news(id: &str, title: Option<&str>, status: Option<&str>) -> Heard {
        Heard::Tool(ToolNews {
            id: id.to_owned(),
            title: title.map(str::to_owned),
            status: status.map(str::to_owned),
        })
    }

    /// What a reader of OpenAI's chat makes of the answer.
    fn read(heard: Vec<Heard>, end: Option<Ended>) -> Result<Transcript, Fault> {
        let (mut writer, mut bytes) = Writer::begin(context()).unwrap();
        for heard in heard {
            bytes.extend(writer.heard(heard));
        }
        bytes.extend(match end {
            Some(end) => writer.end(end),
            None => writer.fault(&crate::fault::gone()),
        });
        let codec = codec(Dialect::OpenAiChat).unwrap();
        let mut reader = AnswerReader::new(codec, HashMap::new(), false);
        let mut events = Vec::new();
        reader.push(&bytes, &mut events)?;
        reader.finish(&mut events)?;
        Ok(Transcript::collect(events).unwrap())
    }

    fn natural() -> Option<Ended> {
        Some(Ended {
            reason: StopReason::Natural,
            raw: "end_turn".to_owned(),
            usage: Usage {
                input: Some(3),
                output: Some(2),
                ..Usage::default()
            },
        })
    }

    #[test]
    fn words_are_words_and_all_else_is_thought() {
        let heard = vec![
            Heard::Thought("hm".to_owned()),
            news("1", Some("Read a"), Some("pending")),
            news("1", None, Some("in_progress")),
            news("1", None, Some("completed")),
            news("1", None, Some("completed")),
            Heard::Permission {
                title: "rm".to_owned(),
                kind: catalog::ToolKind::Execute,
                granted: false,
            },
            Heard::Plan(vec![Step {
                what: "look".to_owned(),
                status: "pending".to_owned(),
            }]),
            Heard::Text("Ahoy ".to_owned()),
            Heard::Text("there".to_owned()),
        ];
        let transcript = read(heard, natural()).unwrap();
        let (mut words, mut thoughts) = (String::new(), String::new());
        for block in &transcript.blocks {
            match block {
                Answer::Text { text, .. } => words.push_str(text),
                Answer::Reasoning { text, .. } => thoughts.push_str(text),
                other => assert_eq!(format!("{other:?}"), "a block that is there"),
            }
        }
        assert_eq!(words, "Ahoy there");
        let expected = "hm\n[tool] Read a\n[tool] Read a: completed\n[tool] rm: refused; the settings \
            allow no tools of the kind \"execute\"\n[plan] look (pending)\n";
        assert_eq!(thoughts, expected);
        assert_eq!(transcript.usage.total(), Some(5));
        assert_eq!(transcript.finish.reason, StopReason::Natural);
    }

    #[test]
    fn what_its_questions_took_is_added_up() {
        let took = |input| {
            Heard::Took(Usage {
                input: Some(input),
                output: Some(1),
                ..Usage::default()
            })
        };
        let mut end = natural();
        if let Some(end) = &mut end {
            end.usage = Usage::default();
        }
        let heard = vec![took(10), Heard::Text("Ahoy".to_owned()), took(5)];
        assert_eq!(read(heard, end).unwrap().usage.total(), Some(17));
    }

    #[test]
    fn an_agent_that_ends_is_an_error_and_no_answer() {
        let fault = read(vec![Heard::Text("Aho".to_owned())], None).unwrap_err();
        assert!(fault.message.contains("the agent ended"), "{fault}");
    }
}
