//! From the text of `config.toml` to checked settings, or to an error that points at its place.

use catalog::{Catalog, KeyPath, Places, ProblemKind};
use contract::{ApiError, Code, Reason, Warning};
use toml::Deserializer;
use toml::de::{DeTable, DeValue};

use super::check::check;
use super::known::misfits;
use super::{Settings, VERSION};
use reasons::problem_reason;
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
        /// What is wrong.
        reason: Box<Reason>,
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
            } => Self::new(Code::SettingsInvalid, [&file, &line, &column, &key]).because(*reason),
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
    let invalid =
        |(line, column): (usize, usize), key: String, reason: Reason| SettingsError::Invalid {
            file: file.to_owned(),
            line,
            column,
            key,
            reason: Box::new(reason),
        };
    let refusal = |error: &toml::de::Error, reason: fn(String) -> Reason| {
        let span = error.span().unwrap_or(0..0);
        let key = places.key_at(&span).to_string();
        // The reader's message may go on with a list in further lines.
        let words = error.message().lines().collect::<Vec<_>>().join(", ");
        invalid(places.position(span.start), key, reason(words))
    };
    let mut table =
        DeTable::parse(text).map_err(|error| refusal(&error, |words| Reason::NotToml { words }))?;
    if let Some(version) = newer_version(table.get_ref()) {
        return Err(SettingsError::Newer {
            file: file.to_owned(),
            version,
        });
    }
    let misfits = misfits(table.get_mut());
    if let Some((key, at, reason)) = misfits.wrong.into_iter().min_by_key(|(_, at, _)| *at) {
        return Err(invalid(places.position(at), key.to_string(), reason));
    }
    let warning = |(path, reason): (KeyPath, Reason)| Warning {
        line: places.of(&path).0,
        key: path.to_string(),
        reason,
    };
    let warnings = misfits.unknown.into_iter().map(warning).collect();
    let settings = Settings::deserialize(Deserializer::from(table)).map_err(|error| {
        // The shape has told all that can be wrong; what it might overlook is told here.
        refusal(&error, |words| Reason::ValueUnreadable { words })
    })?;

    let at = |(key, reason): (KeyPath, Reason)| invalid(places.of(&key), key.to_string(), reason);
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
        let reason = match wrong.problem.kind {
            ProblemKind::Id => Reason::NotAnId {
                found: wrong.provider,
            },
            kind => problem_reason(kind),
        };
        return Err(at((key, reason)));
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
