//! Tool calls in pieces: which call a fragment belongs to, and what it is called.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::json::Progress;
use crate::Fault;

/// A tool call as far as it has come.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) custom: bool,
    /// The block, once the name is known and the block is open.
    pub(super) block: Option<usize>,
    pub(super) closed: bool,
    pub(super) progress: Progress,
    /// Arguments that came before the name.
    pub(super) early: String,
}

/// The call that a fragment belongs to. A number names a call, except where an upstream gives
/// every call the same number: a new id after complete arguments is a new call. `numbered` is the
/// last call of each number; the legacy `function_call` has none.
pub(super) fn find(
    calls: &[Call],
    numbered: &HashMap<u64, usize>,
    index: Option<u64>,
    id: &str,
    name: &str,
) -> Option<usize> {
    let found = match index {
        Some(number) => numbered.get(&number).copied(),
        None if !id.is_empty() => match calls.iter().rposition(|call| call.id == id) {
            Some(position) => return Some(position),
            None => calls
                .len()
                .checked_sub(1)
                .filter(|last| calls[*last].id.is_empty()),
        },
        None => calls.len().checked_sub(1),
    }?;
    let call = &calls[found];
    let over = call.closed || call.progress.is_complete();
    let renamed = !call.name.is_empty() && name != call.name && !call.progress.has_begun();
    let another = !name.is_empty()
        && match (id.is_empty(), call.id.is_empty()) {
            (false, false) => id != call.id && (over || renamed),
            // Without ids a name after complete arguments begins another call.
            (true, _) => index.is_none() && over,
            (false, true) => over,
        };
    (!another).then_some(found)
}

/// The call that a fragment without id and name goes on with, where numbers may be wrong: the one of
/// its number while that is not whole, and the last one otherwise.
pub(super) fn continued(
    calls: &[Call],
    numbered: &HashMap<u64, usize>,
    index: Option<u64>,
) -> Option<usize> {
    let named = index.and_then(|number| numbered.get(&number).copied());
    let unfinished = named.filter(|at| !calls[*at].closed && !calls[*at].progress.is_complete());
    unfinished.or_else(|| calls.len().checked_sub(1))
}

/// The text of arguments, whether a JSON string or, against the specification, the object itself.
pub(super) fn argument_text(raw: &serde_json::value::RawValue) -> Result<Cow<'_, str>, Fault> {
    if raw.get().starts_with('"') {
        let text: Result<super::text::Text<'_>, _> = serde_json::from_str(raw.get());
        text.map(|text| text.0)
            .map_err(|_| Fault::unreadable("a tool call's arguments are unreadable"))
    } else if raw.get() == "null" {
        Ok(Cow::Borrowed(""))
    } else {
        Ok(Cow::Borrowed(raw.get()))
    }
}

/// Text as it stands between the quotes of a JSON string.
pub(super) fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// An id for a call that came without one: the same call always gets the same id, and calls of
/// other answers get others, because a conversation holds the calls of many answers.
pub(super) fn minted(seed: &str, position: usize, name: &str) -> String {
    let digest = Sha256::digest(format!("{seed} {position} {name}"));
    digest
        .iter()
        .take(12)
        .fold("call_".to_owned(), |mut id, byte| {
            let _infallible = write!(id, "{byte:02x}");
            id
        })
}
