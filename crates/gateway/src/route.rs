//! Public model names and patterns, and the targets that they lead to.

use std::path::PathBuf;
use std::sync::Arc;

use catalog::Tools;
use dialect::ReasoningPlace;

/// A public model name or pattern, and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// A model name, in which `*` stands for any characters.
    pub pattern: String,
    /// The targets, each `provider/model`, in order.
    pub targets: Vec<Destination>,
    /// Which target goes first.
    pub strategy: Strategy,
    /// Where reasoning goes in the answers; `None`: where the key or the default has it.
    pub reasoning: Option<ReasoningPlace>,
    /// How an agent works for it.
    pub working: Arc<Working>,
}

/// How an agent works for a route; what is `None` is as the agent itself has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Working {
    /// Where.
    pub folder: Option<PathBuf>,
    /// What it may do with its tools.
    pub tools: Option<Tools>,
}

/// One target of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The provider's id.
    pub provider: String,
    /// The model as the provider calls it; may hold slashes.
    pub model: String,
    /// Its share under [`Strategy::Weighted`]; at least 1.
    pub weight: u32,
}

impl Destination {
    /// Reads `provider/model`. `None` where either is missing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (provider, model) = text.split_once('/')?;
        (!provider.is_empty() && !model.is_empty()).then(|| Self {
            provider: provider.to_owned(),
            model: model.to_owned(),
            weight: 1,
        })
    }
}

/// Which of several targets goes first; the others follow in turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// The order of the settings.
    #[default]
    Priority,
    /// Each in turn.
    RoundRobin,
    /// By the targets' weights.
    Weighted,
    /// The one with the fewest requests under way.
    LeastBusy,
}

impl Strategy {
    /// Every strategy.
    pub const ALL: [Self; 4] = [
        Self::Priority,
        Self::RoundRobin,
        Self::Weighted,
        Self::LeastBusy,
    ];

    /// The name used in the settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Priority => "priority",
            Self::RoundRobin => "round-robin",
            Self::Weighted => "weighted",
            Self::LeastBusy => "least-busy",
        }
    }

    /// The strategy of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|strategy| strategy.as_str() == name)
    }
}

/// Whether a name fits a pattern, in which `*` stands for any characters, none included.
#[must_use]
pub fn matches(pattern: &str, name: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        let Some(at) = rest.find(piece) else {
            return false;
        };
        rest = &rest[at + piece.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{Destination, matches};

    #[test]
    fn patterns() {
        for (pattern, name, expected) in [
            ("claude-*", "claude-opus-4-8", true),
            ("claude-*", "claude", false),
            ("*", "", true),
            ("gpt-4", "gpt-4", true),
            ("gpt-4", "gpt-4o", false),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "abc", true),
            ("a*b*c", "acb", false),
            ("*mini", "gpt-mini-x", false),
            ("*mini", "minimini", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_model_may_hold_slashes() {
        let target = Destination::parse("deepinfra/zai-org/GLM-4.5");
        assert_eq!(
            target.map(|t| (t.provider, t.model)),
            Some(("deepinfra".to_owned(), "zai-org/GLM-4.5".to_owned()))
        );
        assert_eq!(Destination::parse("deepinfra"), None);
        assert_eq!(Destination::parse("/x"), None);
        assert_eq!(Destination::parse("x/"), None);
    }
}
