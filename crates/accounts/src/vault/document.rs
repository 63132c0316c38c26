//! The text of `vault.bin`: a header, one line for each record, and the header again.
//!
//! Each line is a JSON object of its own, with an empty line between, so that a damaged byte spoils one line
//! alone; the header stands twice because everything hangs on it. A record carries the generation
//! (the vault's count of writes) in which it was itself written, and is bound to that one; the header
//! carries the vault's current generation and a digest of all records, sealed together. So a write
//! seals one record and one header, never the rest, and yet an old file, an old record in a new
//! file, a missing record and an edited number are all told.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use super::key::DataKey;
use super::seal::{Binding, open, seal};
use super::{KeySource, UnavailableReason, VaultError};
use crate::secret::Secret;

/// The format that this program writes, and the newest it reads.
const FORMAT: u32 = 1;
/// What a record's plain text is: 1, the secret's own text.
const SCHEMA_TEXT: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bytes(pub(super) Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64
            .decode(text)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

/// What opens the vault and what it should hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    portolan_vault: u32,
    /// Random; tells this vault from every other one under the same key.
    pub(super) vault: Bytes,
    pub(super) source: KeySource,
    pub(super) salt: Bytes,
    check: Bytes,
    pub(super) generation: u64,
    /// SHA-256 over all records.
    records: Bytes,
    nonce: Bytes,
    seal: Bytes,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    name: String,
    schema: u32,
    generation: u64,
    nonce: Bytes,
    sealed: Bytes,
}

/// Only what tells a newer file from a broken one.
#[derive(Deserialize)]
struct Format {
    portolan_vault: u32,
}

/// A vault's file, taken apart but not yet opened.
#[derive(Debug)]
pub(super) struct Document {
    /// The header's readable copies, one if they agree; never empty.
    headers: Vec<Header>,
    records: Vec<Record>,
    broken_lines: usize,
}

/// A vault with the key that fits it.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) key: DataKey,
    pub(super) header: Header,
    /// Whether something but this program changed the file.
    pub(super) damaged: bool,
    profile: String,
    records: Vec<Record>,
}

impl Document {
    pub(super) fn parse(file: &[u8]) -> Result<Self, UnavailableReason> {
        let mut document = Self {
            headers: Vec::new(),
            records: Vec::new(),
            broken_lines: 0,
        };
        let mut newest = None;
        for line in file
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            if let Ok(record) = serde_json::from_slice::<Record>(line) {
                document.records.push(record);
                continue;
            }
            let format = serde_json::from_slice::<Format>(line)
                .ok()
                .map(|line| line.portolan_vault);
            newest = newest.max(format);
            match serde_json::from_slice::<Header>(line) {
                Ok(header) if format == Some(FORMAT) => {
                    if !document.headers.contains(&header) {
                        document.headers.push(header);
                    }
                }
                Ok(_) | Err(_) => document.broken_lines += 1,
            }
        }
        match newest {
            _ if !document.headers.is_empty() => Ok(document),
            Some(version) if version > FORMAT => Err(UnavailableReason::NewerFormat { version }),
            Some(_) | None => Err(UnavailableReason::NotAVault),
        }
    }

    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .records
            .iter()
            .map(|record| record.name.clone())
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// Opens with the key that `find_key` gives for a header; `Ok(None)` if none of them fits.
    pub(super) fn open(
        self,
        profile: &str,
        mut find_key: impl FnMut(&Header) -> Result<DataKey, VaultError>,
    ) -> Result<Option<Contents>, VaultError> {
        let mut fitting: Option<(DataKey, Header)> = None;
        let mut sound: Option<(DataKey, Header)> = None;
        for header in &self.headers {
            let key = find_key(header)?;
            if key.fits(&header.vault.0, &header.check.0)? {
                let slot = if header.is_sound(&key, profile) {
                    &mut sound
                } else {
                    &mut fitting
                };
                slot.get_or_insert((key, header.clone()));
            }
        }
        let trusted = sound.is_some();
        let Some((key, header)) = sound.or(fitting) else {
            return Ok(None);
        };
        let complete =
            trusted && self.broken_records() == 0 && header.records == digest(&self.records);
        Ok(Some(Contents {
            key,
            header,
            damaged: !complete,
            profile: profile.to_owned(),
            records: self.records,
        }))
    }

    /// Broken lines beyond the one that may be the header's other copy.
    fn broken_records(&self) -> usize {
        self.broken_lines.saturating_sub(1)
    }
}

impl Header {
    fn binding(&self, profile: &str) -> Binding {
        let source = match self.source {
            KeySource::Keyring => "keyring",
            KeySource::MasterKey => "master-key",
            KeySource::Passphrase => "passphrase",
        };
        Binding::new("portolan vault header")
            .number(u64::from(self.portolan_vault))
            .part(profile.as_bytes())
            .part(&self.vault.0)
            .part(source.as_bytes())
            .part(&self.salt.0)
            .number(self.generation)
            .part(&self.records.0)
    }

    fn is_sound(&self, key: &DataKey, profile: &str) -> bool {
        open(key, &self.nonce.0, &self.seal.0, &self.binding(profile)).is_some()
    }
}

impl Record {
    fn binding(&self, profile: &str, vault: &[u8]) -> Binding {
        Binding::new("portolan vault record")
            .part(profile.as_bytes())
            .part(vault)
            .part(self.name.as_bytes())
            .number(u64::from(self.schema))
            .number(self.generation)
    }
}

impl Contents {
    /// An empty vault of generation 0, not yet written.
    pub(super) fn new(
        profile: &str,
        source: KeySource,
        vault: [u8; 16],
        salt: [u8; 16],
        key: DataKey,
    ) -> Result<Self, VaultError> {
        let check = key.check_value(&vault)?;
        let header = Header {
            portolan_vault: FORMAT,
            vault: Bytes(vault.to_vec()),
            source,
            salt: Bytes(salt.to_vec()),
            check: Bytes(check.to_vec()),
            generation: 0,
            records: digest(&[]),
            nonce: Bytes(Vec::new()),
            seal: Bytes(Vec::new()),
        };
        let profile = profile.to_owned();
        Ok(Self {
            key,
            header,
            damaged: false,
            profile,
            records: Vec::new(),
        })
    }

    pub(super) fn get(&self, name: &str) -> Result<Option<Secret>, VaultError> {
        let mut named = self
            .records
            .iter()
            .filter(|record| record.name == name)
            .peekable();
        if named.peek().is_none() {
            let lost = VaultError::Damaged {
                name: name.to_owned(),
            };
            return if self.damaged { Err(lost) } else { Ok(None) };
        }
        named
            .filter(|record| record.schema == SCHEMA_TEXT)
            .filter_map(|record| self.open_record(record))
            .next_back()
            .map(Some)
            .ok_or_else(|| VaultError::Undecryptable {
                name: name.to_owned(),
            })
    }

    fn open_record(&self, record: &Record) -> Option<Secret> {
        let binding = record.binding(&self.profile, &self.header.vault.0);
        let plain = open(&self.key, &record.nonce.0, &record.sealed.0, &binding)?;
        Secret::new(std::str::from_utf8(&plain).ok()?.to_owned()).ok()
    }

    /// Seals `secret` as of the next generation.
    pub(super) fn put(&mut self, name: &str, secret: &Secret) -> Result<(), VaultError> {
        let mut record = Record {
            name: name.to_owned(),
            schema: SCHEMA_TEXT,
            generation: self.header.generation.saturating_add(1),
            nonce: Bytes(Vec::new()),
            sealed: Bytes(Vec::new()),
        };
        let binding = record.binding(&self.profile, &self.header.vault.0);
        let sealed = seal(&self.key, secret.expose().as_bytes(), &binding)?;
        record.nonce = Bytes(sealed.nonce.to_vec());
        record.sealed = Bytes(sealed.bytes);
        self.records.retain(|other| other.name != name);
        self.records.push(record);
        self.next_generation()
    }

    /// Whether there was such a record.
    pub(super) fn remove(&mut self, name: &str) -> Result<bool, VaultError> {
        let before = self.records.len();
        self.records.retain(|record| record.name != name);
        let removed = self.records.len() < before;
        if removed {
            self.next_generation()?;
        }
        Ok(removed)
    }

    fn next_generation(&mut self) -> Result<(), VaultError> {
        self.header.generation = self.header.generation.saturating_add(1);
        self.header.records = digest(&self.records);
        let sealed = seal(&self.key, &[], &self.header.binding(&self.profile))?;
        self.header.nonce = Bytes(sealed.nonce.to_vec());
        self.header.seal = Bytes(sealed.bytes);
        Ok(())
    }

    /// The file's bytes.
    pub(super) fn to_file(&self) -> Result<Vec<u8>, VaultError> {
        let unwritable = |error: serde_json::Error| VaultError::Key(error.to_string());
        let header = serde_json::to_string(&self.header).map_err(unwritable)?;
        let mut lines = vec![header.clone()];
        for record in &self.records {
            lines.push(serde_json::to_string(record).map_err(unwritable)?);
        }
        lines.push(header);
        Ok((lines.join("\n\n") + "\n").into_bytes())
    }
}

fn digest(records: &[Record]) -> Bytes {
    let sorted: BTreeMap<(&str, u64), &Record> = records
        .iter()
        .map(|record| ((record.name.as_str(), record.generation), record))
        .collect();
    let mut hash = Sha256::new();
    hash.update((records.len() as u64).to_be_bytes());
    for ((name, generation), record) in sorted {
        let schema = record.schema.to_be_bytes();
        let generation = generation.to_be_bytes();
        let (nonce, sealed) = (&record.nonce.0, &record.sealed.0);
        for part in [name.as_bytes(), &schema, &generation, nonce, sealed] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    Bytes(hash.finalize().to_vec())
}
