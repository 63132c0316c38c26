//! What is wrong with a manifest or a setting, and at which key.

use std::fmt;

use crate::kind::ProblemKind;

/// One step from a table to a value inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A key of a table.
    Key(String),
    /// A place in an array, from 0.
    Index(usize),
}

/// The way to a value: `endpoints.openai-chat.base_url`, `model[2].id`; empty for the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyPath(Vec<Step>);

impl KeyPath {
    /// The whole table.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// A key of the whole table.
    #[must_use]
    pub fn of(key: &str) -> Self {
        Self::root().key(key)
    }

    /// The value at `key` below this one.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.with(Step::Key(key.to_owned()))
    }

    /// The value at `index` of this array.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    /// The steps from the whole to the value.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) => {
                    if position > 0 {
                        f.write_str(".")?;
                    }
                    if is_bare(key) {
                        f.write_str(key)?;
                    } else {
                        write!(f, "{key:?}")?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Whether TOML takes the key without quotes; <https://toml.io/en/v1.1.0#keys>.
fn is_bare(key: &str) -> bool {
    !key.is_empty()
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// Something wrong at a key, where the file and its lines are another's business.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {kind}")]
pub struct Problem {
    /// Where, counted from the table that was checked.
    pub key: KeyPath,
    /// What.
    pub kind: ProblemKind,
}

impl Problem {
    pub(crate) fn new(key: KeyPath, kind: impl Into<ProblemKind>) -> Self {
        Self {
            key,
            kind: kind.into(),
        }
    }
}

/// Something wrong in a manifest, with its place in the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {key}: {message}")]
pub struct ManifestError {
    /// The file's name, without its folder.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The key at fault.
    pub key: KeyPath,
    /// What is wrong, in lower case, without a full stop.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_it_is_written_in_toml() {
        let path = KeyPath::of("model").index(2).key("id");
        assert_eq!(path.to_string(), "model[2].id");
        assert_eq!(
            KeyPath::of("endpoints").key("no.such").to_string(),
            "endpoints.\"no.such\""
        );
        assert_eq!(KeyPath::root().to_string(), "");
    }

    #[test]
    fn a_problem_names_its_key_first() {
        let problem = Problem::new(KeyPath::of("proxy"), "no such thing");
        assert_eq!(problem.to_string(), "proxy: no such thing");
    }
}
