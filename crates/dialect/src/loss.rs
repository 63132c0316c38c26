//! What a translation could not carry over: nothing is dropped silently.

use std::collections::HashSet;
use std::fmt::Write as _;

/// What became of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LossKind {
    /// It is gone.
    Dropped,
    /// Something near it was sent instead.
    Approximated,
    /// The gateway does what the upstream cannot.
    Emulated,
}

impl LossKind {
    /// The word used in the `x-portolan-loss` header.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Approximated => "approximated",
            Self::Emulated => "emulated",
        }
    }
}

/// Whether the loss can change what the answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weight {
    /// The answer means the same without it (a cache hint, a label).
    Cosmetic,
    /// The answer may mean something else (sampling, a forced tool, a schema).
    Semantic,
}

/// One field that did not survive a translation unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The field, as the dialect that had it calls it (`temperature`, `messages[3].name`).
    pub path: String,
    /// What became of it.
    pub kind: LossKind,
    /// Whether that can change the answer's meaning.
    pub weight: Weight,
    /// Why, in a few English words.
    pub reason: &'static str,
}

/// The losses of one exchange, in the order in which they happened, each field once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    list: Vec<Loss>,
    /// What the list holds: a request can lose a field in each of a hundred thousand messages.
    known: HashSet<(String, LossKind)>,
}

impl Losses {
    /// The longest header value made of losses, in bytes.
    const HEADER_LIMIT: usize = 1024;

    /// Remembers a loss; a second one of the same field and kind adds nothing.
    pub fn record(
        &mut self,
        path: impl Into<String>,
        kind: LossKind,
        weight: Weight,
        reason: &'static str,
    ) {
        let path = path.into();
        if self.known.insert((path.clone(), kind)) {
            self.list.push(Loss {
                path,
                kind,
                weight,
                reason,
            });
        }
    }

    /// Remembers what was lost elsewhere too.
    pub fn append(&mut self, others: &Self) {
        for loss in &others.list {
            self.record(loss.path.clone(), loss.kind, loss.weight, loss.reason);
        }
    }

    /// Whether nothing was lost.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The losses in order.
    pub fn iter(&self) -> impl Iterator<Item = &Loss> {
        self.list.iter()
    }

    /// The first loss that can change what the answer means.
    #[must_use]
    pub fn first_semantic(&self) -> Option<&Loss> {
        self.list
            .iter()
            .find(|loss| loss.weight == Weight::Semantic)
    }

    /// The value of `x-portolan-loss`: `field=kind` pairs joined by `; `, ASCII only, at most
    /// 1 KiB with `; …` written as `; more=N` where the rest was cut. `None` without losses.
    #[must_use]
    pub fn header(&self) -> Option<String> {
        let mut value = String::new();
        for (position, loss) in self.list.iter().enumerate() {
            let separator = if value.is_empty() { "" } else { "; " };
            let field: String = loss
                .path
                .chars()
                .map(|c| {
                    if c.is_ascii_graphic() && c != ';' && c != '=' {
                        c
                    } else {
                        '_'
                    }
                })
                .take(128)
                .collect();
            // Leave room for the note on what was cut.
            if value.len() + field.len() + 32 > Self::HEADER_LIMIT {
                let _infallible = write!(value, "{separator}more={}", self.list.len() - position);
                break;
            }
            let _infallible = write!(value, "{separator}{field}={}", loss.kind.as_str());
        }
        (!value.is_empty()).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::{LossKind, Losses, Weight};

    #[test]
    fn header_names_each_field_once() {
        let mut losses = Losses::default();
        losses.record(
            "top_k",
            LossKind::Dropped,
            Weight::Semantic,
            "not known to the upstream",
        );
        losses.record(
            "top_k",
            LossKind::Dropped,
            Weight::Semantic,
            "not known to the upstream",
        );
        losses.record(
            "stop",
            LossKind::Approximated,
            Weight::Semantic,
            "only four fit",
        );
        assert_eq!(
            losses.header().as_deref(),
            Some("top_k=dropped; stop=approximated")
        );
    }

    #[test]
    fn header_is_short_ascii_and_says_what_was_cut() {
        let mut losses = Losses::default();
        for index in 0..500 {
            let path = format!("messages[{index}].名=;\r\n");
            losses.record(path, LossKind::Dropped, Weight::Cosmetic, "test");
        }
        let header = losses.header().unwrap_or_default();
        assert!(header.len() <= 1024 && header.is_ascii());
        assert!(!header.contains(['\r', '\n']));
        assert!(header.contains("more="), "{header}");
        assert!(losses.first_semantic().is_none());
    }
}
