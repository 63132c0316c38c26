//! A program of the user's own that answers in place of a service: how it is started, and what it may
//! do. It speaks the Agent Client Protocol.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use dialect::Dialect;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::auth::Auth;
use crate::checks::Checks;
use crate::endpoint::{Endpoint, Versions};
use crate::kind::ProblemKind;
use crate::problem::KeyPath;

/// How long an agent stays once nobody asks it, where nothing else is said.
const IDLE: Duration = Duration::from_secs(10 * 60);
/// How long it may be silent in an answer, where nothing else is said: its tools take their time.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// A program that answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// The program: a path, or a name to look up in `PATH`.
    pub command: String,
    /// What it is started with; `{port}` stands for a free port where it listens on one.
    pub arguments: Vec<String>,
    /// How it is talked to.
    pub form: AgentForm,
    /// The names of the variables of this program's surroundings that it is given, beside those that
    /// every program needs.
    pub environment: Vec<String>,
    /// Further variables that it is given. Never a secret.
    pub variables: BTreeMap<String, String>,
    /// Where it works; `None`: in an empty folder of its own.
    pub folder: Option<PathBuf>,
    /// What it may do with its tools without a person to ask.
    pub tools: Tools,
    /// The method by which it signs in, with what it has stored itself, where it has to be told to.
    pub sign_in: Option<String>,
    /// How long it stays once nobody asks it; `None`: until this program ends.
    pub idle: Option<Duration>,
    /// How long it may be silent in an answer.
    pub patience: Duration,
}

impl Agent {
    /// The endpoint that stands for it: what it says is written as OpenAI's chat.
    ///
    /// `None` where the id is none, which was told before.
    pub(crate) fn endpoint(&self, id: &str) -> Option<Endpoint> {
        let base = Url::parse(&format!("acp://{id}")).ok()?;
        let (dialect, none) = (Dialect::OpenAiChat, Versions::default());
        Some(Endpoint::new(dialect, base, Vec::new(), Auth::None, none))
    }

    /// The command with its arguments, for people.
    #[must_use]
    pub fn line(&self) -> String {
        let words = std::iter::once(&self.command).chain(&self.arguments);
        words.map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// How an agent is talked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentForm {
    /// A message a line, over its standard input and output;
    /// <https://agentclientprotocol.com/protocol/v1/transports>.
    Lines,
    /// A message a frame, at this path of a WebSocket on loopback, as iFlow's command line had it.
    Socket(String),
}

/// What an agent says a tool does;
/// <https://agentclientprotocol.com/protocol/v1/tool-calls>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ToolKind {
    /// Reads files or data.
    Read,
    /// Changes files or contents.
    Edit,
    /// Removes files or data.
    Delete,
    /// Moves or renames files.
    Move,
    /// Looks for something.
    Search,
    /// Runs commands or code.
    Execute,
    /// Thinks or plans.
    Think,
    /// Fetches something from elsewhere.
    Fetch,
    /// Anything else.
    Other,
}

impl ToolKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Read,
        Self::Edit,
        Self::Delete,
        Self::Move,
        Self::Search,
        Self::Execute,
        Self::Think,
        Self::Fetch,
        Self::Other,
    ];

    /// The protocol's word, and the settings'.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Edit => "edit",
            Self::Delete => "delete",
            Self::Move => "move",
            Self::Search => "search",
            Self::Execute => "execute",
            Self::Think => "think",
            Self::Fetch => "fetch",
            Self::Other => "other",
        }
    }
}

impl FromStr for ToolKind {
    type Err = ProblemKind;

    fn from_str(word: &str) -> Result<Self, ProblemKind> {
        let mut all = Self::ALL.into_iter();
        all.find(|kind| kind.as_str() == word)
            .ok_or_else(|| ProblemKind::Choice {
                found: word.to_owned(),
                choices: Self::ALL.map(Self::as_str).to_vec(),
            })
    }
}

/// The kinds of tools that an agent may use without a person to ask.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tools(Vec<ToolKind>);

impl Tools {
    /// Reads a list of words; those that are none are left out.
    #[must_use]
    pub fn of(words: &[String]) -> Self {
        let kinds = words.iter().filter_map(|word| word.parse().ok());
        Self(kinds.collect())
    }

    /// Whether a tool of the kind may be used.
    #[must_use]
    pub fn allow(&self, kind: ToolKind) -> bool {
        self.0.contains(&kind)
    }
}

impl fmt::Display for Tools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.0.iter().map(|kind| kind.as_str()).collect();
        f.write_str(&words.join(", "))
    }
}

/// An agent as it is written. What is left out stays as the built-in one has it, or as is usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AgentSetting {
    /// The program: a path, or a name to look up in `PATH`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// What it is started with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arguments: Option<Vec<String>>,
    /// The path of its WebSocket, where it has one in place of standard input and output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub socket: Option<String>,
    /// The names of variables to pass on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Vec<String>>,
    /// Variables to set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variables: Option<BTreeMap<String, String>>,
    /// Where it works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
    /// The kinds of tools that it may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<String>>,
    /// The method by which it signs in, where it has to be told to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<String>,
    /// Minutes for which it stays once nobody asks it; 0: until this program ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_minutes: Option<u32>,
    /// Seconds for which it may be silent in an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patience_seconds: Option<u32>,
}

impl AgentSetting {
    /// Checks what is written under `agent` and lays it over what is known.
    pub(crate) fn check(&self, checks: &mut Checks, known: Option<&Agent>) -> Option<Agent> {
        let key = KeyPath::of("agent");
        let mut agent = known.cloned().unwrap_or_else(|| Agent {
            command: String::new(),
            arguments: Vec::new(),
            form: AgentForm::Lines,
            environment: Vec::new(),
            variables: BTreeMap::new(),
            folder: None,
            tools: Tools::default(),
            sign_in: None,
            idle: Some(IDLE),
            patience: PATIENCE,
        });
        if let Some(command) = &self.command {
            agent.command.clone_from(command);
        }
        if agent.command.trim().is_empty() {
            checks.wrong(key.key("command"), ProblemKind::NoCommand);
        } else {
            plain(checks, &key.key("command"), &agent.command);
        }
        if let Some(arguments) = &self.arguments {
            for (at, argument) in arguments.iter().enumerate() {
                plain(checks, &key.key("arguments").index(at), argument);
            }
            agent.arguments.clone_from(arguments);
        }
        if let Some(path) = &self.socket {
            if !path.starts_with('/') || path.contains(|c: char| !c.is_ascii_graphic()) {
                checks.wrong(key.key("socket"), ProblemKind::NotAbsolute);
            }
            agent.form = AgentForm::Socket(path.clone());
        }
        if let Some(names) = &self.environment {
            for (at, name) in names.iter().enumerate() {
                variable(checks, &key.key("environment").index(at), name);
            }
            agent.environment.clone_from(names);
        }
        if let Some(variables) = &self.variables {
            for (name, value) in variables {
                let key = key.key("variables").key(name);
                variable(checks, &key, name);
                plain(checks, &key, value);
            }
            agent.variables.extend(variables.clone());
        }
        if let Some(folder) = &self.folder {
            if !folder.is_absolute() {
                checks.wrong(key.key("folder"), ProblemKind::NotAbsolute);
            }
            agent.folder = Some(folder.clone());
        }
        if let Some(words) = &self.tools {
            agent.tools = Tools(checks.names(&key.key("tools"), words));
        }
        if let Some(method) = &self.sign_in {
            plain(checks, &key.key("sign_in"), method);
            agent.sign_in = Some(method.clone());
        }
        if let Some(minutes) = self.idle_minutes {
            agent.idle = (minutes > 0).then(|| Duration::from_secs(60 * u64::from(minutes)));
        }
        if let Some(seconds) = self.patience_seconds {
            if seconds == 0 {
                checks.wrong(key.key("patience_seconds"), ProblemKind::Zero);
            }
            agent.patience = Duration::from_secs(u64::from(seconds));
        }
        (!agent.command.trim().is_empty()).then_some(agent)
    }
}

/// What a program is started with passes through the operating system, which ends it at a NUL.
fn plain(checks: &mut Checks, key: &KeyPath, text: &str) {
    if text.chars().any(char::is_control) {
        checks.wrong(key.clone(), ProblemKind::Argument);
    }
}

fn variable(checks: &mut Checks, key: &KeyPath, name: &str) {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.is_empty() || name.as_bytes()[0].is_ascii_digit() || !name.bytes().all(letter) {
        checks.wrong(key.clone(), ProblemKind::Variable);
    } else if name.to_ascii_uppercase().starts_with("PORTOLAN_") {
        checks.wrong(key.clone(), ProblemKind::OwnVariable(name.to_owned()));
    }
}
