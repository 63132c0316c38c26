//! What is written with `--json` beside the answers of the contract.

use std::collections::BTreeMap;

use contract::{Import, Imported, Reason, Revocation};
use serde::Serialize;

use super::message::Complaint;

/// The line of `portolan serve`.
#[derive(Debug, Serialize)]
pub(crate) struct Started<'a> {
    /// The addresses that accept connections, such as `http://127.0.0.1:28000`; that of `[listen]`
    /// first.
    pub(crate) listening: &'a [String],
}

/// The answer of `portolan version`.
#[derive(Debug, Serialize)]
pub(crate) struct Version<'a> {
    /// The version.
    pub(crate) version: &'a str,
    /// The commit that it was built from, where that is known.
    pub(crate) commit: Option<&'a str>,
    /// The machine and system that it was built for, such as `x86_64-unknown-linux-gnu`.
    pub(crate) target: &'a str,
}

/// The answer of `portolan accounts remove`.
#[derive(Debug, Serialize)]
pub(crate) struct Removed<'a> {
    /// The id of the account that was removed.
    pub(crate) removed: &'a str,
    /// What became of its sign-in at the provider.
    pub(crate) sign_in: &'a Revocation,
}

/// The answer of `portolan logout`.
#[derive(Debug, Serialize)]
pub(crate) struct SignedOut<'a> {
    /// The id of the account that was signed out and removed.
    pub(crate) signed_out: &'a str,
    /// What became of its sign-in at the provider.
    pub(crate) sign_in: &'a Revocation,
}

/// The answer of `portolan keys revoke`.
#[derive(Debug, Serialize)]
pub(crate) struct Revoked<'a> {
    /// The name of the key that was revoked.
    pub(crate) revoked: &'a str,
}

/// The answer of `portolan instances remove`.
#[derive(Debug, Serialize)]
pub(crate) struct InstanceRemoved<'a> {
    /// The name of the instance that was removed.
    pub(crate) removed_instance: &'a str,
}

/// The answer of `portolan import`.
#[derive(Debug, Serialize)]
pub(crate) struct ImportTold {
    /// What was found, as it was before anything was taken over.
    pub(crate) found: Vec<Import>,
    /// What was taken over; none where it was only shown.
    pub(crate) taken: Option<Imported>,
}

/// What a command that failed writes to standard error.
#[derive(Debug, Serialize)]
pub(crate) struct Failure<'a> {
    /// Why it failed.
    pub(crate) error: Error<'a>,
}

/// Why a command failed.
#[derive(Debug, Serialize)]
pub(crate) struct Error<'a> {
    /// What went wrong: one of the codes below.
    pub(crate) code: &'a str,
    /// What the message names.
    pub(crate) arguments: BTreeMap<&'a str, &'a str>,
    /// Why, of the codes that have a reason.
    pub(crate) reason: Option<&'a Reason>,
    /// The message, in English.
    pub(crate) message: String,
    /// What to do about it, in English.
    pub(crate) hint: Option<String>,
}

impl<'a> Failure<'a> {
    /// What is written of a failure that people would be told as `complaint`.
    pub(crate) fn new<K: AsRef<str>>(
        code: &'a str,
        arguments: &'a BTreeMap<K, String>,
        reason: Option<&'a Reason>,
        complaint: Complaint,
    ) -> Self {
        let arguments = arguments.iter();
        Self {
            error: Error {
                code,
                arguments: arguments
                    .map(|(name, text)| (name.as_ref(), text.as_str()))
                    .collect(),
                reason,
                message: complaint.message,
                hint: complaint.hint,
            },
        }
    }
}

/// An answer as it is written: indented, with a line break at its end.
pub(crate) fn written(answer: &impl Serialize) -> String {
    // Our own types are made of texts, numbers and lists, of which all can be written.
    serde_json::to_string_pretty(answer).unwrap_or_default() + "\n"
}
