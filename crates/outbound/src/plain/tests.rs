//! Real connections to a server of this test, which counts them.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests")]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use dialect::FaultKind;
use http::StatusCode;
use http_body_util::BodyExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

use super::*;

const PATIENCE: Duration = Duration::from_secs(60);
const WHOLE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

/// How often the server was connected to, how many of these connections have ended, and the heads that
/// came.
struct Seen {
    opened: AtomicUsize,
    ended: AtomicUsize,
    heads: mpsc::UnboundedSender<String>,
}

struct Server {
    address: SocketAddr,
    seen: Arc<Seen>,
    heads: mpsc::UnboundedReceiver<String>,
}

impl Server {
    /// One that gives each request without a body these pieces, each written by itself, and closes the
    /// connection after so many requests.
    async fn that(pieces: &'static [&'static str], each: usize) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, heads) = mpsc::unbounded_channel();
        let seen = Arc::new(Seen {
            opened: AtomicUsize::new(0),
            ended: AtomicUsize::new(0),
            heads: sender,
        });
        let told = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                told.opened.fetch_add(1, Ordering::SeqCst);
                let told = Arc::clone(&told);
                tokio::spawn(async move {
                    serve(socket, pieces, each, &told).await;
                    told.ended.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        Self {
            address,
            seen,
            heads,
        }
    }

    fn url(&self) -> String {
        format!("http://{}/v1?a=b", self.address)
    }

    fn opened(&self) -> usize {
        self.seen.opened.load(Ordering::SeqCst)
    }

    /// Waits until so many connections have ended.
    async fn ended(&self, count: usize) {
        let reached = async {
            while self.seen.ended.load(Ordering::SeqCst) < count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, reached).await.unwrap();
    }
}

async fn serve(mut socket: TcpStream, pieces: &[&str], each: usize, seen: &Seen) {
    let mut head = Vec::new();
    for _ in 0..each {
        while !head.ends_with(b"\r\n\r\n") {
            match socket.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => return,
            }
        }
        let head = String::from_utf8(std::mem::take(&mut head)).unwrap();
        seen.heads.send(head).unwrap();
        for piece in pieces {
            socket.write_all(piece.as_bytes()).await.unwrap();
            tokio::task::yield_now().await;
        }
    }
    if pieces.is_empty() {
        // until the client has gone
        let _rest = socket.read_u8().await;
    }
}

fn request(url: &str) -> Request<Sent> {
    let mut request = Request::new(Sent::nothing());
    *request.uri_mut() = url.parse().unwrap();
    request
}

async fn ask(plain: &Plain, url: &str) -> Result<String, Failure> {
    let response = plain.send(request(url)).await?;
    let body = response.into_body().collect().await?.to_bytes();
    Ok(String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_connection_is_used_again_whatever_form_its_answers_have() {
    const CHUNKED: &[&str] = &[
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        "5\r\nhello\r\n",
        "0\r\n",
        "\r\n",
    ];
    const IN_PIECES: &[&str] = &["HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", "he", "llo"];
    for pieces in [&[WHOLE][..], CHUNKED, IN_PIECES] {
        let server = Server::that(pieces, usize::MAX).await;
        let plain = Plain::new(PATIENCE);
        for _ in 0..20 {
            assert_eq!(ask(&plain, &server.url()).await.unwrap(), "hello");
            // what follows the last chunk is read after it
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        assert_eq!(server.opened(), 1, "{pieces:?}");
    }
}

#[tokio::test]
async fn an_answer_without_a_body_frees_its_connection_at_once() {
    let server = Server::that(&["HTTP/1.1 204 No Content\r\n\r\n"], usize::MAX).await;
    let plain = Plain::new(PATIENCE);
    let first = plain.send(request(&server.url())).await.unwrap();
    let second = plain.send(request(&server.url())).await.unwrap();
    assert_eq!(
        (first.status(), second.status()),
        (StatusCode::NO_CONTENT, StatusCode::NO_CONTENT)
    );
    assert_eq!(server.opened(), 1);
}

#[tokio::test]
async fn many_at_once_have_a_connection_each_and_share_them_afterwards() {
    let server = Server::that(&[WHOLE], usize::MAX).await;
    let plain = Plain::new(PATIENCE);
    for _ in 0..2 {
        let mut asked = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (plain, url) = (plain.clone(), server.url());
            asked.spawn(async move { ask(&plain, &url).await.unwrap() });
        }
        assert!(asked.join_all().await.iter().all(|said| said == "hello"));
    }
    assert!(server.opened() <= 50, "{}", server.opened());
}

#[tokio::test]
async fn a_connection_that_the_other_end_closed_is_not_used() {
    let server = Server::that(&[WHOLE], 3).await;
    let plain = Plain::new(PATIENCE);
    for count in 0..9 {
        assert_eq!(ask(&plain, &server.url()).await.unwrap(), "hello");
        server.ended((count + 1) / 3).await;
        // that it has ended is still to be read
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(server.opened(), 3);
    let closes = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello";
    let server = Server::that(Box::leak(Box::new([closes])), usize::MAX).await;
    for _ in 0..3 {
        assert_eq!(ask(&plain, &server.url()).await.unwrap(), "hello");
    }
    assert_eq!(server.opened(), 3);
}

#[tokio::test]
async fn who_no_longer_wants_the_answer_ends_its_connection() {
    // before its head
    let server = Server::that(&[], 1).await;
    let plain = Plain::new(PATIENCE);
    let waiting = tokio::time::timeout(
        Duration::from_millis(100),
        plain.send(request(&server.url())),
    );
    assert!(waiting.await.is_err());
    server.ended(1).await;
    // in the middle of its body
    let endless = &["HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nhello"];
    let server = Server::that(endless, usize::MAX).await;
    let mut response = plain.send(request(&server.url())).await.unwrap();
    assert!(response.body_mut().frame().await.unwrap().is_ok());
    drop(response);
    server.ended(1).await;
}

/// A server that reads the head of a request, says this, and reads the rest only when it is told to; how
/// much that was comes back.
async fn reads_late(says: &'static str) -> (String, oneshot::Sender<()>, JoinHandle<usize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (goes_on, waits) = oneshot::channel();
    let serving = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(socket.read_u8().await.unwrap());
        }
        socket.write_all(says.as_bytes()).await.unwrap();
        waits.await.unwrap();
        let (mut read, mut buffer) = (0, vec![0; 1 << 16]);
        while let Ok(count @ 1..) = socket.read(&mut buffer).await {
            read += count;
        }
        read
    });
    (url, goes_on, serving)
}

#[tokio::test]
async fn what_nobody_wants_any_more_is_not_sent_to_its_end() {
    const LENGTH: usize = 64 << 20;
    let refuses = "HTTP/1.1 413 Content Too Large\r\ncontent-length: 2\r\n\r\nno";
    let drips = "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nhello";
    for says in ["", drips, refuses] {
        let (url, goes_on, serving) = reads_late(says).await;
        let plain = Plain::new(PATIENCE);
        let mut request = request(&url);
        *request.method_mut() = http::Method::POST;
        *request.body_mut() = Sent::pieces([Bytes::from(vec![b'x'; LENGTH])]);
        let sent = tokio::time::timeout(Duration::from_millis(300), plain.send(request)).await;
        match (says, sent) {
            ("", sent) => assert!(sent.is_err()),
            (_, Ok(Ok(response))) if says == refuses => {
                let body = response.into_body().collect().await.unwrap();
                assert_eq!(body.to_bytes(), "no");
                tokio::time::sleep(SETTLING + Duration::from_millis(300)).await;
            }
            (_, Ok(Ok(mut response))) => {
                assert!(response.body_mut().frame().await.unwrap().is_ok());
            }
            (_, other) => panic!("{other:?}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        goes_on.send(()).unwrap();
        let read = tokio::time::timeout(PATIENCE, serving).await.unwrap();
        assert!(read.unwrap() < LENGTH, "{says}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_says_so() {
    let cut = &["HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nhello"];
    let server = Server::that(cut, 1).await;
    let plain = Plain::new(PATIENCE);
    for opened in 1..=2 {
        let fault = ask(&plain, &server.url()).await.unwrap_err().fault();
        assert_eq!(fault.kind, FaultKind::BadGateway);
        assert!(
            fault.message.starts_with("the connection broke"),
            "{fault:?}"
        );
        assert_eq!(server.opened(), opened);
    }
}

#[tokio::test]
async fn what_rested_too_long_is_closed_and_nothing_runs_on() {
    let server = Server::that(&[WHOLE], usize::MAX).await;
    let plain = Plain::new(PATIENCE);
    ask(&plain, &server.url()).await.unwrap();
    let lane = plain.lane(&server.url().parse().unwrap()).unwrap();
    let tended = lock(&lane.rest).tended.is_some();
    assert!(tended);
    tokio::time::pause();
    tokio::time::advance(REST / 2).await;
    tokio::time::resume();
    ask(&plain, &server.url()).await.unwrap();
    assert_eq!(server.opened(), 1);
    tokio::time::pause();
    tokio::time::advance(REST + Duration::from_secs(1)).await;
    tokio::time::resume();
    server.ended(1).await;
    let rest = lock(&lane.rest);
    assert!(rest.resting.is_empty() && rest.tended.is_none());
}

#[tokio::test]
async fn the_other_end_is_asked_for_a_path_and_told_its_name() {
    let mut server = Server::that(&[WHOLE], usize::MAX).await;
    let plain = Plain::new(PATIENCE);
    ask(&plain, &server.url()).await.unwrap();
    let head = server.heads.recv().await.unwrap();
    let lines: Vec<&str> = head.lines().collect();
    assert_eq!(lines[0], "GET /v1?a=b HTTP/1.1");
    assert!(
        lines.contains(&&*format!("host: {}", server.address)),
        "{head}"
    );
    let name = |authority| host(authority).unwrap().to_str().unwrap().to_owned();
    assert_eq!(name("me:hush@box:11434"), "box:11434");
    assert_eq!(name("box:80"), "box");
    assert_eq!(name("[::1]:8080"), "[::1]:8080");
    assert_eq!(name("[::1]"), "[::1]");
}

#[tokio::test]
async fn what_is_meant_for_tls_is_never_sent_without() {
    let server = Server::that(&[WHOLE], usize::MAX).await;
    let plain = Plain::new(PATIENCE);
    let url = server.url().replace("http://", "https://");
    assert!(ask(&plain, &url).await.is_err());
    assert_eq!(server.opened(), 0);
}

#[tokio::test]
async fn addresses_that_nobody_asks_any_more_are_forgotten() {
    let plain = Plain::new(PATIENCE);
    for number in 0..100 {
        let uri = format!("http://box{number}/").parse().unwrap();
        drop(plain.lane(&uri).unwrap());
    }
    assert_eq!(lock(&plain.0.by_authority).len(), 1);
}

#[tokio::test]
async fn where_nobody_listens_that_is_said_without_the_address() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = taken.local_addr().unwrap().port();
    drop(taken);
    let plain = Plain::new(PATIENCE);
    let url = format!("http://127.0.0.1:{port}/?key=hush");
    let fault = ask(&plain, &url).await.unwrap_err().fault();
    assert_eq!(fault.kind, FaultKind::BadGateway);
    assert!(
        fault.message.starts_with("cannot be reached"),
        "{}",
        fault.message
    );
    assert!(!fault.message.contains("hush"), "{}", fault.message);
}
