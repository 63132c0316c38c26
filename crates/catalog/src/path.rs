//! Where each operation of a dialect lives below the base URL that the dialect's own SDK takes.

use dialect::{Dialect, Operation};

/// What is put behind a base URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A path of its own.
    Path(&'static str),
    /// `v1beta/models/{model}:{verb}`, with another verb and a query where the answer is a stream.
    Model {
        /// The verb for a whole answer.
        whole: &'static str,
        /// The verb for a streamed one.
        stream: &'static str,
    },
}

/// Where the operation lives; `None` where the dialect has no such operation.
///
/// Sources: OpenAI <https://platform.openai.com/docs/api-reference>, Anthropic
/// <https://platform.claude.com/docs/en/api/overview>, Gemini <https://ai.google.dev/api>,
/// Ollama <https://docs.ollama.com/api>.
pub(crate) fn place(dialect: Dialect, operation: Operation) -> Option<Place> {
    match dialect {
        Dialect::OpenAiChat => openai_chat(operation),
        Dialect::OpenAiResponses => openai_responses(operation),
        Dialect::AnthropicMessages => anthropic_messages(operation),
        Dialect::Gemini => gemini(operation),
        Dialect::Ollama => ollama(operation),
    }
}

fn openai_chat(operation: Operation) -> Option<Place> {
    match operation {
        Operation::Chat => Some(Place::Path("chat/completions")),
        Operation::Complete => Some(Place::Path("completions")),
        Operation::Embed => Some(Place::Path("embeddings")),
        Operation::Moderate => Some(Place::Path("moderations")),
        Operation::Image => Some(Place::Path("images/generations")),
        Operation::EditImage => Some(Place::Path("images/edits")),
        Operation::Speech => Some(Place::Path("audio/speech")),
        Operation::Transcribe => Some(Place::Path("audio/transcriptions")),
        Operation::TranslateSpeech => Some(Place::Path("audio/translations")),
        Operation::Models => Some(Place::Path("models")),
        Operation::Count => None,
    }
}

fn openai_responses(operation: Operation) -> Option<Place> {
    match operation {
        Operation::Chat => Some(Place::Path("responses")),
        Operation::Count => Some(Place::Path("responses/input_tokens")),
        Operation::Models => Some(Place::Path("models")),
        Operation::Complete
        | Operation::Embed
        | Operation::Moderate
        | Operation::Image
        | Operation::EditImage
        | Operation::Speech
        | Operation::Transcribe
        | Operation::TranslateSpeech => None,
    }
}

fn anthropic_messages(operation: Operation) -> Option<Place> {
    match operation {
        Operation::Chat => Some(Place::Path("v1/messages")),
        Operation::Count => Some(Place::Path("v1/messages/count_tokens")),
        Operation::Models => Some(Place::Path("v1/models")),
        Operation::Complete
        | Operation::Embed
        | Operation::Moderate
        | Operation::Image
        | Operation::EditImage
        | Operation::Speech
        | Operation::Transcribe
        | Operation::TranslateSpeech => None,
    }
}

fn gemini(operation: Operation) -> Option<Place> {
    match operation {
        Operation::Chat => Some(Place::Model {
            whole: "generateContent",
            stream: "streamGenerateContent",
        }),
        Operation::Embed => Some(Place::Model {
            whole: "batchEmbedContents",
            stream: "batchEmbedContents",
        }),
        Operation::Count => Some(Place::Model {
            whole: "countTokens",
            stream: "countTokens",
        }),
        Operation::Models => Some(Place::Path("v1beta/models")),
        Operation::Complete
        | Operation::Moderate
        | Operation::Image
        | Operation::EditImage
        | Operation::Speech
        | Operation::Transcribe
        | Operation::TranslateSpeech => None,
    }
}

fn ollama(operation: Operation) -> Option<Place> {
    match operation {
        Operation::Chat => Some(Place::Path("api/chat")),
        Operation::Complete => Some(Place::Path("api/generate")),
        Operation::Embed => Some(Place::Path("api/embed")),
        Operation::Models => Some(Place::Path("api/tags")),
        Operation::Moderate
        | Operation::Image
        | Operation::EditImage
        | Operation::Speech
        | Operation::Transcribe
        | Operation::TranslateSpeech
        | Operation::Count => None,
    }
}

/// Every operation, in the order in which they are listed.
pub(crate) const OPERATIONS: [Operation; 11] = [
    Operation::Chat,
    Operation::Complete,
    Operation::Embed,
    Operation::Moderate,
    Operation::Image,
    Operation::EditImage,
    Operation::Speech,
    Operation::Transcribe,
    Operation::TranslateSpeech,
    Operation::Count,
    Operation::Models,
];

/// What can be asked beside chat and the list of models.
pub(crate) fn further(dialect: Dialect) -> Vec<Operation> {
    OPERATIONS
        .into_iter()
        .filter(|operation| !matches!(operation, Operation::Chat | Operation::Models))
        .filter(|operation| place(dialect, *operation).is_some())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dialect_can_chat_and_list_its_models() {
        for dialect in Dialect::ALL {
            assert!(place(dialect, Operation::Chat).is_some(), "{dialect}");
            assert!(place(dialect, Operation::Models).is_some(), "{dialect}");
        }
    }

    #[test]
    fn paths_are_relative() {
        for dialect in Dialect::ALL {
            for operation in OPERATIONS {
                if let Some(Place::Path(path)) = place(dialect, operation) {
                    assert!(!path.starts_with('/') && !path.ends_with('/'), "{path}");
                }
            }
        }
    }

    #[test]
    fn further_operations_leave_out_chat_and_models() {
        assert_eq!(further(Dialect::AnthropicMessages), [Operation::Count]);
        assert_eq!(
            further(Dialect::OpenAiChat),
            [
                Operation::Complete,
                Operation::Embed,
                Operation::Moderate,
                Operation::Image,
                Operation::EditImage,
                Operation::Speech,
                Operation::Transcribe,
                Operation::TranslateSpeech
            ]
        );
    }
}
