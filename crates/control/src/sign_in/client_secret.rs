//! The secret of a client of the user's own, from the file that the settings name.

use std::path::PathBuf;

use accounts::{Secret, read_secret_file};
use contract::{ApiError, Code, Reason, SignInStart};

use crate::control::{Control, internal};

impl Control {
    /// The secret of the client with which people sign in at a provider; `None`: no file is named.
    pub(super) async fn client_secret(
        &self,
        start: &SignInStart,
    ) -> Result<Option<Secret>, ApiError> {
        let kept = || {
            let state = self.0.state();
            let settings = state.loaded.read.settings.provider.get(&start.provider);
            settings.and_then(|settings| settings.client_secret_file.clone())
        };
        let file = start.client_secret_file.clone().or_else(kept);
        let Some(file) = file.map(PathBuf::from) else {
            return Ok(None);
        };
        let read = tokio::task::spawn_blocking(move || read_secret_file(&file)).await;
        let secret = read.map_err(|error| internal(&error))?;
        secret.map(Some).map_err(|error| {
            ApiError::new(Code::AccountKeyInvalid, []).because(Reason::said(&error))
        })
    }
}
