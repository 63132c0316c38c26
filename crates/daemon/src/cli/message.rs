//! Failures in the person's language: what was attempted, then a hint on its own line.

use contract::{ApiError, Code, Reason};
use l10n::{Messages, Value};

/// Fluent cannot compare with an empty text, so the messages look for this number.
fn empty() -> Value<'static> {
    Value::from(0)
}

/// A reason in the person's language.
pub(crate) fn told(messages: &Messages, reason: &Reason) -> String {
    let separator = messages.get("list-separator", &[]);
    let arguments: Vec<(&str, Value<'_>)> = reason
        .arguments()
        .into_iter()
        .map(|(name, value)| match name {
            "choices" => (name, value.replace(", ", &separator).into()),
            _ => (name, value.into()),
        })
        .collect();
    messages.get(&reason.message_id(), &arguments)
}

/// What an unsafe listen lacks, from the words of the contract.
fn missing(messages: &Messages, words: &str) -> String {
    let told = words.split(',').map(|word| match word {
        "client-key" => messages.get("missing-client-key", &[]),
        "require-key" => messages.get("missing-require-key", &[]),
        "admin-password" => messages.get("missing-admin-password", &[]),
        other => other.to_owned(),
    });
    let separator = messages.get("list-separator", &[]);
    told.collect::<Vec<_>>().join(&separator)
}

/// A hint that fits the reason better than that of the code does.
fn hint_for(error: &ApiError) -> Option<&'static str> {
    match (error.code, error.reason.as_ref()?) {
        (Code::VaultLocked, Reason::KeyringLocked {} | Reason::KeyringSilent {}) => {
            Some("hint-keyring-locked")
        }
        (Code::VaultLocked, Reason::KeyringWithoutKey {} | Reason::KeyringNotAKey {}) => {
            Some("hint-keyring-other")
        }
        (Code::VaultUnavailable, Reason::VaultUnreadable {}) => Some("hint-vault-unreadable"),
        (Code::VaultUnavailable, Reason::VaultNewer { .. }) => Some("hint-vault-newer"),
        (Code::VaultFailed, Reason::VaultBusy {}) => Some("hint-vault-busy"),
        (Code::SignInSettingInvalid, Reason::SignInOfItsOwn { .. }) => Some("hint-issuer-none"),
        (Code::SignInSettingInvalid, Reason::SignInMissing {}) => Some("hint-issuer-missing"),
        _ => None,
    }
}

/// What is told to the person who asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// What was attempted and why it failed.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
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
    #[must_use]
    pub fn of_error(messages: &Messages, error: &ApiError) -> Self {
        let mut arguments: Vec<(&str, Value<'_>)> = error
            .code
            .arguments()
            .iter()
            .filter(|name| **name != "reason")
            .map(|name| match error.argument(name) {
                "" => (*name, empty()),
                words if error.code == Code::RefusedUnsafeListen && *name == "missing" => {
                    (*name, missing(messages, words).into())
                }
                text => (*name, Value::from(text)),
            })
            .collect();
        if error.code.has_reason() {
            let reason = error.reason.as_ref().map_or_else(
                || messages.get("reason-why", &[]),
                |reason| told(messages, reason),
            );
            arguments.push(("reason", reason.into()));
        }
        let complaint = Self::of(messages, &error.code.message_id(), &arguments);
        match hint_for(error) {
            Some(id) => Self {
                hint: Some(messages.get(id, &arguments)),
                ..complaint
            },
            None => complaint,
        }
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
    use contract::{ApiError, Code, Reason};
    use l10n::{Messages, languages};

    use super::{Complaint, told};

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
    fn every_reason_is_told_with_its_arguments_in_every_language() {
        for language in languages() {
            let messages = Messages::for_language(&language);
            for listed in Reason::ALL {
                let reason = Reason::of(listed.code, |name| format!("<{name}>"));
                let reason = reason.unwrap_or_else(|| Reason::said(&""));
                let text = told(&messages, &reason);
                assert_ne!(text, reason.message_id(), "{language}");
                for name in listed.arguments {
                    // What chooses between wordings is not shown itself.
                    let chooses = matches!(*name, "given" | "sealed" | "expected")
                        || listed.code == "wrong-type";
                    assert!(
                        chooses || text.contains(&format!("<{name}>")),
                        "{language}: {text}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_hint_fits_the_reason() {
        let of = |code, arguments: &[&dyn std::fmt::Display], reason, language| {
            let mut error = ApiError::new(code, []);
            for (name, argument) in code.arguments().iter().zip(arguments) {
                error
                    .arguments
                    .insert((*name).to_owned(), argument.to_string());
            }
            let messages = Messages::for_language(language);
            let hint = Complaint::of_error(&messages, &error.because(reason)).hint;
            hint.unwrap_or_default()
        };
        let provider = "OpenRouter".to_owned();
        let own = Reason::SignInOfItsOwn { provider };
        let invalid = Code::SignInSettingInvalid;
        let given: &[&dyn std::fmt::Display] = &[&"openrouter"];
        for language in ["en", "zh-CN"] {
            let hint = of(invalid, given, own.clone(), language);
            assert!(
                hint.contains("--issuer") && !hint.contains("hint-"),
                "{hint}"
            );
            let copied = of(invalid, given, Reason::ClientIdUnusable {}, language);
            assert_ne!(hint, copied);
            let locked = of(Code::VaultLocked, &[], Reason::KeyringLocked {}, language);
            assert!(!locked.contains("PORTOLAN_PASSPHRASE"), "{locked}");
            let other = Reason::VaultKeyWrong {
                given: "passphrase".to_owned(),
            };
            let other = of(Code::VaultLocked, &[], other, language);
            assert!(other.contains("PORTOLAN_PASSPHRASE"), "{other}");
            let unreadable = Reason::VaultUnreadable {};
            let unreadable = of(Code::VaultUnavailable, &[], unreadable, language);
            assert!(unreadable.contains("vault.bin"), "{unreadable}");
            assert!(!unreadable.contains("PORTOLAN_MASTER_KEY"), "{unreadable}");
        }
    }

    #[test]
    fn what_is_missing_is_told_in_words() {
        let error = ApiError::new(
            Code::RefusedUnsafeListen,
            [&"::", &"client-key,admin-password"],
        );
        let message = |tag| Complaint::of_error(&Messages::for_language(tag), &error).message;
        assert!(message("en").ends_with("missing: a client key, an admin password"));
        assert!(
            message("zh-CN").ends_with("客户端密钥、管理密码"),
            "{}",
            message("zh-CN")
        );
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
