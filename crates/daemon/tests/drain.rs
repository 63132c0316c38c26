//! A signal while a request is under way: it may end, and a second signal ends everything at once.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod bed;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use bed::{Bed, Server};

const BODY: &str = r#"{"model":"slow","messages":[{"role":"user","content":"Hello"}]}"#;
const ANSWER: &str = r#"{"id":"1","object":"chat.completion","created":1,"model":"slow","choices":[{"index":0,"message":{"role":"assistant","content":"at last"},"finish_reason":"stop"}]}"#;

/// An upstream that takes one request, says so, and answers when it is told to.
struct Slow {
    port: u16,
    asked: Receiver<()>,
    go: Sender<()>,
}

fn slow() -> Slow {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let (tell, asked) = channel();
    let (go, told) = channel();
    std::thread::spawn(move || {
        let (mut stream, _) = socket.accept().unwrap();
        let mut request = Vec::new();
        while !String::from_utf8_lossy(&request).contains("Hello") {
            let mut piece = [0; 4096];
            let read = stream.read(&mut piece).unwrap();
            assert!(read > 0, "the request broke off");
            request.extend_from_slice(&piece[..read]);
        }
        tell.send(()).unwrap();
        if told.recv_timeout(Duration::from_secs(30)).is_ok() {
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
            let length = ANSWER.len();
            write!(stream, "{head}Content-Length: {length}\r\n\r\n{ANSWER}").unwrap();
        }
    });
    Slow { port, asked, go }
}

fn bed(upstream: &Slow) -> Bed {
    let port = upstream.port;
    Bed::new()
        .with("PORTOLAN_CLIENT_KEY", "own-key")
        .with_settings(&format!(
            "version = 1\n[listen]\nport = 0\nhost = \"127.0.0.1\"\n[provider.slow]\n\
         endpoints = {{ openai-chat = \"http://127.0.0.1:{port}/v1\" }}\nmodels = [\"slow\"]\n\
         allow_private = true\n[[account]]\nprovider = \"slow\"\n"
        ))
}

/// Asks, and gives what was answered until the connection ended.
fn ask(server: &Server) -> JoinHandle<String> {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer own-key\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        server.address,
        BODY.len()
    );
    stream
        .write_all(format!("{head}{BODY}").as_bytes())
        .unwrap();
    std::thread::spawn(move || {
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        String::from_utf8_lossy(&answer).into_owned()
    })
}

#[test]
fn what_is_under_way_may_end() {
    let upstream = slow();
    let bed = bed(&upstream);
    let server = bed.serve(&[]);
    let answer = ask(&server);
    upstream
        .asked
        .recv_timeout(Duration::from_secs(30))
        .unwrap();
    server.signal("TERM");
    // Nobody new gets in, while the old one waits.
    while TcpStream::connect(&server.address).is_ok() {
        std::hint::spin_loop();
    }
    let status = bed.run(&["status"]);
    assert_eq!(status.code, Some(0), "{status:?}");
    let first = "Portolan is stopping. One request is still being answered.\n";
    assert!(status.out.starts_with(first), "{status:?}");
    assert_eq!(status.err, "", "{status:?}");
    let json = bed.run(&["status", "--json"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (
            &json["serving"],
            &json["stopping"],
            &json["load"]["under_way"]
        ),
        (&false.into(), &true.into(), &1.into())
    );
    upstream.go.send(()).unwrap();
    let (said, took) = server.wait();
    let answer = answer.join().unwrap();
    assert!(answer.contains("at last"), "{answer}");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(
        said.err
            .contains("stopping: waiting for one request\nhint: "),
        "{said:?}"
    );
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let upstream = slow();
    let bed = bed(&upstream);
    let server = bed.serve(&[]);
    let _answer = ask(&server);
    upstream
        .asked
        .recv_timeout(Duration::from_secs(30))
        .unwrap();
    server.signal("TERM");
    while TcpStream::connect(&server.address).is_ok() {
        std::hint::spin_loop();
    }
    server.signal("TERM");
    let (said, took) = server.wait();
    assert_eq!(said.code, Some(1), "{said:?}");
    // An answer that is under way has 30 seconds.
    assert!(took < Duration::from_secs(10), "{took:?}");
}
