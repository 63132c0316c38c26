//! From arguments to what is asked for.

use std::path::PathBuf;

use clap::ArgMatches;
use contract::{
    FlowKind, ImportSource, InstanceChange, KeyLimit, LogLevel, LogsChoice, ProviderSet,
    SignInStart,
};

use super::instances::InstanceQuestion;
use super::login::Login;
use super::logs::Wanted;

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// `--home`.
    pub(crate) home: Option<PathBuf>,
    /// `--config`.
    pub(crate) config: Option<PathBuf>,
    /// `--json`.
    pub(crate) json: bool,
    /// The command.
    pub(crate) task: Task,
}

/// A command with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// `serve`.
    Serve {
        /// `--host`.
        host: Option<String>,
        /// `--port`.
        port: Option<u16>,
        /// `--claim`.
        claim: bool,
    },
    /// `version`.
    Version,
    /// `status --check`.
    Check,
    /// `logs`.
    Logs(Wanted),
    /// A command that control answers.
    Ask(Question),
}

/// A command that control answers, in this process or in a running server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    Status,
    Models,
    Accounts,
    AccountAdd {
        provider: String,
        name: Option<String>,
        key: KeyPlace,
    },
    AccountSetKey {
        id: String,
    },
    AccountRemove {
        id: String,
    },
    AccountTest {
        id: String,
    },
    Providers,
    ProviderSet {
        set: ProviderSet,
        /// The address of one endpoint, and its dialect; otherwise that of the provider's first one.
        endpoint: Option<(String, Option<String>)>,
    },
    Import {
        source: Option<ImportSource>,
        /// Whether it is taken over, and not only shown.
        take: bool,
    },
    Login(Login),
    Logout {
        id: String,
    },
    Keys,
    KeyCreate {
        name: String,
        value: Option<String>,
    },
    KeyRevoke {
        name: String,
    },
    KeyLimit(KeyLimit),
    KeyShow,
    Instances(InstanceQuestion),
    AdminBootstrap,
    Routes,
    RouteExplain {
        model: String,
        dialect: Option<String>,
    },
}

/// Where the provider's key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeyPlace {
    /// In an environment variable.
    Environment(String),
    /// In a file.
    File(String),
    /// It comes on standard input and goes to the vault.
    Input,
}

/// Reads what clap found; `None` where its tree and this function do not agree.
pub(crate) fn call(matches: &ArgMatches) -> Option<Call> {
    let (name, inner) = matches.subcommand()?;
    let task = match name {
        "serve" => Task::Serve {
            host: text(inner, "host"),
            port: inner.get_one::<u16>("port").copied(),
            claim: inner.get_flag("claim"),
        },
        "version" => Task::Version,
        "status" if inner.get_flag("check") => Task::Check,
        "status" => Task::Ask(Question::Status),
        "models" => Task::Ask(Question::Models),
        "login" => Task::Ask(Question::Login(login(inner)?)),
        "import" => Task::Ask(Question::Import {
            source: match text(inner, "SOURCE").as_deref() {
                None => None,
                Some("iflow") => Some(ImportSource::Iflow),
                Some("iflow2api") => Some(ImportSource::Iflow2api),
                Some(_) => return None,
            },
            take: inner.get_flag("yes"),
        }),
        "logs" => Task::Logs(logs(inner)?),
        "logout" => Task::Ask(Question::Logout {
            id: text(inner, "ACCOUNT")?,
        }),
        group => {
            let (verb, inner) = inner.subcommand()?;
            Task::Ask(question(group, verb, inner)?)
        }
    };
    // An option that is global is known to the innermost command, wherever it was typed.
    let mut innermost = matches;
    while let Some((_, inner)) = innermost.subcommand() {
        innermost = inner;
    }
    let path = |id: &str| innermost.get_one::<PathBuf>(id).cloned();
    Some(Call {
        home: path("home"),
        config: path("config"),
        json: innermost.get_flag("json"),
        task,
    })
}

fn question(group: &str, verb: &str, matches: &ArgMatches) -> Option<Question> {
    Some(match (group, verb) {
        ("accounts", "list") => Question::Accounts,
        ("accounts", "add") => Question::AccountAdd {
            provider: text(matches, "PROVIDER")?,
            name: text(matches, "name"),
            key: match (text(matches, "key-env"), text(matches, "key-file")) {
                (Some(variable), _) => KeyPlace::Environment(variable),
                (None, Some(file)) => KeyPlace::File(file),
                (None, None) => KeyPlace::Input,
            },
        },
        ("accounts", "set-key") => Question::AccountSetKey {
            id: text(matches, "ACCOUNT")?,
        },
        ("accounts", "remove") => Question::AccountRemove {
            id: text(matches, "ACCOUNT")?,
        },
        ("accounts", "test") => Question::AccountTest {
            id: text(matches, "ACCOUNT")?,
        },
        ("providers", "list") => Question::Providers,
        ("providers", "set") => provider_set(matches)?,
        ("keys", "list") => Question::Keys,
        ("keys", "create") => Question::KeyCreate {
            name: text(matches, "name")?,
            value: text(matches, "value"),
        },
        ("keys", "revoke") => Question::KeyRevoke {
            name: text(matches, "NAME")?,
        },
        ("keys", "limit") => Question::KeyLimit(key_limit(matches)?),
        ("instances", verb) => Question::Instances(instances(verb, matches)?),
        ("admin", "bootstrap") => Question::AdminBootstrap,
        ("keys", "show") => Question::KeyShow,
        ("routes", "list") => Question::Routes,
        ("routes", "explain") => Question::RouteExplain {
            model: text(matches, "MODEL")?,
            dialect: text(matches, "dialect"),
        },
        _ => return None,
    })
}

fn instances(verb: &str, matches: &ArgMatches) -> Option<InstanceQuestion> {
    let name = || text(matches, "INSTANCE");
    let port = || matches.get_one::<u16>("port").copied();
    let keys = || {
        let given = matches.get_many::<String>("key");
        given.map(|keys| keys.cloned().collect::<Vec<_>>())
    };
    Some(match verb {
        "list" => InstanceQuestion::List,
        "add" => InstanceQuestion::Add {
            name: name()?,
            port: port(),
            keys: keys().unwrap_or_default(),
            default_model: text(matches, "default-model"),
        },
        "change" => InstanceQuestion::Change(InstanceChange {
            name: name()?,
            new_name: text(matches, "name"),
            port: port(),
            keys: if matches.get_flag("all-keys") {
                Some(Vec::new())
            } else {
                keys()
            },
            default_model: if matches.get_flag("no-default-model") {
                Some(String::new())
            } else {
                text(matches, "default-model")
            },
        }),
        "remove" => InstanceQuestion::Remove { name: name()? },
        "start" => InstanceQuestion::Start { name: name()? },
        "stop" => InstanceQuestion::Stop { name: name()? },
        _ => return None,
    })
}

fn provider_set(matches: &ArgMatches) -> Option<Question> {
    let reset = matches.get_flag("reset");
    let endpoint = text(matches, "endpoint");
    Some(Question::ProviderSet {
        set: ProviderSet {
            id: text(matches, "PROVIDER")?,
            endpoints: reset.then(Default::default),
            allow_private: if reset {
                Some(false)
            } else {
                matches.get_flag("allow-private").then_some(true)
            },
            sign_in_at: if reset {
                Some(String::new())
            } else {
                text(matches, "login-at")
            },
        },
        endpoint: endpoint.map(|url| (url, text(matches, "dialect"))),
    })
}

fn key_limit(matches: &ArgMatches) -> Option<KeyLimit> {
    let number = |id: &str| matches.get_one::<u32>(id).copied();
    Some(KeyLimit {
        name: text(matches, "NAME")?,
        requests_per_minute: number("requests-per-minute"),
        tokens_per_minute: number("tokens-per-minute"),
        concurrency: number("concurrency"),
        requests_per_day: number("requests-per-day"),
        tokens_per_day: number("tokens-per-day"),
        provider_key: text(matches, "provider-key").map(|word| word == "yes"),
    })
}

fn logs(inner: &ArgMatches) -> Option<Wanted> {
    let level = match text(inner, "level").as_deref() {
        None => None,
        Some("error") => Some(LogLevel::Error),
        Some("warn") => Some(LogLevel::Warn),
        Some("info") => Some(LogLevel::Info),
        Some("debug") => Some(LogLevel::Debug),
        Some("trace") => Some(LogLevel::Trace),
        Some(_) => return None,
    };
    Some(Wanted {
        choice: LogsChoice {
            level,
            search: text(inner, "search"),
            after: None,
            most: inner.get_one::<u32>("lines").copied(),
        },
        follow: inner.get_flag("follow"),
        output: inner.get_one::<PathBuf>("output").cloned(),
    })
}

fn login(matches: &ArgMatches) -> Option<Login> {
    Some(Login {
        start: SignInStart {
            provider: text(matches, "PROVIDER")?,
            flow: matches.get_flag("device").then_some(FlowKind::Device),
            name: text(matches, "name"),
            client: text(matches, "client-id"),
            client_secret_file: text(matches, "client-secret-file"),
            issuer: text(matches, "issuer"),
        },
        browser: !matches.get_flag("no-browser"),
    })
}

fn text(matches: &ArgMatches, id: &str) -> Option<String> {
    matches.get_one::<String>(id).cloned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use l10n::Messages;

    use super::*;
    use crate::cli::command::command;

    fn parse(line: &str) -> Call {
        let messages = Messages::for_language("en");
        let matches = command(&messages)
            .try_get_matches_from(line.split(' '))
            .unwrap();
        call(&matches).unwrap()
    }

    #[test]
    fn global_options_stand_anywhere() {
        for line in [
            "portolan --home /h --json keys list",
            "portolan keys --home /h list --json",
            "portolan keys list --json --home /h",
        ] {
            let call = parse(line);
            assert_eq!(call.home, Some("/h".into()), "{line}");
            assert!(call.json, "{line}");
            assert_eq!(call.task, Task::Ask(Question::Keys));
        }
    }

    #[test]
    fn every_command_is_understood() {
        fn leaves(command: &clap::Command, line: &str, found: &mut Vec<String>) {
            if !command.has_subcommands() {
                let mut line = line.to_owned();
                for argument in command.get_arguments().filter(|a| a.is_required_set()) {
                    match argument.get_long() {
                        Some(long) => line.push_str(&format!(" --{long} x")),
                        None => line.push_str(" x"),
                    }
                }
                found.push(line);
            }
            for child in command.get_subcommands() {
                leaves(child, &format!("{line} {}", child.get_name()), found);
            }
        }
        let mut lines = Vec::new();
        leaves(
            &command(&Messages::for_language("en")),
            "portolan",
            &mut lines,
        );
        assert!(lines.len() >= 14, "{lines:?}");
        for line in lines {
            parse(&line);
        }
    }

    #[test]
    fn a_key_is_in_one_place() {
        let Task::Ask(Question::AccountAdd { key, name, .. }) =
            parse("portolan accounts add openai --key-env K --name work").task
        else {
            unreachable!("another command");
        };
        assert_eq!(
            (key, name.as_deref()),
            (KeyPlace::Environment("K".into()), Some("work"))
        );
        let Task::Ask(Question::KeyCreate { value, .. }) =
            parse("portolan keys create --name n --value -x").task
        else {
            unreachable!("another command");
        };
        assert_eq!(value.as_deref(), Some("-x"));
    }
}
