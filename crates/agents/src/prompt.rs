//! From a chat's turns to the blocks of a prompt;
//! <https://agentclientprotocol.com/protocol/v1/content>.

use dialect::chat::{
    Block, ChatRequest, Content, Document, DocumentSource, Format, Image, Role, Source, Turn,
};
use dialect::{LossKind, Losses, Weight};
use serde_json::{Value, json};

/// What of a request no agent takes: it has tools, a model and settings of its own.
pub fn losses(request: &ChatRequest, losses: &mut Losses) {
    let mut lose = |is_there: bool, path: &str, weight: Weight, reason: &'static str| {
        if is_there {
            losses.record(path, LossKind::Dropped, weight, reason);
        }
    };
    let own = "an agent has tools of its own";
    lose(!request.tools.is_empty(), "tools", Weight::Semantic, own);
    lose(
        request.tool_choice.is_some(),
        "tool_choice",
        Weight::Semantic,
        own,
    );
    let sampling = &request.sampling;
    let chooses = "an agent chooses this itself";
    for (is_there, path) in [
        (sampling.temperature.is_some(), "temperature"),
        (sampling.top_p.is_some(), "top_p"),
        (sampling.top_k.is_some(), "top_k"),
        (sampling.frequency_penalty.is_some(), "frequency_penalty"),
        (sampling.presence_penalty.is_some(), "presence_penalty"),
        (sampling.seed.is_some(), "seed"),
        (request.max_output_tokens.is_some(), "max_tokens"),
        (!request.stop.is_empty(), "stop"),
        (request.candidates.is_some_and(|many| many > 1), "n"),
        (request.logprobs.is_some(), "logprobs"),
        (!matches!(request.format, Format::Text), "response_format"),
    ] {
        lose(is_there, path, Weight::Semantic, chooses);
    }
    let cosmetic = Weight::Cosmetic;
    lose(request.thinking.is_some(), "thinking", cosmetic, chooses);
    for turn in &request.turns {
        for block in &turn.blocks {
            if matches!(
                block.content,
                Content::Audio { .. } | Content::Unknown { .. }
            ) {
                let reason = "an agent does not take this kind of content";
                lose(true, "messages.content", Weight::Semantic, reason);
            }
        }
    }
}

/// The blocks that say these turns. One turn of the user alone is said as it is; several are named
/// by who spoke. `pictures`: whether the agent takes them.
pub(crate) fn blocks(turns: &[Turn], pictures: bool) -> Vec<Value> {
    let mut written = Written::default();
    let is_plain = turns.iter().all(|turn| turn.role == Role::User);
    for turn in turns {
        if !is_plain {
            written.begin(speaker(turn.role));
        }
        for block in &turn.blocks {
            written.block(block, pictures);
        }
        written.text.push_str("\n\n");
    }
    written.flush();
    written.blocks
}

fn speaker(role: Role) -> &'static str {
    match role {
        Role::System | Role::Developer => "[System]",
        Role::User => "[User]",
        Role::Assistant => "[Assistant]",
    }
}

#[derive(Default)]
struct Written {
    blocks: Vec<Value>,
    text: String,
}

impl Written {
    fn begin(&mut self, speaker: &str) {
        self.text.push_str(speaker);
        self.text.push('\n');
    }

    fn flush(&mut self) {
        let text = self.text.trim();
        if !text.is_empty() {
            self.blocks.push(json!({"type": "text", "text": text}));
        }
        self.text.clear();
    }

    fn line(&mut self, text: &str) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.text.push_str(text);
    }

    fn block(&mut self, block: &Block, pictures: bool) {
        match &block.content {
            Content::Text(text) | Content::Refusal(text) => self.line(text),
            Content::Image(image) => self.image(image, pictures),
            Content::Document(document) => self.document(document, pictures),
            Content::ToolCall(call) => {
                self.line(&format!(
                    "(called the tool {} with {})",
                    call.name, call.arguments
                ));
            }
            Content::ToolResult(result) => {
                self.line("(the tool returned)");
                for block in &result.blocks {
                    self.block(block, pictures);
                }
            }
            Content::Audio { .. } => self.line("(a recording that cannot be passed on)"),
            // What was thought is the model's own, and the unknown cannot be said.
            Content::Reasoning(_) | Content::Unknown { .. } => {}
        }
    }

    fn image(&mut self, image: &Image, pictures: bool) {
        match &image.source {
            Source::Base64 { media_type, data } if pictures => {
                self.flush();
                let block = json!({"type": "image", "mimeType": media_type, "data": data});
                self.blocks.push(block);
            }
            Source::Url(url) => self.link(url),
            Source::Base64 { .. } | Source::File(_) => {
                self.line("(a picture that cannot be passed on)");
            }
        }
    }

    /// Every agent takes links.
    fn link(&mut self, url: &str) {
        self.flush();
        let block = json!({"type": "resource_link", "uri": url, "name": url});
        self.blocks.push(block);
    }

    fn document(&mut self, document: &Document, pictures: bool) {
        if let Some(title) = &document.title {
            self.line(title);
        }
        match &document.source {
            DocumentSource::Text(text) => self.line(text),
            DocumentSource::Blocks(blocks) => {
                for block in blocks {
                    self.block(block, pictures);
                }
            }
            DocumentSource::Bytes(Source::Url(url)) => self.link(url),
            DocumentSource::Bytes(Source::Base64 { .. } | Source::File(_)) => {
                self.line("(a document that cannot be passed on)");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use dialect::{Dialect, codec};

    use super::*;

    fn request(body: &Value) -> ChatRequest {
        let codec = codec(Dialect::OpenAiChat).unwrap();
        let body = body.to_string();
        codec
            .decode_request(body.as_bytes(), &mut Losses::default())
            .unwrap()
    }

    fn said(messages: &Value, pictures: bool) -> Vec<Value> {
        blocks(
            &request(&json!({"model": "m", "messages": messages})).turns,
            pictures,
        )
    }

    #[test]
    fn one_message_of_the_user_is_said_as_it_is() {
        let messages = json!([{"role": "user", "content": "  ahoy\nthere "}]);
        assert_eq!(
            said(&messages, false),
            [json!({"type": "text", "text": "ahoy\nthere"})]
        );
    }

    #[test]
    fn several_speakers_are_named() {
        let messages = json!([{"role": "system", "content": "be brief"}, {"role": "user", "content": "a"},
            {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}]);
        let text = "[System]\nbe brief\n\n[User]\na\n\n[Assistant]\nb\n\n[User]\nc";
        assert_eq!(
            said(&messages, false),
            [json!({"type": "text", "text": text})]
        );
    }

    #[test]
    fn pictures_go_to_whom_they_can_and_links_to_all() {
        let messages = json!([{"role": "user", "content": [
            {"type": "text", "text": "what is this?"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
            {"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}]}]);
        let picture = json!({"type": "image", "mimeType": "image/png", "data": "AAAA"});
        let told = said(&messages, true);
        assert_eq!(told[1], picture);
        assert_eq!(
            (told.len(), &told[2]["uri"]),
            (3, &json!("https://a.example/b.png"))
        );
        let told = said(&messages, false);
        assert!(!told.contains(&picture));
        assert!(
            told[0]["text"]
                .as_str()
                .unwrap()
                .contains("a picture that cannot be passed on")
        );
    }

    #[test]
    fn what_no_agent_takes_is_reported() {
        let body = json!({"model": "m", "messages": [{"role": "user", "content": "a"}], "temperature": 0.5,
            "max_tokens": 9, "stop": ["x"], "tools": [{"type": "function", "function": {"name": "f"}}]});
        let mut lost = Losses::default();
        losses(&request(&body), &mut lost);
        let told = lost.header().unwrap();
        for field in ["tools", "temperature", "max_tokens", "stop"] {
            assert!(told.contains(&format!("{field}=dropped")), "{told}");
        }
        let plain = json!({"model": "m", "messages": [{"role": "user", "content": "a"}]});
        let mut lost = Losses::default();
        losses(&request(&plain), &mut lost);
        assert!(lost.is_empty());
    }
}
