//! Writes the parts of a body into a file that has no name, and is gone with whoever holds it.

use std::fs::File;
use std::io;
use std::sync::Arc;

use dialect::Fault;
use dialect::peek::Peek;
use tokio::io::{AsyncWriteExt as _, BufWriter};

use super::reader::{Event, Reader};
use super::{Form, PARTS, Told, VALUE, failed, malformed};

/// How much is written at once, in bytes.
const PIECE: usize = 64 * 1024;

/// Everything but the model's name, as it will be sent.
#[derive(Debug)]
pub(super) struct Spool {
    pub(super) file: Arc<File>,
    /// How much of it there is, in bytes.
    pub(super) length: u64,
}

/// A body of several parts while it comes in.
#[derive(Debug)]
pub struct Taking {
    reader: Reader,
    taken: Taken,
    handle: File,
    to: BufWriter<tokio::fs::File>,
    /// How much was written, in bytes.
    length: u64,
}

impl Taking {
    /// Makes the file for it.
    ///
    /// # Errors
    /// There is no room, or no randomness.
    pub async fn begin(boundary: &str) -> Result<Self, Fault> {
        let own = own_boundary()?;
        let file = tokio::task::spawn_blocking(tempfile::tempfile).await;
        let file = file.map_err(|_| failed("create it"))?.map_err(kept)?;
        let handle = file.try_clone().map_err(kept)?;
        Ok(Self {
            reader: Reader::new(boundary),
            taken: Taken::new(own),
            handle,
            to: BufWriter::with_capacity(PIECE, tokio::fs::File::from_std(file)),
            length: 0,
        })
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// It is no body of parts, has too many or too long ones, or cannot be kept.
    pub async fn push(&mut self, piece: &[u8]) -> Result<(), Fault> {
        let (reader, taken) = (&mut self.reader, &mut self.taken);
        reader.push(piece, &mut |event| taken.take(event))?;
        self.length += taken.out.len() as u64;
        self.to.write_all(&taken.out).await.map_err(kept)?;
        taken.out.clear();
        Ok(())
    }

    /// The body is over: the form, and what one look at it tells.
    ///
    /// # Errors
    /// It broke off, or a field that is read here cannot be.
    pub async fn finish(mut self) -> Result<(Form, Peek), Fault> {
        self.reader.finish()?;
        let last = format!("--{}--\r\n", self.taken.boundary);
        self.to.write_all(last.as_bytes()).await.map_err(kept)?;
        self.to.flush().await.map_err(kept)?;
        let form = Form {
            boundary: self.taken.boundary,
            spool: Spool {
                file: Arc::new(self.handle),
                length: self.length + last.len() as u64,
            },
        };
        Ok((form, self.taken.told.peek()?))
    }
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
#[derive(Debug)]
enum Goes {
    File,
    Model,
    Stream,
}

/// What was taken from the parts so far.
#[derive(Debug)]
struct Taken {
    boundary: String,
    parts: usize,
    into: Goes,
    told: Told,
    /// What is to be written.
    out: Vec<u8>,
}

impl Taken {
    fn new(boundary: String) -> Self {
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
                        .extend_from_slice(part.written(&self.boundary).as_bytes());
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
