//! Writes the parts of a body into a file that has no name, and is gone with whoever holds it.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use dialect::Fault;
use dialect::peek::Peek;
use http_body::Body;
use tokio::io::{AsyncWriteExt as _, BufWriter};

use super::reader::{Event, Reader};
use super::{Form, PARTS, Told, VALUE, failed, malformed};
use crate::guard::body;

/// How much is written at once, in bytes.
const PIECE: usize = 64 * 1024;

/// Everything but the model's name, as it will be sent.
#[derive(Debug)]
pub(super) struct Spool {
    pub(super) file: Arc<File>,
    /// How much of it there is, in bytes.
    pub(super) length: u64,
}

/// Reads a body of several parts, at most `limit` bytes of it; `patience` is how long to wait for each
/// piece.
pub(crate) async fn take<B>(
    mut incoming: B,
    boundary: &str,
    limit: usize,
    patience: Duration,
) -> Result<(Form, Peek), Fault>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    if incoming.size_hint().lower() > limit as u64 {
        return Err(body::too_large(limit));
    }
    let own = own_boundary()?;
    let file = tokio::task::spawn_blocking(tempfile::tempfile).await;
    let file = file.map_err(|_| failed("create it"))?.map_err(kept)?;
    let handle = file.try_clone().map_err(kept)?;
    let mut to = BufWriter::with_capacity(PIECE, tokio::fs::File::from_std(file));
    let mut reader = Reader::new(boundary);
    let mut taken = Taken::new(&own);
    let (mut read, mut length) = (0, 0);
    while let Some(frame) = body::next(&mut incoming, patience).await? {
        let Ok(data) = frame.into_data() else {
            continue;
        };
        read += data.len();
        if read > limit {
            return Err(body::too_large(limit));
        }
        reader.push(&data, &mut |event| taken.take(event))?;
        length += taken.out.len() as u64;
        to.write_all(&taken.out).await.map_err(kept)?;
        taken.out.clear();
    }
    reader.finish()?;
    let last = format!("--{own}--\r\n");
    length += last.len() as u64;
    to.write_all(last.as_bytes()).await.map_err(kept)?;
    to.flush().await.map_err(kept)?;
    let peek = taken.told.peek()?;
    let form = Form {
        boundary: own,
        spool: Spool {
            file: Arc::new(handle),
            length,
        },
    };
    Ok((form, peek))
}

#[expect(clippy::needless_pass_by_value, reason = "map_err")]
fn kept(error: io::Error) -> Fault {
    failed(&error.to_string())
}

/// A boundary that nobody can have put into a part beforehand.
fn own_boundary() -> Result<String, Fault> {
    let random = || getrandom::u64().map_err(|_| failed("no randomness"));
    Ok(format!("portolan-{:016x}{:016x}", random()?, random()?))
}

/// Where the bytes of the part at hand go.
enum Goes {
    File,
    Model,
    Stream,
}

/// What was taken from the parts so far.
struct Taken<'a> {
    boundary: &'a str,
    parts: usize,
    into: Goes,
    told: Told,
    /// What is to be written.
    out: Vec<u8>,
}

impl<'a> Taken<'a> {
    fn new(boundary: &'a str) -> Self {
        Self {
            boundary,
            parts: 0,
            into: Goes::File,
            told: Told::default(),
            out: Vec::new(),
        }
    }

    fn take(&mut self, event: Event<'_>) -> Result<(), Fault> {
        match event {
            Event::Part(part) => {
                self.parts += 1;
                if self.parts > PARTS {
                    return Err(malformed("has more than 64 parts"));
                }
                let twice = |name: &str| Fault::invalid(name, format!("\"{name}\" is there twice"));
                self.into = match part.name.as_str() {
                    // Of two the one that was not checked would be the one that answers.
                    "model" if self.told.model.is_some() => return Err(twice("model")),
                    "stream" if self.told.stream.is_some() => return Err(twice("stream")),
                    "model" => {
                        self.told.model = Some(Vec::new());
                        Goes::Model
                    }
                    "stream" => {
                        self.told.stream = Some(Vec::new());
                        Goes::Stream
                    }
                    _ => Goes::File,
                };
                if !matches!(self.into, Goes::Model) {
                    self.out
                        .extend_from_slice(part.written(self.boundary).as_bytes());
                }
            }
            Event::Data(data) => {
                let (name, value) = match self.into {
                    Goes::File => {
                        self.out.extend_from_slice(data);
                        return Ok(());
                    }
                    Goes::Model => ("model", &mut self.told.model),
                    Goes::Stream => {
                        self.out.extend_from_slice(data);
                        ("stream", &mut self.told.stream)
                    }
                };
                let value = value.get_or_insert_default();
                value.extend_from_slice(data);
                if value.len() > VALUE {
                    return Err(Fault::invalid(name, format!("\"{name}\" is too long")));
                }
            }
            Event::End => {
                if !matches!(self.into, Goes::Model) {
                    self.out.extend_from_slice(b"\r\n");
                }
            }
        }
        Ok(())
    }
}
