//! Tells when the settings' file may have changed, without ever looking by itself.

use std::path::Path;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use crate::behind_links;

/// Watches until it is dropped.
pub struct Watcher {
    _watcher: RecommendedWatcher,
}

/// Watches the folders of the file and of what it links to: editors replace a file rather than
/// write to it, and a container's settings change by a link beside them. The receiver gets a word
/// after every change there, one for many; what changed is for the reader to find out.
pub fn watch(path: &Path) -> notify::Result<(Watcher, mpsc::Receiver<()>)> {
    let (tell, told) = mpsc::channel(1);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        let news = match event {
            Ok(event) => is_change(&event.kind),
            // Events may be lost with an error; so the file is looked at.
            Err(_) => true,
        };
        if news {
            // A full channel holds the word already.
            let _ = tell.try_send(());
        }
    })?;
    let real = behind_links(path)?;
    let mut folders: Vec<&Path> = [path, &real].into_iter().filter_map(Path::parent).collect();
    folders.dedup();
    for folder in folders {
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
    }
    Ok((Watcher { _watcher: watcher }, told))
}

/// Reading the file is told too, and is no change: else each look would cause the next.
fn is_change(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        EventKind::Any
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Other => true,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    const LONG: Duration = Duration::from_secs(5);
    const SHORT: Duration = Duration::from_millis(300);

    #[tokio::test]
    async fn a_replaced_file_is_told_and_a_read_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let (_watcher, mut told) = watch(&path).unwrap();
        crate::replace(&path, b"one").unwrap();
        timeout(LONG, told.recv()).await.unwrap().unwrap();
        while timeout(SHORT, told.recv()).await.is_ok() {}
        crate::read(&path).unwrap().unwrap();
        timeout(SHORT, told.recv()).await.unwrap_err();
        std::fs::write(&path, "two").unwrap();
        timeout(LONG, told.recv()).await.unwrap().unwrap();
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_change_behind_a_link_is_told() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (link, real) = (
            here.path().join("config.toml"),
            there.path().join("real.toml"),
        );
        std::fs::write(&real, "").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let (_watcher, mut told) = watch(&link).unwrap();
        std::fs::write(&real, "two").unwrap();
        timeout(LONG, told.recv()).await.unwrap().unwrap();
    }
}
