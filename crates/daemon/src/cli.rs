//! The command line program: arguments in, words or JSON out, an exit code.

mod answer;
mod check;
mod command;
mod import;
mod input;
mod instances;
mod login;
mod logs;
mod message;
mod parse;
mod person;
mod providers;
mod status;
mod table;
mod usage;
mod words;
mod written;

use std::ffi::OsString;
use std::io::{stderr, stdout};
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use contract::ApiError;
use l10n::Messages;
use tokio::time::timeout;

use crate::environment::Environment;
use crate::folders::{Folders, Platform};
use crate::home::Home;
use crate::{reach, serve, version};
use answer::{Speaker, Spoken};
pub use logs::save_log;
pub use message::Complaint;
use parse::{Call, Question, Task};
pub(crate) use status::warning;
use written::{Failure, Version};
pub(crate) use written::{Started, written};

/// The exit code of wrong use.
const WRONG_USE: u8 = 2;

/// How long `status` waits for providers' lists, where these tell whether a default model is lost.
const LISTS: Duration = Duration::from_secs(3);

/// How long a browser may take to say that it cannot be started.
const BROWSER: Duration = Duration::from_secs(3);

/// Runs `portolan` with these arguments, the program's own name first.
#[must_use]
pub fn run(arguments: &[OsString]) -> ExitCode {
    let refused = startup::harden();
    let messages = Messages::detect(&l10n::system_locale().unwrap_or_default());
    let call = match understand(arguments, &messages) {
        Ok(call) => call,
        Err(code) => return code,
    };
    let json = call.json;
    match perform(call, &refused, &messages) {
        Ok(code) => code,
        Err(error) => {
            complain(&error, json, &messages);
            ExitCode::from(error.code.exit_status())
        }
    }
}

/// Reads the arguments; whatever is to be said instead of running is said here.
fn understand(arguments: &[OsString], messages: &Messages) -> Result<Call, ExitCode> {
    let command = command::command(messages);
    match command.clone().try_get_matches_from(arguments) {
        Ok(matches) => parse::call(&matches).ok_or_else(|| ExitCode::from(WRONG_USE)),
        Err(help)
            if matches!(
                help.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            ) =>
        {
            print(stdout(), &help.render().to_string());
            Err(ExitCode::SUCCESS)
        }
        Err(error) => {
            let given: Vec<String> = arguments
                .iter()
                .skip(1)
                .map(|word| word.to_string_lossy().into_owned())
                .collect();
            let wrong = usage::wrong_use(&error, &command, &given);
            // What cannot be read as a whole says all the same whom it is to be told.
            if given.iter().any(|word| word == "--json") {
                let complaint = wrong.complaint(&english());
                let failure = Failure::new(wrong.code, &wrong.arguments, None, complaint);
                print(stderr(), &written(&failure));
            } else {
                print(stderr(), &wrong.complaint(messages).lines(messages));
            }
            Err(ExitCode::from(WRONG_USE))
        }
    }
}

fn perform(call: Call, refused: &[String], messages: &Messages) -> Result<ExitCode, ApiError> {
    let question = match call.task {
        Task::Version => {
            let spoken = tell_version(call.json, messages);
            print(stdout(), &spoken.out);
            return Ok(ExitCode::SUCCESS);
        }
        Task::Serve { host, port, claim } => {
            let home = home(call.home, call.config, host, port)?;
            let manner = serve::Manner {
                claim,
                json: call.json,
            };
            return serve::serve(home, refused, manner, messages);
        }
        Task::Check => {
            let home = home(call.home, call.config, None, None)?;
            return check::check(&home, call.json, messages);
        }
        Task::Logs(wanted) => {
            let home = home(call.home, call.config, None, None)?;
            return logs::logs(&home, wanted, call.json, messages);
        }
        Task::Ask(question) => question,
    };
    let home = home(call.home, call.config, None, None)?;
    ask(home, question, call.json, messages)
}

/// What one home is made of: flags go before the environment.
pub(crate) fn home(
    home: Option<std::path::PathBuf>,
    config: Option<std::path::PathBuf>,
    host: Option<String>,
    port: Option<u16>,
) -> Result<Home, ApiError> {
    let environment = Environment::read(|name| std::env::var_os(name))?;
    let named = home.or_else(|| environment.home.clone());
    // A flag is typed in a shell, where a relative path means what it says.
    let named = named.map(|path| std::path::absolute(&path).unwrap_or(path));
    let variable = |name: &str| std::env::var_os(name);
    let folders = Folders::find(named, Platform::HERE, variable, &std::env::temp_dir())?;
    Ok(Home::new(folders, environment, config, host, port))
}

/// Has control answer a question, in a running server or in this process.
fn ask(
    home: Home,
    question: Question,
    json: bool,
    messages: &Messages,
) -> Result<ExitCode, ApiError> {
    let runtime = crate::runtime()?;
    let speaker = Speaker { messages, json };
    let spoken = runtime.block_on(async {
        match reach::reach(home).await? {
            reach::Reached::Running(api) => speaker.answer(&api, question, &mut input::Stdin).await,
            reach::Reached::Here(here) => {
                let api = here.api();
                // A server has learnt long since which models there are.
                let unknown = match question {
                    Question::Models | Question::RouteExplain { .. } => speaker.learn(&*api).await,
                    Question::Status => {
                        // What is not known by then is not told.
                        drop(timeout(LISTS, api.learn_default_models()).await);
                        Ok(String::new())
                    }
                    _ => Ok(String::new()),
                };
                let answer = speaker.answer(&*api, question, &mut input::Stdin).await;
                here.stop(Duration::ZERO).await;
                let mut spoken = answer?;
                spoken.note.insert_str(0, &unknown?);
                Ok(spoken)
            }
        }
    })?;
    print(stderr(), &spoken.note);
    print(stdout(), &spoken.out);
    Ok(if spoken.failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn tell_version(json: bool, messages: &Messages) -> Spoken {
    let out = if json {
        written(&Version {
            version: version::VERSION,
            commit: version::COMMIT,
            target: version::TARGET,
        })
    } else {
        let commit = version::COMMIT
            .map(|commit| messages.get("version-commit", &[("commit", commit.into())]) + "\n");
        let commit = commit.unwrap_or_default();
        format!(
            "{} {}\n{commit}{}\n",
            command::PROGRAM,
            version::VERSION,
            version::TARGET
        )
    };
    Spoken {
        out,
        ..Spoken::default()
    }
}

/// Scripts are told in one language wherever they run.
fn english() -> Messages {
    Messages::for_language(l10n::FALLBACK)
}

/// Tells a failure on standard error.
fn complain(error: &ApiError, json: bool, messages: &Messages) {
    if json {
        let complaint = Complaint::of_error(&english(), error);
        let reason = error.reason.as_ref();
        let failure = Failure::new(error.code.as_str(), &error.arguments, reason, complaint);
        print(stderr(), &written(&failure));
    } else {
        let complaint = Complaint::of_error(messages, error);
        print(stderr(), &complaint.lines(messages));
    }
}

/// Writes to a standard stream. A reader that went away (`portolan models | head -1`) is no failure.
pub(crate) fn print(mut to: impl std::io::Write, text: &str) {
    drop(to.write_all(text.as_bytes()).and_then(|()| to.flush()));
}
