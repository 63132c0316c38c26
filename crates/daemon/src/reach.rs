//! How a command gets its answer: from the running server, else from the files themselves.

use std::time::Duration;

use contract::{ApiError, Code, Remote};
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
