//! The corpus of fixtures, and how a case of it runs through the crate's public face.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub,
    missing_docs,
    reason = "tests; each test program uses a part of this"
)]

pub mod grammar;
pub mod pretty;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use dialect::chat::{ChatEvent, ChatRequest};
use dialect::translate::{AnswerReader, StreamTranslator};
use dialect::{AnswerContext, Codec, Dialect, EncodedRequest, Fault, Losses, Target, codec};
use serde::Deserialize;

/// What a case changes of the usual target and upstream.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub done_optional: bool,
    pub target: TargetSettings,
}

/// The fields of [`Target`] that a case sets.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TargetSettings {
    max_output_tokens: Option<u64>,
    sampling: Option<bool>,
    max_completion_tokens: Option<bool>,
    openai_additions: Option<bool>,
    developer_role: Option<bool>,
    stream_usage: Option<bool>,
    adaptive_thinking: Option<bool>,
    system_anywhere: Option<bool>,
    prefill: Option<bool>,
}

impl TargetSettings {
    pub fn target(&self) -> Target {
        let usual = Target::named("upstream-model");
        Target {
            max_output_tokens: self.max_output_tokens,
            sampling: self.sampling.unwrap_or(usual.sampling),
            max_completion_tokens: self
                .max_completion_tokens
                .unwrap_or(usual.max_completion_tokens),
            openai_additions: self.openai_additions.unwrap_or(usual.openai_additions),
            developer_role: self.developer_role.unwrap_or(usual.developer_role),
            stream_usage: self.stream_usage.unwrap_or(usual.stream_usage),
            adaptive_thinking: self.adaptive_thinking.unwrap_or(usual.adaptive_thinking),
            system_anywhere: self.system_anywhere.unwrap_or(usual.system_anywhere),
            prefill: self.prefill.unwrap_or(usual.prefill),
            ..usual
        }
    }
}

/// One case of `fixtures/translate/<client>_to_<upstream>/<name>`.
pub struct Case {
    pub name: String,
    pub folder: PathBuf,
    pub client: &'static dyn Codec,
    pub upstream: &'static dyn Codec,
    pub request: Vec<u8>,
    pub stream: Option<Vec<u8>>,
    pub whole: Option<Vec<u8>>,
    pub settings: Settings,
}

/// What became of a case's request.
pub struct Asked {
    pub decoded: Result<ChatRequest, Fault>,
    pub encoded: Result<EncodedRequest, Fault>,
    pub losses: Losses,
}

impl Case {
    pub fn ask(&self) -> Asked {
        let mut losses = Losses::default();
        let decoded = self.client.decode_request(&self.request, &mut losses);
        let encoded = match &decoded {
            Ok(request) => {
                let target = self.settings.target.target();
                self.upstream.encode_request(request, &target, &mut losses)
            }
            Err(fault) => Err(fault.clone()),
        };
        Asked {
            decoded,
            encoded,
            losses,
        }
    }

    pub fn aliases(&self) -> HashMap<String, String> {
        self.ask()
            .encoded
            .map(|encoded| encoded.aliases)
            .unwrap_or_default()
    }

    pub fn include_usage(&self) -> bool {
        self.ask().decoded.is_ok_and(|request| request.stream_usage)
    }

    pub fn reader(&self) -> AnswerReader {
        AnswerReader::new(self.upstream, self.aliases(), self.settings.done_optional)
    }

    pub fn context(&self) -> AnswerContext {
        context(self.include_usage())
    }
}

/// The exchange that all cases are.
pub fn context(include_usage: bool) -> AnswerContext {
    AnswerContext {
        id: "0123456789abcdef".to_owned(),
        model: "a-model".to_owned(),
        created: 1_763_700_001,
        include_usage,
        input_estimate: Some(42),
    }
}

pub fn of(dialect: Dialect) -> &'static dyn Codec {
    codec(dialect).expect("both dialects have a codec")
}

pub fn openai() -> &'static dyn Codec {
    of(Dialect::OpenAiChat)
}

pub fn anthropic() -> &'static dyn Codec {
    of(Dialect::AnthropicMessages)
}

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()));
    let mut found: Vec<PathBuf> = read.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

pub fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// Every golden case.
pub fn corpus() -> Vec<Case> {
    let mut cases = Vec::new();
    for (direction, client, upstream) in [
        ("openai_to_anthropic", openai(), anthropic()),
        ("anthropic_to_openai", anthropic(), openai()),
        ("openai_to_openai", openai(), openai()),
        ("anthropic_to_anthropic", anthropic(), anthropic()),
    ] {
        for folder in entries(&fixtures().join("translate").join(direction)) {
            let file = |name: &str| std::fs::read(folder.join(name)).ok();
            let settings = file("settings.json")
                .map(|text| serde_json::from_slice(&text).expect("settings.json is readable"));
            cases.push(Case {
                name: format!("{direction}/{}", name(&folder)),
                client,
                upstream,
                request: file("request.json")
                    .unwrap_or_else(|| panic!("{} has no request.json", folder.display())),
                stream: file("upstream.sse"),
                whole: file("upstream.json"),
                settings: settings.unwrap_or_default(),
                folder,
            });
        }
    }
    cases
}

/// An upstream's stream, from the golden corpus or from a dialect's own fixtures.
pub struct Recorded {
    pub name: String,
    pub codec: &'static dyn Codec,
    pub bytes: Vec<u8>,
    pub done_optional: bool,
}

/// Every recorded stream there is.
pub fn streams() -> Vec<Recorded> {
    let mut streams = Vec::new();
    for case in corpus() {
        if let Some(bytes) = case.stream {
            let done_optional = case.settings.done_optional;
            streams.push(Recorded {
                name: case.name,
                codec: case.upstream,
                bytes,
                done_optional,
            });
        }
    }
    for (folder, codec) in [("openai_chat", openai()), ("anthropic", anthropic())] {
        for path in entries(&fixtures().join(folder)) {
            if path.extension().is_some_and(|extension| extension == "sse") {
                let bytes = std::fs::read(&path).unwrap();
                let name = format!("{folder}/{}", name(&path));
                streams.push(Recorded {
                    name,
                    codec,
                    bytes,
                    done_optional: false,
                });
            }
        }
    }
    streams
}

/// Every whole answer there is.
pub fn wholes() -> Vec<(String, &'static dyn Codec, Vec<u8>)> {
    let mut wholes: Vec<_> = corpus()
        .into_iter()
        .filter_map(|case| Some((case.name, case.upstream, case.whole?)))
        .collect();
    for (folder, codec) in [("openai_chat", openai()), ("anthropic", anthropic())] {
        for path in entries(&fixtures().join(folder)) {
            if name(&path).ends_with(".answer.json") {
                wholes.push((name(&path), codec, std::fs::read(&path).unwrap()));
            }
        }
    }
    wholes
}

/// The events of a stream that comes in these pieces, and the fault that ended it.
pub fn events(
    codec: &'static dyn Codec,
    done_optional: bool,
    pieces: &[&[u8]],
) -> (Vec<ChatEvent>, Result<(), Fault>) {
    let mut reader = AnswerReader::new(codec, HashMap::new(), done_optional);
    let mut events = Vec::new();
    for piece in pieces {
        if let Err(fault) = reader.push(piece, &mut events) {
            return (events, Err(fault));
        }
    }
    let finished = reader.finish(&mut events);
    (events, finished)
}

/// The bytes that a client gets for a stream that comes in these pieces.
pub fn translated(
    reader: AnswerReader,
    to: &'static dyn Codec,
    context: AnswerContext,
    pieces: &[&[u8]],
) -> (Vec<u8>, Result<(), Fault>, StreamTranslator) {
    let mut translator = StreamTranslator::new(reader, to, context);
    let mut out = Vec::new();
    let mut result = Ok(());
    for piece in pieces {
        result = translator.push(piece, &mut out);
        if result.is_err() {
            break;
        }
    }
    if result.is_ok() {
        result = translator.finish(&mut out);
    }
    (out, result, translator)
}
