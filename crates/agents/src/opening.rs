//! How a conversation with an agent's program begins: it is started, greeted and asked what it can;
//! <https://agentclientprotocol.com/protocol/v1/initialization>.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use catalog::{Agent, AgentForm};
use dialect::Fault;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::mpsc;

use crate::connection::Connection;
use crate::process::{self, Environment, Process};
use crate::{fault, socket};

/// The version of the protocol that is spoken here.
const VERSION: u64 = 1;
/// How long a program may take until it can be asked.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A program with the line to it, not yet greeted.
pub(crate) struct Opened {
    pub(crate) process: Process,
    pub(crate) connection: Arc<Connection>,
    pub(crate) way: Way,
}

/// What is left to do before messages are carried.
pub(crate) enum Way {
    /// Nothing.
    Open,
    /// The agent has to listen first.
    Socket {
        messages: mpsc::UnboundedReceiver<String>,
        port: u16,
        path: String,
    },
}

/// Starts the program in a folder.
pub(crate) async fn open(
    agent: &Agent,
    environment: Environment,
    folder: &Path,
) -> Result<Opened, Fault> {
    let failed = |error: std::io::Error| fault::not_started(&agent.command, &error);
    let port = match &agent.form {
        AgentForm::Lines => None,
        AgentForm::Socket(_) => Some(socket::free_port().await.map_err(failed)?),
    };
    let mut process = process::start(agent, environment, folder, port).map_err(failed)?;
    let (connection, messages) = Connection::new(agent.line());
    let connection = Arc::new(connection);
    let way = match (&agent.form, port) {
        (AgentForm::Socket(path), Some(port)) => Way::Socket {
            messages,
            port,
            path: path.clone(),
        },
        (AgentForm::Lines | AgentForm::Socket(_), _) => {
            if let Some((input, output)) = process.pipes.take() {
                tokio::spawn(write(input, messages));
                tokio::spawn(read(output, Arc::clone(&connection)));
            }
            Way::Open
        }
    };
    Ok(Opened {
        process,
        connection,
        way,
    })
}

async fn write(mut input: ChildStdin, mut messages: mpsc::UnboundedReceiver<String>) {
    while let Some(mut message) = messages.recv().await {
        message.push('\n');
        if input.write_all(message.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn read(output: ChildStdout, connection: Arc<Connection>) {
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut limited = (&mut output).take(socket::LONGEST as u64);
        match limited.read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => break,
            Ok(_) => connection.hear(&line),
        }
        if line.capacity() > 64 * 1024 {
            line = Vec::new();
        }
    }
    connection.close();
}

/// What an agent can, as far as it matters here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Abilities {
    /// Whether it takes pictures.
    pub(crate) pictures: bool,
}

/// Greets the agent and signs in where it wants that and the settings say how.
pub(crate) async fn greet(
    agent: &Agent,
    connection: &Arc<Connection>,
    way: Way,
) -> Result<Abilities, Fault> {
    if let Way::Socket {
        messages,
        port,
        path,
    } = way
    {
        let carried = socket::carry(connection, messages, port, &path).await;
        carried.ok_or_else(fault::gone)?;
    }
    let parameters = json!({
        "protocolVersion": VERSION,
        "clientCapabilities": {"fs": {"readTextFile": false, "writeTextFile": false}, "terminal": false},
        "clientInfo": {"name": "portolan", "title": "Portolan", "version": env!("CARGO_PKG_VERSION")},
    });
    let greeted = connection.call("initialize", &parameters).await?;
    if greeted.get("protocolVersion").and_then(Value::as_u64) != Some(VERSION) {
        return Err(fault::unreadable("speaks another version of its protocol"));
    }
    // iFlow's form alone says so at once; the others say it when a session is opened.
    if greeted.get("isAuthenticated").and_then(Value::as_bool) == Some(false) {
        sign_in(agent, connection).await?;
    }
    let pictures = greeted.pointer("/agentCapabilities/promptCapabilities/image");
    Ok(Abilities {
        pictures: pictures.and_then(Value::as_bool) == Some(true),
    })
}

/// Signs in by the method that the settings name: with what the agent itself has stored.
async fn sign_in(agent: &Agent, connection: &Connection) -> Result<(), Fault> {
    let Some(method) = &agent.sign_in else {
        return Err(fault::signed_out(&agent.line()));
    };
    let parameters = json!({ "methodId": method });
    match connection.call("authenticate", &parameters).await {
        Ok(_) => Ok(()),
        Err(error) if error.code() == fault::gone().code() => Err(error),
        Err(_) => Err(fault::signed_out(&agent.line())),
    }
}

/// Opens a session that works in a folder.
pub(crate) async fn session(
    agent: &Agent,
    connection: &Connection,
    folder: &Path,
) -> Result<String, Fault> {
    let mut parameters = json!({"cwd": folder, "mcpServers": []});
    if matches!(agent.form, AgentForm::Socket(_)) {
        // iFlow's form: it asks before it uses tools.
        parameters["settings"] = json!({"permission_mode": "default"});
    }
    let opened = connection.call("session/new", &parameters).await?;
    let id = opened.get("sessionId").and_then(Value::as_str);
    let id = id.ok_or_else(|| fault::unreadable("opened a session without an id"))?;
    Ok(id.to_owned())
}
