//! Answers requests on the control socket.

use std::sync::Arc;
use std::time::Duration;

use contract::{ApiError, Code, Reason, Transport};
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
pub(crate) async fn serve<T>(mut listener: Listener, control: T)
where
    T: Transport + Send + Sync + 'static,
{
    let control = Arc::new(control);
    let places = Arc::new(Semaphore::new(AT_A_TIME));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok(stream) => {
                let control = Arc::clone(&control);
                tokio::spawn(async move {
                    converse(stream, &*control).await;
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
async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, control: &impl Transport) {
    let mut stream = BufReader::new(stream);
    let line = match timeout(TRANSFER, read_line(&mut stream, LONGEST_REQUEST)).await {
        Ok(Ok(line)) => zeroize::Zeroizing::new(line),
        // Nothing can be told to one who does not speak.
        Ok(Err(_)) | Err(_) => return,
    };
    let answer = match serde_json::from_slice::<Request>(&line) {
        Ok(Request { method, params }) => {
            match timeout(WORK, control.call(&method, params)).await {
                Ok(Ok(result)) => Answer::Result(result),
                Ok(Err(error)) => Answer::Error(error),
                Err(_) => Answer::Error(slow(method)),
            }
        }
        Err(error) => {
            Answer::Error(ApiError::new(Code::InvalidParams, []).because(Reason::said(&error)))
        }
    };
    if let Ok(Err(error)) = timeout(TRANSFER, write_line(&mut stream, &answer)).await {
        tracing::debug!(%error, "write an answer to the control socket");
    }
}

fn slow(method: String) -> ApiError {
    ApiError::new(Code::ServerUnreachable, []).because(Reason::ServerSlow {
        method,
        seconds: WORK.as_secs().to_string(),
    })
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use contract::{Api as _, Remote};
    use serde_json::{Value, json};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::super::{connect, open};
    use super::*;
    use crate::folders::Folders;

    /// Answers every method with one and the same.
    struct Fixed(Result<Value, ApiError>);

    impl Transport for Fixed {
        async fn call(&self, _method: &str, _params: Value) -> Result<Value, ApiError> {
            self.0.clone()
        }
    }

    struct Bed {
        _home: tempfile::TempDir,
        folders: Folders,
    }

    fn bed(answer: Result<Value, ApiError>) -> Bed {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().to_owned();
        let folders = Folders {
            config: folder.clone(),
            data: folder.clone(),
            state: folder.clone(),
            runtime: folder.join("run"),
        };
        let listener = Listener::bind(&folders).unwrap();
        tokio::spawn(serve(listener, Fixed(answer)));
        Bed {
            _home: home,
            folders,
        }
    }

    #[tokio::test]
    async fn answers_and_failures_come_through() {
        let good = bed(Ok(json!([])));
        let remote = Remote::new(connect(&good.folders).await.unwrap().unwrap());
        for _ in 0..40 {
            assert_eq!(remote.keys_list().await.unwrap(), []);
        }
        let error = ApiError::new(Code::NoSuchKey, [&"a", &""]);
        let bad = bed(Err(error.clone()));
        let remote = Remote::new(connect(&bad.folders).await.unwrap().unwrap());
        assert_eq!(remote.keys_list().await, Err(error));
    }

    #[tokio::test]
    async fn without_a_server_there_is_nobody() {
        let bed = bed(Ok(Value::Null));
        let mut folders = bed.folders.clone();
        folders.runtime = folders.runtime.join("other");
        assert!(connect(&folders).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn nonsense_is_refused_and_too_much_of_it_is_not_read() {
        let bed = bed(Ok(Value::Null));
        for nonsense in ["nonsense\n", "{}\n", "{\"method\": 1}\n", "\u{0}\n"] {
            let mut stream = open(&bed.folders).await.unwrap();
            stream.write_all(nonsense.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert!(answer.contains("invalid-params"), "{nonsense:?}: {answer}");
        }
        let mut stream = open(&bed.folders).await.unwrap();
        let much = vec![b'x'; usize::try_from(LONGEST_REQUEST).unwrap() + 2];
        // The server may hang up before it is all written.
        drop(stream.write_all(&much).await);
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer).await);
        assert!(answer.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_say_nothing_do_not_keep_others_out() {
        let bed = bed(Ok(json!([])));
        let mut silent = Vec::new();
        for _ in 0..AT_A_TIME {
            silent.push(open(&bed.folders).await.unwrap());
        }
        let remote = Remote::new(connect(&bed.folders).await.unwrap().unwrap());
        assert_eq!(remote.keys_list().await.unwrap(), []);
    }
}
