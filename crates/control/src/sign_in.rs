//! Signing in at a provider: begins it, waits for the answer, exchanges and stores what it gives.

mod pending;
mod store;
#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Weak};
use std::time::Duration;

use accounts::{Grant, Loopback, Pages, SignInError, Transaction};
use catalog::Provider;
use contract::{
    AccountChoice, ApiError, Code, FlowKind, Reason, SignInAnswer, SignInChoice, SignInStart,
    SignInState, SignInTurn, Topic,
};
use gateway::TokenClient;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::account_edits::provider;
use crate::control::{Control, Inner, internal};
use pending::Pending;
pub(crate) use pending::SignIns;

/// How long a person may take in the browser.
const PATIENCE: Duration = Duration::from_secs(5 * 60);
/// The bytes of a sign-in's id.
const ID_LENGTH: usize = 16;
/// The longest client id, in characters.
const LONGEST_CLIENT: usize = 512;

impl Control {
    pub(crate) async fn start_sign_in(&self, start: SignInStart) -> Result<SignInTurn, ApiError> {
        let provider = {
            let state = self.0.state();
            self.0.signed_in_before(&state.loaded.read, &start)?;
            provider(&state.loaded.read, &start.provider)?
        };
        self.begin_sign_in(provider, start).await
    }

    /// Begins a sign-in at the provider, in place of an earlier one there.
    async fn begin_sign_in(
        &self,
        provider: Arc<Provider>,
        start: SignInStart,
    ) -> Result<SignInTurn, ApiError> {
        let id = &provider.id;
        let flows = provider.sign_in.as_ref();
        let flows = flows.filter(|_| start.flow.is_none_or(|kind| kind == FlowKind::Browser));
        let flow = flows.and_then(|flows| flows.browser.clone());
        let flow = flow.ok_or_else(|| ApiError::new(Code::NoSuchFlow, [id]))?;
        check_client(id, start.client.as_deref())?;
        // A vault that could not take the secret is told before anybody opens a browser.
        let inner = Arc::clone(&self.0);
        let vault = tokio::task::spawn_blocking(move || inner.check_vault()).await;
        vault.map_err(|error| internal(&error))??;
        self.0.sign_ins.give_way(id).await;
        let client = start.client.clone();
        let client = client.or_else(|| flows.and_then(|flows| flows.client_id.clone()));
        let issuer = flows.and_then(|flows| flows.issuer.clone());
        let transaction = Transaction::begin(flow, client, issuer)
            .map_err(|error| self.refusal(id, &error))?;
        let loopback = Loopback::open(transaction)
            .await
            .map_err(|error| self.refusal(id, &error))?
            .patience(PATIENCE);
        let (cancel, cancelled) = oneshot::channel();
        let turn = SignInTurn {
            id: random_id()?,
            provider: id.clone(),
            flow: FlowKind::Browser,
            address: loopback.address().to_string(),
            code: None,
            paste: false,
            seconds: 0,
            state: SignInState::Waiting,
        };
        let language = self.0.shown_settings().language;
        let waiting = Waiting {
            id: turn.id.clone(),
            start,
            loopback,
            pages: (self.0.pages)(language.as_deref()),
            http: self.0.plane.token_client(provider.proxy.as_ref()),
        };
        let inner = Arc::downgrade(&self.0);
        let task = tokio::spawn(waiting.run(inner, cancelled));
        let shown = self.0.sign_ins.insert(Pending {
            turn,
            ends: Instant::now() + PATIENCE,
            cancel: Some(cancel),
            answer: None,
            task: Some(task),
        });
        self.0.sign_in_moved();
        Ok(shown)
    }

    pub(crate) fn answer_sign_in(&self, answer: &SignInAnswer) -> Result<SignInTurn, ApiError> {
        let secret = accounts::Secret::new(answer.answer.expose().trim().to_owned());
        let secret = secret.map_err(|error| {
            let reason = crate::reasons::secret_reason(&error);
            ApiError::new(Code::InvalidParams, [&"sign_in.answer"]).because(reason)
        })?;
        let turn = self.0.sign_ins.answer(&answer.id, secret)?;
        self.0.sign_in_moved();
        Ok(turn)
    }

    pub(crate) fn cancel_sign_in(&self, choice: &SignInChoice) -> Result<(), ApiError> {
        self.0.sign_ins.cancel(&choice.id)?;
        self.0.sign_in_moved();
        Ok(())
    }

    pub(crate) async fn sign_out(&self, choice: AccountChoice) -> Result<(), ApiError> {
        let removed = self
            .exclusive(move |inner| inner.remove_account(&choice.id))
            .await;
        self.settle().await;
        removed
    }

    fn refusal(&self, provider: &str, error: &SignInError) -> ApiError {
        let holder = match error {
            SignInError::PortBusy { port } => {
                (self.0.holder)(SocketAddr::from((Ipv4Addr::LOCALHOST, *port)))
            }
            _ => None,
        };
        refusal(provider, error, holder.as_deref())
    }
}

impl Inner {
    fn sign_in_moved(&self) {
        self.emit(Topic::SignIn);
        self.emit(Topic::Accounts);
    }
}

/// A sign-in that waits for its answer.
struct Waiting {
    id: String,
    start: SignInStart,
    loopback: Loopback,
    pages: Pages,
    http: TokenClient,
}

impl Waiting {
    /// Waits, exchanges and stores, unless it is given up before.
    async fn run(self, inner: Weak<Inner>, mut cancelled: oneshot::Receiver<()>) {
        let Self {
            id,
            start,
            loopback,
            pages,
            http,
        } = self;
        let said = |state| {
            if let Some(here) = inner.upgrade() {
                here.sign_ins.moved(&id, state);
                here.sign_in_moved();
            }
        };
        let exchanged = async {
            let code = loopback.wait(&pages).await?;
            said(SignInState::Exchanging);
            code.exchange(&http).await
        };
        let granted = tokio::select! {
            _ = &mut cancelled => return,
            granted = exchanged => granted,
        };
        let state = match granted {
            Ok(grant) => {
                let Some(here) = inner.upgrade() else { return };
                match store(Control(here), &id, start, grant).await {
                    Some(state) => state,
                    None => return,
                }
            }
            Err(error) => SignInState::Failed {
                error: refusal(&start.provider, &error, None),
            },
        };
        said(state);
    }
}

/// Stores what was granted; `None` where the sign-in was given up just before.
async fn store(
    control: Control,
    id: &str,
    start: SignInStart,
    grant: Grant,
) -> Option<SignInState> {
    if !control.0.sign_ins.may_store(id) {
        return None;
    }
    let stored = control
        .exclusive(move |inner| inner.store_grant(&start, &grant))
        .await;
    control.settle().await;
    Some(match stored {
        Ok(account) => SignInState::Done { account },
        Err(error) => SignInState::Failed { error },
    })
}

fn random_id() -> Result<String, ApiError> {
    let mut bytes = [0_u8; ID_LENGTH];
    getrandom::fill(&mut bytes).map_err(|error| internal(&error))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn check_client(provider: &str, client: Option<&str>) -> Result<(), ApiError> {
    let sound = client.is_none_or(|client| {
        (1..=LONGEST_CLIENT).contains(&client.len()) && client.bytes().all(|b| b.is_ascii_graphic())
    });
    if sound {
        Ok(())
    } else {
        let error = ApiError::new(Code::SignInSettingInvalid, [&provider]);
        Err(error.because(Reason::NotAClient {}))
    }
}

/// Why a sign-in came to nothing; `holder` is who has the port.
fn refusal(provider: &str, error: &SignInError, holder: Option<&str>) -> ApiError {
    let failed = |reason: Reason| ApiError::new(Code::SignInFailed, [&provider]).because(reason);
    match error {
        SignInError::NoSuchFlow => ApiError::new(Code::NoSuchFlow, [&provider]),
        SignInError::Over => ApiError::new(Code::SignInTakesNoAnswer, []),
        SignInError::NoClient => ApiError::new(Code::SignInClientMissing, [&provider]),
        SignInError::PortBusy { port } => ApiError::new(
            Code::SignInPortTaken,
            [&provider, port, &holder.unwrap_or_default()],
        ),
        SignInError::Listen(error) => failed(Reason::SignInListener {
            words: error.to_string(),
        }),
        SignInError::TimedOut => ApiError::new(Code::SignInTimedOut, [&provider]),
        SignInError::WrongState => failed(Reason::SignInAnswerForeign {}),
        SignInError::WrongIssuer => failed(Reason::SignInAnswerOtherProvider {}),
        SignInError::Denied { code } => ApiError::new(Code::SignInDenied, [&provider, code]),
        SignInError::NoCode => failed(Reason::SignInAnswerWithoutCode {}),
        SignInError::Unreachable(failure) => failed(Reason::ProviderUnreachable {
            words: failure.0.clone(),
        }),
        SignInError::Refused { status } => failed(Reason::SignInStatus {
            status: status.to_string(),
        }),
        SignInError::Unreadable => failed(Reason::SignInUnreadable {}),
    }
}
