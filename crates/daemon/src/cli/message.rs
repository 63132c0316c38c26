//! Failures in the person's language: what was attempted, then a hint on its own line.

use contract::ApiError;
use l10n::{Messages, Value};

/// What is told to the person who asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// What was attempted and why it failed.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
}

impl Complaint {
    /// The text of one of our own messages, with the hint that belongs to it.
    pub(crate) fn of(messages: &Messages, id: &str, arguments: &[(&str, Value<'_>)]) -> Self {
        let hint = format!("{id}.hint");
        Self {
            message: messages.get(id, arguments),
            hint: messages.has(&hint).then(|| messages.get(&hint, arguments)),
        }
    }

    /// The text of a failure of the contract.
    pub(crate) fn of_error(messages: &Messages, error: &ApiError) -> Self {
        let arguments: Vec<(&str, Value<'_>)> = error
            .code
            .arguments()
            .iter()
            .map(|name| match error.argument(name) {
                // Fluent cannot compare with an empty text, so the messages look for this number.
                "" => (*name, Value::from(0)),
                text => (*name, Value::from(text)),
            })
            .collect();
        Self::of(messages, &error.code.message_id(), &arguments)
    }

    /// The lines for a terminal.
    pub(crate) fn lines(&self, messages: &Messages) -> String {
        let mut text = messages.get("cli-error", &[("message", self.message.as_str().into())]);
        text.push('\n');
        if let Some(hint) = &self.hint {
            text.push_str(&messages.get("cli-hint", &[("hint", hint.as_str().into())]));
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use contract::{ApiError, Code};
    use l10n::{Messages, languages};

    use super::Complaint;

    #[test]
    fn every_code_has_a_message_and_a_hint_in_every_language() {
        for language in languages() {
            let messages = Messages::for_language(&language);
            for &code in Code::ALL {
                for error in [
                    ApiError::new(code, []),
                    ApiError::new(code, [&"a", &"b", &"c"]),
                ] {
                    let complaint = Complaint::of_error(&messages, &error);
                    assert_ne!(complaint.message, code.message_id(), "{language}");
                    let hint = complaint.hint.unwrap_or_default();
                    assert!(
                        !hint.is_empty() && !hint.contains(".hint"),
                        "{language} {code}"
                    );
                }
            }
        }
    }

    #[test]
    fn an_empty_argument_chooses_another_wording() {
        let messages = Messages::for_language("en");
        let hint = |nearest: &str| {
            let error = ApiError::new(Code::NoSuchKey, [&"laptp", &nearest]);
            Complaint::of_error(&messages, &error).lines(&messages)
        };
        assert_eq!(
            hint("laptop"),
            "error: find the key “laptp”: there is none of this name\nhint: did you mean “laptop”?\n"
        );
        assert!(
            hint("").ends_with("hint: “portolan keys list” shows them\n"),
            "{}",
            hint("")
        );
    }
}
