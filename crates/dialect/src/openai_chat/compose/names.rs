//! Tool names that this dialect accepts, and the way back to the client's own.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::chat::{ChatRequest, Content, ToolKind};

/// The longest tool name, in characters; all of them ASCII letters, digits, `_` or `-`
/// (OpenAI's API reference).
const LONGEST: usize = 64;

/// The names of one request's tools as they are sent.
#[derive(Debug)]
pub(super) struct Names<'a> {
    /// The client's name → the name sent, where they differ.
    sent: HashMap<&'a str, String>,
    /// The tools that take free text.
    custom: HashSet<&'a str>,
}

impl<'a> Names<'a> {
    /// The names in a request's tools, its tool choice and the calls of earlier turns.
    pub(super) fn of(request: &'a ChatRequest) -> Self {
        let calls = request
            .turns
            .iter()
            .flat_map(|turn| &turn.blocks)
            .filter_map(|block| match &block.content {
                Content::ToolCall(call) => Some(call.name.as_str()),
                _ => None,
            });
        let chosen = request
            .tool_choice
            .iter()
            .flat_map(|choice| &choice.only)
            .map(String::as_str);
        let names: Vec<&str> = request
            .tools
            .iter()
            .map(|tool| tool.name.as_str())
            .chain(chosen)
            .chain(calls)
            .collect();
        let mut taken: HashSet<String> = names
            .iter()
            .filter(|name| is_accepted(name))
            .map(|name| (*name).to_owned())
            .collect();
        let mut sent: HashMap<&str, String> = HashMap::new();
        for name in names {
            if !is_accepted(name) && !sent.contains_key(name) {
                let alias = alias(name, &taken);
                taken.insert(alias.clone());
                sent.insert(name, alias);
            }
        }
        let custom = request
            .tools
            .iter()
            .filter(|tool| matches!(tool.kind, ToolKind::Custom { .. }))
            .map(|tool| tool.name.as_str())
            .collect();
        Self { sent, custom }
    }

    /// The name that is sent for a client's name.
    pub(super) fn sent<'s>(&'s self, name: &'s str) -> &'s str {
        self.sent.get(name).map_or(name, String::as_str)
    }

    /// Whether the tool of that name takes free text.
    pub(super) fn is_custom(&self, name: &str) -> bool {
        self.custom.contains(name)
    }

    /// The name sent → the client's name, where they differ.
    pub(super) fn aliases(&self) -> HashMap<String, String> {
        self.sent
            .iter()
            .map(|(name, alias)| (alias.clone(), (*name).to_owned()))
            .collect()
    }
}

fn is_accepted(name: &str) -> bool {
    (1..=LONGEST).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// The beginning of the name and a hash of all of it; a further round where that is taken.
fn alias(name: &str, taken: &HashSet<String>) -> String {
    let kept = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' {
            c
        } else {
            '_'
        }
    };
    let start: String = name.chars().take(55).map(kept).collect();
    let mut round = 0_u32;
    loop {
        let mut hash = Sha256::new_with_prefix(name);
        if round > 0 {
            hash.update(round.to_be_bytes());
        }
        let mut alias = format!("{start}_");
        for byte in hash.finalize().iter().take(4) {
            let _infallible = write!(alias, "{byte:02x}");
        }
        if !taken.contains(&alias) {
            return alias;
        }
        round += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{alias, is_accepted};

    #[test]
    fn an_alias_is_accepted_repeatable_and_never_taken() {
        let long = "n".repeat(200);
        for name in ["mcp.server/tool", "", "船を出す", long.as_str(), "a b"] {
            let mut taken = HashSet::new();
            let first = alias(name, &taken);
            assert!(is_accepted(&first), "{first}");
            assert_eq!(first, alias(name, &taken));
            taken.insert(first.clone());
            let second = alias(name, &taken);
            assert!(is_accepted(&second) && second != first);
        }
        assert_ne!(alias("a.b", &HashSet::new()), alias("a/b", &HashSet::new()));
    }
}
