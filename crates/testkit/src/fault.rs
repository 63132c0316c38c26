//! A TCP proxy on loopback that spoils what passes through it, as told while it runs.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{oneshot, watch};

use crate::upstream::on_own_thread;

/// What is done to the bytes that pass; the default does nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// How long each read waits before it is passed on, in both directions.
    pub delay: Duration,
    /// Answers are passed on in pieces of so many bytes.
    pub slice: Option<usize>,
    /// How long to wait after each such piece.
    pub gap: Duration,
    /// Nothing passes in either direction, and nobody is told.
    pub blackhole: bool,
    /// Connections with a smaller number pass nothing any more, newer ones are well.
    pub blackhole_below: usize,
    /// A connection is reset once so many bytes of answers passed on it.
    pub reset_after: Option<u64>,
    /// New connections are closed at once.
    pub refuse: bool,
}

/// The proxy; dropping it closes every connection.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    faults: watch::Sender<Faults>,
    accepted: Arc<AtomicUsize>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl FaultProxy {
    /// Starts one in front of `target`.
    ///
    /// # Panics
    /// Where no port or thread can be had.
    #[must_use]
    pub fn start(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bind a loopback port");
        listener
            .set_nonblocking(true)
            .expect("make the listener non-blocking");
        let address = listener.local_addr().expect("read the listener's address");
        let (stop, stopped) = oneshot::channel();
        let (faults, told) = watch::channel(Faults::default());
        let accepted = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&accepted);
        let thread = on_own_thread("fault-proxy", async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("use the listener");
            let accept = async {
                while let Ok((stream, _)) = listener.accept().await {
                    let number = count.fetch_add(1, Ordering::SeqCst);
                    if !told.borrow().refuse {
                        tokio::spawn(join(stream, target, number, told.clone()));
                    }
                }
            };
            tokio::select! {
                _ = stopped => {}
                () = accept => {}
            }
        });
        Self {
            address,
            faults,
            accepted,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address listened on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections were accepted.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    /// Sets what is done from now on, also on connections that exist.
    pub fn set(&self, faults: Faults) {
        self.faults.send_replace(faults);
    }

    /// Swallows everything on the connections that exist, as after a sleep or a change of network.
    pub fn blackhole_existing(&self) {
        let below = self.connections();
        self.faults
            .send_modify(|faults| faults.blackhole_below = below);
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What ended one direction of a connection.
enum Passed {
    Closed,
    Reset,
}

async fn join(client: TcpStream, target: SocketAddr, number: usize, told: watch::Receiver<Faults>) {
    let mut waiting = told.clone();
    if !open(&mut waiting, number).await {
        return;
    }
    let Ok(server) = TcpStream::connect(target).await else {
        return;
    };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (mut client_reads, mut client_writes) = client.into_split();
    let (mut server_reads, mut server_writes) = server.into_split();
    // A close in one direction ends both: half-closed connections are not this proxy's subject.
    let ended = tokio::select! {
        ended = pass(&mut client_reads, &mut server_writes, number, told.clone(), false) => ended,
        ended = pass(&mut server_reads, &mut client_writes, number, told, true) => ended,
    };
    match ended {
        Passed::Closed => {}
        Passed::Reset => {
            if let Ok(client) = client_reads.reunite(client_writes) {
                let _ = client.set_zero_linger();
            }
        }
    }
}

/// Waits until bytes may pass; false when the proxy is gone.
async fn open(told: &mut watch::Receiver<Faults>, number: usize) -> bool {
    told.wait_for(|faults| !faults.blackhole && number >= faults.blackhole_below)
        .await
        .is_ok()
}

async fn pass(
    from: &mut OwnedReadHalf,
    to: &mut OwnedWriteHalf,
    number: usize,
    mut told: watch::Receiver<Faults>,
    answers: bool,
) -> Passed {
    let mut buffer = vec![0; 16 * 1024];
    let mut passed: u64 = 0;
    loop {
        let Ok(size @ 1..) = from.read(&mut buffer).await else {
            // Swallowed connections swallow the close as well.
            let _ = open(&mut told, number).await;
            return Passed::Closed;
        };
        if !open(&mut told, number).await {
            return Passed::Closed;
        }
        let faults = told.borrow().clone();
        if !faults.delay.is_zero() {
            tokio::time::sleep(faults.delay).await;
        }
        let mut piece = &buffer[..size];
        while !piece.is_empty() {
            let mut taken = piece.len();
            if answers {
                taken = taken.min(faults.slice.unwrap_or(taken).max(1));
                if let Some(limit) = faults.reset_after {
                    if passed >= limit {
                        return Passed::Reset;
                    }
                    taken = taken.min(usize::try_from(limit - passed).unwrap_or(taken));
                }
            }
            if to.write_all(&piece[..taken]).await.is_err() {
                return Passed::Closed;
            }
            passed += taken as u64;
            piece = &piece[taken..];
            if answers && faults.slice.is_some() && !faults.gap.is_zero() {
                tokio::time::sleep(faults.gap).await;
            }
        }
        if answers && faults.reset_after.is_some_and(|limit| passed >= limit) {
            return Passed::Reset;
        }
    }
}
