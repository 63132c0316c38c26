//! The upstream of `cargo xtask bench`: raw HTTP/1.1 on loopback, its answers made beforehand.
//!
//! It prints its address, serves until its standard input ends, and answers by the model's name:
//! `bench-small` 1 KB, `bench-large` 200 KB, `bench-held` 1 KB after a while, `bench-one` a stream
//! of one chunk, and `bench-paced-COUNT-MILLISECONDS` a stream of numbered chunks (`#000000` …).

use std::cell::{Cell, RefCell};
use std::io::{self, Read as _, Write as _};
use std::rc::Rc;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

/// How much of a request is kept for a look; the rest is read and dropped.
const KEPT: usize = 64 * 1024;
/// How long `bench-held` waits, so that all prompts of a burst are in flight at once.
const HELD: Duration = Duration::from_millis(1500);
const STREAM_HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
    cache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n";

/// What all connections share; there is one thread.
struct Bench {
    small: Vec<u8>,
    large: Vec<u8>,
    scratch: RefCell<Vec<u8>>,
    connections: Cell<u64>,
    body: RefCell<Vec<u8>>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let mut rest = Vec::new();
        let _read = io::stdin().read_to_end(&mut rest);
        drop(end);
    });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(io::stdout(), "{}", listener.local_addr()?)?;
    let bench = Rc::new(Bench {
        small: whole(&completion(1024)),
        large: whole(&completion(200 * 1024)),
        scratch: RefCell::new(vec![0; 256 * 1024]),
        connections: Cell::new(0),
        body: RefCell::new(Vec::new()),
    });
    let local = tokio::task::LocalSet::new();
    tokio::select! {
        served = local.run_until(accept(listener, bench)) => served,
        _ended = ended => Ok(()),
    }
}

async fn accept(listener: TcpListener, bench: Rc<Bench>) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let number = bench.connections.get();
        bench.connections.set(number + 1);
        let bench = Rc::clone(&bench);
        tokio::task::spawn_local(async move {
            // A client that goes away is no concern of the upstream's.
            let _gone = serve(stream, &bench, number).await;
        });
    }
}

async fn serve(mut stream: TcpStream, bench: &Bench, number: u64) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut kept = Vec::new();
    while let Some(body) = request(&stream, bench, &mut kept).await? {
        if kept.starts_with(b"GET /bench/connections") {
            // The one who asks is not counted.
            let count = bench.connections.get() - 1;
            bench.connections.set(count);
            stream
                .write_all(&whole(count.to_string().as_bytes()))
                .await?;
            continue;
        }
        if kept.starts_with(b"GET /bench/body") {
            let last = whole(&bench.body.borrow());
            stream.write_all(&last).await?;
            continue;
        }
        let body = &kept[body..];
        let model = model(body);
        if body.len() < 16 * 1024 {
            bench.body.borrow_mut().clear();
            bench.body.borrow_mut().extend_from_slice(body);
        }
        match model {
            b"bench-large" => stream.write_all(&bench.large).await?,
            b"bench-held" => {
                tokio::time::sleep(HELD).await;
                stream.write_all(&bench.small).await?;
            }
            b"bench-one" => paced(&mut stream, 1, Duration::ZERO, Duration::ZERO).await?,
            _ => match pace(model) {
                Some((count, every)) => {
                    // Streams start at different moments, so that their chunks do not all meet.
                    let phase = every * u32::try_from(number % 64).unwrap_or(0) / 64;
                    paced(&mut stream, count, every, phase).await?;
                }
                None => stream.write_all(&bench.small).await?,
            },
        }
    }
    Ok(())
}

/// Reads one request to its end and returns where its body starts in `kept`; none at the end.
async fn request(
    stream: &TcpStream,
    bench: &Bench,
    kept: &mut Vec<u8>,
) -> io::Result<Option<usize>> {
    kept.clear();
    let (mut body, mut all, mut arrived) = (None, 0, 0);
    loop {
        stream.readable().await?;
        let mut scratch = bench.scratch.borrow_mut();
        let read = match stream.try_read(&mut scratch) {
            Ok(0) => return Ok(None),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        };
        let space = KEPT.saturating_sub(kept.len());
        kept.extend_from_slice(&scratch[..read.min(space)]);
        arrived += read;
        if body.is_none()
            && let Some(end) = find(kept, b"\r\n\r\n")
        {
            body = Some(end + 4);
            all = end + 4 + length(&kept[..end])?;
        }
        if body.is_some() && arrived >= all {
            return Ok(body);
        }
    }
}

fn length(head: &[u8]) -> io::Result<usize> {
    let head = std::str::from_utf8(head).map_err(io::Error::other)?;
    for line in head.lines() {
        if let Some((name, value)) = line.split_once(':') {
            if name.eq_ignore_ascii_case("content-length") {
                return value.trim().parse().map_err(io::Error::other);
            }
            if name.eq_ignore_ascii_case("transfer-encoding") {
                return Err(io::Error::other("a request of unknown length"));
            }
        }
    }
    Ok(0)
}

/// The word that starts with `bench-`, wherever in the body it is.
fn model(body: &[u8]) -> &[u8] {
    let Some(start) = find(body, b"\"bench-") else {
        return b"";
    };
    let word = &body[start + 1..];
    let end = word.iter().position(|byte| *byte == b'"').unwrap_or(0);
    &word[..end]
}

fn pace(model: &[u8]) -> Option<(u32, Duration)> {
    let word = std::str::from_utf8(model).ok()?;
    let mut parts = word.strip_prefix("bench-paced-")?.split('-');
    let count = parts.next()?.parse().ok()?;
    let every = parts.next()?.parse().ok()?;
    Some((count, Duration::from_millis(every)))
}

/// Each event is one write and one chunk of HTTP, as providers' servers send them.
async fn paced(
    stream: &mut TcpStream,
    count: u32,
    every: Duration,
    phase: Duration,
) -> io::Result<()> {
    stream.write_all(STREAM_HEAD).await?;
    let start = Instant::now() + phase;
    let mut text = Vec::with_capacity(400);
    for number in 0..count {
        if !every.is_zero() {
            tokio::time::sleep_until(start + every * number).await;
        }
        text.clear();
        let content = format!(r##"{{"content":"#{number:06} "}}"##);
        event(&mut text, &chunk(&content, "null"));
        stream.write_all(&text).await?;
    }
    text.clear();
    event(&mut text, &chunk("{}", r#""stop""#));
    let usage = format!(
        r#"{{"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1750000000,"model":"bench","choices":[],"usage":{{"prompt_tokens":12,"completion_tokens":{count},"total_tokens":{}}}}}"#,
        u64::from(count) + 12
    );
    event(&mut text, &usage);
    event(&mut text, "[DONE]");
    text.extend_from_slice(b"0\r\n\r\n");
    stream.write_all(&text).await
}

fn chunk(delta: &str, finish: &str) -> String {
    format!(
        r#"{{"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1750000000,"model":"bench","choices":[{{"index":0,"delta":{delta},"finish_reason":{finish}}}]}}"#
    )
}

fn event(out: &mut Vec<u8>, data: &str) {
    let size = format!("{:x}\r\ndata: ", data.len() + 8);
    out.extend_from_slice(size.as_bytes());
    out.extend_from_slice(data.as_bytes());
    out.extend_from_slice(b"\n\n\r\n");
}

/// A chat completion whose body has this many bytes.
fn completion(bytes: usize) -> Vec<u8> {
    let before = r#"{"id":"chatcmpl-bench","object":"chat.completion","created":1750000000,"model":"bench","choices":[{"index":0,"message":{"role":"assistant","content":""#;
    let after = r#""},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":200,"total_tokens":212}}"#;
    let words = b"The quick brown fox jumps over the lazy dog. ";
    let space = bytes - before.len() - after.len();
    let content: Vec<u8> = words.iter().copied().cycle().take(space).collect();
    [before.as_bytes(), &content, after.as_bytes()].concat()
}

fn whole(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|part| part == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_have_the_size_that_is_asked() {
        assert_eq!(completion(1024).len(), 1024);
        assert!(serde_json::from_slice::<serde_json::Value>(&completion(1024)).is_ok());
    }

    #[test]
    fn the_model_is_found_wherever_it_stands() {
        assert_eq!(model(br#"{"n":1,"model":"bench-one"}"#), b"bench-one");
        assert_eq!(model(br#"{"model":"gpt"}"#), b"");
    }

    #[test]
    fn a_pace_is_read_from_the_name() {
        let paced = Some((200, Duration::from_millis(40)));
        assert_eq!(pace(b"bench-paced-200-40-other"), paced);
        assert_eq!(pace(b"bench-small"), None);
    }

    #[test]
    fn an_event_is_one_chunk() {
        let mut out = Vec::new();
        event(&mut out, "[DONE]");
        assert_eq!(out, b"e\r\ndata: [DONE]\n\n\r\n");
    }
}
