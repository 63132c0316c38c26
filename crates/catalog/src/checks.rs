//! Collects what is wrong, and the checks that manifests and settings share.

use std::collections::BTreeSet;
use std::str::FromStr;

use crate::kind::ProblemKind;
use crate::problem::{KeyPath, Problem};
use crate::quirk::Quirk;

/// What has been found wrong so far.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    problems: Vec<Problem>,
}

impl Checks {
    /// Notes a problem.
    pub(crate) fn wrong(&mut self, key: KeyPath, kind: impl Into<ProblemKind>) {
        self.problems.push(Problem::new(key, kind));
    }

    /// Takes the value, or notes at `key` why there is none.
    pub(crate) fn take<T, E: Into<ProblemKind>>(
        &mut self,
        key: &KeyPath,
        result: Result<T, E>,
    ) -> Option<T> {
        result.map_err(|error| self.wrong(key.clone(), error)).ok()
    }

    /// Takes the value, or notes the problem that knows its own key.
    pub(crate) fn took<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.problems.push(problem)).ok()
    }

    /// The value if nothing was wrong. Every `None` in it must have been noted before.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T, Vec<Problem>> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            Some(_) | None => Err(self.problems),
        }
    }

    /// Checks a provider's id: it is a table's name and the part before the slash of a model name.
    pub(crate) fn id(&mut self, key: &KeyPath, id: &str) {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let edges = id.starts_with('-') || id.ends_with('-');
        if id.is_empty() || id.len() > 64 || edges || !id.bytes().all(fits) {
            self.wrong(key.clone(), ProblemKind::Id);
        }
    }

    /// Checks a text that people are shown.
    pub(crate) fn shown(&mut self, key: &KeyPath, text: &str) {
        if text.trim().is_empty() || text.chars().any(char::is_control) {
            self.wrong(key.clone(), ProblemKind::Shown);
        }
    }

    /// Checks the ids of models, each with its key.
    pub(crate) fn model_ids<'a>(&mut self, ids: impl Iterator<Item = (KeyPath, &'a str)>) {
        let mut seen = BTreeSet::new();
        for (key, id) in ids {
            if id.is_empty()
                || id.len() > 256
                || id.chars().any(|c| c.is_control() || c.is_whitespace())
            {
                self.wrong(key, ProblemKind::ModelId);
            } else if !seen.insert(id) {
                self.wrong(key, ProblemKind::Twice(id.to_owned()));
            }
        }
    }

    /// Reads a list of names, noting those that are unknown or listed twice.
    pub(crate) fn names<T>(&mut self, key: &KeyPath, names: &[String]) -> Vec<T>
    where
        T: FromStr<Err: Into<ProblemKind>> + PartialEq,
    {
        let mut values = Vec::new();
        for (index, name) in names.iter().enumerate() {
            match self.take(&key.index(index), name.parse::<T>()) {
                Some(value) if values.contains(&value) => {
                    self.wrong(key.index(index), ProblemKind::Twice(name.clone()));
                }
                Some(value) => values.push(value),
                None => {}
            }
        }
        values
    }

    /// Reads the list of quirks.
    pub(crate) fn quirks(&mut self, names: &[String]) -> Vec<Quirk> {
        self.names(&KeyPath::of("quirks"), names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_fits(id: &str) -> bool {
        let mut checks = Checks::default();
        checks.id(&KeyPath::root(), id);
        checks.finish(Some(())).is_ok()
    }

    #[test]
    fn ids_cannot_be_mistaken_for_paths_or_patterns() {
        for id in ["openai", "llama-cpp", "a", "9router"] {
            assert!(id_fits(id), "{id}");
        }
        for id in ["", "OpenAI", "a/b", "a.b", "-a", "a-", "a b", "*", "ä"] {
            assert!(!id_fits(id), "{id}");
        }
        assert!(!id_fits(&"a".repeat(65)));
    }

    #[test]
    fn every_problem_is_kept() {
        let mut checks = Checks::default();
        let ids = ["m", "m", "", "with space"];
        checks.model_ids(
            ids.iter()
                .enumerate()
                .map(|(index, id)| (KeyPath::of("models").index(index), *id)),
        );
        let names = [
            "done-optional".to_owned(),
            "done-optional".to_owned(),
            "odd".to_owned(),
        ];
        assert_eq!(checks.quirks(&names), [Quirk::DoneOptional]);
        let problems = checks.finish(Some(())).map_err(|problems| {
            problems
                .iter()
                .map(|problem| problem.key.to_string())
                .collect::<Vec<_>>()
        });
        let expected = [
            "models[1]",
            "models[2]",
            "models[3]",
            "quirks[1]",
            "quirks[2]",
        ];
        assert_eq!(problems, Err(expected.map(str::to_owned).to_vec()));
    }
}
