//! The control socket as a Unix socket in the runtime folder, for its owner alone.

use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use rustix::process::geteuid;
use tokio::net::{UnixListener, UnixStream};

use crate::folders::Folders;
use crate::private;

/// A connection.
pub(super) type Stream = UnixStream;

/// Accepts connections of the same user.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: UnixListener,
    path: PathBuf,
}

fn path(folders: &Folders) -> PathBuf {
    folders.runtime.join("control.sock")
}

impl Listener {
    /// Begins to listen. The caller holds the instance lock: a socket that lies there was left
    /// behind by a process that is gone.
    pub(crate) fn bind(folders: &Folders) -> io::Result<Self> {
        private::folder(&folders.runtime)?;
        let path = path(folders);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let socket = UnixListener::bind(&path)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        Ok(Self { socket, path })
    }

    /// The next connection of the same user; others are closed without a word.
    pub(super) async fn accept(&mut self) -> io::Result<Stream> {
        loop {
            let (stream, _) = self.socket.accept().await?;
            if ours(&stream) {
                return Ok(stream);
            }
            tracing::warn!("another user's process tried the control socket");
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // Left behind, it would only be replaced by the next server.
        drop(std::fs::remove_file(&self.path));
    }
}

/// Connects to the server of that home; the server must belong to the same user, because it is
/// about to be told secrets.
pub(super) async fn open(folders: &Folders) -> io::Result<Stream> {
    let stream = UnixStream::connect(path(folders)).await?;
    if ours(&stream) {
        Ok(stream)
    } else {
        Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            private::OtherUser,
        ))
    }
}

fn ours(stream: &UnixStream) -> bool {
    stream
        .peer_cred()
        .is_ok_and(|peer| peer.uid() == geteuid().as_raw())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn folders(home: &std::path::Path) -> Folders {
        let folder = home.to_owned();
        Folders {
            config: folder.clone(),
            data: folder.clone(),
            state: folder,
            runtime: home.join("run"),
        }
    }

    #[tokio::test]
    async fn s14_socket_and_folder_are_private_and_a_stale_socket_is_replaced() {
        let home = tempfile::tempdir().unwrap();
        let folders = folders(home.path());
        std::fs::create_dir(&folders.runtime).unwrap();
        // A socket without anybody behind it, as `kill -9` leaves it.
        drop(std::os::unix::net::UnixListener::bind(path(&folders)).unwrap());
        assert!(open(&folders).await.is_err());
        let listener = Listener::bind(&folders).unwrap();
        open(&folders).await.unwrap();
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (mode(&folders.runtime), mode(&path(&folders))),
            (0o700, 0o600)
        );
        drop(listener);
        assert!(!path(&folders).exists(), "the socket goes with its server");
    }
}
