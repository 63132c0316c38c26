//! What a connection is doing, and for how long it may go on doing it: `hyper` has one timer for
//! the head of a request, which also runs while a connection rests, so this keeps its own.

use std::future::Future;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::snapshot::Timeouts;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Between two requests.
    Resting,
    /// Some of a request's head has come.
    Head,
    /// A request is being served.
    Serving,
    /// All was said, and what the client still sends is thrown away.
    Leaving,
}

/// How long what a client still sends is taken after the last answer, and how much of it, in
/// bytes. A connection that is closed with something unread in it is reset, and a client that
/// first sends all of its request would never read why that was refused.
const FAREWELL: (Duration, usize) = (Duration::from_secs(10), 64 * 1024 * 1024);

/// The most that is read at once, in bytes. `hyper` doubles a connection's buffer whenever a read
/// filled it, and keeps it for as long as the answer takes; a byte less than 32 KiB never fills it.
const AT_ONCE: usize = 32 * 1024 - 1;

#[derive(Debug)]
struct State {
    phase: Phase,
    since: Instant,
    /// When the client stopped taking what is written to it.
    blocked: Option<Instant>,
}

/// The shared view of one connection's life.
#[derive(Clone, Debug)]
pub(super) struct Watch(Arc<Mutex<State>>);

impl Watch {
    pub(super) fn new() -> Self {
        let state = State {
            phase: Phase::Head,
            since: Instant::now(),
            blocked: None,
        };
        Self(Arc::new(Mutex::new(state)))
    }

    /// A request's head is complete.
    pub(super) fn serving(&self) -> Serving {
        self.enter(Phase::Serving);
        Serving(self.clone())
    }

    /// Whether no request is being served.
    pub(super) fn is_idle(&self) -> bool {
        self.lock().phase != Phase::Serving
    }

    fn enter(&self, phase: Phase) {
        let mut state = self.lock();
        state.phase = phase;
        // Nobody asks since when a request is served.
        if phase != Phase::Serving {
            state.since = Instant::now();
        }
    }

    fn received(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Resting {
            state.phase = Phase::Head;
            state.since = Instant::now();
        }
    }

    fn wrote(&self, blocked: bool) {
        let mut state = self.lock();
        if !blocked {
            state.blocked = None;
        } else if state.blocked.is_none() {
            state.blocked = Some(Instant::now());
        }
    }

    /// When the connection has done the same for too long; `None` while the gateway is at work.
    fn deadline(&self, timeouts: &Timeouts) -> Option<Instant> {
        let state = self.lock();
        let phase = match state.phase {
            Phase::Resting => Some(state.since + timeouts.rest),
            Phase::Head => Some(state.since + timeouts.head),
            Phase::Serving => None,
            Phase::Leaving => Some(state.since + FAREWELL.0),
        };
        let blocked = state.blocked.map(|since| since + timeouts.stalled_client);
        match (phase, blocked) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (one, other) => one.or(other),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request is being served while this lives.
#[derive(Debug)]
pub(super) struct Serving(Watch);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.enter(Phase::Resting);
    }
}

pin_project! {
    /// A response's body; when it is dropped the request is over.
    pub(super) struct Held<B> {
        #[pin]
        body: B,
        serving: Serving,
    }
}

impl<B> Held<B> {
    pub(super) fn new(body: B, serving: Serving) -> Self {
        Self { body, serving }
    }
}

impl<B: Body<Data = Bytes>> Body for Held<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        self.project().body.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

pin_project! {
    /// A socket that tells the watch what comes and goes.
    pub(super) struct Watched<S> {
        #[pin]
        socket: S,
        watch: Watch,
        // How much was thrown away since the last word; `None` before it.
        discarded: Option<usize>,
    }
}

impl<S> Watched<S> {
    pub(super) fn new(socket: S, watch: Watch) -> Self {
        Self {
            socket,
            watch,
            discarded: None,
        }
    }
}

impl<S: AsyncRead> AsyncRead for Watched<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.project();
        let before = buffer.filled().len();
        let read = if buffer.remaining() > AT_ONCE {
            let mut less = ReadBuf::new(buffer.initialize_unfilled_to(AT_ONCE));
            let read = ready!(this.socket.poll_read(cx, &mut less));
            let filled = less.filled().len();
            buffer.advance(filled);
            read
        } else {
            ready!(this.socket.poll_read(cx, buffer))
        };
        if buffer.filled().len() > before {
            this.watch.received();
        }
        Poll::Ready(read)
    }
}

impl<S: AsyncRead + AsyncWrite> AsyncWrite for Watched<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.project();
        let written = this.socket.poll_write(cx, bytes);
        this.watch.wrote(written.is_pending());
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let together = outbound::in_one_piece(slices, |whole| self.as_mut().poll_write(cx, whole));
        if let Some(written) = together {
            return written;
        }
        let this = self.project();
        let written = this.socket.poll_write_vectored(cx, slices);
        this.watch.wrote(written.is_pending());
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().socket.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut this = self.project();
        if this.discarded.is_none() {
            ready!(this.socket.as_mut().poll_shutdown(cx))?;
            this.watch.enter(Phase::Leaving);
        }
        let discarded = this.discarded.get_or_insert(0);
        let mut space = [MaybeUninit::uninit(); 8 * 1024];
        while *discarded < FAREWELL.1 {
            let mut buffer = ReadBuf::uninit(&mut space);
            match ready!(this.socket.as_mut().poll_read(cx, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => *discarded += buffer.filled().len(),
                Ok(()) | Err(_) => break,
            }
        }
        Poll::Ready(Ok(()))
    }
}

pin_project! {
    /// Resolves when the connection has done the same for too long. It is polled together with the
    /// connection, so it sees every change of phase; its timer is only moved when it must fire
    /// earlier, or when it has fired.
    pub(super) struct Overdue {
        watch: Watch,
        timeouts: Timeouts,
        #[pin]
        timer: Sleep,
    }
}

impl Overdue {
    pub(super) fn new(watch: Watch, timeouts: Timeouts) -> Self {
        let timer = sleep_until(Instant::now() + timeouts.head);
        Self {
            watch,
            timeouts,
            timer,
        }
    }
}

impl Future for Overdue {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        /// How long to sleep while nothing is due; a connection at work wakes by itself.
        const FAR: Duration = Duration::from_secs(24 * 3600);
        let mut this = self.project();
        let deadline = this.watch.deadline(this.timeouts);
        if let Some(deadline) = deadline.filter(|deadline| *deadline < this.timer.deadline()) {
            this.timer.as_mut().reset(deadline);
        }
        while this.timer.as_mut().poll(cx).is_ready() {
            match this.watch.deadline(this.timeouts) {
                Some(deadline) if deadline <= Instant::now() => return Poll::Ready(()),
                Some(deadline) => this.timer.as_mut().reset(deadline),
                None => this.timer.as_mut().reset(Instant::now() + FAR),
            }
        }
        Poll::Pending
    }
}
