//! A scripted HTTP/1.1 server on loopback, on a thread of its own.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::connection;
use crate::log::Log;
use crate::recorded::{Ended, Recorded};
use crate::script::Script;

/// A server that answers each request with what a function of it says; dropping it stops it.
///
/// It runs on a thread and a runtime of its own, so that a test may block, or pause its own time.
#[derive(Debug)]
pub struct Upstream {
    address: SocketAddr,
    log: Log,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Upstream {
    /// Starts one on a free port of 127.0.0.1.
    ///
    /// # Panics
    /// Where no port or thread can be had.
    pub fn start(script: impl Fn(&Recorded) -> Script + Send + Sync + 'static) -> Self {
        Self::start_on(0, Log::default(), script)
    }

    /// Starts one on this port (0: a free one), recording to `log`, which the script may read.
    ///
    /// # Panics
    /// Where the port or a thread cannot be had.
    pub fn start_on(
        port: u16,
        log: Log,
        script: impl Fn(&Recorded) -> Script + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).expect("bind a loopback port");
        listener
            .set_nonblocking(true)
            .expect("make the listener non-blocking");
        let address = listener.local_addr().expect("read the listener's address");
        let (stop, stopped) = oneshot::channel();
        let (record, script) = (log.clone(), Arc::new(script));
        let thread = on_own_thread("scripted-upstream", async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("use the listener");
            let accept = async {
                loop {
                    // Out of descriptors is the one error met here; it passes.
                    let Ok((stream, _)) = listener.accept().await else {
                        tokio::time::sleep(Duration::from_millis(10)).await;
                        continue;
                    };
                    let (log, script) = (record.clone(), Arc::clone(&script));
                    tokio::spawn(
                        async move { connection::serve(stream, log, |r| script(r)).await },
                    );
                }
            };
            tokio::select! {
                _ = stopped => {}
                () = accept => {}
            }
        });
        Self {
            address,
            log,
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

    /// The record of what arrived.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Every request that arrived whole, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.log.requests()
    }

    /// How many connections were accepted.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.log.connections()
    }

    /// How many requests have an answer that has not ended.
    ///
    /// A client may have read a whole answer a moment before its end is recorded: where that
    /// matters, [`Upstream::wait_until_idle`] first.
    #[must_use]
    pub fn open_requests(&self) -> usize {
        self.log.open()
    }

    /// Waits until `count` requests arrived; false when `timeout` passed first.
    pub async fn wait_for_requests(&self, count: usize, timeout: Duration) -> bool {
        self.log
            .wait(timeout, |requests| requests.len() >= count)
            .await
    }

    /// Waits until every answer ended; false when `timeout` passed first.
    pub async fn wait_until_idle(&self, timeout: Duration) -> bool {
        self.log
            .wait(timeout, |all| all.iter().all(|r| r.ended != Ended::Open))
            .await
    }

    /// Waits until the answer to request `index` ended, and says how; `None` after `timeout`.
    pub async fn wait_for_end(&self, index: usize, timeout: Duration) -> Option<Ended> {
        let ended = |r: &[Recorded]| r.get(index).is_some_and(|r| r.ended != Ended::Open);
        if !self.log.wait(timeout, ended).await {
            return None;
        }
        self.requests().get(index).map(|r| r.ended)
    }

    /// Waits until the peer left before the answer's end, and says when; `None` after `timeout`,
    /// or where the answer was sent whole.
    pub async fn wait_for_disconnect(&self, index: usize, timeout: Duration) -> Option<Instant> {
        match self.wait_for_end(index, timeout).await? {
            Ended::PeerClosed(at) => Some(at),
            Ended::Finished(_) | Ended::Open => None,
        }
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Runs `work` on a new thread with a runtime; what it spawned ends with it.
pub(crate) fn on_own_thread(
    name: &str,
    work: impl Future<Output = ()> + Send + 'static,
) -> JoinHandle<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("build a runtime");
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || runtime.block_on(work))
        .expect("start a thread")
}
