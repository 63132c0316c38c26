//! One dialect at one address of a provider.

use std::borrow::Cow;

use dialect::{Dialect, Operation};
use http::Uri;
use url::Url;

use crate::auth::Auth;
use crate::path::{Place, place};

/// One dialect at one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The grammar spoken here.
    pub dialect: Dialect,
    /// The base URL that the dialect's own SDK takes: with `/v1` for `openai-chat`, without for
    /// `anthropic-messages`.
    pub base: Url,
    /// What can be asked beside chat and the list of models.
    pub operations: Vec<Operation>,
    /// How a key is presented.
    pub auth: Auth,
    /// The values of `anthropic-version` taken here.
    pub versions: Versions,
    /// The addresses that are the same for every model, put together once: each request needs one.
    fixed: Vec<(Operation, Address)>,
}

/// Where something is sent, in both forms in which that is needed: to look at, and to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// To look at.
    pub url: Url,
    /// To send.
    pub uri: Uri,
}

impl Address {
    fn new(url: Url) -> Option<Self> {
        let uri = Uri::try_from(url.as_str()).ok()?;
        Some(Self { url, uri })
    }
}

impl Endpoint {
    /// An endpoint of these parts.
    pub(crate) fn new(
        dialect: Dialect,
        base: Url,
        operations: Vec<Operation>,
        auth: Auth,
        versions: Versions,
    ) -> Self {
        let fixed = Operation::ALL
            .into_iter()
            .filter_map(|operation| match place(dialect, operation)? {
                Place::Path(path) => Some((operation, Address::new(join(&base, path))?)),
                Place::Model { .. } => None,
            })
            .collect();
        Self {
            dialect,
            base,
            operations,
            auth,
            versions,
            fixed,
        }
    }

    /// Whether the operation can be asked for here.
    #[must_use]
    pub fn serves(&self, operation: Operation) -> bool {
        match operation {
            Operation::Chat | Operation::Models => true,
            Operation::Complete
            | Operation::Embed
            | Operation::Moderate
            | Operation::Image
            | Operation::EditImage
            | Operation::Speech
            | Operation::Transcribe
            | Operation::TranslateSpeech
            | Operation::Count => self.operations.contains(&operation),
        }
    }

    /// Where to send the operation; `None` where the dialect has no such operation, or where its
    /// address holds the model's name (Gemini), for which there is [`Endpoint::address`].
    #[must_use]
    pub fn url(&self, operation: Operation) -> Option<&Url> {
        self.fixed(operation).map(|address| &address.url)
    }

    fn fixed(&self, operation: Operation) -> Option<&Address> {
        let mut fixed = self.fixed.iter();
        fixed
            .find(|(of, _)| *of == operation)
            .map(|(_, address)| address)
    }

    /// Where to send the operation for a model, streamed or whole; `None` where the dialect has no
    /// such operation.
    #[must_use]
    pub fn address(
        &self,
        operation: Operation,
        model: &str,
        stream: bool,
    ) -> Option<Cow<'_, Address>> {
        match place(self.dialect, operation)? {
            Place::Path(_) => self.fixed(operation).map(Cow::Borrowed),
            Place::Model {
                whole,
                stream: streamed,
            } => {
                let verb = if stream { streamed } else { whole };
                let mut url = join(&self.base, "v1beta/models");
                // A segment of its own is escaped, so that a name cannot climb out of the path.
                url.path_segments_mut()
                    .ok()?
                    .push(&format!("{model}:{verb}"));
                if stream && whole != streamed {
                    url.set_query(Some("alt=sse"));
                }
                Address::new(url).map(Cow::Owned)
            }
        }
    }
}

/// Puts a path behind the base, which may or may not end in a slash.
fn join(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}

/// Which values of the header `anthropic-version` an endpoint takes. Empty for other dialects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// Those known to be taken, the one to choose without a reason for another first.
    pub listed: Vec<String>,
    /// Whether a caller's own version is sent on byte for byte, listed or not.
    pub forward: bool,
}

impl Versions {
    /// The version to send for a caller who asked for `asked`; `None`: send none.
    #[must_use]
    pub fn to_send<'a>(&'a self, asked: Option<&'a str>) -> Option<&'a str> {
        let taken =
            |version: &str| self.forward || self.listed.iter().any(|known| known == version);
        match asked {
            Some(version) if taken(version) => Some(version),
            Some(_) | None => self.listed.first().map(String::as_str),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn endpoint(dialect: Dialect, base: &str) -> Endpoint {
        let base = Url::parse(base).unwrap();
        let operations = vec![Operation::Count];
        Endpoint::new(dialect, base, operations, Auth::None, Versions::default())
    }

    fn url(dialect: Dialect, base: &str, operation: Operation) -> Option<String> {
        endpoint(dialect, base)
            .url(operation)
            .map(ToString::to_string)
    }

    #[test]
    fn a_trailing_slash_makes_no_difference() {
        for base in [
            "https://a.example/v1/openai",
            "https://a.example/v1/openai/",
            "https://a.example/v1/openai//",
        ] {
            assert_eq!(
                url(Dialect::OpenAiChat, base, Operation::Chat).as_deref(),
                Some("https://a.example/v1/openai/chat/completions")
            );
        }
        for base in ["https://a.example", "https://a.example/"] {
            assert_eq!(
                url(Dialect::AnthropicMessages, base, Operation::Count).as_deref(),
                Some("https://a.example/v1/messages/count_tokens")
            );
        }
    }

    #[test]
    fn each_dialect_has_its_own_paths() {
        let cases = [
            (
                Dialect::OpenAiChat,
                Operation::Embed,
                "http://h/b/embeddings",
            ),
            (
                Dialect::OpenAiChat,
                Operation::Image,
                "http://h/b/images/generations",
            ),
            (
                Dialect::OpenAiResponses,
                Operation::Chat,
                "http://h/b/responses",
            ),
            (
                Dialect::AnthropicMessages,
                Operation::Chat,
                "http://h/b/v1/messages",
            ),
            (
                Dialect::Gemini,
                Operation::Models,
                "http://h/b/v1beta/models",
            ),
            (Dialect::Ollama, Operation::Models, "http://h/b/api/tags"),
        ];
        for (dialect, operation, expected) in cases {
            assert_eq!(
                url(dialect, "http://h/b", operation).as_deref(),
                Some(expected)
            );
        }
        assert_eq!(
            url(Dialect::AnthropicMessages, "http://h", Operation::Embed),
            None
        );
    }

    #[test]
    fn gemini_has_the_model_in_its_address() {
        let gemini = endpoint(Dialect::Gemini, "https://g.example/");
        assert_eq!(gemini.url(Operation::Chat), None);
        let of = |model, stream| {
            gemini
                .address(Operation::Chat, model, stream)
                .inspect(|address| assert_eq!(address.uri.to_string(), address.url.as_str()))
                .map(|address| address.url.to_string())
        };
        assert_eq!(
            of("gemini-x", false).as_deref(),
            Some("https://g.example/v1beta/models/gemini-x:generateContent")
        );
        assert_eq!(
            of("gemini-x", true).as_deref(),
            Some("https://g.example/v1beta/models/gemini-x:streamGenerateContent?alt=sse")
        );
        assert_eq!(
            of("../../evil?x#y", false).as_deref(),
            Some("https://g.example/v1beta/models/..%2F..%2Fevil%3Fx%23y:generateContent")
        );
    }

    #[test]
    fn chat_is_always_served_and_the_rest_as_listed() {
        let endpoint = endpoint(Dialect::AnthropicMessages, "https://a.example");
        assert!(endpoint.serves(Operation::Chat));
        assert!(endpoint.serves(Operation::Count));
        assert!(!endpoint.serves(Operation::Embed));
    }

    #[test]
    fn a_version_is_forwarded_only_where_that_is_wanted() {
        let listed = vec!["2023-06-01".to_owned(), "2026-10-21".to_owned()];
        let strict = Versions {
            listed: listed.clone(),
            forward: false,
        };
        assert_eq!(strict.to_send(None), Some("2023-06-01"));
        assert_eq!(strict.to_send(Some("2026-10-21")), Some("2026-10-21"));
        assert_eq!(strict.to_send(Some("2030-01-01")), Some("2023-06-01"));
        let open = Versions {
            listed,
            forward: true,
        };
        assert_eq!(open.to_send(Some("2030-01-01")), Some("2030-01-01"));
        assert_eq!(Versions::default().to_send(Some("2023-06-01")), None);
    }
}
