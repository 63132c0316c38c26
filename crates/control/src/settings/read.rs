//! From the text of `config.toml` to checked settings, or to an error that points at its place.

use catalog::{Catalog, KeyPath, Problem};
use contract::{ApiError, Code, Warning};
use toml::Deserializer;
use toml::de::{DeTable, DeValue};

use super::check::check;
use super::known::set_unknown_aside;
use super::locate::Places;
use super::{Settings, VERSION};
use serde::Deserialize as _;

/// Why settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SettingsError {
    /// They say something that cannot be.
    #[error("{file}:{line}:{column}: {key}: {reason}")]
    Invalid {
        /// The file.
        file: String,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// The key at fault; empty where it is the text as a whole.
        key: String,
        /// What is wrong, in English, in lower case, without a full stop.
        reason: String,
    },
    /// A newer program wrote them.
    #[error("{file}: version {version} of the settings was written by a newer program")]
    Newer {
        /// The file.
        file: String,
        /// Its version.
        version: String,
    },
}

impl From<SettingsError> for ApiError {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::Invalid {
                file,
                line,
                column,
                key,
                reason,
            } => Self::new(
                Code::SettingsInvalid,
                [&file, &line, &column, &key, &reason],
            ),
            SettingsError::Newer { file, version } => {
                Self::new(Code::SettingsNewer, [&file, &version])
            }
        }
    }
}

/// Settings that were read, and what they make of the catalogue.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    /// The settings.
    pub(crate) settings: Settings,
    /// The catalogue with the settings' own providers.
    pub(crate) catalog: Catalog,
    /// Keys that were passed over.
    pub(crate) warnings: Vec<Warning>,
}

/// Reads and checks the text; `file` is its name for messages.
pub(crate) fn read(file: &str, text: &str, builtin: &Catalog) -> Result<Read, SettingsError> {
    let places = Places::new(text);
    let refusal = |error: &toml::de::Error| {
        let span = error.span().unwrap_or(0..0);
        let (line, column) = places.position(span.start);
        let key = places.key_at(&span).to_string();
        // The reader's message may go on with a list in further lines.
        let reason = error.message().lines().collect::<Vec<_>>().join(", ");
        SettingsError::Invalid {
            file: file.to_owned(),
            line,
            column,
            key,
            reason,
        }
    };
    let mut table = DeTable::parse(text).map_err(|error| refusal(&error))?;
    if let Some(version) = newer_version(table.get_ref()) {
        return Err(SettingsError::Newer {
            file: file.to_owned(),
            version,
        });
    }
    let warnings = set_unknown_aside(table.get_mut(), &places);
    let settings = Settings::deserialize(Deserializer::from(table));
    let settings = settings.map_err(|error| refusal(&error))?;

    let at = |problem: Problem| {
        let (line, column) = places.of(&problem.key);
        let (key, reason) = (problem.key.to_string(), problem.message);
        SettingsError::Invalid {
            file: file.to_owned(),
            line,
            column,
            key,
            reason,
        }
    };
    check(&settings).map_err(at)?;
    let (catalog, wrong) = builtin.with_user(&settings.provider);
    // A provider whose changes were left out would get keys at the address that was to be changed.
    if let Some(wrong) = wrong.into_iter().next() {
        let block = KeyPath::of("provider").key(&wrong.provider);
        let key = wrong
            .problem
            .key
            .steps()
            .iter()
            .fold(block, |path, step| match step {
                catalog::Step::Key(key) => path.key(key),
                catalog::Step::Index(index) => path.index(*index),
            });
        return Err(at(Problem {
            key,
            message: wrong.problem.message,
        }));
    }
    Ok(Read {
        settings,
        catalog,
        warnings,
    })
}

/// The version, where it is a number above ours; anything else is the reader's business.
fn newer_version(table: &DeTable<'_>) -> Option<String> {
    let DeValue::Integer(number) = table.get("version")?.get_ref() else {
        return None;
    };
    let digits = number.as_str();
    let newer = match digits.parse::<i128>() {
        Ok(version) => version > i128::from(VERSION),
        Err(_) => !digits.starts_with('-'),
    };
    newer.then(|| digits.to_owned())
}
