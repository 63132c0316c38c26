//! Connections on which a short request is written in one piece, though it comes in several.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use tokio::io::ReadBuf;
use tokio::net::TcpStream;
use tower_service::Service;

/// What is written in one piece, in bytes: for so little the kernel takes longer to walk through a
/// list of pieces than it takes to put them behind each other.
const SHORT: usize = 2 * 1024;

/// Writes short slices together, behind each other; `None` where they are long or there is one alone, and
/// nothing was written.
pub fn in_one_piece<T>(slices: &[IoSlice<'_>], write: impl FnOnce(&[u8]) -> T) -> Option<T> {
    let length: usize = slices.iter().map(|slice| slice.len()).sum();
    if slices.len() < 2 || length > SHORT {
        return None;
    }
    let mut room = [MaybeUninit::uninit(); SHORT];
    let mut whole = ReadBuf::uninit(&mut room);
    for slice in slices {
        whole.put_slice(slice);
    }
    Some(write(whole.filled()))
}

/// A connection.
#[derive(Debug)]
pub(crate) struct Joined(TokioIo<TcpStream>);

/// Makes connections.
#[derive(Clone, Debug)]
pub(crate) struct Joining(pub(crate) HttpConnector);

type Error = <HttpConnector as Service<Uri>>::Error;

impl Service<Uri> for Joining {
    type Response = Joined;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Joined, Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, address: Uri) -> Self::Future {
        let connecting = self.0.call(address);
        Box::pin(async { connecting.await.map(Joined) })
    }
}

impl Connection for Joined {
    fn connected(&self) -> Connected {
        self.0.connected()
    }
}

impl Read for Joined {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl Write for Joined {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let together = in_one_piece(slices, |whole| {
            Pin::new(&mut self.0).poll_write(context, whole)
        });
        if let Some(written) = together {
            return written;
        }
        Pin::new(&mut self.0).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
