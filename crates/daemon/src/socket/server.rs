//! Answers requests on the control socket.

use std::sync::Arc;
use std::time::Duration;

use contract::{Api, ApiError, Code, dispatch};
use tokio::io::{AsyncRead, AsyncWrite, BufReader};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::Listener;
use super::protocol::{Answer, LONGEST_REQUEST, Request, TRANSFER, WORK, read_line, write_line};

/// How many connections are served at a time; the next ones wait in the operating system's queue.
const AT_A_TIME: usize = 16;
/// Before accepting is tried again after a failure, such as too many open files.
const AFTER_FAILURE: Duration = Duration::from_millis(200);

/// Accepts and answers until it is dropped.
pub(crate) async fn serve<A: Api + Send + Sync + 'static>(mut listener: Listener, api: Arc<A>) {
    let places = Arc::new(Semaphore::new(AT_A_TIME));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok(stream) => {
                let api = Arc::clone(&api);
                tokio::spawn(async move {
                    converse(stream, &*api).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "accept on the control socket");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
    }
}

/// One request, one answer.
async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, api: &impl Api) {
    let mut stream = BufReader::new(stream);
    let line = match timeout(TRANSFER, read_line(&mut stream, LONGEST_REQUEST)).await {
        Ok(Ok(line)) => zeroize::Zeroizing::new(line),
        // Nothing can be told to one who does not speak.
        Ok(Err(_)) | Err(_) => return,
    };
    let answer = match serde_json::from_slice::<Request>(&line) {
        Ok(Request { method, params }) => {
            match timeout(WORK, dispatch(api, &method, params)).await {
                Ok(Ok(result)) => Answer::Result(result),
                Ok(Err(error)) => Answer::Error(error),
                Err(_) => Answer::Error(ApiError::new(
                    Code::ServerUnreachable,
                    [&format!("{method} did not end within {} s", WORK.as_secs())],
                )),
            }
        }
        Err(error) => Answer::Error(ApiError::new(Code::InvalidParams, [&"", &error])),
    };
    if let Ok(Err(error)) = timeout(TRANSFER, write_line(&mut stream, &answer)).await {
        tracing::debug!(%error, "write an answer to the control socket");
    }
}
