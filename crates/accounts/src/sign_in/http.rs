//! The client that a sign-in asks with, given by the caller.

use std::fmt;
use std::pin::Pin;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;
use url::form_urlencoded::Serializer;
use zeroize::Zeroizing;

/// A request to a provider's token endpoint. It must not follow redirects, since its body holds
/// secrets, and has to end within a time of the client's choice.
pub struct Post {
    /// Where it goes.
    pub url: Url,
    /// The media type of the body.
    pub content_type: &'static str,
    /// The body, which holds secrets.
    pub body: Zeroizing<String>,
    /// The field `authorization`, where the program says by a secret of its own who it is.
    pub authorization: Option<Zeroizing<String>>,
}

/// What a provider answered.
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body, which may hold secrets; the client bounds its size.
    pub body: Zeroizing<Vec<u8>>,
}

/// The provider could not be reached, or did not answer; the text quotes no secret.
#[derive(Debug, thiserror::Error)]
#[error("reach the provider: {0}")]
pub struct HttpFailure(pub String);

/// What [`Http`] gives back in the end.
pub type Replying<'a> = Pin<Box<dyn Future<Output = Result<Reply, HttpFailure>> + Send + 'a>>;

/// A client that talks to a provider's sign-in. It asks for JSON, follows no redirect, and bounds
/// the time and the size of every answer.
pub trait Http: Send + Sync {
    /// Sends the request and reads the whole answer.
    fn post<'a>(&'a self, post: Post) -> Replying<'a>;

    /// Reads the document at `url`, whose query may hold a secret: nothing quotes it.
    fn get<'a>(&'a self, url: &'a Url) -> Replying<'a>;
}

impl Post {
    /// A form; `None` among the values leaves the parameter out.
    pub(crate) fn form(url: Url, values: &[(&str, Option<&str>)]) -> Self {
        let mut form = Serializer::new(String::new());
        for (name, value) in values {
            if let Some(value) = value {
                form.append_pair(name, value);
            }
        }
        Self {
            url,
            content_type: "application/x-www-form-urlencoded",
            body: Zeroizing::new(form.finish()),
            authorization: None,
        }
    }

    /// A JSON object; `None` among the values leaves the member out.
    pub(crate) fn json(url: Url, values: &[(&str, Option<&str>)]) -> Self {
        let members = values
            .iter()
            .filter_map(|(name, value)| Some(((*name).to_owned(), (*value)?.into())));
        let object = serde_json::Value::Object(members.collect());
        Self {
            url,
            content_type: "application/json",
            body: Zeroizing::new(object.to_string()),
            authorization: None,
        }
    }

    /// The same with HTTP Basic, where the program has a secret of its own;
    /// <https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1>.
    pub(crate) fn signed(mut self, client: Option<&str>, secret: Option<&str>) -> Self {
        if let (Some(client), Some(secret)) = (client, secret) {
            let pair = Zeroizing::new(format!("{client}:{secret}"));
            let value = format!("Basic {}", STANDARD.encode(pair.as_bytes()));
            self.authorization = Some(Zeroizing::new(value));
        }
        self
    }
}

impl fmt::Debug for Post {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Post")
            .field("url", &self.url.as_str())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Reply")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
