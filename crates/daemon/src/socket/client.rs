//! Asks a running server over the control socket.

use std::io;

use contract::{ApiError, Code, Transport};
use serde_json::Value;
use tokio::io::BufReader;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::protocol::{Answer, LONGEST_ANSWER, Request, TRANSFER, WORK, read_line, write_line};
use super::{Stream, open};
use crate::folders::Folders;

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
            _ => Err(unreachable(&error)),
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
                .map_err(|error| unreachable(&error))?,
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
            .map_err(|_| unreachable(&"it does not answer"))?
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => unreachable(&"it hung up"),
                _ => unreachable(&error),
            })?;
        match serde_json::from_slice(&line).map_err(|error| unreachable(&error))? {
            Answer::Result(value) => Ok(value),
            Answer::Error(error) => Err(error),
        }
    }
}

fn unreachable(reason: &dyn std::fmt::Display) -> ApiError {
    ApiError::new(Code::ServerUnreachable, [reason])
}
