//! Asks a running server over the control socket.

use std::io;

use contract::{ApiError, Code, Reason, Transport};
use serde_json::Value;
use tokio::io::BufReader;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::protocol::{Answer, LONGEST_ANSWER, Request, TRANSFER, WORK, read_line, write_line};
use super::{Stream, open};
use crate::folders::Folders;
use crate::private;

/// Asks the server of a home; each call is a connection of its own.
#[derive(Debug)]
pub(crate) struct Client {
    folders: Folders,
    /// The connection that showed that a server is there; the first call uses it.
    first: Mutex<Option<Stream>>,
}

/// Connects to the server of that home; `None` where none is running.
pub(crate) async fn connect(folders: &Folders) -> Result<Option<Client>, ApiError> {
    match open(folders).await {
        Ok(stream) => Ok(Some(Client {
            folders: folders.clone(),
            first: Mutex::new(Some(stream)),
        })),
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => Ok(None),
            _ => Err(unreachable(private::reason(&error))),
        },
    }
}

impl Transport for Client {
    async fn call(&self, method: &str, params: Value) -> Result<Value, ApiError> {
        let first = self.first.lock().await.take();
        let stream = match first {
            Some(stream) => stream,
            None => open(&self.folders)
                .await
                .map_err(|error| unreachable(private::reason(&error)))?,
        };
        let mut stream = BufReader::new(stream);
        let request = Request {
            method: method.to_owned(),
            params,
        };
        let conversation = async {
            write_line(&mut stream, &request).await?;
            read_line(&mut stream, LONGEST_ANSWER).await
        };
        let line = timeout(WORK + TRANSFER, conversation)
            .await
            .map_err(|_| unreachable(Reason::ServerSilent {}))?
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => unreachable(Reason::ServerHungUp {}),
                _ => unreachable(private::reason(&error)),
            })?;
        match serde_json::from_slice(&line).map_err(|error| unreadable(&error))? {
            Answer::Result(value) => Ok(value),
            Answer::Error(error) => Err(error),
        }
    }
}

fn unreachable(reason: Reason) -> ApiError {
    ApiError::new(Code::ServerUnreachable, []).because(reason)
}

fn unreadable(error: &serde_json::Error) -> ApiError {
    unreachable(Reason::AnswerUnreadable {
        words: error.to_string(),
    })
}
