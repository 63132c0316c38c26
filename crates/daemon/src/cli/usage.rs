//! Wrong use of the command line: clap's findings in our words, with a suggestion.

use std::collections::BTreeMap;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};
use l10n::Messages;

use super::command::PROGRAM;
use super::message::Complaint;

/// What is wrong with the command line, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WrongUse {
    /// Which mistake it is, for scripts; the id of its message.
    pub(crate) code: &'static str,
    /// What the message names.
    pub(crate) arguments: Named,
    hint: (&'static str, Named),
}

/// Arguments of a message, by their names.
pub(crate) type Named = BTreeMap<&'static str, String>;

impl WrongUse {
    /// What is told to the person.
    pub(crate) fn complaint(&self, messages: &Messages) -> Complaint {
        let say = |id: &str, arguments: &Named| {
            let arguments = arguments
                .iter()
                .map(|(name, text)| (*name, text.as_str().into()));
            messages.get(id, &arguments.collect::<Vec<_>>())
        };
        Complaint {
            message: say(self.code, &self.arguments),
            hint: Some(say(self.hint.0, &self.hint.1)),
        }
    }
}

/// Reads what clap found wrong. `given` are the arguments as they were typed, without the program's
/// name.
pub(crate) fn wrong_use(error: &Error, command: &Command, given: &[String]) -> WrongUse {
    let context = |kind| error.get(kind).and_then(first);
    let argument = context(ContextKind::InvalidArg).unwrap_or_default();
    let value = context(ContextKind::InvalidValue).unwrap_or_default();
    let similar = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ]
    .into_iter()
    .find_map(context);
    let (program, inner) = innermost(command, given);
    let (code, arguments) = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let given = context(ContextKind::InvalidSubcommand).unwrap_or_default();
            ("usage-unknown-command", vec![("given", given)])
        }
        // It may be the key: it is not shown once more.
        ErrorKind::UnknownArgument if !argument.starts_with('-') && reads_a_key(&program) => {
            ("usage-key-as-argument", Vec::new())
        }
        ErrorKind::UnknownArgument if !argument.starts_with('-') => {
            ("usage-unexpected", vec![("given", argument.clone())])
        }
        ErrorKind::UnknownArgument => ("usage-unknown-option", vec![("given", argument.clone())]),
        ErrorKind::MissingSubcommand => {
            ("usage-missing-command", vec![("program", program.clone())])
        }
        ErrorKind::MissingRequiredArgument => (
            "usage-missing-argument",
            vec![("argument", bare(&argument))],
        ),
        ErrorKind::InvalidValue if value.is_empty() => {
            ("usage-missing-value", vec![("argument", bare(&argument))])
        }
        ErrorKind::ValueValidation if value.trim().is_empty() => {
            ("usage-empty", vec![("argument", bare(&argument))])
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => (
            "usage-wrong-value",
            vec![("argument", bare(&argument)), ("given", value)],
        ),
        ErrorKind::ArgumentConflict => {
            let other = context(ContextKind::PriorArg).unwrap_or_default();
            if other == argument || other.is_empty() {
                ("usage-twice", vec![("argument", bare(&argument))])
            } else {
                let pair = vec![("argument", bare(&argument)), ("other", bare(&other))];
                ("usage-conflict", pair)
            }
        }
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => {
            ("usage-unexpected", vec![("given", value)])
        }
        ErrorKind::InvalidUtf8 => ("usage-not-text", Vec::new()),
        _ => ("usage-other", Vec::new()),
    };
    let hint = match error.kind() {
        _ if similar.is_some() => (
            "usage-hint-similar",
            vec![("similar", similar.unwrap_or_default())],
        ),
        ErrorKind::ValueValidation if argument.starts_with("--port") => {
            ("usage-hint-port", Vec::new())
        }
        ErrorKind::ValueValidation if argument.starts_with("--host") => {
            ("usage-hint-host", Vec::new())
        }
        ErrorKind::InvalidSubcommand | ErrorKind::MissingSubcommand => {
            let names: Vec<&str> = inner.get_subcommands().map(Command::get_name).collect();
            ("usage-hint-commands", vec![("commands", names.join(" "))])
        }
        ErrorKind::UnknownArgument if code == "usage-key-as-argument" => {
            ("usage-hint-key-input", vec![("program", program)])
        }
        _ => ("usage-hint-help", vec![("program", program)]),
    };
    WrongUse {
        code,
        arguments: arguments.into_iter().collect(),
        hint: (hint.0, hint.1.into_iter().collect()),
    }
}

/// Whether a command reads a provider's key from standard input.
fn reads_a_key(program: &str) -> bool {
    ["accounts add", "accounts set-key"]
        .iter()
        .any(|command| program.ends_with(command))
}

/// The first text of a context value.
fn first(value: &ContextValue) -> Option<String> {
    match value {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.first().cloned(),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        ContextValue::StyledStrs(texts) => texts.first().map(ToString::to_string),
        _ => None,
    }
}

/// An argument as clap writes it (`--name <NAME>`, `<MODEL>`), as we do.
fn bare(argument: &str) -> String {
    argument.replace(['<', '>'], "")
}

/// The command that was reached before the mistake, and how it is called.
fn innermost<'a>(command: &'a Command, given: &[String]) -> (String, &'a Command) {
    let mut found = (PROGRAM.to_owned(), command);
    for word in given.iter().filter(|word| !word.starts_with('-')) {
        if let Some(inner) = found.1.find_subcommand(word) {
            found = (format!("{} {word}", found.0), inner);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use l10n::{Messages, languages};

    use super::wrong_use;
    use crate::cli::command::command;

    fn complain(line: &str, language: &str) -> (String, String) {
        let messages = Messages::for_language(language);
        let command = command(&messages);
        let given: Vec<String> = line.split(' ').skip(1).map(str::to_owned).collect();
        let error = command
            .clone()
            .try_get_matches_from(line.split(' '))
            .unwrap_err();
        let complaint = wrong_use(&error, &command, &given).complaint(&messages);
        (complaint.message, complaint.hint.unwrap())
    }

    #[test]
    fn each_mistake_is_told_with_a_way_out() {
        for (line, message, hint) in [
            (
                "portolan sttus",
                "there is no command “sttus”",
                "did you mean “status”?",
            ),
            (
                "portolan zzz",
                "there is no command “zzz”",
                "its commands: serve status",
            ),
            (
                "portolan keys",
                "a command is missing after “portolan keys”",
                "list create limit revoke",
            ),
            (
                "portolan status --jsn",
                "there is no option “--jsn”",
                "did you mean “--json”?",
            ),
            (
                "portolan status x",
                "“x” is not expected here",
                "portolan status --help",
            ),
            (
                "portolan accounts set-key openai sk-hush",
                "a key is not given as an argument",
                "portolan accounts set-key",
            ),
            (
                "portolan accounts add openai sk-hush",
                "a key is not given as an argument",
                "portolan accounts add",
            ),
            (
                "portolan instances add side x",
                "“x” is not expected here",
                "portolan instances add --help",
            ),
            (
                "portolan keys create",
                "--name NAME is missing",
                "portolan keys create --help",
            ),
            (
                "portolan accounts add",
                "PROVIDER is missing",
                "portolan accounts add --help",
            ),
            (
                "portolan serve --port",
                "--port N needs a value",
                "portolan serve --help",
            ),
            (
                "portolan serve --port 99999",
                "“99999” is not a value for --port N",
                "0 to 65535",
            ),
            (
                "portolan serve --host a.b",
                "“a.b” is not a value for --host IP",
                "127.0.0.1",
            ),
            (
                "portolan serve --port 1 --port 2",
                "--port N is given more than once",
                "--help",
            ),
            (
                "portolan accounts add p --key-env A --key-file B",
                "cannot be used together",
                "accounts add --help",
            ),
        ] {
            let found = complain(line, "en");
            assert!(found.0.contains(message), "{line}: {found:?}");
            assert!(found.1.contains(hint), "{line}: {found:?}");
            let said = format!("{found:?}");
            assert!(!said.contains("sk-hush"), "{said}");
        }
    }

    #[test]
    fn an_empty_argument_is_told_before_anything_is_asked() {
        for (line, argument) in [
            (&["accounts", "remove", ""][..], "ACCOUNT"),
            (&["accounts", "test", " "], "ACCOUNT"),
            (&["accounts", "add", "\t"], "PROVIDER"),
            (&["accounts", "add", "p", "--name", ""], "--name NAME"),
            (&["accounts", "add", "p", "--key-env="], "--key-env NAME"),
            (
                &["accounts", "add", "p", "--key-file", ""],
                "--key-file FILE",
            ),
            (&["login", ""], "PROVIDER"),
            (&["login", "p", "--client-id", ""], "--client-id ID"),
            (&["login", "p", "--issuer", " "], "--issuer URL"),
            (&["logout", ""], "ACCOUNT"),
            (&["keys", "create", "--name", ""], "--name NAME"),
            (
                &["keys", "create", "--name", "n", "--value", ""],
                "--value TEXT",
            ),
            (&["keys", "revoke", ""], "NAME"),
            (&["routes", "explain", ""], "MODEL"),
            (
                &["routes", "explain", "m", "--dialect", ""],
                "--dialect NAME",
            ),
            (&["serve", "--host", ""], "--host IP"),
            (&["serve", "--port", ""], "--port N"),
        ] {
            for (language, words) in [("en", "must not be empty"), ("zh-CN", "不能为空")] {
                let messages = Messages::for_language(language);
                let command = command(&messages);
                let given: Vec<String> = line.iter().map(|&word| word.to_owned()).collect();
                let typed = ["portolan"].iter().chain(line);
                let error = command.clone().try_get_matches_from(typed).unwrap_err();
                let message = wrong_use(&error, &command, &given)
                    .complaint(&messages)
                    .message;
                assert!(
                    message.contains(argument) && message.contains(words),
                    "{message}"
                );
            }
        }
    }

    #[test]
    fn no_english_of_claps_shows_through_in_chinese() {
        assert!(languages().contains(&"zh-CN".to_owned()));
        for line in [
            "portolan sttus",
            "portolan keys create",
            "portolan serve --port x",
        ] {
            let (message, hint) = complain(line, "zh-CN");
            for english in [
                "error",
                "required",
                "invalid",
                "value",
                "Usage",
                "unexpected",
            ] {
                assert!(
                    !format!("{message} {hint}").contains(english),
                    "{message} {hint}"
                );
            }
        }
    }
}
