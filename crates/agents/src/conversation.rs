//! Which of an agent's sessions a request goes on with.
//!
//! Clients send the whole conversation with each request, agents remember it. So a session belongs to
//! the request whose history is word for word what was said in it: a session is never found by a name
//! alone, and what two conversations do not share they never see of each other.

use std::path::PathBuf;

use catalog::Tools;
use dialect::chat::{Block, Content, DocumentSource, Role, Source, Turn};
use sha2::{Digest, Sha256};

/// All that has to be the same for a session to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The client key's name; `None`: none is needed here.
    pub(crate) owner: Option<String>,
    /// What the client itself calls the conversation, or whom it says that it is for.
    pub(crate) stated: Option<String>,
    /// Where the agent works; `None`: in an empty folder of the session's own.
    pub(crate) folder: Option<PathBuf>,
    /// What it may do there.
    pub(crate) tools: Tools,
}

/// The fingerprint of what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Print([u8; 32]);

/// The turns that a session which goes on would know, and those that are new to it. No history: the
/// conversation begins, or nothing in it is new.
pub(crate) fn split(turns: &[Turn]) -> (&[Turn], &[Turn]) {
    let last = turns.iter().rposition(|turn| turn.role == Role::Assistant);
    match last {
        Some(last) if last + 1 < turns.len() => turns.split_at(last + 1),
        Some(_) | None => (&[], turns),
    }
}

/// The fingerprint of these turns, and of an answer to them.
pub(crate) fn print(turns: &[Turn], answer: Option<&str>) -> Print {
    let mut hash = Sha256::new();
    let mut speaker = None;
    for turn in turns {
        let now = tag(turn.role);
        if speaker != Some(now) {
            // Neighbours of one speaker are one: dialects cut them differently.
            hash.update([0, now]);
            speaker = Some(now);
        }
        turn.blocks.iter().for_each(|block| add(&mut hash, block));
    }
    if let Some(answer) = answer {
        let now = tag(Role::Assistant);
        if speaker != Some(now) {
            hash.update([0, now]);
        }
        words(&mut hash, answer);
    }
    Print(hash.finalize().into())
}

fn tag(role: Role) -> u8 {
    match role {
        Role::System | Role::Developer => b's',
        Role::User => b'u',
        Role::Assistant => b'a',
    }
}

/// Adds words without their spaces: clients trim and join what they were told.
fn words(hash: &mut Sha256, text: &str) {
    for word in text.split_whitespace() {
        hash.update(word);
    }
}

fn add(hash: &mut Sha256, block: &Block) {
    match &block.content {
        Content::Text(text) | Content::Refusal(text) => words(hash, text),
        Content::Image(image) => source(hash, &image.source),
        Content::Document(document) => match &document.source {
            DocumentSource::Bytes(bytes) => source(hash, bytes),
            DocumentSource::Text(text) => words(hash, text),
            DocumentSource::Blocks(blocks) => blocks.iter().for_each(|block| add(hash, block)),
        },
        Content::Audio { data, .. } => hash.update(data),
        Content::ToolCall(call) => {
            hash.update([1]);
            words(hash, &call.name);
            words(hash, &call.arguments);
        }
        Content::ToolResult(result) => {
            hash.update([2]);
            result.blocks.iter().for_each(|block| add(hash, block));
        }
        // Clients may leave thoughts out, and nobody else reads what is unknown here.
        Content::Reasoning(_) | Content::Unknown { .. } => {}
    }
}

fn source(hash: &mut Sha256, source: &Source) {
    let text = match source {
        Source::Base64 { data, .. } => data,
        Source::Url(text) | Source::File(text) => text,
    };
    hash.update([3]);
    hash.update(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(role: Role, text: &str) -> Turn {
        Turn {
            role,
            name: None,
            blocks: vec![Block::text(text)],
        }
    }

    #[test]
    fn the_first_request_has_no_history_and_the_second_goes_on_with_it() {
        let first = [turn(Role::System, "be brief"), turn(Role::User, "ahoy")];
        assert!(split(&first).0.is_empty());
        let mut second = first.to_vec();
        // As a client gives back what it was told: trimmed.
        second.push(turn(Role::Assistant, "Hello there."));
        second.push(turn(Role::User, "and now?"));
        let (history, news) = split(&second);
        assert_eq!((history.len(), news.len()), (3, 1));
        assert_eq!(print(history, None), print(&first, Some("Hello  there.\n")));
    }

    #[test]
    fn another_word_anywhere_is_another_conversation() {
        let base = [turn(Role::User, "a"), turn(Role::Assistant, "b")];
        for other in [
            [turn(Role::User, "x"), turn(Role::Assistant, "b")],
            [turn(Role::User, "a"), turn(Role::Assistant, "x")],
            [turn(Role::System, "a"), turn(Role::Assistant, "b")],
        ] {
            assert_ne!(print(&base, None), print(&other, None));
        }
        // Nor can words move from one speaker to the other.
        let moved = [turn(Role::User, "ab"), turn(Role::Assistant, "")];
        assert_ne!(print(&base, None), print(&moved, None));
    }

    #[test]
    fn an_answer_that_is_to_be_carried_on_begins_anew() {
        let prefill = [turn(Role::User, "a"), turn(Role::Assistant, "b")];
        assert!(split(&prefill).0.is_empty());
        assert_eq!(split(&prefill).1.len(), 2);
    }
}
