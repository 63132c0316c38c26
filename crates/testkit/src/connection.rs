//! Serves one connection of a scripted upstream: reads requests, plays scripts, notices the peer leave.

use std::io;
use std::time::{Duration, Instant, SystemTime};

use bytes::BytesMut;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use crate::log::Log;
use crate::recorded::{Ended, Recorded};
use crate::script::{End, Framing, Script, Step};
use crate::wire::{Head, Incoming};

/// Whether the connection can take another request.
#[derive(PartialEq, Eq)]
enum After {
    Keep,
    Close,
    Reset,
}

/// Serves requests on `stream` until either side closes it.
pub(crate) async fn serve(stream: TcpStream, log: Log, script: impl Fn(&Recorded) -> Script) {
    let connection = log.connected();
    let _ = stream.set_nodelay(true);
    let (reader, mut writer) = stream.into_split();
    let mut incoming = Incoming::new(reader);
    loop {
        let request = match read(&mut incoming, &mut writer, connection).await {
            Ok(Some(request)) => request,
            Ok(None) => return,
            Err(_) => {
                log.broke();
                let _ = writer
                    .write_all(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n")
                    .await;
                return;
            }
        };
        let (head, request) = request;
        let request = log.arrived(request);
        let answer = script(&request);
        let played = unless_gone(&mut incoming, play(&mut writer, &answer, head_only(&head))).await;
        let after = match played {
            Some(after) => {
                log.ended(request.index, Ended::Finished(Instant::now()));
                after
            }
            None => {
                log.ended(request.index, Ended::PeerClosed(Instant::now()));
                return;
            }
        };
        match after {
            After::Keep if !head.closes() => {}
            After::Keep | After::Close => return,
            After::Reset => {
                let Ok(stream) = incoming.into_inner().reunite(writer) else {
                    return;
                };
                let _ = stream.set_zero_linger();
                return;
            }
        }
    }
}

fn head_only(head: &Head) -> bool {
    head.line.starts_with("HEAD ")
}

async fn read(
    incoming: &mut Incoming<OwnedReadHalf>,
    writer: &mut OwnedWriteHalf,
    connection: usize,
) -> io::Result<Option<(Head, Recorded)>> {
    let Some(head) = incoming.head().await? else {
        return Ok(None);
    };
    let mut words = head.line.split(' ').map(str::to_owned);
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    if head.expects_continue() {
        writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    let body = incoming.body(head.request_body()).await?;
    let request = Recorded {
        index: 0,
        connection,
        method,
        target,
        headers: head.headers.clone(),
        body,
        arrived: Instant::now(),
        arrived_wall: SystemTime::now(),
        ended: Ended::Open,
    };
    Ok(Some((head, request)))
}

/// Runs `work` while the peer is there; `None` when it left, or when `work` met its absence.
async fn unless_gone<T>(
    incoming: &mut Incoming<OwnedReadHalf>,
    work: impl Future<Output = io::Result<T>>,
) -> Option<T> {
    tokio::pin!(work);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done.ok(),
            more = incoming.fill() => match more {
                Ok(0) | Err(_) => return None,
                Ok(_) => {} // the next request, sent early
            },
        }
    }
}

async fn play(writer: &mut OwnedWriteHalf, script: &Script, head_only: bool) -> io::Result<After> {
    sleep(script.delay_before_head).await;
    let mut pending = BytesMut::from(&script.head()[..]);
    if !head_only {
        for step in &script.steps {
            match step {
                Step::Bytes(bytes) => {
                    pending.extend_from_slice(&script.framed(bytes));
                    flush(writer, &mut pending).await?;
                }
                Step::Wait(time) => {
                    flush(writer, &mut pending).await?;
                    sleep(*time).await;
                }
                Step::Repeat(bytes, every) => loop {
                    pending.extend_from_slice(&script.framed(bytes));
                    flush(writer, &mut pending).await?;
                    sleep((*every).max(Duration::from_micros(100))).await;
                },
            }
        }
    }
    flush(writer, &mut pending).await?;
    match script.end {
        End::Complete => match script.framing {
            Framing::Chunked if !head_only => {
                writer.write_all(b"0\r\n\r\n").await?;
                Ok(After::Keep)
            }
            Framing::Chunked | Framing::ContentLength => Ok(After::Keep),
            Framing::UntilClose => Ok(After::Close),
        },
        End::Reset => Ok(After::Reset),
        End::Stall => std::future::pending().await,
        End::CloseEarly => Ok(After::Close),
        End::Garbage => {
            writer
                .write_all(b"\xff\xfe\x00 no chunk at all \x00\r\n")
                .await?;
            Ok(After::Close)
        }
    }
}

async fn flush(writer: &mut OwnedWriteHalf, pending: &mut BytesMut) -> io::Result<()> {
    let bytes = pending.split();
    if bytes.is_empty() {
        Ok(())
    } else {
        writer.write_all(&bytes).await
    }
}

async fn sleep(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}
