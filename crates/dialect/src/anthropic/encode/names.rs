//! Tool names: Anthropic's have a small alphabet, others' may not.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::chat::{ChatRequest, Content};

/// The longest name that Anthropic takes, in bytes.
const LONGEST: usize = 128;

/// How much of a name that has to be changed stays readable.
const READABLE: usize = 55;

/// The names of one request that had to be changed.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The client's name → the name sent.
    changed: HashMap<String, String>,
}

impl Names {
    /// Looks at every name in the request, and changes those that cannot be sent so that no two
    /// become one.
    pub(super) fn of(request: &ChatRequest) -> Self {
        let mut taken: HashSet<&str> = HashSet::new();
        let mut odd: Vec<&str> = Vec::new();
        let mut note = |name| {
            if fits(name) {
                taken.insert(name);
            } else {
                odd.push(name);
            }
        };
        for tool in &request.tools {
            note(&tool.name);
        }
        for block in request.turns.iter().flat_map(|turn| &turn.blocks) {
            if let Content::ToolCall(call) = &block.content {
                note(&call.name);
            }
        }
        for name in request.tool_choice.iter().flat_map(|choice| &choice.only) {
            note(name);
        }
        let mut names = Self::default();
        let mut aliases: HashSet<String> = HashSet::new();
        for name in odd {
            if names.changed.contains_key(name) {
                continue;
            }
            let mut round = 0u32;
            let alias = loop {
                let alias = changed(name, round);
                if !taken.contains(alias.as_str()) && aliases.insert(alias.clone()) {
                    break alias;
                }
                round += 1;
            };
            names.changed.insert(name.to_owned(), alias);
        }
        names
    }

    /// The name to send.
    pub(super) fn sent<'a>(&self, name: &'a str) -> Cow<'a, str> {
        match self.changed.get(name) {
            Some(alias) => Cow::Owned(alias.clone()),
            None => Cow::Borrowed(name),
        }
    }

    /// The name sent → the client's name.
    pub(super) fn into_aliases(self) -> HashMap<String, String> {
        self.changed
            .into_iter()
            .map(|(name, alias)| (alias, name))
            .collect()
    }
}

fn allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

fn fits(name: &str) -> bool {
    !name.is_empty() && name.len() <= LONGEST && name.chars().all(allowed)
}

/// The readable beginning, `_`, and eight hexadecimal digits of the name's SHA-256.
fn changed(name: &str, round: u32) -> String {
    let mut alias: String = name
        .chars()
        .map(|c| if allowed(c) { c } else { '_' })
        .take(READABLE)
        .collect();
    let mut digest = Sha256::new();
    digest.update(name.as_bytes());
    if round > 0 {
        digest.update(round.to_be_bytes());
    }
    alias.push('_');
    for byte in digest.finalize().iter().take(4) {
        let _infallible = write!(alias, "{byte:02x}");
    }
    alias
}

#[cfg(test)]
mod tests {
    use super::{Names, changed};
    use crate::Dialect;
    use crate::chat::{ChatRequest, Tool, ToolKind};

    fn names(list: &[&str]) -> Names {
        let mut request = ChatRequest::new(Dialect::OpenAiChat, "m");
        for name in list {
            request.tools.push(Tool {
                name: (*name).to_owned(),
                description: None,
                kind: ToolKind::Function { schema: None },
                strict: None,
                cache: None,
            });
        }
        Names::of(&request)
    }

    #[test]
    fn only_odd_names_change_and_they_come_back() {
        let long = "x".repeat(129);
        let names = names(&["read_file", "mcp.server/tool", &long, ""]);
        assert_eq!(names.sent("read_file"), "read_file");
        let alias = names.sent("mcp.server/tool").into_owned();
        assert!(
            alias.starts_with("mcp_server_tool_") && alias.len() == 24,
            "{alias}"
        );
        assert_eq!(names.sent(&long).len(), 64);
        let aliases = names.into_aliases();
        assert_eq!(
            aliases.get(&alias).map(String::as_str),
            Some("mcp.server/tool")
        );
        assert_eq!(aliases.len(), 3);
    }

    #[test]
    fn an_alias_never_takes_the_name_of_another_tool() {
        let taken = changed("a.b", 0);
        let names = names(&["a.b", &taken]);
        assert_ne!(names.sent("a.b"), taken);
        assert_eq!(names.sent(&taken), taken.as_str());
    }
}
