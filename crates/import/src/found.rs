//! What was found, ready to be shown and taken.

use accounts::Secret;

/// What a program left.
#[derive(Debug, Default)]
pub struct Found {
    /// The files that are there.
    pub files: Vec<FoundFile>,
    /// The key of the provider.
    pub key: Option<Secret>,
    /// Where that provider is, where it is not where iFlow was.
    pub address: Option<Address>,
    /// The model that was used, as the provider calls it.
    pub model: Option<String>,
    /// The key that its clients presented.
    pub client_key: Option<Secret>,
    /// The port that it listened on.
    pub port: Option<u16>,
    /// Its language, such as `zh-CN`.
    pub language: Option<&'static str>,
    /// Its colours: `system`, `dark` or `light`.
    pub theme: Option<&'static str>,
    /// The proxy to providers that was switched on.
    pub proxy: Option<String>,
    /// What is there and is not taken.
    pub left: Vec<Left>,
}

impl Found {
    /// Notes what is not taken after all.
    pub fn leave(&mut self, field: &'static str, why: LeftWhy) {
        self.left.push(Left { field, why });
    }
}

/// A file that is there.
#[derive(Debug)]
pub struct FoundFile {
    /// Its name in the program's folder.
    pub name: &'static str,
    /// Why nothing of it can be used.
    pub fault: Option<LookFault>,
}

/// Why nothing of a file can be used; none of these quotes it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookFault {
    /// It is there and cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// No such file is that large.
    #[error("it is larger than {0} bytes")]
    TooLarge(u64),
    /// It is not JSON; the place is where the reader gave up.
    #[error("it is not JSON: line {line}, column {column}")]
    NotJson {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It is JSON, and not an object.
    #[error("it is not a JSON object")]
    NotAnObject,
}

/// An address of somebody else than iFlow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The base URL of its chat completions.
    pub url: String,
    /// Whether it speaks iFlow's protocol; otherwise it is any service that speaks OpenAI's.
    pub iflow: bool,
}

/// What is there and is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The field's name in its file.
    pub field: &'static str,
    /// Why.
    pub why: LeftWhy,
}

/// Why something is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftWhy {
    /// A sign-in can be renewed only with the client secret of the program that made it.
    SignIn,
    /// It would let the whole network in.
    Open,
    /// It makes requests look like another program's.
    Imitation,
    /// It is sealed, and its key is not there or does not fit.
    Sealed,
    /// It cannot be what its name says.
    Unusable,
    /// It is set by hand here, for a key or a route.
    ByHand,
}
