//! A request of several parts, with its recording or pictures in a file and not in memory.
//!
//! What comes in is taken apart and written anew, so that the provider reads the very parts that were
//! looked at here, whatever it makes of an odd boundary or an odd name.

mod disposition;
mod reader;
mod sent;
mod spool;

use bytes::Bytes;
use dialect::peek::Peek;
use dialect::{Fault, FaultKind, Origin};
use http::{HeaderMap, HeaderValue, header};

use self::disposition::Part;
use self::spool::Spool;

pub use self::sent::Sent;
pub use self::spool::Taking;

/// The most parts that one request may have.
const PARTS: usize = 64;
/// The longest value of a field that is read here, in bytes.
const VALUE: usize = 256;

/// A request of several parts, but for the model's name: each provider has a name of its own for it.
#[derive(Debug)]
pub struct Form {
    boundary: String,
    spool: Spool,
}

impl Form {
    /// The body for a provider that calls the model so; it can be sent again.
    #[must_use]
    pub fn body(&self, model: &str) -> Sent {
        let model = format!("{}{model}\r\n", self.part(&Part::field("model")));
        Sent::new(Bytes::from(model), &self.spool)
    }

    /// What the body is, for the field `Content-Type`.
    ///
    /// # Errors
    /// Never: the boundary is made of letters and digits.
    pub fn content_type(&self) -> Result<HeaderValue, Fault> {
        HeaderValue::try_from(format!("multipart/form-data; boundary={}", self.boundary))
            .map_err(|_| failed("name its boundary"))
    }

    fn part(&self, part: &Part) -> String {
        part.written(&self.boundary)
    }
}

/// The boundary of a body of several parts; `None` where the body is something else.
///
/// # Errors
/// It names none, or one that is no boundary.
pub fn boundary(fields: &HeaderMap) -> Option<Result<String, Fault>> {
    let field = fields.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (essence, parameters) = field.split_once(';').unwrap_or((field, ""));
    if !essence.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    Some(disposition::boundary(parameters).ok_or_else(|| {
        let message = "the body of several parts does not name its boundary";
        Fault::invalid("", message).with_code("invalid_form")
    }))
}

/// What the fields tell that are read here.
#[derive(Debug, Default)]
struct Told {
    model: Option<Vec<u8>>,
    stream: Option<Vec<u8>>,
}

impl Told {
    fn peek(self) -> Result<Peek, Fault> {
        let stream = match self.stream.as_deref() {
            None | Some(b"") => false,
            Some(word) if word.eq_ignore_ascii_case(b"true") || word == b"1" => true,
            Some(word) if word.eq_ignore_ascii_case(b"false") || word == b"0" => false,
            Some(_) => return Err(Fault::invalid("stream", "\"stream\" is true or false")),
        };
        let model = self.model.map(String::from_utf8).transpose();
        let model = model.map_err(|_| Fault::invalid("model", "\"model\" is not UTF-8"))?;
        if model
            .as_deref()
            .is_some_and(|name| name.contains(char::is_control))
        {
            return Err(Fault::invalid(
                "model",
                "\"model\" holds a control character",
            ));
        }
        Ok(Peek {
            model,
            stream,
            ..Peek::default()
        })
    }
}

fn malformed(message: &str) -> Fault {
    Fault::invalid("", format!("the body of several parts {message}")).with_code("invalid_form")
}

fn failed(what: &str) -> Fault {
    let message = format!("the body could not be kept in a temporary file ({what})");
    Fault::new(Origin::Gateway, FaultKind::Internal, message)
}
