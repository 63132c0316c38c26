//! The public client id of a sign-in.

use catalog::FlowClient;

use super::SignInError;

/// The client id to send, where the provider wants one.
pub(super) fn client(need: FlowClient, set: Option<String>) -> Result<Option<String>, SignInError> {
    match need {
        FlowClient::None => Ok(None),
        FlowClient::Setting | FlowClient::Secret => set
            .filter(|id| !id.trim().is_empty())
            .map(Some)
            .ok_or(SignInError::NoClient),
    }
}
