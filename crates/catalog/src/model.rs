//! What is known of a model: sizes, abilities and price, each number with its source and date.

use url::Url;

use crate::date::Date;

/// One model of a provider. What is `None` is not known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// The id sent to the provider; may hold slashes.
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
    /// How much it takes and gives.
    pub limits: Option<Limits>,
    /// What it can do.
    pub abilities: Abilities,
    /// What it costs.
    pub price: Option<Price>,
}

impl Model {
    /// A model of which nothing but its id is known.
    #[must_use]
    pub fn unknown(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            ..Self::default()
        }
    }
}

/// Sizes in tokens, and a number of pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Prompt and answer together.
    pub context: Option<u64>,
    /// The answer alone.
    pub output: Option<u64>,
    /// How many pictures a request may have.
    pub images: Option<u64>,
    /// The page that says so.
    pub source: Url,
    /// The day on which it said so.
    pub date: Date,
}

/// What a model can do; `None`: not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Abilities {
    /// Calls functions.
    pub tools: Option<bool>,
    /// Takes pictures.
    pub images: Option<bool>,
    /// Takes documents, such as PDF.
    pub documents: Option<bool>,
    /// Thinks before it answers.
    pub reasoning: Option<bool>,
    /// Answers by a JSON schema.
    pub structured_output: Option<bool>,
    /// Takes temperature and the like.
    pub sampling: Option<bool>,
}

/// US dollars per million tokens; `None`: not known.
#[derive(Clone, Debug, PartialEq)]
pub struct Price {
    /// Prompt.
    pub input: Option<f64>,
    /// Prompt read from the provider's cache.
    pub cached_read: Option<f64>,
    /// Prompt written to the provider's cache.
    pub cache_write: Option<f64>,
    /// Answer, thinking included.
    pub output: Option<f64>,
    /// The page that says so.
    pub source: Url,
    /// The day on which it said so.
    pub date: Date,
}
