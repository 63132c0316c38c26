//! One look at a request that is forwarded unread: is it JSON, which model, streamed or not.

mod scan;

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;

pub use scan::{Limits, NotJson};

use crate::Fault;

/// What one look at a request's body tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peek {
    /// The model's name.
    pub model: Option<String>,
    /// Where the model's JSON string stands in the body, quotes included.
    pub model_span: Option<Range<usize>>,
    /// Whether the answer is wanted piece by piece.
    pub stream: bool,
    /// Whether the model is asked to think first, so that its first byte may be long in coming.
    pub reasons: bool,
}

impl Peek {
    /// Checks that the body is one JSON object within the limits and reads its `model` and
    /// `stream`. Fails with `InvalidRequest` and words that say where.
    pub fn at(body: &[u8], limits: Limits) -> Result<Self, Fault> {
        let mut peek = Self::default();
        let mut fault = None;
        scan::object(body, limits, &mut |key, value| {
            if let Err(error) = peek.note(body, key, value) {
                fault.get_or_insert(error);
            }
        })
        .map_err(|error| Fault::invalid("", error.to_string()).with_code("invalid_json"))?;
        match fault {
            Some(fault) => Err(fault),
            None => Ok(peek),
        }
    }

    fn note(&mut self, body: &[u8], key: Range<usize>, value: Range<usize>) -> Result<(), Fault> {
        let quoted = &body[key];
        let mut name = Cow::Borrowed(&quoted[1..quoted.len() - 1]);
        // A name may be written with escapes. An upstream reads through them, so we must too: of
        // two models in one request the one that was not checked would be the one that answers.
        if name.contains(&b'\\')
            && let Ok(written_out) = serde_json::from_slice::<String>(quoted)
        {
            name = Cow::Owned(written_out.into_bytes());
        }
        let text = &body[value.clone()];
        match &*name {
            b"model" => {
                if self.model_span.is_some() {
                    return Err(Fault::invalid("model", "\"model\" is there twice"));
                }
                let model: String = serde_json::from_slice(text)
                    .map_err(|_| Fault::invalid("model", "\"model\" is a string"))?;
                self.model = Some(model);
                self.model_span = Some(value);
            }
            b"stream" => {
                self.stream = match text {
                    b"true" => true,
                    b"false" | b"null" => false,
                    _ => return Err(Fault::invalid("stream", "\"stream\" is true or false")),
                };
            }
            b"reasoning_effort" | b"reasoning" | b"thinking" | b"output_config" => {
                self.reasons = text != b"null";
            }
            _ => {}
        }
        Ok(())
    }

    /// The body with the model's name replaced, in up to three pieces; the outer two are the
    /// original bytes, not copies. The whole body alone when the name is already right.
    #[must_use]
    pub fn splice(&self, body: &Bytes, model: &str) -> Vec<Bytes> {
        match &self.model_span {
            Some(span) if self.model.as_deref() != Some(model) => vec![
                body.slice(..span.start),
                Bytes::from(serde_json::Value::from(model).to_string()),
                body.slice(span.end..),
            ],
            Some(_) | None => vec![body.clone()],
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{Limits, Peek};

    fn peek(body: &str) -> Result<Peek, crate::Fault> {
        Peek::at(body.as_bytes(), Limits::default())
    }

    fn spliced(body: &str, model: &str) -> String {
        let peeked = peek(body).unwrap_or_default();
        let pieces = peeked.splice(&Bytes::copy_from_slice(body.as_bytes()), model);
        String::from_utf8(pieces.concat()).unwrap_or_default()
    }

    #[test]
    fn finds_the_model_wherever_it_stands() {
        let body = r#" {"messages":[{"model":"no"}], "model" : "a\/b" ,"stream":true} "#;
        let peeked = peek(body).unwrap_or_default();
        assert_eq!(peeked.model.as_deref(), Some("a/b"));
        assert!(peeked.stream && !peeked.reasons);
    }

    #[test]
    fn only_the_model_changes() {
        let body = "{ \"x\":1.0e5,\t\"model\":\"old\",\"z\":\"\\u8239\"}";
        assert_eq!(
            spliced(body, "船\""),
            "{ \"x\":1.0e5,\t\"model\":\"船\\\"\",\"z\":\"\\u8239\"}"
        );
        assert_eq!(spliced(body, "old"), body);
        assert_eq!(spliced("{\"input\":1}", "m"), "{\"input\":1}");
    }

    #[test]
    fn wrong_types_name_the_field() {
        for (body, param) in [
            (r#"{"model":7}"#, "model"),
            (r#"{"model":"a","model":"b"}"#, "model"),
            (r#"{"model":"a","mod\u0065l":"b"}"#, "model"),
            (r#"{"m\u006fdel":"a","model":"b"}"#, "model"),
            (r#"{"stream":"yes"}"#, "stream"),
        ] {
            let fault = peek(body).err();
            assert_eq!(
                fault.and_then(|fault| fault.param).as_deref(),
                Some(param),
                "{body}"
            );
        }
        let code = |body: &str| peek(body).err().and_then(|fault| fault.code);
        assert_eq!(code("[]").as_deref(), Some("invalid_json"));
        assert_eq!(code("").as_deref(), Some("invalid_json"));
    }
}
