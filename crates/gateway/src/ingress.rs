//! What a request asks for, by its method and path alone.

use dialect::{Dialect, Operation};
use http::{HeaderMap, Method};
use intake::worker::Surface;

use crate::headers::{ANTHROPIC_VERSION, GOOGLE_KEY};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A sign of life for people and for clients that look before they speak.
    Greeting,
    /// Whether the program runs.
    Health,
    /// Whether a request could be served.
    Ready,
    /// Something that a model does.
    Model(Dialect, Operation),
    /// What a small proxy's one path does: the body says it.
    Worker(Surface),
    /// Which models take pictures.
    VisionModels,
    /// Which models there are.
    Models,
    /// One model.
    OneModel(String),
    /// Ask the providers again which models they have.
    RefreshModels,
    /// What a query in GraphQL says: the annex reads it.
    Graphql,
    /// A page that says what can be asked, or something on it: the annex has it.
    Document,
    /// What Anthropic's clients would tell Anthropic about themselves; taken and thrown away.
    EventLogging,
}

/// The outcome of looking for a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// There is such a path, and it has that method.
    Yes(Asked),
    /// There is such a path, with this method only.
    OtherMethod(&'static str),
    /// There is no such path.
    No,
}

impl Asked {
    /// Whether it is answered without a key.
    pub(crate) fn is_open(&self) -> bool {
        match self {
            Self::Greeting | Self::Health | Self::Ready | Self::Document => true,
            Self::Model(..)
            | Self::Worker(_)
            | Self::VisionModels
            | Self::Models
            | Self::OneModel(_)
            | Self::RefreshModels
            | Self::Graphql
            | Self::EventLogging => false,
        }
    }
}

/// Finds what a method and a path ask for. Every path is there with `/v1`, without it, and under
/// `/api/v1`, with and without a slash at its end.
pub(crate) fn find(method: &Method, path: &str) -> Found {
    let asked = match bare(path) {
        "" if method == Method::POST => Asked::Worker(Surface::Root),
        "" => Asked::Greeting,
        "/generate-image" => Asked::Worker(Surface::Picture),
        "/vision-models" => Asked::VisionModels,
        "/health" => Asked::Health,
        "/ready" => Asked::Ready,
        "/chat/completions" => Asked::Model(Dialect::OpenAiChat, Operation::Chat),
        "/completions" => Asked::Model(Dialect::OpenAiChat, Operation::Complete),
        "/embeddings" => Asked::Model(Dialect::OpenAiChat, Operation::Embed),
        "/moderations" => Asked::Model(Dialect::OpenAiChat, Operation::Moderate),
        "/images/generations" => Asked::Model(Dialect::OpenAiChat, Operation::Image),
        "/images/edits" => Asked::Model(Dialect::OpenAiChat, Operation::EditImage),
        "/audio/speech" => Asked::Model(Dialect::OpenAiChat, Operation::Speech),
        "/audio/transcriptions" => Asked::Model(Dialect::OpenAiChat, Operation::Transcribe),
        "/audio/translations" => Asked::Model(Dialect::OpenAiChat, Operation::TranslateSpeech),
        "/messages" => Asked::Model(Dialect::AnthropicMessages, Operation::Chat),
        "/messages/count_tokens" => Asked::Model(Dialect::AnthropicMessages, Operation::Count),
        "/models" => Asked::Models,
        "/models/refresh" if method != Method::GET && method != Method::HEAD => {
            Asked::RefreshModels
        }
        "/api/event_logging/batch" => Asked::EventLogging,
        "/graphql" => Asked::Graphql,
        "/openapi.json" | "/docs" | "/redoc" => Asked::Document,
        other if other.starts_with("/docs/") => Asked::Document,
        other => match other.strip_prefix("/models/") {
            Some(id) if !id.is_empty() => Asked::OneModel(decoded(id)),
            Some(_) | None => return Found::No,
        },
    };
    let allowed = match &asked {
        Asked::Greeting => "GET, POST",
        Asked::Health
        | Asked::Ready
        | Asked::Models
        | Asked::VisionModels
        | Asked::OneModel(_)
        | Asked::Document => "GET",
        Asked::Model(..)
        | Asked::Worker(_)
        | Asked::RefreshModels
        | Asked::Graphql
        | Asked::EventLogging => "POST",
    };
    let mut methods = allowed.split(", ");
    let fits =
        methods.any(|one| method.as_str() == one || (one == "GET" && method == Method::HEAD));
    if fits {
        Found::Yes(asked)
    } else {
        Found::OtherMethod(allowed)
    }
}

/// In which words a client expects errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// Those of its dialect.
    Dialect,
    /// Those of a small proxy.
    Worker,
    /// Those of GraphQL.
    Graphql,
}

/// In which words the client of a path expects errors.
pub(crate) fn words(method: &Method, path: &str) -> Words {
    match bare(path) {
        "" if method != Method::GET && method != Method::HEAD => Words::Worker,
        "/generate-image" => Words::Worker,
        "/graphql" => Words::Graphql,
        _ => Words::Dialect,
    }
}

/// The path without its prefix and without a slash at its end.
fn bare(path: &str) -> &str {
    let path = path.strip_suffix('/').unwrap_or(path);
    for prefix in ["/api/v1", "/v1"] {
        if let Some(rest) = path.strip_prefix(prefix)
            && (rest.is_empty() || rest.starts_with('/'))
        {
            return rest;
        }
    }
    path
}

fn decoded(id: &str) -> String {
    percent_encoding::percent_decode_str(id)
        .decode_utf8_lossy()
        .into_owned()
}

/// The dialect in which a client of this path expects its errors.
pub(crate) fn dialect_of(path: &str, headers: &HeaderMap) -> Dialect {
    let bare = bare(path);
    if bare.starts_with("/messages") || bare.starts_with("/api/event_logging") {
        return Dialect::AnthropicMessages;
    }
    if bare.starts_with("/models") {
        return caller(headers);
    }
    Dialect::OpenAiChat
}

/// Whose client calls a path that several surfaces share: Anthropic's sends its version, Google's
/// its own key header, everyone else is taken for OpenAI's.
pub(crate) fn caller(headers: &HeaderMap) -> Dialect {
    if headers.contains_key(ANTHROPIC_VERSION) {
        Dialect::AnthropicMessages
    } else if headers.contains_key(GOOGLE_KEY) {
        Dialect::Gemini
    } else {
        Dialect::OpenAiChat
    }
}

#[cfg(test)]
mod tests {
    use dialect::{Dialect, Operation};
    use http::{HeaderMap, Method};

    use super::{Asked, Found, Surface, dialect_of, find};

    #[test]
    fn every_path_has_its_aliases() {
        let paths = [
            (
                "POST",
                "/chat/completions",
                Asked::Model(Dialect::OpenAiChat, Operation::Chat),
            ),
            (
                "POST",
                "/completions",
                Asked::Model(Dialect::OpenAiChat, Operation::Complete),
            ),
            (
                "POST",
                "/embeddings",
                Asked::Model(Dialect::OpenAiChat, Operation::Embed),
            ),
            (
                "POST",
                "/moderations",
                Asked::Model(Dialect::OpenAiChat, Operation::Moderate),
            ),
            (
                "POST",
                "/images/generations",
                Asked::Model(Dialect::OpenAiChat, Operation::Image),
            ),
            (
                "POST",
                "/images/edits",
                Asked::Model(Dialect::OpenAiChat, Operation::EditImage),
            ),
            (
                "POST",
                "/audio/speech",
                Asked::Model(Dialect::OpenAiChat, Operation::Speech),
            ),
            (
                "POST",
                "/audio/transcriptions",
                Asked::Model(Dialect::OpenAiChat, Operation::Transcribe),
            ),
            (
                "POST",
                "/audio/translations",
                Asked::Model(Dialect::OpenAiChat, Operation::TranslateSpeech),
            ),
            (
                "POST",
                "/messages",
                Asked::Model(Dialect::AnthropicMessages, Operation::Chat),
            ),
            (
                "POST",
                "/messages/count_tokens",
                Asked::Model(Dialect::AnthropicMessages, Operation::Count),
            ),
            ("GET", "/models", Asked::Models),
            ("GET", "/models/a/b", Asked::OneModel("a/b".to_owned())),
            ("GET", "/models/a%2Fb", Asked::OneModel("a/b".to_owned())),
            ("POST", "/models/refresh", Asked::RefreshModels),
            ("POST", "/api/event_logging/batch", Asked::EventLogging),
            ("POST", "/generate-image", Asked::Worker(Surface::Picture)),
            ("POST", "/", Asked::Worker(Surface::Root)),
            ("GET", "/vision-models", Asked::VisionModels),
            ("GET", "/health", Asked::Health),
            ("HEAD", "/ready", Asked::Ready),
        ];
        for (method, path, asked) in paths {
            let method: Method = method.parse().unwrap_or_default();
            for prefix in ["", "/v1", "/api/v1"] {
                for slash in ["", "/"] {
                    let whole = format!("{prefix}{}{slash}", path.trim_end_matches('/'));
                    assert_eq!(find(&method, &whole), Found::Yes(asked.clone()), "{whole}");
                }
            }
        }
        for path in ["/", "", "/v1", "/v1/", "/api/v1"] {
            assert_eq!(
                find(&Method::HEAD, path),
                Found::Yes(Asked::Greeting),
                "{path}"
            );
        }
    }

    #[test]
    fn wrong_methods_and_paths_are_told_apart() {
        assert_eq!(
            find(&Method::GET, "/v1/messages"),
            Found::OtherMethod("POST")
        );
        assert_eq!(
            find(&Method::DELETE, "/v1/models"),
            Found::OtherMethod("GET")
        );
        for path in [
            "/v2/messages",
            "/v1messages",
            "//v1/messages",
            "/models//",
            "/v1/v1/x",
            "/x",
        ] {
            assert_eq!(find(&Method::POST, path), Found::No, "{path}");
        }
    }

    #[test]
    fn errors_speak_the_callers_dialect() {
        let mut headers = HeaderMap::new();
        assert_eq!(
            dialect_of("/v1/messages/x", &headers),
            Dialect::AnthropicMessages
        );
        assert_eq!(dialect_of("/v1/models", &headers), Dialect::OpenAiChat);
        headers.insert("x-goog-api-key", http::HeaderValue::from_static("k"));
        assert_eq!(dialect_of("/models", &headers), Dialect::Gemini);
        headers.insert(
            "anthropic-version",
            http::HeaderValue::from_static("2023-06-01"),
        );
        assert_eq!(
            dialect_of("/models/x", &headers),
            Dialect::AnthropicMessages
        );
        assert_eq!(dialect_of("/embeddings", &headers), Dialect::OpenAiChat);
    }
}
