//! The control socket as a named pipe, closed to other machines and writable by its owner alone.

use std::io;
use std::time::Duration;

use tokio::net::windows::named_pipe::{
    ClientOptions, NamedPipeClient, NamedPipeServer, ServerOptions,
};

use crate::folders::Folders;

/// All instances of the pipe are taken, for the moment between two connections
/// (<https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499->).
const ERROR_PIPE_BUSY: i32 = 231;
/// How often a busy pipe is tried.
const TRIES: u32 = 100;
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(20);

/// A connection, of a client.
pub(super) type Stream = NamedPipeClient;

/// Accepts connections. The pipe's default access list lets only its owner, administrators and the
/// system write to it
/// (<https://learn.microsoft.com/windows/win32/ipc/named-pipe-security-and-access-rights>).
#[derive(Debug)]
pub(crate) struct Listener {
    name: String,
    next: NamedPipeServer,
}

fn name(folders: &Folders) -> String {
    format!(r"\\.\pipe\portolan-{}", folders.name())
}

impl Listener {
    /// Begins to listen. It fails where the name is taken, so that no other program can pose as the
    /// server.
    pub(crate) fn bind(folders: &Folders) -> io::Result<Self> {
        let name = name(folders);
        let next = ServerOptions::new()
            .first_pipe_instance(true)
            .reject_remote_clients(true)
            .create(&name)?;
        Ok(Self { name, next })
    }

    /// The next connection.
    pub(super) async fn accept(&mut self) -> io::Result<NamedPipeServer> {
        self.next.connect().await?;
        let next = ServerOptions::new()
            .reject_remote_clients(true)
            .create(&self.name)?;
        Ok(std::mem::replace(&mut self.next, next))
    }
}

/// Connects to the server of that home.
pub(super) async fn open(folders: &Folders) -> io::Result<Stream> {
    for _ in 0..TRIES {
        match ClientOptions::new().open(name(folders)) {
            Err(error) if error.raw_os_error() == Some(ERROR_PIPE_BUSY) => {
                tokio::time::sleep(PAUSE).await;
            }
            done => return done,
        }
    }
    Err(io::ErrorKind::TimedOut.into())
}
