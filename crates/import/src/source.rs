//! The programs whose files are known.

/// A program whose files are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// iFlow's command line: `~/.iflow`.
    Iflow,
    /// iflow2api: `~/.iflow2api`.
    Iflow2api,
}

impl Source {
    /// Every one, in the order in which they are told.
    pub const ALL: [Self; 2] = [Self::Iflow, Self::Iflow2api];

    /// The folder below the user's home.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::Iflow => ".iflow",
            Self::Iflow2api => ".iflow2api",
        }
    }

    /// The files in it that are looked at.
    #[must_use]
    pub fn files(self) -> &'static [&'static str] {
        match self {
            Self::Iflow => &["settings.json", "oauth_creds.json"],
            Self::Iflow2api => &["config.json"],
        }
    }

    /// The name of what is made from it, an account or a client key.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Iflow => "iflow-cli",
            Self::Iflow2api => "iflow2api",
        }
    }
}
