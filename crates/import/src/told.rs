//! What was found, in the words of the contract.

use contract::{ImportSource, ImportWhy, Reason, Theme};

use crate::found::{LeftWhy, LookFault};
use crate::source::Source;

/// Longer secrets show their end.
const LONG: usize = 16;
const END: usize = 4;

/// A secret as it is shown: of a long one its end.
#[must_use]
pub fn masked(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    let end = if letters.len() < LONG {
        &[][..]
    } else {
        &letters[letters.len() - END..]
    };
    format!("…{}", end.iter().collect::<String>())
}

/// The name, or the first of its kind with a number behind it that nobody has.
#[must_use]
pub fn free_name(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2_u32..).map(|number| format!("{name}-{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names
        .find(|name| !is_taken(name))
        .unwrap_or_else(|| name.to_owned())
}

/// The colours of that name.
#[must_use]
pub fn theme_of(name: &str) -> Theme {
    match name {
        "dark" => Theme::Dark,
        "light" => Theme::Light,
        _ => Theme::System,
    }
}

impl From<Source> for ImportSource {
    fn from(source: Source) -> Self {
        match source {
            Source::Iflow => Self::Iflow,
            Source::Iflow2api => Self::Iflow2api,
        }
    }
}

impl From<ImportSource> for Source {
    fn from(source: ImportSource) -> Self {
        match source {
            ImportSource::Iflow => Self::Iflow,
            ImportSource::Iflow2api => Self::Iflow2api,
        }
    }
}

impl From<LeftWhy> for ImportWhy {
    fn from(left: LeftWhy) -> Self {
        match left {
            LeftWhy::SignIn => Self::SignIn,
            LeftWhy::Open => Self::Open,
            LeftWhy::Imitation => Self::Imitation,
            LeftWhy::Sealed => Self::Sealed,
            LeftWhy::Unusable => Self::Unusable,
            LeftWhy::ByHand => Self::ByHand,
        }
    }
}

impl LookFault {
    /// Why nothing of the file at that path can be used.
    #[must_use]
    pub fn told(&self, path: &str) -> Reason {
        match self {
            Self::Unreadable(words) => Reason::System {
                words: words.clone(),
            },
            Self::TooLarge(bytes) => Reason::KeyFileTooLarge {
                file: path.to_owned(),
                bytes: bytes.to_string(),
            },
            Self::NotJson { line, column } => Reason::NotJson {
                line: line.to_string(),
                column: column.to_string(),
            },
            Self::NotAnObject => Reason::NotAnObject {},
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_its_end_and_a_short_one_nothing() {
        assert_eq!(masked("sk-0123456789abcdef"), "…cdef");
        assert_eq!(masked("sk-short"), "…");
        assert_eq!(masked("密钥密钥密钥密钥密钥密钥密钥密钥"), "…密钥密钥");
    }
}
