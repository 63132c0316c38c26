//! The hand that gives a copied answer to a sign-in whose browser cannot reach this computer.

use std::fmt;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::{SignInError, Transaction};
use crate::secret::Secret;

/// Takes an answer that a person copied from a browser; clones give to the same sign-in.
#[derive(Clone)]
pub struct Paste {
    transaction: Arc<Transaction>,
    answers: mpsc::Sender<Result<Secret, SignInError>>,
}

impl Paste {
    /// A hand for `transaction`, and where its answer comes out.
    pub(super) fn new(
        transaction: Arc<Transaction>,
    ) -> (Self, mpsc::Receiver<Result<Secret, SignInError>>) {
        let (answers, answer) = mpsc::channel(1);
        let paste = Self {
            transaction,
            answers,
        };
        (paste, answer)
    }

    /// Gives the whole address that the browser was redirected to, or the code alone.
    ///
    /// # Errors
    /// [`SignInError::WrongState`] and [`SignInError::NoCode`] say that the text is not this
    /// sign-in's answer: the sign-in goes on, and another text can be given.
    /// [`SignInError::Over`]: it has its answer already.
    pub fn take(&self, text: &Secret) -> Result<(), SignInError> {
        let answer = match self.transaction.pasted(text.expose()) {
            Err(error @ (SignInError::WrongState | SignInError::NoCode)) => return Err(error),
            answer => answer,
        };
        self.answers.try_send(answer).map_err(|_| SignInError::Over)
    }
}

impl fmt::Debug for Paste {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Paste").finish_non_exhaustive()
    }
}
