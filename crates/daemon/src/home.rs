//! One Portolan's folders, and what flags and environment say about it.

use std::io;
use std::path::{Path, PathBuf};

use contract::{ApiError, Code};

use crate::environment::Environment;
use crate::folders::Folders;
use crate::private;

/// What is known before any file is opened.
#[derive(Debug)]
pub(crate) struct Home {
    /// Its folders.
    pub(crate) folders: Folders,
    /// What the environment says.
    pub(crate) environment: Environment,
    /// The settings file.
    pub(crate) config: PathBuf,
    /// Whether `--config` named it: then it has to be there, or a misspelt name would be served
    /// with nothing set.
    named: bool,
    /// `--host`.
    pub(crate) host: Option<String>,
    /// `--port`.
    pub(crate) port: Option<u16>,
}

impl Home {
    /// A home; `config` names another settings file than the folders do.
    pub(crate) fn new(
        folders: Folders,
        environment: Environment,
        config: Option<PathBuf>,
        host: Option<String>,
        port: Option<u16>,
    ) -> Self {
        let named = config.is_some();
        let config = config.map(|path| std::path::absolute(&path).unwrap_or(path));
        let config = config.unwrap_or_else(|| folders.config_file());
        Self {
            folders,
            environment,
            config,
            named,
            host,
            port,
        }
    }

    /// Makes the folders, for their owner alone.
    ///
    /// # Errors
    /// `home-unusable`, with the folder that could not be made; `settings-read-failed` where the
    /// file that `--config` names is not there.
    pub(crate) fn prepare(&self) -> Result<(), ApiError> {
        let Folders {
            config,
            data,
            state,
            runtime: _,
        } = &self.folders;
        for folder in [config, data, state] {
            private::folder(folder).map_err(|error| unusable(folder, &error))?;
        }
        if self.named && !self.config.exists() {
            let missing = io::Error::from(io::ErrorKind::NotFound);
            let file = self.config.display();
            return Err(
                ApiError::new(Code::SettingsReadFailed, [&file]).because(private::reason(&missing))
            );
        }
        Ok(())
    }
}

/// A folder of a home cannot be used.
pub(crate) fn unusable(folder: &Path, error: &io::Error) -> ApiError {
    ApiError::new(Code::HomeUnusable, [&folder.display()]).because(private::reason(error))
}
