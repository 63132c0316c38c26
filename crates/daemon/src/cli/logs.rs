//! `portolan logs`: the running server's log, once or as it grows, to the terminal or to a file.

use std::fs::File;
use std::io::{self, Write, stderr, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use contract::{Api, ApiError, Code, LogLevel, LogLine, LogsChoice, Remote};
use l10n::Messages;

use super::print;
use super::table::visible;
use crate::home::Home;
use crate::{private, socket};

/// How often a log that is followed is asked for more.
const PAUSE: Duration = Duration::from_millis(500);
/// How many lines there were before, where it is followed and nobody says how many.
const BEFORE: u32 = 20;

/// What of the log, and where to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) choice: LogsChoice,
    /// Whether more is waited for.
    pub(crate) follow: bool,
    /// `None`: standard output.
    pub(crate) output: Option<PathBuf>,
}

/// Writes the log. What is followed ends with the server, with its reader, or with a signal.
///
/// # Errors
/// `not-running`, `log-not-saved`, or why the server cannot be asked.
pub(crate) fn logs(
    home: &Home,
    wanted: Wanted,
    json: bool,
    messages: &Messages,
) -> Result<ExitCode, ApiError> {
    let Wanted {
        mut choice,
        follow,
        output,
    } = wanted;
    let form = match (json, follow) {
        (false, _) => Form::Text,
        (true, true) => Form::JsonLines,
        (true, false) => Form::Json,
    };
    let unsaved = |error: &io::Error| {
        let file = output
            .as_ref()
            .map_or_else(String::new, |file| file.display().to_string());
        ApiError::new(Code::LogNotSaved, [&file]).because(private::reason(error))
    };
    if follow && choice.most.is_none() {
        choice.most = Some(BEFORE);
    }
    crate::runtime()?.block_on(async {
        let client = socket::connect(&home.folders).await?;
        let api = Remote::new(client.ok_or_else(|| ApiError::new(Code::NotRunning, []))?);
        let lines = oldest_first(&api, &choice).await?;
        // The file comes into being once there is something to write into it.
        let mut to: Box<dyn Write> = match &output {
            Some(path) => Box::new(create(path).map_err(|error| unsaved(&error))?),
            None => Box::new(stdout()),
        };
        let mut count = lines.len();
        let mut written = form.write(&mut to, &lines);
        choice.most = None;
        choice.after = lines.last().map(|line| line.number).or(choice.after);
        while follow && written.is_ok() {
            tokio::time::sleep(PAUSE).await;
            let more = match oldest_first(&api, &choice).await {
                Err(error) if error.code == Code::ServerUnreachable => {
                    print(stderr(), &(messages.get("logs-ended", &[]) + "\n"));
                    break;
                }
                more => more?,
            };
            count += more.len();
            choice.after = more.last().map(|line| line.number).or(choice.after);
            written = form.write(&mut to, &more);
        }
        match (&output, written) {
            (Some(_), Err(error)) => return Err(unsaved(&error)),
            (Some(path), Ok(())) => {
                let file = path.display().to_string();
                let arguments = [("count", count.into()), ("file", file.as_str().into())];
                print(stderr(), &(messages.get("logs-saved", &arguments) + "\n"));
            }
            (None, _) if count == 0 && !json => {
                print(stderr(), &(messages.get("logs-none", &[]) + "\n"));
            }
            // A reader that went away is no failure.
            (None, _) => {}
        }
        Ok(ExitCode::SUCCESS)
    })
}

async fn oldest_first(api: &impl Api, choice: &LogsChoice) -> Result<Vec<LogLine>, ApiError> {
    let mut lines = api.logs_list(choice.clone()).await?;
    lines.reverse();
    Ok(lines)
}

/// A new file that its owner alone may read; one that is there is emptied, whoever may read it.
fn create(path: &std::path::Path) -> io::Result<File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    private_file(&mut options).open(path)
}

/// The most files of one name in one folder.
const FILES: usize = 1000;

/// Saves lines to a new file in that folder, which its owner alone may read.
///
/// # Errors
/// The file cannot be made or written.
pub fn save_log(folder: &std::path::Path, lines: &[LogLine]) -> io::Result<PathBuf> {
    let names = (2..=FILES).map(|number| format!("portolan-{number}.log"));
    for name in std::iter::once("portolan.log".to_owned()).chain(names) {
        let path = folder.join(name);
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        match private_file(&mut options).open(&path) {
            Ok(mut file) => return Form::Text.write(&mut file, lines).map(|()| path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// For its owner alone, where it is made.
fn private_file(options: &mut std::fs::OpenOptions) -> &mut std::fs::OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// How lines are written.
#[derive(Clone, Copy)]
enum Form {
    Text,
    /// One value with all of them.
    Json,
    /// A value a line, for they come one by one.
    JsonLines,
}

impl Form {
    fn write(self, to: &mut impl Write, lines: &[LogLine]) -> io::Result<()> {
        let text: String = match self {
            Self::Text => lines.iter().map(spoken).collect(),
            Self::Json => serde_json::to_string_pretty(lines)? + "\n",
            Self::JsonLines => {
                let mut text = String::new();
                for line in lines {
                    text += &(serde_json::to_string(line)? + "\n");
                }
                text
            }
        };
        to.write_all(text.as_bytes())?;
        to.flush()
    }
}

fn spoken(line: &LogLine) -> String {
    let level = match line.level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    };
    let text = format!("{} {level} {}: {}", line.time, line.target, line.message);
    visible(&text) + "\n"
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn line(number: u64, message: &str) -> LogLine {
        LogLine {
            number,
            time: "2026-11-21T12:00:00Z".to_owned(),
            level: LogLevel::Warn,
            target: "gateway".to_owned(),
            message: message.to_owned(),
        }
    }

    fn written(form: Form, lines: &[LogLine]) -> String {
        let mut out = Vec::new();
        form.write(&mut out, lines).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn s52_what_a_line_holds_steers_no_terminal_and_is_one_line() {
        let text = written(Form::Text, &[line(1, "a\u{1b}[2Jb\nc")]);
        assert_eq!(
            text,
            "2026-11-21T12:00:00Z warn gateway: a\u{fffd}[2Jb\u{fffd}c\n"
        );
    }

    #[test]
    fn a_file_that_is_there_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let first = save_log(folder.path(), &[line(1, "a")]).unwrap();
        let second = save_log(folder.path(), &[line(1, "a"), line(2, "b")]).unwrap();
        assert!(first.ends_with("portolan.log") && second.ends_with("portolan-2.log"));
        let lines = |path| std::fs::read_to_string(path).unwrap().lines().count();
        assert_eq!((lines(first), lines(second)), (1, 2));
        assert!(save_log(&folder.path().join("none"), &[]).is_err());
    }

    #[test]
    fn scripts_get_one_value_or_one_a_line() {
        let lines = [line(1, "a"), line(2, "b")];
        let all: Vec<LogLine> = serde_json::from_str(&written(Form::Json, &lines)).unwrap();
        assert_eq!(all, lines);
        let each = written(Form::JsonLines, &lines);
        let each: Vec<LogLine> = each
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(each, lines);
        assert_eq!(written(Form::Json, &[]), "[]\n");
        assert_eq!(written(Form::JsonLines, &[]), "");
    }
}
