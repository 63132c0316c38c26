//! A form on its way to a provider, read from its file piece by piece.

use std::fs::File;
use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::task::JoinHandle;

use super::spool::Spool;

/// How much is read at once, in bytes.
const PIECE: usize = 64 * 1024;

/// A form's body: the model's part, then what is in the file.
#[derive(Debug)]
pub struct Sent {
    first: Option<Bytes>,
    file: Arc<File>,
    /// How far it was read.
    at: u64,
    length: u64,
    reading: Option<JoinHandle<io::Result<Bytes>>>,
}

impl Sent {
    pub(super) fn new(first: Bytes, spool: &Spool) -> Self {
        Self {
            first: Some(first),
            file: Arc::clone(&spool.file),
            at: 0,
            length: spool.length,
            reading: None,
        }
    }

    fn rest(&self) -> u64 {
        self.length - self.at
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        if let Some(first) = this.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if this.rest() == 0 {
            return Poll::Ready(None);
        }
        let (file, at) = (&this.file, this.at);
        let size = usize::try_from(this.length - at).map_or(PIECE, |rest| rest.min(PIECE));
        let reading = this.reading.get_or_insert_with(|| {
            let file = Arc::clone(file);
            tokio::task::spawn_blocking(move || piece(&file, at, size))
        });
        let read = std::task::ready!(Pin::new(reading).poll(context));
        this.reading = None;
        let read = read.map_err(io::Error::other).and_then(|read| read);
        this.at += read.as_ref().map_or(0, |bytes| bytes.len() as u64);
        Poll::Ready(Some(read.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.rest() == 0
    }

    fn size_hint(&self) -> SizeHint {
        let first = self.first.as_ref().map_or(0, |first| first.len() as u64);
        SizeHint::with_exact(first + self.rest())
    }
}

/// Reads from a place of its own: another try at the same file may still be under way.
fn piece(file: &File, at: u64, size: usize) -> io::Result<Bytes> {
    let mut bytes = vec![0; size];
    #[cfg(unix)]
    let read = std::os::unix::fs::FileExt::read_at(file, &mut bytes, at)?;
    #[cfg(windows)]
    let read = std::os::windows::fs::FileExt::seek_read(file, &mut bytes, at)?;
    if read == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    bytes.truncate(read);
    Ok(bytes.into())
}
