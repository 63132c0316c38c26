//! Pictures for a model that sees none: where they stand in a request, what another model is asked
//! about each, and its words in their places.

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;
use dialect::{Dialect, Fault};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub use self::known::{Known, Mark};

mod known;

/// How many different pictures of one request are put into words; each is a request of its own.
pub const MOST: usize = 20;
/// How deep parts are looked for inside other parts: a result of a tool, a document.
const DEPTH: usize = 4;
/// The longest description that is asked for, in tokens.
const LONGEST: u32 = 2048;
/// What the seeing model is asked.
const QUESTION: &str = "Describe this picture for somebody who cannot see it and has to answer \
    questions about it: what it shows, where everything is, and every text in it, word for word. \
    Answer with the description alone.";

/// The pictures of one chat request, in either dialect.
#[derive(Debug)]
pub struct Pictures<'a> {
    body: &'a [u8],
    dialect: Dialect,
    found: Vec<Found>,
    /// Each picture once, as the request has it.
    distinct: Vec<&'a str>,
}

#[derive(Debug)]
struct Found {
    /// The whole part, in the request's bytes.
    span: Range<usize>,
    /// Which of the distinct ones.
    which: usize,
    /// The part's place, as errors name it.
    path: String,
}

/// What the seeing model is asked about one picture.
#[derive(Debug)]
pub struct Question {
    /// Which of the request's pictures, from 0.
    pub which: usize,
    /// What the answer is kept under.
    pub mark: Mark,
    /// The place of the picture's first use.
    pub path: String,
    /// The request, in the dialect of the one that it is about.
    pub body: Bytes,
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    messages: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    image_url: Option<&'a RawValue>,
    #[serde(borrow)]
    source: Option<&'a RawValue>,
}

impl<'a> Pictures<'a> {
    /// The pictures of a chat request; none where it cannot be read: whoever reads it says so.
    #[must_use]
    pub fn of(body: &'a [u8], dialect: Dialect) -> Self {
        let mut pictures = Self {
            body,
            dialect,
            found: Vec::new(),
            distinct: Vec::new(),
        };
        let messages = serde_json::from_slice::<Body<'a>>(body).map(|body| body.messages);
        for (at, message) in messages.unwrap_or_default().into_iter().enumerate() {
            let message: Result<Part<'a>, _> = serde_json::from_str(message.get());
            if let Ok(Part {
                content: Some(content),
                ..
            }) = message
            {
                pictures.look(content, &format!("messages[{at}].content"), DEPTH);
            }
        }
        pictures
    }

    fn look(&mut self, content: &'a RawValue, path: &str, depth: usize) {
        let parts: Vec<&'a RawValue> = serde_json::from_str(content.get()).unwrap_or_default();
        for (at, raw) in parts.into_iter().enumerate() {
            let Ok(part) = serde_json::from_str::<Part<'a>>(raw.get()) else {
                continue;
            };
            let path = format!("{path}[{at}]");
            let picture = match part.kind.as_deref() {
                Some("image_url") => part.image_url,
                Some("image") => part.source,
                Some("tool_result") if depth > 0 => {
                    if let Some(inner) = part.content {
                        self.look(inner, &format!("{path}.content"), depth - 1);
                    }
                    None
                }
                Some("document") if depth > 0 => {
                    let inner = part.source.map(|source| serde_json::from_str(source.get()));
                    if let Some(Ok(Part {
                        content: Some(inner),
                        ..
                    })) = inner
                    {
                        self.look(inner, &format!("{path}.source.content"), depth - 1);
                    }
                    None
                }
                Some(_) | None => None,
            };
            if let Some(picture) = picture {
                self.note(raw, picture.get(), path);
            }
        }
    }

    fn note(&mut self, part: &'a RawValue, picture: &'a str, path: String) {
        // The part was borrowed from the body: so this is its place there.
        let start = part.get().as_ptr().addr() - self.body.as_ptr().addr();
        let known = self.distinct.iter().position(|known| *known == picture);
        let which = known.unwrap_or_else(|| {
            self.distinct.push(picture);
            self.distinct.len() - 1
        });
        self.found.push(Found {
            span: start..start + part.get().len(),
            which,
            path,
        });
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// What `seer` is asked, one question for each different picture. `owner` says for whom: what was
    /// said to one is not given to another.
    ///
    /// # Errors
    /// There are more than [`MOST`].
    pub fn questions(&self, seer: &str, owner: &str) -> Result<Vec<Question>, Fault> {
        let first = |which: usize| self.found.iter().find(|found| found.which == which);
        if let Some(found) = first(MOST) {
            let message = format!(
                "the model sees no pictures, and no more than {MOST} in one request are put into \
                 words for it"
            );
            return Err(Fault::invalid(&found.path, message).with_code("too_many_images"));
        }
        let questions = self.distinct.iter().enumerate().map(|(which, picture)| {
            let mut hash = Sha256::new();
            for piece in [owner, seer, self.dialect.as_str(), picture] {
                hash.update(piece.len().to_be_bytes());
                hash.update(piece);
            }
            Question {
                which,
                mark: hash.finalize().into(),
                path: first(which).map_or_else(String::new, |found| found.path.clone()),
                body: self.question(seer, picture),
            }
        });
        Ok(questions.collect())
    }

    fn question(&self, seer: &str, picture: &str) -> Bytes {
        let part = match self.dialect {
            Dialect::AnthropicMessages => format!(r#"{{"type":"image","source":{picture}}}"#),
            _ => format!(r#"{{"type":"image_url","image_url":{picture}}}"#),
        };
        let (seer, question) = (json!(seer), json!(QUESTION));
        Bytes::from(format!(
            r#"{{"model":{seer},"max_tokens":{LONGEST},"messages":[{{"role":"user","content":[{{"type":"text","text":{question}}},{part}]}}]}}"#
        ))
    }

    /// The request with words in the pictures' places; the rest is what the client sent. `words` has
    /// as many as there were questions.
    #[must_use]
    pub fn told(&self, seer: &str, words: &[String]) -> Bytes {
        let mut told = Vec::with_capacity(self.body.len());
        let mut at = 0;
        for found in &self.found {
            let Some(words) = words.get(found.which) else {
                continue;
            };
            let text = format!(
                "[Picture {}, described by {seer}: {words}]",
                found.which + 1
            );
            let part: Value = json!({ "type": "text", "text": text });
            told.extend_from_slice(&self.body[at..found.span.start]);
            told.extend_from_slice(part.to_string().as_bytes());
            at = found.span.end;
        }
        told.extend_from_slice(&self.body[at..]);
        told.into()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn at(url: &str) -> Value {
        json!({ "type": "image_url", "image_url": { "url": url } })
    }

    fn source(data: &str) -> Value {
        json!({ "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": data },
            "cache_control": { "type": "ephemeral" } })
    }

    fn chat(parts: &[Value]) -> Vec<u8> {
        let first = json!({ "role": "system", "content": "be brief" });
        let messages = json!([first, { "role": "user", "content": parts }]);
        format!(r#"{{ "model":"m","big":12345678901234567890123, "messages":{messages} }}"#)
            .into_bytes()
    }

    fn words(count: usize) -> Vec<String> {
        (0..count).map(|at| format!("thing {at}")).collect()
    }

    #[test]
    fn each_picture_is_asked_about_once_and_its_words_stand_where_it_stood() {
        let (one, two) = (at("data:image/png;base64,AA"), at("https://a.example/b"));
        let text = json!({ "type": "text", "text": "which is \"red\"?" });
        let body = chat(&[one.clone(), text, two, one.clone()]);
        let pictures = Pictures::of(&body, Dialect::OpenAiChat);
        let questions = pictures.questions("seer", "me").unwrap();
        let paths: Vec<&str> = questions.iter().map(|asked| asked.path.as_str()).collect();
        assert_eq!(paths, ["messages[1].content[0]", "messages[1].content[2]"]);
        let first: Value = serde_json::from_slice(&questions[0].body).unwrap();
        assert_eq!(first["model"], "seer");
        assert_eq!(first["messages"][0]["content"][1], one);
        assert_eq!(first.get("stream"), None);
        let told = pictures.told("seer", &words(2));
        let told = std::str::from_utf8(&told).unwrap();
        // The rest is byte for byte the client's.
        assert!(
            told.starts_with(r#"{ "model":"m","big":12345678901234567890123, "#),
            "{told}"
        );
        let told: Value = serde_json::from_str(told).unwrap();
        let parts = told["messages"][1]["content"].as_array().unwrap();
        let texts: Vec<&str> = parts
            .iter()
            .map(|part| part["text"].as_str().unwrap())
            .collect();
        let first = "[Picture 1, described by seer: thing 0]";
        let second = "[Picture 2, described by seer: thing 1]";
        assert_eq!(texts, [first, "which is \"red\"?", second, first]);
    }

    #[test]
    fn pictures_in_results_of_tools_and_in_documents_are_found_too() {
        let inner = json!([source("BB")]);
        let body = json!({ "model": "m", "messages": [
            { "role": "user", "content": [source("AA")] },
            { "role": "user", "content": [
                { "type": "tool_result", "tool_use_id": "t", "content": [source("BB")] },
                { "type": "document", "source": { "type": "content", "content": inner } },
                { "type": "tool_result", "tool_use_id": "u", "content": "words" },
            ] },
        ]})
        .to_string();
        let pictures = Pictures::of(body.as_bytes(), Dialect::AnthropicMessages);
        let questions = pictures.questions("seer", "me").unwrap();
        assert_eq!(questions.len(), 2);
        let asked: Value = serde_json::from_slice(&questions[1].body).unwrap();
        assert_eq!(asked["messages"][0]["content"][1]["source"]["data"], "BB");
        assert_eq!(
            asked["messages"][0]["content"][1].get("cache_control"),
            None
        );
        assert_eq!(questions[1].path, "messages[1].content[0].content[0]");
        let told: Value = serde_json::from_slice(&pictures.told("seer", &words(2))).unwrap();
        assert!(!told.to_string().contains("base64"), "{told}");
        let result = &told["messages"][1]["content"][0]["content"][0];
        assert_eq!(result["text"], "[Picture 2, described by seer: thing 1]");
    }

    #[test]
    fn words_are_kept_apart_by_owner_model_and_picture_and_not_by_hints_for_a_cache() {
        let mark = |body: &[u8], seer: &str, owner: &str| {
            let pictures = Pictures::of(body, Dialect::AnthropicMessages);
            pictures.questions(seer, owner).unwrap()[0].mark
        };
        let (mut plain, hinted) = (source("AA"), chat(&[source("AA")]));
        plain.as_object_mut().unwrap().remove("cache_control");
        let same = mark(&hinted, "s", "o");
        assert_eq!(mark(&chat(&[plain]), "s", "o"), same);
        assert_ne!(mark(&chat(&[source("AB")]), "s", "o"), same);
        assert_ne!(mark(&hinted, "t", "o"), same);
        assert_ne!(mark(&hinted, "s", "p"), same);
    }

    #[test]
    fn words_about_pictures_are_none_and_too_many_are_refused() {
        for none in [
            &chat(&[json!({ "type": "text", "text": "what is an image_url?" })])[..],
            &chat(&[json!({ "type": "image_url" }), json!(7)]),
            b"image_url",
            b"{}",
            br#"{"messages":[null,{"content":7},{"content":"x"}]}"#,
        ] {
            let pictures = Pictures::of(none, Dialect::OpenAiChat);
            assert!(pictures.is_empty());
            assert_eq!(pictures.told("s", &[]), none);
        }
        let many: Vec<Value> = (0..=MOST).map(|number| at(&number.to_string())).collect();
        let body = chat(&many);
        let refused = Pictures::of(&body, Dialect::OpenAiChat).questions("s", "o");
        let fault = refused.unwrap_err();
        assert_eq!(fault.code.as_deref(), Some("too_many_images"));
        let body = chat(&many[1..]);
        let questions = Pictures::of(&body, Dialect::OpenAiChat).questions("s", "o");
        assert_eq!(questions.unwrap().len(), MOST);
    }
}
