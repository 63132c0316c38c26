//! Pictures that a request gives by their addresses, and how they are put into it instead.

use std::ops::Range;

use serde_json::json;
use serde_json::value::RawValue;

/// A picture that a request gives by its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteImage {
    /// The address, `http` or `https`.
    pub url: String,
    /// The field that holds it, as the client would name it (`messages[0].content[1].image_url.url`).
    pub path: String,
    /// Where the JSON value stands in the body that gives way to the picture itself.
    pub span: Range<usize>,
    form: Form,
}

/// What stands in the picture's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A text: a `data:` URL.
    Address,
    /// An object: Anthropic's `source`.
    Source,
}

impl RemoteImage {
    /// The picture at `url`, if it is a web address; `raw` borrows from `body`.
    pub(crate) fn new(
        body: &[u8],
        raw: &RawValue,
        form: Form,
        url: String,
        path: String,
    ) -> Option<Self> {
        let scheme = url.split_once("://").map(|(scheme, _)| scheme)?;
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return None;
        }
        let written = raw.get();
        let start = written.as_ptr().addr().checked_sub(body.as_ptr().addr())?;
        let span = start..start + written.len();
        (body.get(span.clone())? == written.as_bytes()).then_some(Self {
            url,
            path,
            span,
            form,
        })
    }

    /// The JSON that stands in its place once the picture is there: its media type, and its bytes in
    /// base64.
    #[must_use]
    pub fn inline(&self, media_type: &str, data: &str) -> String {
        match self.form {
            // Neither base64 nor a media type has a character that JSON would escape.
            Form::Address => format!("\"data:{media_type};base64,{data}\""),
            Form::Source => {
                json!({ "type": "base64", "media_type": media_type, "data": data }).to_string()
            }
        }
    }
}
