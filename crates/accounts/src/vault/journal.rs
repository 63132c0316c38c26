//! A sealed file beside the vault for one secret that must not be lost, made ready before there is one.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};

use serde::{Deserialize, Serialize};

use super::disk::failed;
use super::document::Bytes;
use super::key::DataKey;
use super::seal::{Binding, open, seal};
use super::{Journal, VaultError};
use crate::secret::Secret;

/// The format that this program writes, and the newest it reads.
const FORMAT: u32 = 1;
/// What is taken on the disk ahead of the secret, in bytes: a full disk is told before, not after.
pub(super) const ROOM: usize = 64 * 1024;

/// The one line of the file; what follows it is room.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    portolan_journal: u32,
    name: String,
    /// `None`: made ready, and nothing kept.
    sealed: Option<Sealed>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Sealed {
    nonce: Bytes,
    bytes: Bytes,
}

/// Binds what is sealed to this purpose, this vault and this name.
pub(super) fn binding(profile: &str, vault: &[u8], name: &str) -> Binding {
    Binding::new("portolan vault journal")
        .part(profile.as_bytes())
        .part(vault)
        .part(name.as_bytes())
}

/// A file that waits for its secret.
pub(super) struct FileJournal {
    file: File,
    name: String,
    key: DataKey,
    binding: Binding,
}

impl FileJournal {
    /// Fills the new, empty `file` with a line without a secret, and with room for one.
    pub(super) fn begin(
        mut file: File,
        name: &str,
        key: DataKey,
        binding: Binding,
    ) -> Result<Self, VaultError> {
        let mut text = line(name, None)?;
        text.resize(ROOM, b' ');
        write(&mut file, &text).map_err(|error| failed("make the vault's journal ready", error))?;
        Ok(Self {
            file,
            name: name.to_owned(),
            key,
            binding,
        })
    }
}

impl Journal for FileJournal {
    fn keep(&mut self, secret: &Secret) -> Result<(), VaultError> {
        let sealed = seal(&self.key, secret.expose().as_bytes(), &self.binding)?;
        let sealed = Sealed {
            nonce: Bytes(sealed.nonce.to_vec()),
            bytes: Bytes(sealed.bytes),
        };
        let text = line(&self.name, Some(sealed))?;
        write(&mut self.file, &text).map_err(|error| failed("write the vault's journal", error))
    }
}

fn line(name: &str, sealed: Option<Sealed>) -> Result<Vec<u8>, VaultError> {
    let line = Line {
        portolan_journal: FORMAT,
        name: name.to_owned(),
        sealed,
    };
    let text = serde_json::to_string(&line).map_err(|error| VaultError::Key(error.to_string()))?;
    Ok((text + "\n").into_bytes())
}

fn write(file: &mut File, text: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    file.write_all(text)?;
    file.sync_all()
}

fn read(file: &[u8]) -> Option<Line> {
    let line = file.split(|byte| *byte == b'\n').next()?;
    let line: Line = serde_json::from_slice(line).ok()?;
    (line.portolan_journal == FORMAT).then_some(line)
}

/// Whose secret the file is for; `None` for what is no journal.
pub(super) fn name(file: &[u8]) -> Option<String> {
    read(file).map(|line| line.name)
}

/// The secret that was kept; `None` where there is none, or none that this vault's key opens:
/// half a line is what a process leaves that was killed while it wrote.
pub(super) fn secret(file: &[u8], key: &DataKey, binding: &Binding) -> Option<Secret> {
    let sealed = read(file)?.sealed?;
    let plain = open(key, &sealed.nonce.0, &sealed.bytes.0, binding)?;
    Secret::new(std::str::from_utf8(&plain).ok()?.to_owned()).ok()
}
