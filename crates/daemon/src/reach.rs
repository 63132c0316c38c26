//! How a command gets its answer: from the running server, else from the files themselves.

use std::time::Duration;

use contract::{Api as _, ApiError, Code, Remote};
use tokio::time::Instant;

use crate::engine::Engine;
use crate::home::{Home, unusable};
use crate::lock::{InstanceLock, LockError};
use crate::socket::{Client, connect};

/// How long to wait for a process that has the lock and is not a server: another command, or a
/// server that starts or ends.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// Who answers.
pub(crate) enum Reached {
    /// A running server.
    Running(Remote<Client>),
    /// This process.
    Here(Engine),
}

/// Finds who answers for a home.
///
/// # Errors
/// The home cannot be used, or its settings cannot be read.
pub(crate) async fn reach(home: Home) -> Result<Reached, ApiError> {
    home.prepare()?;
    let limit = Instant::now() + PATIENCE;
    loop {
        if let Some(client) = connect(&home.folders).await? {
            return Ok(Reached::Running(Remote::new(client)));
        }
        match InstanceLock::take(&home.folders.state) {
            Ok(lock) => return Engine::open(home, lock).await.map(Reached::Here),
            Err(LockError::Taken) if Instant::now() < limit => tokio::time::sleep(PAUSE).await,
            Err(error) => return Err(no_lock(&home, &error)),
        }
    }
}

/// Takes the lock for a server. Commands that work on the files have it for moments: `patience` is
/// how long they, and a server that ends, are waited for at most, but never less than their usual time.
///
/// # Errors
/// `already-running`, with the addresses of the server that has it.
pub(crate) async fn lock(home: &Home, patience: Duration) -> Result<InstanceLock, ApiError> {
    let limit = Instant::now() + patience.max(PATIENCE);
    loop {
        match InstanceLock::take(&home.folders.state) {
            Ok(lock) => return Ok(lock),
            Err(LockError::Taken) => {
                if let Some(client) = connect(&home.folders).await?
                    && let Ok(status) = Remote::new(client).status_get().await
                    // One that only lets its last answers end is waited for.
                    && (status.serving || Instant::now() >= limit)
                {
                    let addresses = status.listeners.iter().flat_map(|each| &each.addresses);
                    let urls: Vec<String> =
                        addresses.map(|each| format!("http://{each}")).collect();
                    return Err(ApiError::new(Code::AlreadyRunning, [&urls.join(" ")]));
                }
                if Instant::now() >= limit {
                    return Err(no_lock(home, &LockError::Taken));
                }
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(no_lock(home, &error)),
        }
    }
}

/// The lock was not to be had.
pub(crate) fn no_lock(home: &Home, error: &LockError) -> ApiError {
    let folder = &home.folders.state;
    match error {
        LockError::Taken => {
            let holder = InstanceLock::holder(&home.folders.state);
            ApiError::new(Code::HomeInUse, [&folder.display(), &holder])
        }
        LockError::File(error) => unusable(folder, error),
    }
}
