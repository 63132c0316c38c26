//! The sign-ins that are under way, and those that ended of late.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use accounts::{Paste, Secret, SignInError};
use contract::{ApiError, Code, Reason, SignInState, SignInTurn};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// How many that are over are remembered, so that whoever asked learns how they ended.
const REMEMBERED: usize = 16;

/// The sign-ins, the latest last.
#[derive(Debug, Default)]
pub(crate) struct SignIns(Mutex<Vec<Pending>>);

/// A sign-in, and by what its task is reached.
#[derive(Debug)]
pub(crate) struct Pending {
    /// What is told of it, but for the time that is left.
    pub(crate) turn: SignInTurn,
    /// Until when an answer is waited for.
    pub(crate) ends: Instant,
    /// Tells its task to end; `None` once that cannot be undone any more.
    pub(crate) cancel: Option<oneshot::Sender<()>>,
    /// Takes a pasted answer; `None` where it takes none, or has one.
    pub(crate) answer: Option<Paste>,
    /// Its task.
    pub(crate) task: Option<JoinHandle<()>>,
}

impl Pending {
    fn is_over(&self) -> bool {
        match self.turn.state {
            SignInState::Waiting | SignInState::Exchanging => false,
            SignInState::Done { .. } | SignInState::Failed { .. } => true,
        }
    }

    /// Gives it up unless it is too late for that.
    fn give_up(&mut self) -> Option<JoinHandle<()>> {
        let cancel = self.cancel.take()?;
        // A task that has just ended hears nothing.
        let _ended = cancel.send(());
        self.answer = None;
        let error = ApiError::new(Code::SignInCancelled, [&self.turn.provider]);
        self.turn.state = SignInState::Failed { error };
        self.task.take()
    }

    fn shown(&self) -> SignInTurn {
        let left = if self.is_over() {
            Duration::ZERO
        } else {
            self.ends.saturating_duration_since(Instant::now())
        };
        SignInTurn {
            seconds: left.as_secs() + u64::from(left.subsec_nanos() > 0),
            paste: self.answer.is_some(),
            ..self.turn.clone()
        }
    }
}

impl SignIns {
    fn lock(&self) -> MutexGuard<'_, Vec<Pending>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives up the provider's sign-in that is under way, and waits until its port is free.
    pub(crate) async fn give_way(&self, provider: &str) {
        let tasks: Vec<JoinHandle<()>> = self
            .lock()
            .iter_mut()
            .filter(|one| one.turn.provider == provider && !one.is_over())
            .filter_map(Pending::give_up)
            .collect();
        for task in tasks {
            // One that broke has dropped its port as well.
            let _broke = task.await;
        }
    }

    /// Remembers a new one.
    pub(crate) fn insert(&self, pending: Pending) -> SignInTurn {
        let shown = pending.shown();
        let mut all = self.lock();
        all.push(pending);
        while all.len() > REMEMBERED
            && let Some(oldest) = all.iter().position(Pending::is_over)
        {
            all.remove(oldest);
        }
        shown
    }

    fn with<T>(&self, id: &str, look: impl FnOnce(&mut Pending) -> T) -> Result<T, ApiError> {
        let mut all = self.lock();
        let found = all.iter_mut().find(|one| one.turn.id == id);
        found
            .map(look)
            .ok_or_else(|| ApiError::new(Code::NoSuchSignIn, []))
    }

    pub(crate) fn get(&self, id: &str) -> Result<SignInTurn, ApiError> {
        self.with(id, |one| one.shown())
    }

    /// Hands a pasted answer to the task. What is not the answer changes nothing.
    pub(crate) fn answer(&self, id: &str, answer: &Secret) -> Result<SignInTurn, ApiError> {
        self.with(id, |one| {
            let unwanted = || ApiError::new(Code::SignInTakesNoAnswer, []);
            let paste = one.answer.as_ref().ok_or_else(unwanted)?;
            paste.take(answer).map_err(|error| match error {
                SignInError::WrongState => wrong(Reason::SignInAnswerForeign {}),
                SignInError::NoCode => wrong(Reason::SignInAnswerWithoutCode {}),
                _ => unwanted(),
            })?;
            one.answer = None;
            one.turn.state = SignInState::Exchanging;
            Ok(one.shown())
        })?
    }

    /// Gives one up; nothing where it is over.
    pub(crate) fn cancel(&self, id: &str) -> Result<(), ApiError> {
        self.with(id, Pending::give_up).map(drop)
    }

    /// Says how one stands, unless it was given up.
    pub(crate) fn moved(&self, id: &str, state: SignInState) {
        let _forgotten = self.with(id, |one| {
            if !one.is_over() {
                one.answer = None;
                one.turn.state = state;
            }
        });
    }

    /// Whether its secret is to be stored: not where it was given up, and from here on it cannot be.
    pub(crate) fn may_store(&self, id: &str) -> bool {
        self.with(id, |one| one.cancel.take().is_some())
            .unwrap_or(false)
    }
}

fn wrong(reason: Reason) -> ApiError {
    ApiError::new(Code::SignInAnswerWrong, []).because(reason)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use contract::FlowKind;

    use super::*;

    fn pending(id: &str, provider: &str) -> (Pending, oneshot::Receiver<()>) {
        let (cancel, cancelled) = oneshot::channel();
        let turn = SignInTurn {
            id: id.to_owned(),
            provider: provider.to_owned(),
            flow: FlowKind::Browser,
            address: String::new(),
            code: None,
            paste: false,
            seconds: 0,
            state: SignInState::Waiting,
        };
        let pending = Pending {
            turn,
            ends: Instant::now() + Duration::from_secs(60),
            cancel: Some(cancel),
            answer: None,
            task: None,
        };
        (pending, cancelled)
    }

    fn failure(all: &SignIns, id: &str) -> Option<Code> {
        match all.get(id).unwrap().state {
            SignInState::Failed { error } => Some(error.code),
            SignInState::Waiting | SignInState::Exchanging | SignInState::Done { .. } => None,
        }
    }

    #[tokio::test]
    async fn a_provider_has_one_at_a_time() {
        let all = SignIns::default();
        let (first, mut cancelled) = pending("1", "a");
        assert_eq!(all.insert(first).seconds, 60);
        all.insert(pending("2", "b").0);
        all.give_way("a").await;
        assert!(cancelled.try_recv().is_ok());
        assert_eq!(failure(&all, "1"), Some(Code::SignInCancelled));
        assert_eq!(failure(&all, "2"), None);
        assert_eq!(all.get("1").unwrap().seconds, 0);
    }

    #[test]
    fn what_was_given_up_stays_so_and_what_is_stored_is_not_given_up() {
        let all = SignIns::default();
        all.insert(pending("1", "a").0);
        all.cancel("1").unwrap();
        assert!(!all.may_store("1"));
        all.moved("1", SignInState::Exchanging);
        assert_eq!(failure(&all, "1"), Some(Code::SignInCancelled));
        all.insert(pending("2", "a").0);
        assert!(all.may_store("2"));
        all.cancel("2").unwrap();
        assert_eq!(failure(&all, "2"), None);
        assert_eq!(all.cancel("3").unwrap_err().code, Code::NoSuchSignIn);
    }

    #[test]
    fn only_the_last_that_ended_are_remembered() {
        let all = SignIns::default();
        all.insert(pending("under-way", "a").0);
        for number in 0..2 * REMEMBERED {
            let id = number.to_string();
            all.insert(pending(&id, "b").0);
            all.cancel(&id).unwrap();
        }
        assert_eq!(all.lock().len(), REMEMBERED);
        assert!(all.get("under-way").is_ok() && all.get("0").is_err());
    }
}
