//! Reads a program's files into what can be taken over.

use std::io::{self, Read as _};
use std::path::Path;

use serde_json::Value;
use zeroize::Zeroizing;

use crate::address::{is_address, is_proxy};
use crate::fernet::Key;
use crate::found::{Address, Found, FoundFile, LeftWhy, LookFault};
use crate::object::Object;
use crate::source::Source;
use crate::{iflow, iflow2api};

/// The most of a file that is read, in bytes: these are a few lines long.
pub(crate) const LARGEST: u64 = 256 * 1024;
/// Where iflow2api keeps the key of what it sealed, also of what it sealed in the files of the
/// command line.
const KEY_FILE: (&str, &str) = (".iflow2api", ".key");

/// Gives the bytes of a file by folder and name below the user's home, at most the last argument of
/// them, and `None` where it is not there.
pub type ReadFile<'a> = dyn Fn(&str, &str, u64) -> io::Result<Option<Vec<u8>>> + 'a;

/// Looks at the files of a program.
///
/// `None`: the program left nothing here.
pub fn look(source: Source, read: &ReadFile<'_>) -> Option<Found> {
    let (folder, name) = KEY_FILE;
    let key = read(folder, name, LARGEST + 1).ok().flatten();
    let key = key.map(Zeroizing::new).and_then(|bytes| Key::read(&bytes));
    let mut found = Found::default();
    for name in source.files() {
        let bytes = match read(source.folder(), name, LARGEST + 1) {
            Ok(None) => continue,
            Ok(Some(bytes)) => Ok(Zeroizing::new(bytes)),
            Err(error) => Err(LookFault::Unreadable(error.to_string())),
        };
        let object = bytes.and_then(|bytes| parse(&bytes));
        let fault = match object {
            Ok(fields) => {
                let object = Object {
                    fields,
                    key: key.as_ref(),
                };
                match (source, *name) {
                    (Source::Iflow, "oauth_creds.json") => iflow::credentials(&object, &mut found),
                    (Source::Iflow, _) => iflow::settings(&object, &mut found),
                    (Source::Iflow2api, _) => iflow2api::config(&object, &mut found),
                }
                None
            }
            Err(fault) => Some(fault),
        };
        found.files.push(FoundFile { name, fault });
    }
    prune(&mut found);
    (!found.files.is_empty()).then_some(found)
}

/// Looks at the files below a user's home.
#[must_use]
pub fn look_in(home: &Path, source: Source) -> Option<Found> {
    look(source, &|folder, name, most| {
        let mut bytes = Vec::new();
        let path = home.join(folder).join(name);
        // To open a pipe would wait for somebody who writes.
        if std::fs::metadata(&path).is_ok_and(|told| !told.is_file()) {
            return Err(io::Error::other("it is no file"));
        }
        match std::fs::File::open(path) {
            Ok(file) => file.take(most).read_to_end(&mut bytes).map(|_| Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    })
}

/// Leaves what nobody can call.
fn prune(found: &mut Found) {
    let calls = |address: &Address| is_address(&address.url);
    if found
        .address
        .as_ref()
        .is_some_and(|address| !calls(address))
    {
        found.leave("baseUrl", LeftWhy::Unusable);
        found.address = None;
        // A key goes nowhere where nobody knows whose it is.
        if found.key.take().is_some() {
            found.leave("apiKey", LeftWhy::Unusable);
        }
    }
    if found.proxy.as_deref().is_some_and(|proxy| !is_proxy(proxy)) {
        found.leave("upstream_proxy", LeftWhy::Unusable);
        found.proxy = None;
    }
}

fn parse(bytes: &[u8]) -> Result<serde_json::Map<String, Value>, LookFault> {
    if bytes.len() as u64 > LARGEST {
        return Err(LookFault::TooLarge(LARGEST));
    }
    // Windows' editors leave a mark at the beginning.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(LookFault::NotAnObject),
        Err(error) => Err(LookFault::NotJson {
            line: error.line(),
            column: error.column(),
        }),
    }
}
